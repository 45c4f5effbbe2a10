"""A draft's menu, drawn for the menu designer from its JSON: also what is not right yet shows where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from builder_ui.frames import PAGE_ICONS
from builder_ui.icon_choice import icon_label
from builder_ui.models.design_menu import MenuBody, MenuGroupNode, MenuNode, MenuPart, MenuTile, MenuTiles
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing import Looked
from engine.whole_numbers import is_whole_number
from metamodel.core_schema import PAGES
from metamodel.forms import Form
from metamodel.labels import label_text

Raw = Mapping[str, Any]


class Menu:
    """One draft's menu for one visit."""

    def __init__(self, visit: Visit, looked: Looked) -> None:
        self.visit, self.app = visit, looked.app
        found = looked.draft.document.get("menus")
        self._groups: list[Raw] = (
            [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        )
        self._problems = [one for one in looked.problems if one.path.startswith("/menus/")]
        self._used = {_target(item) for group in self._groups for item in _items(group)}

    def body(self, at: str) -> MenuBody:
        """`at`: the place of what is chosen, "group" or "group.item"."""
        groups = tuple(self._group(place, group, at) for place, group in enumerate(self._groups))
        return MenuBody(groups, self._part(at), tuple(one for one in self._tiles() if one.tiles))

    def _group(self, place: int, group: Raw, at: str) -> MenuGroupNode:
        items = tuple(self._item(f"{place}.{number}", item, at) for number, item in enumerate(_items(group)))
        return MenuGroupNode(str(place), self._label(group), _text(group, "icon"), items, str(place) == at)

    def _item(self, place: str, item: Raw, at: str) -> MenuNode:
        roles = self._seen_by(item)
        text = self.visit.text
        seen = (
            text("everybody in the app") if roles is None
            else self.visit.count("%(num)s role", "%(num)s roles", len(roles)) if roles
            else text("no role sees it")
        )  # fmt: skip
        problems = self._about(place)
        return MenuNode(
            place, self._shown(item), self._icon(item), self._kind(item), seen, roles == [], place == at,
            problems[0] if problems else "",
        )  # fmt: skip

    # -- one part ----------------------------------------------------------------------------------

    def _part(self, at: str) -> MenuPart | None:
        found = self._at(at)
        if found is None:
            return None
        is_group, label, chosen = "." not in at, found.get("label"), _text(found, "icon")
        language = self.visit.language[:2]
        plain = (("label", label if isinstance(label, str) else "", language),)
        named = sorted(label.items(), key=lambda one: one[0] != language) if isinstance(label, dict) else ()
        labels = tuple((f"label/{name}", words, name) for name, words in named) or plain
        form = self._form(found)
        views = self._views(form, _text(found, "view")) if form is not None else ()
        roles = None if is_group else self._seen_by(found)
        shown = (self.visit.text("everybody in the app"),) if roles is None else tuple(roles)
        return MenuPart(
            at, self._label(found) if is_group else self._kind(found), is_group, labels,
            "" if is_group else self._target_label(found), _text(found, "icon"),
            icon_label(chosen, self.visit.language) if chosen else self.visit.text("The usual one"),
            self._icon({**found, "icon": ""}) if not is_group else "menu", views,
            _text(found, "link") if "link" in found else None, () if is_group else shown, tuple(self._about(at)),
        )  # fmt: skip

    def _views(self, form: Form, chosen: str) -> tuple[Option, ...]:
        first = Option("", self.visit.text("The first one they may see"), not chosen)
        rest = (Option(one.id, self._part_label(one.label, one.id), one.id == chosen) for one in form.views)
        return (first, *(one for one in rest)) if form.views else ()

    def _at(self, at: str) -> Raw | None:
        numbers = at.split(".") if at else []
        if not numbers or len(numbers) > 2 or not all(map(is_whole_number, numbers)):
            return None
        group = self._groups[int(numbers[0])] if int(numbers[0]) < len(self._groups) else None
        if group is None or len(numbers) == 1:
            return group
        items = _items(group)
        return items[int(numbers[1])] if int(numbers[1]) < len(items) else None

    # -- what can be put there ---------------------------------------------------------------------

    def _tiles(self) -> Iterator[MenuTiles]:
        text, app = self.visit.text, self.app
        forms = tuple(tile for form in (app.forms if app else ()) for tile in self._of_form(form))
        yield MenuTiles(text("Forms and views"), forms)
        boards = tuple(
            self._tile({"report": one.id}, self._part_label(one.label, one.id), "board")
            for one in (app.reports if app else ())
        )
        yield MenuTiles(text("Boards"), boards)
        words = self._page_words()
        pages = tuple(
            self._tile({"page": name, "label": words[name]}, words[name], PAGE_ICONS[name]) for name in PAGES
        )
        yield MenuTiles(text("Pages"), pages)
        link = {"link": "https://", "label": text("New link")}
        yield MenuTiles(text("Elsewhere"), (self._tile(link, text("A link to another site"), "external"),))

    def _of_form(self, form: Form) -> Iterator[MenuTile]:
        yield self._tile({"form": form.id}, form.text(self.visit.language), form.icon or "list")
        for view in form.views:
            if view.kind != "chat":
                item = {"form": form.id, "view": view.id, "label": view.label or view.id}
                yield self._tile(item, self._part_label(view.label, view.id), "", sub=True)

    def _tile(self, item: Raw, label: str, icon: str, sub: bool = False) -> MenuTile:
        used = _target(item) in self._used and "link" not in item
        return MenuTile(label, icon, json.dumps(item, ensure_ascii=False, separators=(",", ":")), used, sub)

    # -- words -------------------------------------------------------------------------------------

    def _page_words(self) -> dict[str, str]:
        text = self.visit.text
        return {
            "search": text("Search"), "channels": text("Channels"), "evidence": text("Evidence"),
            "tasks": text("To-dos"), "requests": text("My requests"), "rule_log": text("Rule log"),
        }  # fmt: skip

    def _shown(self, item: Raw) -> str:
        return self._label(item) or self._target_label(item)

    def _target_label(self, item: Raw) -> str:
        """What it is called where it has no label of its own."""
        form, report = self._form(item), _text(item, "report")
        if form is not None:
            view = form.view(_text(item, "view"))
            return self._part_label(view.label, view.id) if view else form.text(self.visit.language)
        if report:
            found = self.app.report(report) if self.app else None
            return self._part_label(found.label, report) if found else report
        page = _text(item, "page")
        return (
            self._page_words().get(page, page) or _text(item, "link") or self.visit.text("Leads nowhere yet")
        )

    def _kind(self, item: Raw) -> str:
        text, form = self.visit.text, self._form(item)
        if form is not None:
            view = form.view(_text(item, "view"))
            name = form.text(self.visit.language)
            return f"{name} › {self._part_label(view.label, view.id)}" if view else name
        if "report" in item:
            return text("Board")
        return _text(item, "link") if "link" in item else text("Page") if "page" in item else text("Nothing")

    def _icon(self, item: Raw) -> str:
        form = self._form(item)
        view = form.view(_text(item, "view")) if form is not None else None
        usual = (form.icon or "list") if form is not None else ""
        usual = "timeline" if view is not None and view.kind == "timeline" else usual
        usual = usual or ("board" if "report" in item else "external" if "link" in item else "")
        return _text(item, "icon") or usual or PAGE_ICONS.get(_text(item, "page"), "dot")

    def _label(self, part: Raw) -> str:
        label = part.get("label")
        return label_text(label, self.visit.language) if isinstance(label, (str, dict)) else ""

    def _part_label(self, label: Any, fallback: str) -> str:
        return label_text(label, self.visit.language, fallback)

    # -- who sees it -------------------------------------------------------------------------------

    def _seen_by(self, item: Raw) -> list[str] | None:
        """Labels of the roles that see the entry; None: whoever is in the app at all."""
        if self.app is None or "page" in item or "link" in item:
            return None
        form, view, report = _text(item, "form"), _text(item, "view"), _text(item, "report")
        found = []
        for role in self.app.roles:
            held = role.forms.get(form)
            reads = held is not None and "read" in held.actions
            offered = held is None or held.views is None or not view or view in held.views
            if (reads and offered) or (report and report in role.reports):
                found.append(label_text(role.label, self.visit.language, role.id))
        return found

    def _form(self, item: Raw) -> Form | None:
        return self.app.form(_text(item, "form")) if self.app is not None and "form" in item else None

    def _about(self, place: str) -> list[str]:
        """What the checks say of an entry; a group's own only, not its entries'."""
        group, _, item = place.partition(".")
        start = f"/menus/{group}/items/{item}" if item else f"/menus/{group}"
        found = (one for one in self._problems if one.path == start or one.path.startswith(start + "/"))
        own = (one for one in found if item or "/items/" not in one.path)
        return [one.text(self.visit.language) for one in own]


def _items(group: Raw) -> list[Raw]:
    found = group.get("items")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(part: Raw, key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""


def _target(item: Raw) -> tuple[str, str, str, str]:
    return _text(item, "form"), _text(item, "view"), _text(item, "report"), _text(item, "page")
