"""A time of day, and a month: kept as text 09:30:00, and as the month's first day."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    DATE,
    ORDERED_AGGREGATES,
    ORDERED_OPERATORS,
    BadValue,
    Display,
    Field,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    fold,
    read_date,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

_TIME = re.compile(
    r"(上午|下午|晚上|凌晨|早上|中午)?\s*(\d{1,2})(?:[:点时](\d{1,2})?分?(?::(\d{1,2}))?)?\s*(am|pm)?"
)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")
LATE = frozenset({"下午", "晚上", "pm"})
EARLY = frozenset({"上午", "凌晨", "am"})


class Time(Field):
    """Text sorts as time does, and no zone is meant."""

    name = "time"
    label = {"zh": "时间", "en": "Time of day"}
    icon = "clock"
    keywords: tuple[str, ...] = ("几点", "钟点", "clock")
    doc = {"zh": "一天中的某个时间，不带日期", "en": "A time of day, without a date"}
    texts = {
        "value.not_a_time_of_day": Texts("“{text}”不是时间，应如 09:30", "“{text}” is no time; write 09:30")
    }
    group = "time"
    operators = ORDERED_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = filter = "time"
    examples = (
        ("9:30", "09:30:00"),
        ("下午3点", "15:00:00"),
        ("１２：０５：０７", "12:05:07"),
        ("12:30 am", "00:30:00"),
    )

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        found = _TIME.fullmatch(fold(clean_text(raw, limit=200)).strip().lower())
        if found is None or (not any(found.group(3, 4, 1, 5)) and not re.search("[:点时]", found.group())):
            raise BadValue("value.not_a_time_of_day", text=excerpt(raw))
        half, hour = found[1] or found[5], int(found[2])
        if half in LATE and hour < 12:
            hour += 12
        elif half in EARLY and hour == 12:
            hour = 0
        try:
            return time(hour, int(found[3] or 0), int(found[4] or 0)).isoformat()
        except ValueError as error:
            raise BadValue("value.not_a_time_of_day", text=excerpt(raw)) from error

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return value.removesuffix(":00") if value.count(":") == 2 else value


class Month(Field):
    name = "month"
    label = {"zh": "月份", "en": "Month"}
    icon = "calendar"
    keywords: tuple[str, ...] = ("年月",)
    doc = {"zh": "某年某月", "en": "A month of a year"}
    texts = {
        "value.not_a_month": Texts("“{text}”不是月份，应如 2026-11", "“{text}” is no month; write 2026-11")
    }
    group = "time"
    storage = Storage.DATE
    type = DATE
    operators = ORDERED_OPERATORS
    aggregates = ORDERED_AGGREGATES
    input = filter = "month"
    examples = (("2026-11", "2026-11-01"), ("2026年3月", "2026-03-01"), ("2026-11-20", "2026-11-01"))

    def parse(self, raw: Any, field: FieldDefinition) -> date:
        if isinstance(raw, str):
            found = _MONTH.fullmatch(fold(clean_text(raw, limit=200)).strip())
            raw = f"{found[1]}-{int(found[2]):02}-01" if found else raw
        try:
            return read_date(raw).replace(day=1)
        except BadValue as error:
            raise BadValue("value.not_a_month", text=excerpt(raw)) from error

    def to_json(self, value: date, field: FieldDefinition) -> str:
        return value.isoformat()

    def display(self, value: date, field: FieldDefinition, display: Display) -> str:
        return (
            f"{value.year}年{value.month}月"
            if display.language.startswith("zh")
            else f"{value:%b} {value.year}"
        )


def register(registry: Registry) -> None:
    registry.add(Time(), Month())
