"""The property panel of the form designer: what is chosen on the canvas, as controls in groups.

`design_options.py` makes those of a type's options; here stands what every field has, what several have in common,
and what uses a field. Blocks and the form itself are in `design_panel_parts.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder_ui.design_canvas import total_options
from builder_ui.design_frame import problem_place
from builder_ui.design_options import OptionControls
from builder_ui.models.design_form import Control, ControlGroup, Panel, UsedBy
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from engine.designing import Looked
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.mentions import Mention, mentions_of_field
from metamodel.problems import Problem
from metamodel.row_totals import NARROWEST, WIDEST

STEERING = ("visible", "required_if", "writable", "valid")
ICONS = {
    "rule": "spark",
    "flow": "flow",
    "report": "board",
    "role": "key",
    "view": "columns",
    "field": "text",
    "form": "list",
}


@dataclass(frozen=True)
class FieldPanel:
    """Makes the panel of fields of one form; `published` are the ids of the fields that may not be renamed."""

    visit: Visit
    looked: Looked
    form: Form
    published: Mapping[str, str]  # id -> type name, of the published form

    def panel(self, chosen: Sequence[tuple[str, FieldDefinition]]) -> Panel:
        if len(chosen) == 1:
            return self._single(*chosen[0])
        groups = _common([self.groups(known, key) for key, known in chosen])
        title = self.visit.count("%(num)s field chosen", "%(num)s fields chosen", len(chosen))
        pointers = tuple(known.path for _, known in chosen)
        about = self.visit.joined(known.text(self.visit.language) for _, known in chosen)
        return Panel(
            title,
            about,
            "columns",
            tuple(f"field:{key}" for key, _ in chosen),
            pointers,
            groups,
            kind="fields",
            used_text=self.used_text(self._mentions(chosen)),
        )

    def _single(self, key: str, known: FieldDefinition) -> Panel:
        language, type_ = self.visit.language, known.type
        texts = [found for found in self.looked.problems if _inside(found.path, known.path)]
        used = self._mentions(((key, known),))
        title = label_text(known.label, language) or self.visit.text(
            "Untitled %(type)s", type=_type_name(known, language)
        )
        locked = (
            self.visit.text("Published: records and rules refer to it by this id")
            if key in self.published
            else ""
        )
        return Panel(
            title, _type_name(known, language), type_.icon if type_ else "warning", (f"field:{key}",), (known.path,),
            self.groups(known, key), _texts(texts, "error", language), _texts(texts, "warning", language),
            tuple(self._used(one) for one in used), self.used_text(used), tuple(self._steered(known)), known.id, locked,
            twin=any(one.code == "label.duplicate" for one in texts),
        )  # fmt: skip

    # -- groups ------------------------------------------------------------------------------------

    def groups(self, known: FieldDefinition, key: str) -> tuple[ControlGroup, ...]:
        raw = at_pointer(self.looked.draft.document, known.path)
        raw = raw if isinstance(raw, dict) else {}
        text, options = self.visit.text, raw.get("options")
        made = [ControlGroup("basic", text("Basics"), tuple(self._basics(known, key, raw)))]
        if known.type is not None and self.looked.app is not None:
            values = options if isinstance(options, dict) else {}
            made_of = OptionControls(self.visit, self.looked.app, self.form, known.id, key.rpartition(".")[0])
            own = made_of.controls(known.type.Options, values)
            made.append(ControlGroup("options", text("Settings"), own))
        made.append(ControlGroup("behaviour", text("Behaviour"), tuple(self._behaviour(known, raw))))
        made.append(
            ControlGroup(
                "keeping", text("Keeping and finding"), tuple(self._keeping(known, key, raw)), open=False
            )
        )
        return tuple(group for group in made if group.controls)

    def _basics(self, known: FieldDefinition, key: str, raw: Mapping[str, Any]) -> Iterator[Control]:
        text = self.visit.text
        yield Control(
            "/label",
            "label",
            "label",
            text("Label"),
            raw.get("label", ""),
            "",
            placeholder=text("Name the field"),
        )
        yield self._type(known, key)
        yield Control("/help", "label", "label", text("Help below the input"), raw.get("help", ""), "")
        if known.derived is None:
            yield Control("/required", "flag", "switch", text("Required"), raw.get("required") is True, False)
        if "." not in key:
            yield Control("@span", "number", "span", text("Width in its section"), 1, 1)
        else:
            yield Control("/width", "number", "number", text("Width of the column in pixels"), known.width or None,
                          placeholder=text("As there is room"), minimum=NARROWEST, maximum=WIDEST)  # fmt: skip
            yield Control("/total", "text", "select", text("Below the column"), known.total, "",
                          total_options(self.visit, known))  # fmt: skip

    def _type(self, known: FieldDefinition, key: str) -> Control:
        """All types for a new field; for one that may have values the way to those that can hold them."""
        language, label = self.visit.language, self.visit.text("Type")
        if key in self.published and "." not in key:
            drawer = f"/design/{self.looked.draft.app}/forms/{self.form.id}/types?field={key}"
            stands = _type_name(known, language)
            return Control("/type", "text", "type", label, known.type_name, locked=drawer, sentence=stands)
        types = self.visit.runtime.registry.all("field").items()
        options = (
            Option(name, label_text(one.label, language), name == known.type_name) for name, one in types
        )
        return Control("/type", "text", "type", label, known.type_name, options=tuple(options))

    def _behaviour(self, known: FieldDefinition, raw: Mapping[str, Any]) -> Iterator[Control]:
        text, computed = self.visit.text, known.derived is not None
        ways = [("visible", text("Shown when"), text("Always"))]
        if not computed:
            ways += [
                ("required_if", text("Required when"), text("Never")),
                ("writable", text("May be filled when"), text("Always")),
                ("valid", text("Acceptable when"), text("Always")),
            ]
        for name, label, placeholder in ways:
            yield Control(f"/{name}", "text", "expression", label, raw.get(name, ""), "", placeholder=placeholder,
                          expects="boolean", form=self.form.id, about=known.id)  # fmt: skip
        if not computed and not (known.type and known.type.container):
            yield Control("/default", "text", "expression", text("Default"), raw.get("default", ""), "",
                          placeholder=text("Blank"), expects="", form=self.form.id, about=known.id)  # fmt: skip

    def _keeping(self, known: FieldDefinition, key: str, raw: Mapping[str, Any]) -> Iterator[Control]:
        text, type_, inner = self.visit.text, known.type, "." in key
        if type_ is None or inner:
            return
        locked = text("Cannot change once there are records") if key in self.published else ""
        if type_.searchable:
            yield _flag("/searchable", text("Found by full-text search"), raw)
        if known.derived is None and not type_.container:
            yield _flag("/unique", text("No two records have the same"), raw)
        yield _flag("/mask", text("Masked for whoever has no right to the whole"), raw)
        yield _flag("/sealed", text("Sealed: encrypted with the record's own key"), raw, locked)
        if self.form.is_archive:
            yield _flag("/evidence", text("Evidence: frozen when recorded"), raw, locked)

    # -- who uses it -------------------------------------------------------------------------------

    def _steered(self, known: FieldDefinition) -> Iterator[str]:
        """What this field decides about others, as a sentence."""
        named = re.compile(rf"(?<![\w.]){re.escape(known.id)}(?!\w)")
        others = [
            one.text(self.visit.language)
            for one in self.form.fields
            if one.id != known.id and any(named.search(getattr(one, way)) for way in STEERING)
        ]
        if others:
            yield self.visit.count(
                "It steers %(num)s field: %(names)s",
                "It steers %(num)s fields: %(names)s",
                len(others),
                names=self.visit.joined(others),
            )

    def _used(self, one: Mention) -> UsedBy:
        _, href = problem_place(
            self.looked.draft.app, self.looked.draft.document, one.path, self.visit.language
        )
        name = label_text(one.label, self.visit.language, one.id)
        return UsedBy(f"{self._part(one.what, 1)} {name}", href, ICONS.get(one.what, "dot"))

    def _mentions(self, chosen: Sequence[tuple[str, FieldDefinition]]) -> list[Mention]:
        """Who names one of them, once each, apart from themselves and their form."""
        app, own = self.looked.app, tuple(f"{known.path}/" for _, known in chosen)
        found: dict[tuple[str, str, str], Mention] = {}
        for key, known in chosen:
            for one in mentions_of_field(app, self.form.id, known.id) if app and "." not in key else ():
                place = "/".join(one.path.split("/")[:3])
                if (one.what, one.id) != ("form", self.form.id) and not one.path.startswith(own):
                    found.setdefault((one.what, one.id, place), one)
        return list(found.values())

    def used_text(self, mentions: Sequence[Mention]) -> str:
        """3 rules, 2 boards: who names it, counted."""
        kinds = dict.fromkeys(one.what for one in mentions)
        counts = [(kind, sum(one.what == kind for one in mentions)) for kind in kinds]
        return self.visit.joined(
            self.visit.text("%(n)s %(what)s", n=n, what=self._part(kind, n)) for kind, n in counts
        )

    def _part(self, what: str, number: int) -> str:
        count = self.visit.count
        words = {
            "rule": count("rule", "rules", number), "flow": count("flow", "flows", number),
            "report": count("board", "boards", number), "role": count("role", "roles", number),
            "view": count("view", "views", number), "field": count("field", "fields", number),
            "form": count("form", "forms", number), "menu": count("menu", "menus", number),
        }  # fmt: skip
        return words.get(what, what)


def at_pointer(document: Any, path: str) -> Any:
    """What stands there, or None."""
    for part in path.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(part)] if is_whole_number(part) and int(part) < len(document) else None
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document


def _flag(path: str, label: str, raw: Mapping[str, Any], locked: str = "") -> Control:
    value = raw.get(path[1:])
    return Control(path, "flag", "switch", label, bool(value), False, locked=locked)


def _type_name(known: FieldDefinition, language: str) -> str:
    return label_text(known.type.label, language) if known.type else known.type_name


def _inside(path: str, part: str) -> bool:
    return path == part or (path.startswith(part + "/") and not path.startswith(part + "/fields/"))


def _texts(found: Sequence[Problem], severity: str, language: str) -> tuple[str, ...]:
    return tuple(one.text(language) for one in found if one.severity == severity)


def _common(all_groups: Sequence[Sequence[ControlGroup]]) -> tuple[ControlGroup, ...]:
    """The controls all of them have, with the value they share; labels and types are each one's own."""
    made = []
    for group in all_groups[0]:
        controls = [
            _shared(one, all_groups) for one in group.controls if one.path not in ("/label", "/type", "@span")
        ]
        kept = tuple(one for one in controls if one is not None)
        if kept:
            made.append(replace(group, controls=kept))
    return tuple(made)


def _shared(wanted: Control, all_groups: Sequence[Sequence[ControlGroup]]) -> Control | None:
    found = []
    for groups in all_groups:
        every = (one for group in groups for one in group.controls)
        same = next((one for one in every if one.path == wanted.path and one.look == wanted.look), None)
        if same is None or [c.value for c in same.options] != [c.value for c in wanted.options]:
            return None
        found.append(same)
    return replace(wanted, several=any(one.value != wanted.value for one in found))
