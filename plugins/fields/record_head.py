"""What the engine keeps of every record by itself, as fields: what is common to them. Nothing is kept twice; they
filter, sort and count like any other field."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    DATETIME,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    PERSON,
    Derived,
    Display,
    Examples,
    Field,
    HeadValue,
    Label,
    Options,
    OptionsType,
    Reference,
    Registry,
    Storage,
    iso_moment,
    read_moment,
    show_moment,
)
from plugins.fields.member import read_id

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Head(Field):
    """A row of the table below, by the part of the record's head it shows."""

    group = "system"
    input = "none"
    part: Literal["id", "created_at", "created_by", "updated_at", "updated_by", "flow"]
    Options: ClassVar[OptionsType] = Options

    def derived(self, field: FieldDefinition) -> Derived:
        return HeadValue(self.part)


class HeadMoment(Head):
    storage = Storage.TIMESTAMP
    type = DATETIME
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    keywords: tuple[str, ...] = ("系统时间", "时间戳", "timestamp")
    icon = "clock"
    examples: Examples = (("2026-11-20T01:05:00Z", "2026-11-20T01:05:00Z"),)

    def __init__(
        self, registry: Registry, name: Literal["created_at", "updated_at"], label: Label, doc: Label
    ) -> None:
        self._registry, self.name, self.part, self.label, self.doc = registry, name, name, label, doc

    def parse(self, raw: Any, field: FieldDefinition) -> datetime:
        return read_moment(raw, self._registry.zone)

    def to_json(self, value: datetime, field: FieldDefinition) -> str:
        return iso_moment(value)

    def display(self, value: datetime, field: FieldDefinition, display: Display) -> str:
        return show_moment(value, display.zone or self._registry.zone, display.language)

    def search_text(self, value: datetime, field: FieldDefinition) -> str:
        return show_moment(value, self._registry.zone)


class HeadPerson(Head):
    type = PERSON
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    keywords: tuple[str, ...] = ("提交人", "作者", "author")
    icon = "person"
    examples: Examples = (("sales04", "sales04"),)

    def __init__(self, name: Literal["created_by", "updated_by"], label: Label, doc: Label) -> None:
        self.name, self.part, self.label, self.doc = name, name, label, doc

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_id(raw)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("person", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("person")
