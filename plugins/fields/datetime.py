"""A moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    DATETIME,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    Display,
    Options,
    Registry,
    Storage,
    iso_moment,
    labelled,
    options_of,
    read_moment,
    show_moment,
)
from plugins.fields.date import Zoned

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class DateTimeOptions(Options, frozen=True):
    seconds: Annotated[bool, labelled("显示秒", "Show seconds")] = False


class DateTime(Zoned):
    name = "datetime"
    label = {"zh": "日期时间", "en": "Date and time"}
    icon = "clock"
    keywords: tuple[str, ...] = ("时间", "时刻", "timestamp")
    doc = {"zh": "某一时刻", "en": "A moment"}
    group = "time"
    exact = datetime
    storage = Storage.TIMESTAMP
    type = DATETIME
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    input = "datetime"
    examples = (
        ("2026-11-20T01:05:00Z", "2026-11-20T01:05:00Z"),
        ("2026-11-20T09:05:00.000001+08:00", "2026-11-20T01:05:00.000001Z"),
    )
    Options = DateTimeOptions

    def parse(self, raw: Any, field: FieldDefinition) -> datetime:
        if isinstance(raw, datetime) and raw.tzinfo is UTC:
            return raw
        if isinstance(raw, date) and not isinstance(raw, datetime):  # computed: its first moment here
            raw = datetime(raw.year, raw.month, raw.day)  # noqa: DTZ001 -- read_moment gives it the zone
        return read_moment(raw, self.zone)

    def to_json(self, value: datetime, field: FieldDefinition) -> str:
        return iso_moment(value)

    def display(self, value: datetime, field: FieldDefinition, display: Display) -> str:
        seconds = options_of(field, DateTimeOptions).seconds
        return show_moment(value, display.zone or self.zone, display.language, seconds)

    def search_text(self, value: datetime, field: FieldDefinition) -> str:
        return show_moment(value, self.zone)


def register(registry: Registry) -> None:
    registry.add(DateTime(registry))
