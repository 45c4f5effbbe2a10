"""Date and time functions: making days, their parts, steps and distances.

Days and hours are the organisation's (its zone); a moment given where a day is wanted is its
day there. Excel's names and meanings where Excel has the function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    bilingual,
    read_date,
)
from plugins.functions.blanks import in_range, unless_blank

Number = int | Decimal
_DATE, _MOMENT = Argument("date", DATE), Argument("moment", DATETIME)


# -- making days -----------------------------------------------------------------------------------


@unless_blank
def make_date(year: Number, month: Number, day: Number) -> date:
    """As in Excel, months and days beyond their range run into the next."""
    months = int(year) * 12 + int(month) - 1
    return in_range(lambda: date(months // 12, months % 12 + 1, 1) + timedelta(days=int(day) - 1))  # type: ignore[no-any-return]


def make_moment(
    context: Any, day: date | None, hour: Number | None, minute: Number | None = 0
) -> datetime | None:
    if day is None or hour is None or minute is None:
        return None
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- clocks of the organisation's zone

    def moment() -> datetime:
        local = start + timedelta(hours=int(hour), minutes=int(minute))
        return local.replace(tzinfo=context.zone).astimezone(UTC)

    return in_range(moment)  # type: ignore[no-any-return]


def date_value(text: str) -> date | None:
    return read_date(text) if text.strip() else None


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
    return (following - timedelta(days=1)).day if following else 31


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return in_range(lambda: date(year, month, min(day.day, _last_day(year, month))))  # type: ignore[no-any-return]


@unless_blank
def add_months(day: date, months: Number) -> date:
    return _add_months(day, int(months))


@unless_blank
def end_of_month(day: date, months: Number) -> date:
    first = _add_months(day.replace(day=1), int(months))
    return first.replace(day=_last_day(first.year, first.month))


def _start_of(unit: str) -> Callable[..., Any]:
    def start(day: date) -> date:
        if unit == "week":
            return in_range(lambda: day - timedelta(days=day.weekday()))  # type: ignore[no-any-return]
        month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        return day.replace(month=month, day=1)

    return unless_blank(start)


# -- parts and distances ---------------------------------------------------------------------------


def _part(name: str) -> Callable[..., Any]:
    return unless_blank(lambda day: getattr(day, name))


def _clock(name: str) -> Callable[..., Any]:
    return lambda context, moment: None if moment is None else getattr(moment.astimezone(context.zone), name)


@unless_blank
def weekday(day: date, kind: Number = 1) -> int:
    """1: Sunday is 1, as in Excel; 2: Monday is 1; 3: Monday is 0."""
    shift = {1: (day.weekday() + 1) % 7 + 1, 2: day.weekday() + 1, 3: day.weekday()}.get(int(kind))
    if shift is None:
        raise BadValue("expression.out_of_domain")
    return shift


def _weekday_sql(ops: Any, day: Any, kind: Any = 1) -> Any:
    way = ops.constant(kind)
    monday_is_one = ops.date_part("weekday", day)
    if way in (2, 3):
        return monday_is_one if way == 2 else ops.subtract(monday_is_one, 1)
    if way != 1:
        raise BadValue("expression.not_in_sql", what="WEEKDAY")
    return ops.add(ops.modulo(monday_is_one, 7), 1)


@unless_blank
def distance(start: date, end: date, unit: str) -> int:
    """Whole years, months or days between; MD, YM and YD as in Excel."""
    if end < start:
        raise BadValue("expression.out_of_domain")
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    match unit.upper():
        case "Y":
            return months // 12
        case "M":
            return months
        case "D":
            return (end - start).days
        case "YM":
            return months % 12
        case "MD":
            return (end - _add_months(start, months)).days
        case "YD":
            return (end - _add_months(start, months // 12 * 12)).days
    raise BadValue("expression.out_of_domain")


def _part_function(name: str, part: str, zh: str, en: str, example: Any) -> Function:
    return Function(
        name,
        (_DATE,),
        NUMBER,
        _part(part),
        group="dates",
        sql=lambda ops, day: ops.date_part(part, day),
        label=bilingual(zh, en),
        doc=bilingual(f"日期的{zh}", f"The {en.lower()} of a day"),
        examples=((f"{name}(DATE(2026, 11, 20))", {}, example), (f"{name}(d)", {"d": None}, None)),
    )


def _clock_function(name: str, part: str, zh: str, example: int) -> Function:
    return Function(
        name,
        (_MOMENT,),
        NUMBER,
        _clock(part),
        group="dates",
        context=True,
        sql=lambda ops, moment: ops.date_part(part, moment),
        label=bilingual(zh, part.capitalize()),
        doc=bilingual(f"时刻的{zh}（组织时区）", f"The {part} of a moment, in the organisation's zone"),
        examples=((f"{name}(at)", {"at": "2026-11-20T15:04:05+08:00"}, example),),
    )


def _start_function(name: str, unit: str, zh: str, example: str) -> Function:
    return Function(
        name,
        (_DATE,),
        DATE,
        _start_of(unit),
        group="dates",
        label=bilingual(f"{zh}初", f"Start of {unit}"),
        doc=bilingual(f"所在{zh}的第一天", f"The first day of its {unit}"),
        examples=((f"{name}(DATE(2026, 11, 20))", {}, example),),
    )


FUNCTIONS = (
    Function(
        "TODAY",
        (),
        DATE,
        lambda context: context.now.astimezone(context.zone).date(),
        group="dates",
        context=True,
        volatile=True,
        label=bilingual("今天", "Today"),
        doc=bilingual("今天的日期", "The day it is"),
        examples=(("TODAY() == DATE_OF(NOW())", {}, True),),
    ),
    Function(
        "NOW",
        (),
        DATETIME,
        lambda context: context.now,
        group="dates",
        context=True,
        volatile=True,
        label=bilingual("现在", "Now"),
        doc=bilingual("现在的时刻", "The moment it is"),
        examples=(("NOW() >= TODAY()", {}, True),),
    ),
    Function(
        "DATE",
        (Argument("year", NUMBER), Argument("month", NUMBER), Argument("day", NUMBER)),
        DATE,
        make_date,
        group="dates",
        label=bilingual("日期", "Date"),
        doc=bilingual(
            "由年月日得到日期，超出的月、日顺延", "A day from year, month and day; what is too much runs on"
        ),
        examples=(("DATE(2026, 11, 20)", {}, "2026-11-20"), ("DATE(2026, 13, 0)", {}, "2026-12-31")),
    ),
    Function(
        "DATETIME",
        (_DATE, Argument("hour", NUMBER), Argument("minute", NUMBER, optional=True)),
        DATETIME,
        make_moment,
        group="dates",
        context=True,
        label=bilingual("日期时间", "Date and time"),
        doc=bilingual(
            "某天的几点几分（组织时区）", "An hour and minute of a day, in the organisation's zone"
        ),
        examples=(("DATETIME(DATE(2026, 11, 20), 9, 30)", {}, "2026-11-20T01:30:00Z"),),
    ),
    Function(
        "DATEVALUE",
        (Argument("text", TEXT),),
        DATE,
        date_value,
        group="dates",
        label=bilingual("读日期", "To date"),
        doc=bilingual(
            "文字读成日期，如 2026-11-20、2026年11月20日；读不出则出错",
            "The day a text says; fails where it says none",
        ),
        examples=(("DATEVALUE('2026年11月20日')", {}, "2026-11-20"), ("DATEVALUE('')", {}, None)),
    ),
    Function(
        "DATE_OF",
        (_DATE,),
        DATE,
        lambda day: day,
        group="dates",
        sql=lambda ops, day: ops.date_of(day),
        label=bilingual("取日期", "Day of"),
        doc=bilingual("时刻所在的那一天（组织时区）", "The day of a moment, in the organisation's zone"),
        examples=(("DATE_OF(at)", {"at": "2026-11-19T16:30:00Z"}, "2026-11-20"),),
    ),
    _part_function("YEAR", "year", "年", "Year", 2026),
    _part_function("MONTH", "month", "月", "Month", 11),
    _part_function("DAY", "day", "日", "Day", 20),
    Function(
        "QUARTER",
        (_DATE,),
        NUMBER,
        unless_blank(lambda day: (day.month + 2) // 3),
        group="dates",
        sql=lambda ops, day: ops.date_part("quarter", day),
        label=bilingual("季度", "Quarter"),
        doc=bilingual("第几季度", "Which quarter of the year"),
        examples=(("QUARTER(DATE(2026, 11, 20))", {}, 4),),
    ),
    _clock_function("HOUR", "hour", "小时", 15),
    _clock_function("MINUTE", "minute", "分钟", 4),
    _clock_function("SECOND", "second", "秒", 5),
    Function(
        "WEEKDAY",
        (_DATE, Argument("type", NUMBER, optional=True)),
        NUMBER,
        weekday,
        group="dates",
        sql=_weekday_sql,
        label=bilingual("星期几", "Weekday"),
        doc=bilingual(
            "星期几：默认周日为 1；类型 2 周一为 1；类型 3 周一为 0",
            "The day of the week: Sunday is 1; by type 2 Monday is 1, by type 3 it is 0",
        ),
        examples=(("WEEKDAY(DATE(2026, 11, 20))", {}, 6), ("WEEKDAY(DATE(2026, 11, 20), 2)", {}, 5)),
    ),
    Function(
        "ISOWEEKNUM",
        (_DATE,),
        NUMBER,
        unless_blank(lambda day: day.isocalendar().week),
        group="dates",
        label=bilingual("第几周", "Week number"),
        doc=bilingual("一年中的第几周（周一起）", "The week of the year, weeks from Monday"),
        examples=(("ISOWEEKNUM(DATE(2026, 11, 20))", {}, 47),),
    ),
    _start_function("START_OF_WEEK", "week", "周", "2026-11-16"),
    _start_function("START_OF_MONTH", "month", "月", "2026-11-01"),
    _start_function("START_OF_QUARTER", "quarter", "季", "2026-10-01"),
    _start_function("START_OF_YEAR", "year", "年", "2026-01-01"),
    Function(
        "EDATE",
        (_DATE, Argument("months", NUMBER)),
        DATE,
        add_months,
        group="dates",
        label=bilingual("几个月后", "Months later"),
        doc=bilingual(
            "几个月后（负数为前）的同一天，月末不越界",
            "The same day some months later; never beyond the month's end",
        ),
        examples=(
            ("EDATE(DATE(2026, 1, 31), 1)", {}, "2026-02-28"),
            ("EDATE(DATE(2026, 3, 5), -3)", {}, "2025-12-05"),
        ),
    ),
    Function(
        "EOMONTH",
        (_DATE, Argument("months", NUMBER)),
        DATE,
        end_of_month,
        group="dates",
        label=bilingual("月末", "End of month"),
        doc=bilingual("几个月后那个月的最后一天", "The last day of the month some months later"),
        examples=(("EOMONTH(DATE(2026, 1, 15), 1)", {}, "2026-02-28"),),
    ),
    Function(
        "DATEDIF",
        (Argument("start", DATE), Argument("end", DATE), Argument("unit", TEXT)),
        NUMBER,
        distance,
        group="dates",
        label=bilingual("日期相差", "Distance"),
        doc=bilingual(
            "相差几整年 Y、几整月 M、几天 D（另有 YM、MD、YD）",
            "Whole years (Y), months (M) or days (D) between; also YM, MD, YD",
        ),
        examples=(
            ("DATEDIF(DATE(2024, 2, 29), DATE(2026, 2, 28), 'Y')", {}, 1),
            ("DATEDIF(DATE(2026, 1, 31), DATE(2026, 11, 20), 'M')", {}, 9),
        ),
    ),
    Function(
        "DAYS",
        (Argument("end", DATE), Argument("start", DATE)),
        NUMBER,
        unless_blank(lambda end, start: (end - start).days),
        group="dates",
        sql=lambda ops, end, start: ops.days_between(end, start),
        label=bilingual("相差天数", "Days between"),
        doc=bilingual("从第二个日期到第一个日期有几天", "How many days from the second day to the first"),
        examples=(("DAYS(DATE(2026, 11, 20), DATE(2026, 11, 1))", {}, 19),),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
