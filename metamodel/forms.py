"""Forms, fields and views: what they are and whether they make sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any, Literal

from metamodel.binding import Binder
from metamodel.expressions.types import ANY, Type
from metamodel.labels import Label, label_text
from metamodel.layouts import Block, layout_from_json
from metamodel.parts import Part
from metamodel.plugin_api import Derived, Field, Options, Pattern
from metamodel.retention import RetentionRule, retention_from_json

FormKind = Literal["record", "archive"]


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field of a form, bound to its type.

    `type` is None for a type nobody registered (a placeholder on the canvas), and `options`
    is None when they could not be read; both come with a Problem. `mask`: not for everybody who may see
    the record; `patterns` are what of its text is meant, empty: the whole of it.
    The conditions and `hand_over` are expression texts, '' when absent.
    """

    id: str
    type_name: str
    type: Field | None
    label: Label
    options: Options | None = None
    required: bool = False
    evidence: bool = False
    sealed: bool = False
    searchable: bool = False
    unique: bool = False
    mask: bool = False
    patterns: tuple[Pattern, ...] = ()
    default: str = ""  # expression
    visible: str = ""
    required_if: str = ""
    writable: str = ""
    valid: str = ""
    hand_over: str = ""  # which records change hands when the person here leaves
    help: Label = ""
    fields: tuple[FieldDefinition, ...] = ()  # of a container
    width: int = 0  # as a column of a container, in pixels; 0: as wide as there is room
    total: str = ""  # what stands below it as such a column, see row_totals.py
    path: str = ""  # JSON Pointer in the document

    @property
    def derived(self) -> Derived | None:
        return self.type.derived(self) if self.type and self.options is not None else None

    @property
    def usable(self) -> bool:
        return self.type is not None and self.options is not None

    def expression_type(self) -> Type:
        known = self.type.expression_type(self) if self.type and self.options is not None else ANY
        return known.seal(self.sealed)

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


@dataclass(frozen=True, slots=True)
class View:
    id: str
    label: Label
    kind: str = "table"
    columns: tuple[str, ...] = ()
    filter: str = ""
    sort: tuple[str, ...] = ()  # field ids, "-" before one for descending
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)
    default_for: tuple[str, ...] = ()  # roles for whom a list opens with it
    path: str = ""


@dataclass(frozen=True, slots=True)
class Keywords:
    """A form whose records are keyword lists: the field of a list's `code`, its sub-form of `rows`, and
    the columns of a row: the `word`, `also` its other spellings, `enabled`, and a note whose `side` says it.
    Without `code` and `rows` each record is a word, and all of them one list with the form's id as code."""

    code: str
    rows: str
    word: str
    also: str = ""
    enabled: str = ""
    side: str = ""
    path: str = ""

    @property
    def single(self) -> bool:
        """Are the form's records the words of one list?"""
        return not self.code and not self.rows

    @property
    def columns(self) -> dict[str, str]:
        """What each column is for, and its id."""
        named = {"word": self.word, "also": self.also, "enabled": self.enabled, "side": self.side}
        return {purpose: column for purpose, column in named.items() if column}


@dataclass(frozen=True, slots=True)
class Form:
    id: str
    label: Label
    kind: FormKind = "record"
    title: str = ""  # template: "{sender_name} {sent_at}"
    fields: tuple[FieldDefinition, ...] = ()
    layout: tuple[Block, ...] = ()
    print: tuple[Block, ...] = ()  # in place of the layout, on paper
    views: tuple[View, ...] = ()
    search: Mapping[str, str] = dataclass_field(default_factory=dict)  # query word -> field path
    retention: tuple[RetentionRule, ...] = ()
    icon: str = ""
    path: str = ""
    description: Label = ""
    keywords: Keywords | None = None
    duplicates: tuple[tuple[str, ...], ...] = ()  # fields that together should be there once

    def field(self, identifier: str) -> FieldDefinition | None:
        return next((field for field in self.fields if field.id == identifier), None)

    def at(self, path: str) -> FieldDefinition | None:
        """A field, or a sub-form's column (`lines.sum`)."""
        outer, _, inner = path.partition(".")
        found = self.field(outer)
        if found is None or not inner:
            return found
        return next((cell for cell in found.fields if cell.id == inner), None)

    def retention_rule(self, identifier: str) -> RetentionRule | None:
        return next((rule for rule in self.retention if rule.id == identifier), None)

    def view(self, identifier: str) -> View | None:
        return next((view for view in self.views if view.id == identifier), None)

    @property
    def is_archive(self) -> bool:
        return self.kind == "archive"

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)


CONDITIONS = ("visible", "required_if", "writable", "valid")
KEYWORD_PARTS = ("code", "rows", "word", "also", "enabled", "side")
FLAGS = ("required", "evidence", "sealed", "searchable", "unique")


def form_from_json(part: Part, binder: Binder) -> Form:
    return Form(
        id=part.id,
        label=part.label(),
        kind="archive" if part.text("kind") == "archive" else "record",
        title=part.text("title"),
        fields=tuple(field_from_json(field, binder) for field in part.parts("fields")),
        layout=layout_from_json(part),
        print=layout_from_json(part, "print"),
        views=tuple(_view(view) for view in part.parts("views")),
        search=part.text_mapping("search"),
        retention=retention_from_json(part),
        icon=part.text("icon"),
        path=part.path,
        description=part.label("description"),
        keywords=_keywords(part.part("keywords")) if part.mapping("keywords") else None,
        duplicates=tuple(
            tuple(name for name in group if isinstance(name, str))
            for group in part.items("duplicates")
            if isinstance(group, list)
        ),
    )


def _keywords(part: Part) -> Keywords:
    return Keywords(**{name: part.text(name) for name in KEYWORD_PARTS}, path=part.path)


def field_from_json(part: Part, binder: Binder) -> FieldDefinition:
    kind, options = binder.bind("field", part, "type", "options")
    return FieldDefinition(
        id=part.id,
        type_name=part.text("type"),
        type=kind,
        label=part.label(),
        options=options,
        help=part.label("help"),
        mask=part.raw.get("mask") is True or bool(part.mapping("mask")),
        patterns=_patterns(part.part("mask"), binder),
        default=part.text("default"),
        hand_over=part.text("hand_over"),
        fields=tuple(field_from_json(field, binder) for field in part.parts("fields")),
        width=width if type(width := part.raw.get("width")) is int else 0,
        total=part.text("total"),
        path=part.path,
        **{flag: part.flag(flag) for flag in FLAGS},  # type: ignore[arg-type]
        **{condition: part.text(condition) for condition in CONDITIONS},  # type: ignore[arg-type]
    )


def _patterns(part: Part, binder: Binder) -> tuple[Pattern, ...]:
    """Unknown ones leave a Problem; a text is better masked by the others than not at all."""
    places = [(name, f"{part.path}/patterns/{place}") for place, name in enumerate(part.items("patterns"))]
    found = [binder.named("pattern", name, path) for name, path in places if isinstance(name, str)]
    return tuple(one for one in found if one is not None)


def _view(part: Part) -> View:
    return View(
        id=part.id,
        label=part.label(),
        kind=part.text("kind", "table"),
        columns=part.texts("columns"),
        filter=part.text("filter"),
        sort=part.texts("sort"),
        options=part.mapping("options"),
        default_for=part.texts("default_for"),
        path=part.path,
    )
