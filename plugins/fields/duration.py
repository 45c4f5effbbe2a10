"""A length of time, kept in whole microseconds: length of a call, time to the first answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    DURATION,
    NUMBER_AGGREGATES,
    ORDERED_OPERATORS,
    Display,
    Field,
    Registry,
    Storage,
    iso_duration,
    read_duration,
    show_duration,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition, Format, Label

_MICROSECOND = timedelta(microseconds=1)


class Duration(Field):
    name = "duration"
    label = {"zh": "时长", "en": "Duration"}
    icon = "hourglass"
    keywords: tuple[str, ...] = ("耗时", "用时", "elapsed")
    doc = {"zh": "多长时间", "en": "A length of time"}
    group = "time"
    exact = timedelta
    storage = Storage.INTEGER
    type = DURATION
    operators = ORDERED_OPERATORS
    aggregates = NUMBER_AGGREGATES
    input = "duration"
    examples = (
        ("2小时5分", "PT2H5M"),
        ("2:05", "PT2H5M"),
        (90, "PT1M30S"),
        ("1.5h", "PT1H30M"),
        ("-PT0.5S", "-PT0.5S"),
    )

    def parse(self, raw: Any, field: FieldDefinition) -> timedelta:
        return read_duration(raw)

    def to_json(self, value: timedelta, field: FieldDefinition) -> str:
        return iso_duration(value)

    def to_storage(self, value: timedelta, field: FieldDefinition) -> int:
        return value // _MICROSECOND

    def from_storage(self, raw: int, field: FieldDefinition) -> timedelta:
        return timedelta(microseconds=raw)

    def display(self, value: timedelta, field: FieldDefinition, display: Display) -> str:
        return show_duration(value, display.language)

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "duration", ""

    def search_text(self, value: timedelta, field: FieldDefinition) -> str:
        return show_duration(value)


def register(registry: Registry) -> None:
    registry.add(Duration())
