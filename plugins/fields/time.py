"""A time of day."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    ORDERED_OPERATORS,
    BadValue,
    Display,
    Field,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

_TIME = re.compile(
    r"(上午|下午|晚上|凌晨|早上|中午)?\s*(\d{1,2})(?:[:点时](\d{1,2})?分?(?::(\d{1,2}))?)?\s*(am|pm)?"
)


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


def register(registry: Registry) -> None:
    registry.add(Time())
