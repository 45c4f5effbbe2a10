"""Menus: where people find forms, reports and pages."""

from __future__ import annotations

from dataclasses import dataclass

from metamodel.labels import Label
from metamodel.parts import Part


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


def menu_group_from_json(part: Part) -> MenuGroup:
    return MenuGroup(part.label(), tuple(_item(item) for item in part.parts("items")), part.path)


def _item(part: Part) -> MenuItem:
    places = {key: part.text(key) for key in ("form", "view", "report", "page", "icon")}
    return MenuItem(part.label(), **places, path=part.path)
