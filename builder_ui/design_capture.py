"""What an incoming message becomes, drawn as a table: the fields of a form, and the part of the message each is
filled with. For every rule of a draft that is set off by a message and makes a record of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

import msgspec

from builder_ui.capture_places import Mapped, mappings
from builder_ui.cells import record_url
from builder_ui.models.design_capture import CaptureBody, CaptureRow, CaptureTable, Exemplar
from builder_ui.models.design_roles import Wrong
from builder_ui.models.parts import Link, Option
from builder_ui.site import Visit
from engine.channels.examples import Example, ExampleValue
from engine.designing import Looked
from engine.designing.places import EXPECTED
from metamodel.application import App
from metamodel.expression_words import in_labels
from metamodel.expressions.types import ANY, Type, accepts, type_label
from metamodel.forms import FieldDefinition
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.plugin_api import Filling, Trigger
from metamodel.problems import Problem, pointer
from metamodel.rules import Rule
from metamodel.scope import MESSAGE, Forms, MessageScope
from metamodel.scope_fields import path_label


class Captures:
    """One draft's tables for one visit. `written`: rows (`rule-place.field`) edited as an expression whatever they
    hold; `fresh`: rows that are to be filled."""

    def __init__(
        self, visit: Visit, looked: Looked, written: Iterable[str] = (), fresh: Iterable[str] = ()
    ) -> None:
        self.visit, self.looked = visit, looked
        self.written, self.fresh = frozenset(written), frozenset(fresh)
        self._registry = visit.runtime.registry
        self._scope = MessageScope()

    def body(self) -> CaptureBody:
        app = self.looked.app
        if app is None:
            return CaptureBody((), readable=False)
        tables = tuple(self._table(app, one) for one in mappings(app))
        channels = tuple(Link(self._text(one.label, one.id), "") for one in app.channels)
        return CaptureBody(tables, () if tables else tuple(self._starts(app)), channels)

    def _text(self, label: Any, otherwise: str) -> str:
        return label_text(label, self.visit.language, otherwise)

    # -- one rule ----------------------------------------------------------------------------------

    def _table(self, app: App, one: Mapped) -> CaptureTable:
        rule, language = one.rule, self.visit.language
        about = [found for found in self.looked.problems if _is_under(found.path, rule.path)]
        example = self._example(app, one)
        rows = tuple(self._rows(app, one, about, example.values if example else {}))
        return CaptureTable(
            rule.id, one.place, one.filling.option, self._text(rule.label, rule.id), self._form(app, one.filling),
            self._channels(app, rule), in_labels(rule.condition, self._scope, self._registry, language),
            not rule.enabled, rows, tuple(self._free(app, one.filling, {row.field for row in rows})),
            tuple(self._wrong(found) for found in about if not _is_under(found.path, one.path)),
            self._exemplar(app, one, example) if example else None,
        )  # fmt: skip

    def _example(self, app: App, one: Mapped) -> Example | None:
        """What the table makes of the newest message, where one may read it, or of a sample; of our own forms."""
        if one.filling.app not in ("", app.id):
            return None
        trigger, options = one.rule.trigger, one.rule.trigger_options
        channels = [c.id for c in app.channels if trigger and trigger.matches(options, {"channel": c.id})]
        fields = [field for field in self._fields(app, one.filling).values() if field is not None]
        examples = self.visit.runtime.channels.examples
        return examples.of(self.visit.viewer, app, channels, one.filling.form, fields, one.filling.values)

    def _exemplar(self, app: App, one: Mapped, example: Example) -> Exemplar:
        channel = app.channel(example.channel)
        name = self._text(channel.label, channel.id) if channel else example.channel
        if not example.record:
            return Exemplar(self.visit.text("Example: the sample of %(channel)s", channel=name))
        at = self.visit.moments.short(example.at)
        words = self.visit.text("Example: the newest message of %(channel)s, %(at)s", channel=name, at=at)
        return Exemplar(words, record_url(app.id, one.filling.form, example.record))

    def _form(self, app: App, filling: Filling) -> Link:
        """The way to the designer of a form of our own; another app's is named."""
        own = filling.app in ("", app.id)
        home = app if own else self._apps.get(filling.app)
        form = home.form(filling.form) if home else None
        if form is None:
            return Link(filling.form, "", "list")
        address = f"/design/{app.id}/forms/{form.id}" if own else ""
        return Link(form.text(self.visit.language), address, form.icon or "list")

    @cached_property
    def _apps(self) -> dict[str, App]:
        return {one.id: one for one in self.visit.runtime.applications.all()}

    def _fields(self, app: App, filling: Filling) -> dict[str, FieldDefinition | None]:
        """The fields of the form in their order; without a definition where its app is not here."""
        forms = Forms(app, self._apps, self._registry)
        names = forms.names(filling.app, filling.form)
        return {name: forms.field(filling.app, filling.form, name) for name in names}

    def _free(self, app: App, filling: Filling, shown: Set[str]) -> Iterator[Option]:
        """Fields that may be given a source yet."""
        for name, field in self._fields(app, filling).items():
            if name not in shown and name not in filling.elsewhere and _fillable(field):
                yield Option(name, field.text(self.visit.language) if field else name)

    def _channels(self, app: App, rule: Rule) -> str:
        """Which channels set it off, in words: those that its options name, or any."""
        named = {one.id: self._text(one.label, one.id) for one in app.channels}
        options = msgspec.to_builtins(rule.trigger_options)
        chosen = [named[value] for value in options.values() if isinstance(value, str) and value in named]
        return show_list(chosen, self.visit.language) or self.visit.text("any channel")

    # -- its rows ----------------------------------------------------------------------------------

    def _rows(
        self, app: App, one: Mapped, about: Sequence[Problem], example: Mapping[str, ExampleValue]
    ) -> Iterator[CaptureRow]:
        """What is mapped, what would have to be, and what is to be filled, as the form has them; then the unknown."""
        values, known = one.filling.values, self._fields(app, one.filling)
        wrong = {name: self._about(one, name, about) for name in {*values, *known}}
        key = one.key
        for name, field in known.items():
            if name in values or wrong[name] or f"{key}.{name}" in self.fresh:
                yield self._row(key, name, field, values.get(name), wrong[name], example.get(name))
        for name in values:
            if name not in known:
                yield self._row(key, name, None, values[name], wrong[name])

    def _about(self, one: Mapped, name: str, about: Sequence[Problem]) -> tuple[Wrong, ...]:
        place = one.path + pointer(name)
        return tuple(self._wrong(found) for found in about if _is_under(found.path, place))

    def _row(
        self, key: str, name: str, field: FieldDefinition | None, text: str | None, wrong: tuple[Wrong, ...],
        example: ExampleValue | None = None,
    ) -> CaptureRow:  # fmt: skip
        expected = _expected(field)
        written = f"{key}.{name}" in self.written or (text is not None and text not in MESSAGE)
        fits = self._fitting(expected)
        options = [Option(part, label, part == text, sub=kind) for part, label, kind in self._parts]
        language = self.visit.language
        return CaptureRow(
            name, field.text(language) if field else name,
            self._text(field.type.label, field.type_name) if field and field.type else "",
            bool(field and field.required), bool(field and field.sealed), text is not None, text or "",
            in_labels(text or "", self._scope, self._registry, language),
            tuple(one for one in options if one.value in fits),
            tuple(one for one in options if one.value not in fits), written,
            expected.kind if expected.kind in EXPECTED else "any", wrong, example.text if example else "",
            self._wrong(example.problem) if example and example.problem else None,
        )  # fmt: skip

    @cached_property
    def _parts(self) -> tuple[tuple[str, str, str], ...]:
        """(name, label, kind) of everything a message has."""
        language = self.visit.language
        return tuple(
            (name, path_label(self._scope, (name,), language), label_text(type_label(known), language))
            for name, known in MESSAGE.items()
        )

    def _fitting(self, expected: Type) -> tuple[str, ...]:
        """The parts whose values a field of this type takes."""
        return tuple(name for name, known in MESSAGE.items() if accepts(expected, known))

    def _wrong(self, found: Problem) -> Wrong:
        return Wrong(found.text(self.visit.language), found.severity == "error")

    # -- where there is none yet -------------------------------------------------------------------

    def _starts(self, app: App) -> Iterator[Option]:
        """For each form the rule to begin with: parts of a message go where a field of their name takes them."""
        trigger = next((one for one in self._registry.all("trigger").values() if _on_any_message(one)), None)
        for form in app.forms if trigger is not None else ():
            for action in self._registry.all("action").values():
                told = action.begins(form.id)
                filling = action.fills(msgspec.convert(told, action.Options)) if told is not None else None
                if trigger is None or told is None or filling is None:
                    continue
                values = {field.id: field.id for field in form.fields if self._same(field)}
                rule = {
                    "id": "capture_message", "label": self.visit.text("Capture messages"),
                    "when": {"trigger": trigger.name},
                    "then": [{"action": action.name, "with": {**told, filling.option: values}}],
                }  # fmt: skip
                yield Option(
                    json.dumps(rule, ensure_ascii=False), form.text(self.visit.language), form.is_archive
                )
                break

    def _same(self, field: FieldDefinition) -> bool:
        """Has a message a part of this name that the field takes?"""
        known = MESSAGE.get(field.id)
        return known is not None and _fillable(field) and accepts(_expected(field), known)


def _expected(field: FieldDefinition | None) -> Type:
    """What its value is wanted for; anything, where the field is not known."""
    return field.expression_type().plain() if field is not None and field.usable else ANY


def _fillable(field: FieldDefinition | None) -> bool:
    return field is None or (field.usable and field.derived is None)


def _on_any_message(trigger: Trigger) -> bool:
    """Is it set off by messages, and needs to be told nothing?"""
    if not trigger.on_message:
        return False
    try:
        msgspec.convert({}, trigger.Options)
    except msgspec.ValidationError:
        return False
    return True


def _is_under(path: str, place: str) -> bool:
    return path == place or path.startswith(place + "/")
