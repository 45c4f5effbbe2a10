"""Menus: where people find forms, views, reports, pages of ours and addresses elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from metamodel.checking import Checking
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import nearest

LINK = re.compile(r"https://[^\s/?#@\\]+[^\s\\]*")
PLACES = ("form", "report", "page", "link")  # an item has one of them
ITEM_KEYS = ("id", "form", "view", "report", "page", "link", "icon")


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu: exactly one of form (with a view), report, page, link."""

    label: Label
    form: str = ""
    view: str = ""
    report: str = ""
    page: str = ""
    icon: str = ""
    path: str = ""
    id: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    label: Label
    items: tuple[MenuItem, ...] = ()
    path: str = ""
    id: str = ""
    icon: str = ""


def menu_group_from_json(part: Part) -> MenuGroup:
    items = tuple(_item(item) for item in part.parts("items"))
    return MenuGroup(part.label(), items, part.path, part.id, part.text("icon"))


def _item(part: Part) -> MenuItem:
    return MenuItem(part.label(), **{key: part.text(key) for key in ITEM_KEYS}, path=part.path)


def check_menus(checking: Checking) -> list[Problem]:
    found = [
        one for group in checking.app.menus for item in group.items for one in _check_item(item, checking)
    ]
    return [*found, *_check_ids(checking)]


def _check_ids(checking: Checking) -> Iterator[Problem]:
    """Groups and items need none; those that have one have their own."""
    seen = set[str]()
    for group in checking.app.menus:
        parts: tuple[MenuGroup | MenuItem, ...] = (group, *group.items)
        for part in parts:
            if part.id and part.id in seen:
                what = {"zh": "菜单项", "en": "menu item"}
                yield problem("id.duplicate", part.path + pointer("id"), value=part.id, what=what)
            seen.add(part.id)


def _check_item(item: MenuItem, checking: Checking) -> Iterator[Problem]:
    if sum(bool(getattr(item, place)) for place in PLACES) != 1:
        yield problem("menu.not_one", item.path)
    if item.link and not LINK.fullmatch(item.link):
        yield problem("menu.bad_link", item.path + "/link", link=item.link)
    yield from checking.form_reference(item.form, item.path + "/form")
    form = checking.app.form(item.form)
    if item.view and (form is None or form.view(item.view) is None):
        known = nearest(item.view, [view.id for view in form.views] if form else [])
        yield problem("reference.unknown_view", item.path + "/view", name=item.view, known=known)
    reports = [report.id for report in checking.app.reports]
    if item.report and item.report not in reports:
        known = nearest(item.report, reports)
        yield problem("reference.unknown_report", item.path + "/report", name=item.report, known=known)
