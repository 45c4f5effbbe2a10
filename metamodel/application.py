"""App: the whole application, and how a JSON document becomes one.

`load` is the door: whoever has a document (a publication, a draft, an import, a command)
gets the App beside everything that is wrong with it. Shape first (JSON Schema), then
building with placeholders for what cannot be understood, then the checks of meaning.
What is published was checked then: `read` only builds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.app_tests import AppTest, app_test_from_json, check_app_tests
from metamodel.binding import Binder
from metamodel.channels import Channel, channel_from_json, check_channels
from metamodel.checking import Checking, check_ids
from metamodel.core_schema import FORMAT
from metamodel.flows import Flow, check_flows, flow_from_json
from metamodel.form_checks import check_forms
from metamodel.formats import Document, current_options, upgrade
from metamodel.forms import Form, form_from_json
from metamodel.keyword_checks import check_keywords
from metamodel.labels import Label, label_text
from metamodel.menus import MenuGroup, MenuItem as MenuItem, check_menus, menu_group_from_json
from metamodel.merged_checks import check_merged
from metamodel.parts import Part
from metamodel.plugin_api import Registry
from metamodel.problems import Problem
from metamodel.report_checks import check_reports
from metamodel.reports import Report, report_from_json
from metamodel.requirements import Requirement, check_requirements, requirement_from_json
from metamodel.roles import Role, check_roles, role_from_json
from metamodel.rule_conflicts import check_rule_conflicts
from metamodel.rule_loops import check_rule_loops
from metamodel.rules import Rule, check_rules, rule_from_json
from metamodel.shape import check_shape


@dataclass(frozen=True, slots=True)
class App:
    id: str
    label: Label
    format: int = FORMAT
    requires: tuple[Requirement, ...] = ()
    forms: tuple[Form, ...] = ()
    rules: tuple[Rule, ...] = ()
    flows: tuple[Flow, ...] = ()
    reports: tuple[Report, ...] = ()
    roles: tuple[Role, ...] = ()
    channels: tuple[Channel, ...] = ()
    menus: tuple[MenuGroup, ...] = ()
    tests: tuple[AppTest, ...] = ()
    icon: str = ""
    document: Mapping[str, Any] = dataclass_field(default_factory=dict, repr=False, compare=False)

    def form(self, identifier: str) -> Form | None:
        return next((form for form in self.forms if form.id == identifier), None)

    def role(self, identifier: str) -> Role | None:
        return next((role for role in self.roles if role.id == identifier), None)

    def channel(self, identifier: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.id == identifier), None)

    def report(self, identifier: str) -> Report | None:
        return next((report for report in self.reports if report.id == identifier), None)

    def required(self, app: str) -> Requirement | None:
        return next((need for need in self.requires if need.app == app), None)

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


def load(
    document: Any, registry: Registry, apps: Mapping[str, App] | None = None
) -> tuple[App | None, list[Problem]]:
    """Any JSON value -> the App beside all its problems; None only for an unreadable shape.

    `apps` are the required apps where they are at hand; else `requires` says what they have.
    """
    if not isinstance(document, dict):
        return None, check_shape(document)
    document, newer = upgrade(document)
    if newer:
        return None, newer
    document = current_options(document, registry)
    shape, binder = check_shape(document), Binder(registry)
    app = _built(document, binder)
    if app is None:
        return None, shape
    return app, tidy([*shape, *binder.problems, *check(app, registry, apps)])


def read(document: Document, registry: Registry) -> App | None:
    """What `load` gives, of a document that was checked when it was published: without looking for problems
    again it takes a twentieth of the time. None where `load` would say why."""
    document, newer = upgrade(document)
    return None if newer else _built(current_options(document, registry), Binder(registry))


def _built(document: Document, binder: Binder) -> App | None:
    part = Part(document)
    return app_from_json(part, binder) if part.part("app").id else None


def app_from_json(part: Part, binder: Binder) -> App:
    head = part.part("app")
    return App(
        id=head.id,
        label=head.label(),
        icon=head.text("icon"),
        format=part.integer("muniment", FORMAT),
        requires=tuple(requirement_from_json(need) for need in part.parts("requires")),
        forms=tuple(form_from_json(form, binder) for form in part.parts("forms")),
        rules=tuple(rule_from_json(rule, binder) for rule in part.parts("rules")),
        flows=tuple(flow_from_json(flow, binder) for flow in part.parts("flows")),
        reports=tuple(report_from_json(report, binder) for report in part.parts("reports")),
        roles=tuple(role_from_json(role) for role in part.parts("roles")),
        channels=tuple(channel_from_json(channel, binder) for channel in part.parts("channels")),
        menus=tuple(menu_group_from_json(group) for group in part.parts("menus")),
        tests=tuple(app_test_from_json(test) for test in part.parts("tests")),
        document=part.raw,
    )


def check(app: App, registry: Registry, apps: Mapping[str, App] | None = None) -> list[Problem]:
    """Everything about the meaning of a built app."""
    checking = Checking(app, registry, apps)
    found = check_ids([Head(app.id)], {"zh": "应用", "en": "app"})
    return found + [one for check_kind in CHECKS for one in check_kind(checking)]


@dataclass(frozen=True, slots=True)
class Head:
    """The app itself, as a part with an id."""

    id: str
    path: str = "/app"


CHECKS: tuple[Callable[[Checking], list[Problem]], ...] = (
    check_requirements,
    check_forms,
    check_keywords,
    check_rules,
    check_rule_loops,
    check_rule_conflicts,
    check_flows,
    check_reports,
    check_roles,
    check_channels,
    check_menus,
    check_app_tests,
    check_merged,
)


def tidy(problems: Iterable[Problem]) -> list[Problem]:
    """Each mistake once: what is misshapen is not told again as meaningless."""
    kept: dict[tuple[str, str], Problem] = {}
    misshapen = {p.path for p in problems if p.code.startswith("shape.") and p.code != "shape.missing"}
    for found in problems:
        told = not found.code.startswith("shape.") and (
            found.path in misshapen or (found.code == "label.missing" and found.path + "/label" in misshapen)
        )
        key = (found.path, found.code + repr(sorted(found.params.items(), key=str)))
        if not told:
            kept.setdefault(key, found)
    return list(kept.values())
