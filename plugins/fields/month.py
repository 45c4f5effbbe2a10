"""A month of a year."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
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

_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")


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
    registry.add(Month())
