"""App: the whole application, and how a JSON document becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.channels import Channel
from metamodel.flows import Flow
from metamodel.forms import Form
from metamodel.labels import Label, label_text
from metamodel.plugin_api import Registry
from metamodel.problems import Problem
from metamodel.reports import Report
from metamodel.roles import Role
from metamodel.rules import Rule


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: exactly one of form (with a view), report, page."""

    label: Label
    form: str = ""
    view: str = ""
    report: str = ""
    page: str = ""
    icon: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: Label
    items: tuple[MenuItem, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What this app relies on in another: its forms and their fields' types, by id."""

    app: str
    forms: Mapping[str, Mapping[str, str]] = dataclass_field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class App:
    id: str
    label: Label
    format: int = 1
    requires: tuple[Requirement, ...] = ()
    forms: tuple[Form, ...] = ()
    rules: tuple[Rule, ...] = ()
    flows: tuple[Flow, ...] = ()
    reports: tuple[Report, ...] = ()
    roles: tuple[Role, ...] = ()
    channels: tuple[Channel, ...] = ()
    menus: tuple[MenuGroup, ...] = ()
    tests: tuple[Mapping[str, Any], ...] = ()
    document: Mapping[str, Any] = dataclass_field(default_factory=dict, repr=False, compare=False)

    def form(self, identifier: str) -> Form | None:
        return next((form for form in self.forms if form.id == identifier), None)

    def role(self, identifier: str) -> Role | None:
        return next((role for role in self.roles if role.id == identifier), None)

    def channel(self, identifier: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.id == identifier), None)

    def required(self, app: str) -> Requirement | None:
        return next((need for need in self.requires if need.app == app), None)

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


def load(document: Any, registry: Registry) -> tuple[App | None, list[Problem]]:
    """Any JSON value -> the App beside all its problems; None only for an unreadable shape."""
    raise NotImplementedError
