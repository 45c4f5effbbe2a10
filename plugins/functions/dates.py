"""Date and time functions: parts, steps, distances, working days, durations.

Days and hours are the organisation's (its zone); a moment given where a day is wanted is its
day there. Working days are asked of the context: Monday to Friday where nobody says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    Type,
    arithmetic,
    bilingual,
    list_of,
    read_date,
    room_for,
)

DAY_COST = 20  # asking about a day costs as much as so many characters
Number = int | Decimal
MAX_DAYS = 5_000  # how far working days are counted, some thirteen years
_DATE, _MOMENT = Argument("date", DATE), Argument("moment", DATETIME)
_NUMBER = Argument("number", NUMBER)
_HOLIDAYS = Argument("holidays", list_of(DATE), optional=True)


def _unless_blank(work: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if None in values else work(*values)


def _in_range(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (OverflowError, ValueError):
        raise BadValue("expression.date_range") from None


# -- making days -----------------------------------------------------------------------------------


@_unless_blank
def make_date(year: Number, month: Number, day: Number) -> date:
    """As in Excel, months and days beyond their range run into the next."""
    months = int(year) * 12 + int(month) - 1
    return _in_range(lambda: date(months // 12, months % 12 + 1, 1) + timedelta(days=int(day) - 1))  # type: ignore[no-any-return]


def make_moment(
    context: Any, day: date | None, hour: Number | None, minute: Number | None = 0
) -> datetime | None:
    if day is None or hour is None or minute is None:
        return None
    since = timedelta(hours=int(hour), minutes=int(minute))
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- clocks of the organisation's zone
    return _in_range(lambda: (start + since).replace(tzinfo=context.zone).astimezone(UTC))  # type: ignore[no-any-return]


def date_value(text: str) -> date | None:
    return read_date(text) if text.strip() else None


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
    return (following - timedelta(days=1)).day if following else 31


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return _in_range(lambda: date(year, month, min(day.day, _last_day(year, month))))  # type: ignore[no-any-return]


@_unless_blank
def add_months(day: date, months: Number) -> date:
    return _add_months(day, int(months))


@_unless_blank
def end_of_month(day: date, months: Number) -> date:
    first = _add_months(day.replace(day=1), int(months))
    return first.replace(day=_last_day(first.year, first.month))


def _start_of(unit: str) -> Callable[..., Any]:
    def start(day: date) -> date:
        if unit == "week":
            return _in_range(lambda: day - timedelta(days=day.weekday()))  # type: ignore[no-any-return]
        month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        return day.replace(month=month, day=1)

    return _unless_blank(start)


# -- parts and distances ---------------------------------------------------------------------------


def _part(name: str) -> Callable[..., Any]:
    return _unless_blank(lambda day: getattr(day, name))


def _clock(name: str) -> Callable[..., Any]:
    return lambda context, moment: None if moment is None else getattr(moment.astimezone(context.zone), name)


@_unless_blank
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


@_unless_blank
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


# -- working days ----------------------------------------------------------------------------------


def is_workday(context: Any, day: date | None, holidays: Any = ()) -> bool:
    return day is not None and day not in (holidays or ()) and bool(context.is_working_day(day))


def count_workdays(context: Any, start: date | None, end: date | None, holidays: Any = ()) -> int | None:
    """Both ends counted; negative where the end is before the start."""
    if start is None or end is None:
        return None
    first, last, sign = (start, end, 1) if start <= end else (end, start, -1)
    days = (last - first).days + 1
    room_for(days, MAX_DAYS)
    context.spend(days * DAY_COST)
    free = frozenset(holidays or ())
    return sign * sum(is_workday(context, first + timedelta(days=number), free) for number in range(days))


def _step(day: date, step: timedelta) -> date:
    return _in_range(lambda: day + step)  # type: ignore[no-any-return]


def add_workdays(context: Any, start: date | None, days: Number | None, holidays: Any = ()) -> date | None:
    if start is None or days is None:
        return None
    left, step, day, free = (
        abs(int(days)),
        timedelta(days=1 if days > 0 else -1),
        start,
        frozenset(holidays or ()),
    )
    room_for(left * 2, MAX_DAYS)
    context.spend(left * 2 * DAY_COST)
    for _ in range(MAX_DAYS):
        if not left:
            return day
        day = _step(day, step)
        left -= is_workday(context, day, free)
    raise BadValue("expression.date_range")


# -- durations -------------------------------------------------------------------------------------

_UNITS = {
    "SECONDS": 1_000_000,
    "MINUTES": 60_000_000,
    "HOURS": 3_600_000_000,
    "DAYS_DURATION": 86_400_000_000,
}


def _duration(unit: int) -> Callable[..., Any]:
    return _unless_blank(lambda number: arithmetic.times(timedelta(microseconds=unit), number))


def _units_in(unit: int) -> Callable[..., Any]:
    return _unless_blank(lambda duration: arithmetic.ratio(duration, timedelta(microseconds=unit)))


def _units_sql(unit: int) -> Callable[..., Any]:
    return lambda ops, duration: ops.ratio(duration, ops.duration_of(1, unit))


def _duration_function(name: str, zh: str, en: str, example: tuple[str, Any]) -> Function:
    unit = _UNITS[name]
    return Function(
        name,
        (_NUMBER,),
        DURATION,
        _duration(unit),
        group="dates",
        sql=lambda ops, number: ops.duration_of(number, unit),
        label=bilingual(f"{zh}（时长）", f"Duration in {en}"),
        doc=bilingual(f"多少{zh}的时长", f"A duration of so many {en}"),
        examples=((example[0], {}, example[1]),),
    )


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


def _days_of(_start: Type, _end: Type) -> Type:
    return NUMBER


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
        _unless_blank(lambda day: (day.month + 2) // 3),
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
        _unless_blank(lambda day: day.isocalendar().week),
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
        _days_of,
        _unless_blank(lambda end, start: (end - start).days),
        group="dates",
        sql=lambda ops, end, start: ops.days_between(end, start),
        label=bilingual("相差天数", "Days between"),
        doc=bilingual("从第二个日期到第一个日期有几天", "How many days from the second day to the first"),
        examples=(("DAYS(DATE(2026, 11, 20), DATE(2026, 11, 1))", {}, 19),),
    ),
    Function(
        "IS_WORKDAY",
        (_DATE, _HOLIDAYS),
        BOOLEAN,
        is_workday,
        group="dates",
        context=True,
        label=bilingual("是工作日", "Is a working day"),
        doc=bilingual("是否工作日", "Is it a working day?"),
        examples=(("IS_WORKDAY(DATE(2026, 11, 21))", {}, False),),
    ),
    Function(
        "NETWORKDAYS",
        (Argument("start", DATE), Argument("end", DATE), _HOLIDAYS),
        NUMBER,
        count_workdays,
        group="dates",
        context=True,
        label=bilingual("工作日数", "Working days between"),
        doc=bilingual(
            "两天之间（含两端）有几个工作日", "Working days from one day to another, both included"
        ),
        examples=(
            ("NETWORKDAYS(DATE(2026, 11, 16), DATE(2026, 11, 22))", {}, 5),
            ("NETWORKDAYS(DATE(2026, 11, 16), DATE(2026, 11, 22), [DATE(2026, 11, 18)])", {}, 4),
        ),
    ),
    Function(
        "WORKDAY",
        (Argument("start", DATE), Argument("days", NUMBER), _HOLIDAYS),
        DATE,
        add_workdays,
        group="dates",
        context=True,
        label=bilingual("几个工作日后", "Working days later"),
        doc=bilingual("几个工作日之后（负数为前）", "The day some working days later, or earlier"),
        examples=(
            ("WORKDAY(DATE(2026, 11, 20), 1)", {}, "2026-11-23"),
            ("WORKDAY(DATE(2026, 11, 20), -5)", {}, "2026-11-13"),
        ),
    ),
    _duration_function("SECONDS", "秒", "seconds", ("SECONDS(90)", "PT1M30S")),
    _duration_function("MINUTES", "分钟", "minutes", ("MINUTES(90)", "PT1H30M")),
    _duration_function("HOURS", "小时", "hours", ("HOURS(1.5)", "PT1H30M")),
    _duration_function("DAYS_DURATION", "天", "days", ("DAYS_DURATION(2)", "P2D")),
    Function(
        "TOTAL_MINUTES",
        (Argument("duration", DURATION),),
        NUMBER,
        _units_in(60_000_000),
        group="dates",
        sql=_units_sql(60_000_000),
        label=bilingual("共几分钟", "In minutes"),
        doc=bilingual("时长一共几分钟", "A duration in minutes"),
        examples=(("TOTAL_MINUTES(HOURS(1.5))", {}, 90),),
    ),
    Function(
        "TOTAL_HOURS",
        (Argument("duration", DURATION),),
        NUMBER,
        _units_in(3_600_000_000),
        group="dates",
        sql=_units_sql(3_600_000_000),
        label=bilingual("共几小时", "In hours"),
        doc=bilingual("时长一共几小时", "A duration in hours"),
        examples=(("TOTAL_HOURS(MINUTES(45))", {}, "0.75"),),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
