"""Menus: where people find forms, reports and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metamodel.checking import Checking
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.problems import Problem, problem
from metamodel.shape import nearest


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


def check_menus(checking: Checking) -> list[Problem]:
    return [
        found for group in checking.app.menus for item in group.items for found in _check_item(item, checking)
    ]


def _check_item(item: MenuItem, checking: Checking) -> Iterator[Problem]:
    if sum(map(bool, (item.form, item.report, item.page))) != 1:
        yield problem("menu.not_one", item.path)
    yield from checking.form_reference(item.form, item.path + "/form")
    form = checking.app.form(item.form)
    if item.view and (form is None or form.view(item.view) is None):
        known = nearest(item.view, [view.id for view in form.views] if form else [])
        yield problem("reference.unknown_view", item.path + "/view", name=item.view, known=known)
    reports = [report.id for report in checking.app.reports]
    if item.report and item.report not in reports:
        known = nearest(item.report, reports)
        yield problem("reference.unknown_report", item.path + "/report", name=item.report, known=known)
