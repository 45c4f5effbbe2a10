"""From a day to a day, both of them in it. Kept as ISO 8601 writes it, 2026-11-01/2026-11-05, so it sorts by its
beginning; functions RANGE_START, RANGE_END, RANGE_DAYS and RANGES_OVERLAP take it apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Part,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    labelled,
    options_of,
    problem,
    read_date,
    show_date,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

_BETWEEN = re.compile(r"~|～|—+|–|至|到|\bto\b|\s-\s|(?<=[0-9日])/(?=[0-9]{4}-)", re.IGNORECASE)


class DateRangeOptions(Options, frozen=True):
    shortest: Annotated[int, labelled("最短天数", "Shortest, in days", ge=1)] | None = None
    longest: Annotated[int, labelled("最长天数", "Longest, in days", ge=1)] | None = None


class DateRange(Field):
    name = "date_range"
    label = {"zh": "日期区间", "en": "Date range"}
    icon = "calendar"
    doc = {"zh": "从某天到某天，首尾两天都算", "en": "From a day to a day, both of them counted"}
    keywords: tuple[str, ...] = ("起止日期", "时间段", "有效期", "period", "from to")
    texts = {
        "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
        "value.not_a_range": Texts(
            "“{text}”不是日期区间",
            "“{text}” is not a date range",
            "如 2026-11-01 ~ 2026-11-05",
            "Like 2026-11-01 ~ 2026-11-05",
        ),
        "value.range_half": Texts("起止日期都要填", "Both days are needed"),
        "value.range_reversed": Texts("结束早于开始", "It ends before it begins"),
        "value.range_too_short": Texts("至少 {days} 天", "At least {days} days"),
        "value.range_too_long": Texts("最多 {days} 天", "At most {days} days"),
    }
    group = "time"
    operators = ("is", "is_not", "blank", "not_blank")
    input = "parts"
    examples: Examples = (
        ("2026-11-01/2026-11-05", "2026-11-01/2026-11-05"),
        ("2026年11月1日 至 2026年11月5日", "2026-11-01/2026-11-05"),
        ("2026/2/28 - 2026/3/1", "2026-02-28/2026-03-01"),
        ({"start": "2024-02-29", "end": "2024-02-29"}, "2024-02-29/2024-02-29"),
        (["2026-11-01", "2026-11-05"], "2026-11-01/2026-11-05"),
    )
    Options: ClassVar[OptionsType] = DateRangeOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, DateRangeOptions)
        if options.shortest and options.longest and options.shortest > options.longest:
            return [problem("field.limits_crossed", "/options/shortest")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        start, end = self._ends(raw)
        if start in (None, "") and end in (None, ""):
            return ""
        if start in (None, "") or end in (None, ""):
            raise BadValue("value.range_half")
        first, last = _day(start, raw), _day(end, raw)
        if first > last:
            raise BadValue("value.range_reversed")
        return f"{first.isoformat()}/{last.isoformat()}"

    def _ends(self, raw: Any) -> tuple[Any, Any]:
        if isinstance(raw, dict) and not raw.keys() - {"start", "end"}:
            return raw.get("start"), raw.get("end")
        pieces = list(raw) if isinstance(raw, (list, tuple)) else []
        if isinstance(raw, str):
            pieces = [one.strip() for one in _BETWEEN.split(fold(clean_text(raw, limit=400)), maxsplit=2)]
        if len(pieces) != 2:
            raise BadValue("value.not_a_range", text=excerpt(raw))
        return pieces[0], pieces[1]

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        options, (start, end) = options_of(field, DateRangeOptions), _days(value)
        days = (end - start).days + 1
        if options.shortest and days < options.shortest:
            return [problem("value.range_too_short", days=options.shortest)]
        if options.longest and days > options.longest:
            return [problem("value.range_too_long", days=options.longest)]
        return []

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return " ~ ".join(show_date(day, display.language) for day in _days(value))

    def search_text(self, value: str, field: FieldDefinition) -> str:
        return value.replace("/", " ")

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        return (
            Part("start", {"zh": "开始", "en": "From"}, "date"),
            Part("end", {"zh": "结束", "en": "To"}, "date"),
        )

    def divided(self, value: str, field: FieldDefinition) -> Mapping[str, str]:
        start, _, end = value.partition("/")
        return {"start": start, "end": end}


def _day(raw: Any, whole: Any) -> date:
    try:
        return read_date(raw)
    except BadValue as error:
        raise BadValue("value.not_a_range", text=excerpt(whole)) from error


def _days(value: str) -> tuple[date, date]:
    start, _, end = value.partition("/")
    return date.fromisoformat(start), date.fromisoformat(end)


def register(registry: Registry) -> None:
    registry.add(DateRange())
