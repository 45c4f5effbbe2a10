"""A type's options as controls of a property panel, made from the annotations of its Options class.

No type is known here: a boolean is a switch, a Literal a select, a text that `picks` a form a select of forms.
What none of that fits is edited as JSON.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from builder_ui.models.design_form import Control
from builder_ui.models.parts import Option
from builder_ui.site import Visit
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.plugin_api import Choice, OptionsType

NUMBERS = (int, float, Decimal)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An annotation taken apart: the kinds of value it allows, its words, what it picks, its limits."""

    kinds: tuple[Any, ...]
    label: Any = None
    picks: str = ""
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class OptionControls:
    """Makes the controls of one field's options; `language` of who looks, `app` and `form` of the draft."""

    visit: Visit
    app: App
    form: Form
    about: str = ""  # the field
    rows: str = ""  # the sub-form it is a column of

    def controls(
        self, options: OptionsType, values: Mapping[str, Any], prefix: str = "/options"
    ) -> tuple[Control, ...]:
        return tuple(self._control(one, values, prefix) for one in msgspec.structs.fields(options))

    def _control(self, one: msgspec.structs.FieldInfo, values: Mapping[str, Any], prefix: str) -> Control:
        wanted = taken_apart(one.type)
        label = label_text(wanted.label, self.visit.language, one.name)
        default = _plain(one.default)
        value = values.get(one.name, default)
        kind, look, choices = self._way(wanted, values)
        required = one.required
        if look == "select" and not required and not any(not choice.value for choice in choices):
            choices = (Option("", ""), *choices) if default in (None, "") else choices
        options = tuple(
            Option(c.value, c.text, c.value == str(value if value is not None else ""), sub=c.sub)
            for c in choices
        )
        expects = {"expression": "", "where": "boolean"}.get(one.name, "")
        return Control(
            f"{prefix}/{one.name}", kind, look, label, value, default, options, expects=expects,
            form=self._form_named(wanted.picks, values), about=self.about, required=required,
            minimum=wanted.minimum, maximum=wanted.maximum,
        )  # fmt: skip

    def _way(self, wanted: Wanted, values: Mapping[str, Any]) -> tuple[str, str, tuple[Option, ...]]:
        """(kind of value, look of the control, what may be chosen)"""
        kinds = wanted.kinds
        if wanted.picks:
            return self._picking(wanted.picks, values)
        if bool in kinds:
            return "flag", "switch", ()
        if any(get_origin(kind) is Literal for kind in kinds):
            return (
                "text",
                "select",
                tuple(Option(v, literal_word(self.visit, v)) for k in kinds for v in get_args(k)),
            )
        if dict in [get_origin(kind) or kind for kind in kinds]:
            return "label", "label", ()
        if int in kinds and not {float, Decimal} & set(kinds):
            return "number", "number", ()
        if set(kinds) & set(NUMBERS):
            return "text", "decimal", ()
        if date in kinds:
            return "text", "date", ()
        if str in kinds:
            return "text", "text", ()
        return self._listing(kinds)

    def _listing(self, kinds: Iterable[Any]) -> tuple[str, str, tuple[Option, ...]]:
        for kind in kinds:
            items = get_args(kind)
            if get_origin(kind) in (tuple, list) and items:
                if items[0] is Choice:
                    return "json", "choices", ()
                if str in taken_apart(items[0]).kinds:
                    return "list", "lines", ()
        return "json", "json", ()

    def _picking(self, picks: str, values: Mapping[str, Any]) -> tuple[str, str, tuple[Option, ...]]:
        what, _, of = picks.partition(" of ")
        if what == "expression":
            return "text", "expression", ()
        if what == "app":
            return "text", "select", (Option("", self.visit.text("This app")), *self._apps())
        if what == "form":
            return "text", "select", tuple(self._forms(str(values.get("app") or "")))
        if what == "color":
            return "text", "color", ()
        fields = self._fields_of(of, values, links=what == "link")
        return "text", "select" if fields is not None else "text", fields or ()

    def _apps(self) -> tuple[Option, ...]:
        return tuple(Option(need.app, self._app_name(need.app)) for need in self.app.requires)

    def _app_name(self, app: str) -> str:
        served = self.visit.runtime.applications.served()
        return self.visit.runtime.applications.get(app).text(self.visit.language) if app in served else app

    def _forms(self, app: str) -> Iterable[Option]:
        if app in ("", self.app.id):
            return [Option(form.id, form.text(self.visit.language)) for form in self.app.forms]
        needed = self.app.required(app)
        return [Option(name, name) for name in needed.forms] if needed else []

    def _fields_of(self, of: str, values: Mapping[str, Any], *, links: bool) -> tuple[Option, ...] | None:
        """Fields of our form, or of the one an option names or points at; None where it is not known."""
        form = self._other_form(of, values) if of else self.form
        if form is None:
            needed = self.app.required(str(values.get("app") or ""))
            known = needed.forms.get(str(values.get(of) or "")) if needed else None
            return tuple(Option(name, name) for name in known) if known else None
        chosen = [one for one in form.fields if not links or _points_at_records(one)]
        return tuple(Option(one.id, one.text(self.visit.language), sub=one.id) for one in chosen)

    def _other_form(self, of: str, values: Mapping[str, Any]) -> Form | None:
        named = str(values.get(of) or "")
        if str(values.get("app") or "") not in ("", self.app.id):
            return None
        link = self.form.field(named)
        if (
            link is not None
            and link.type
            and link.options is not None
            and (found := link.type.reference(link))
        ):
            return self.app.form(found.form) if found.app in ("", self.app.id) else None
        return self.app.form(named)

    def _form_named(self, picks: str, values: Mapping[str, Any]) -> str:
        """The form whose names an expression means."""
        _, _, of = picks.partition(" of ")
        own = f"{self.form.id}/{self.rows}" if self.rows and picks == "expression" else self.form.id
        return str(values.get(of) or "") if of else own


def _points_at_records(field: FieldDefinition) -> bool:
    reference = field.type.reference(field) if field.type and field.options is not None else None
    return reference is not None and reference.target == "record"


def taken_apart(annotation: Any) -> Wanted:
    """What an option's annotation says, however deep `Annotated` and `| None` stand in it."""
    kinds: list[Any] = []
    found: dict[str, Any] = {}

    def walk(one: Any) -> None:
        for meta in getattr(one, "__metadata__", ()):
            extra = getattr(meta, "extra", None) or {}
            found.setdefault("label", extra.get("label"))
            found.setdefault("picks", extra.get("picks", ""))
            found.setdefault("minimum", getattr(meta, "ge", None))
            found.setdefault("maximum", getattr(meta, "le", None))
        if hasattr(one, "__metadata__"):
            return walk(one.__origin__)
        if get_origin(one) in (Union, types.UnionType):
            for part in get_args(one):
                walk(part)
        elif one is not type(None):
            kinds.append(one)

    walk(annotation)
    return Wanted(tuple(kinds), **found)


def _plain(default: Any) -> Any:
    if default is msgspec.NODEFAULT or default is msgspec.UNSET:
        return None
    return msgspec.to_builtins(default)


def literal_word(visit: Visit, value: str) -> str:
    """What one of a few fixed values is called; the value itself where nobody said."""
    words = {
        "": visit.text("By itself"), "never": visit.text("Never"), "year": visit.text("Every year"),
        "month": visit.text("Every month"), "day": visit.text("Every day"), "count": visit.text("Count"),
        "sum": visit.text("Sum"), "avg": visit.text("Average"),
        "min": visit.text("Smallest"), "max": visit.text("Largest"),
        "text": visit.text("Text"), "number": visit.text("Number"), "integer": visit.text("Whole number"),
        "money": visit.text("Money"), "percent": visit.text("Percent"), "boolean": visit.text("Yes or no"),
        "date": visit.text("Date"), "datetime": visit.text("Date and time"), "duration": visit.text("Duration"),
        "days": visit.text("Days"), "workdays": visit.text("Working days"), "months": visit.text("Months"),
        "years": visit.text("Years"), "weeks": visit.text("Weeks"), "hours": visit.text("Hours"),
    }  # fmt: skip
    return words.get(value, value)
