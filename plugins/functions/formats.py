"""Numbers, days and moments as text by a format, and numbers out of text.

Formats are Excel's: `0`, `#,##0.00`, `0%`; `yyyy-mm-dd hh:mm`, `m月d日`, `aaaa`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from metamodel.plugin_api import (
    ANY,
    NUMBER,
    TEXT,
    Argument,
    Function,
    Registry,
    arithmetic,
    bilingual,
    read_number,
    room_for,
)

Number = int | Decimal
MAX_PATTERN = 200
_TEXT = Argument("text", TEXT)


def value_of(text: str) -> Any:
    return read_number(text) if text.strip() else None


def as_text(context: Any, value: Any, pattern: str = "") -> str:
    """Numbers by `0`, `#,##0.00`, `0%`; days and moments by `yyyy-mm-dd hh:mm`, `m月d日`, `aaaa`."""
    room_for(len(pattern), MAX_PATTERN)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        return _number_as(value, pattern) if pattern else arithmetic.number_text(value)
    if isinstance(value, datetime):
        return _moment_as(value.astimezone(context.zone), pattern or "yyyy-mm-dd hh:mm")
    if isinstance(value, date):
        return _moment_as(datetime(value.year, value.month, value.day), pattern or "yyyy-mm-dd")  # noqa: DTZ001
    if isinstance(value, list):
        return "、".join(as_text(context, item, pattern) for item in value)
    return str(value)


def _number_as(number: Number, pattern: str) -> str:
    digits = pattern.rstrip("%")
    exact = Decimal(number) * 100 if pattern.endswith("%") else Decimal(number)
    places = len(digits.partition(".")[2])
    room_for(places, 30)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, arithmetic.CONTEXT)
    grouped = f"{rounded:,f}" if "," in digits else f"{rounded:f}"
    width = digits.partition(".")[0].replace(",", "").count("0")
    sign, whole = ("-", grouped[1:]) if grouped.startswith("-") else ("", grouped)
    head, point, tail = whole.partition(".")
    optional = len(tail) - len(tail.rstrip("0")) if "#" in digits.partition(".")[2] else 0
    tail = tail[: len(tail) - optional]
    return sign + head.rjust(width, "0") + (point + tail if tail else "") + "%" * pattern.endswith("%")


_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda at: f"{at.year:04d}", "yy": lambda at: f"{at.year % 100:02d}",
    "mm": lambda at: f"{at.month:02d}", "m": lambda at: str(at.month),
    "dddd": lambda at: _ENGLISH[at.weekday()], "ddd": lambda at: _ENGLISH[at.weekday()][:3],
    "dd": lambda at: f"{at.day:02d}", "d": lambda at: str(at.day),
    "aaaa": lambda at: _WEEKDAYS[at.weekday()], "aaa": lambda at: _WEEKDAYS[at.weekday()][2],
    "hh": lambda at: f"{at.hour:02d}", "h": lambda at: str(at.hour),
    "ss": lambda at: f"{at.second:02d}", "s": lambda at: str(at.second),
}  # fmt: skip
_MINUTES: dict[str, Callable[[datetime], str]] = {
    "mm": lambda at: f"{at.minute:02d}", "m": lambda at: str(at.minute),
}  # fmt: skip


def _moment_as(at: datetime, pattern: str) -> str:
    """As in Excel, `m` after an hour is minutes."""
    made: list[str] = []
    position, after_hour, small = 0, False, pattern.lower()
    while position < len(pattern):
        part = next((known for known in _PARTS if small.startswith(known, position)), "")
        if not part:
            made.append(pattern[position])
            position += 1
            continue
        table = _MINUTES if after_hour and part in _MINUTES else _PARTS
        made.append(table[part](at))
        after_hour = part in ("hh", "h")
        position += len(part)
    return "".join(made)


FUNCTIONS = (
    Function(
        "VALUE",
        (_TEXT,),
        NUMBER,
        value_of,
        label=bilingual("转为数字", "To number"),
        doc=bilingual(
            "文字读成数字，如 1,234.5 或 3万；读不出则出错",
            "The number a text says (1,234.5 or 3万); fails where it says none",
        ),
        examples=(("VALUE('1,234.50')", {}, "1234.5"), ("VALUE('３万')", {}, 30000), ("VALUE('')", {}, None)),
    ),
    Function(
        "TEXT",
        (Argument("value", ANY), Argument("format", TEXT, optional=True)),
        TEXT,
        as_text,
        context=True,
        label=bilingual("转为文字", "To text"),
        doc=bilingual("数字、日期按格式变成文字", "A number, day or moment as text, by a format"),
        examples=(
            ("TEXT(1234.5, '#,##0.00')", {}, "1,234.50"),
            ("TEXT(0.256, '0.0%')", {}, "25.6%"),
            ("TEXT(DATE(2026, 11, 3), 'yyyy年m月d日 aaaa')", {}, "2026年11月3日 星期二"),
            ("TEXT(7, '000')", {}, "007"),
            ("TEXT(2.50)", {}, "2.5"),
        ),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
