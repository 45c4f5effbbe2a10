"""Functions of working days and working time. Which days are worked, and when, is asked of the context, so
that holidays and moved working days are one calendar for everything.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    Argument,
    BadValue,
    Function,
    Registry,
    bilingual,
    list_of,
    room_for,
)
from plugins.functions.blanks import in_range

Number = int | Decimal
MAX_DAYS = 5_000  # how far working days are counted, some thirteen years
DAY_COST = 20  # asking about a day costs as much as so many characters
_DATE = Argument("date", DATE)
_HOLIDAYS = Argument("holidays", list_of(DATE), optional=True)


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
    return in_range(lambda: day + step)  # type: ignore[no-any-return]


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


def working_time(context: Any, start: datetime | None, end: datetime | None) -> timedelta | None:
    if start is None or end is None:
        return None
    context.spend(DAY_COST)
    found: timedelta = context.working_time(start, end)
    return found


FUNCTIONS = (
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
    Function(
        "WORKING_TIME",
        (Argument("start", DATETIME), Argument("end", DATETIME)),
        DURATION,
        working_time,
        group="dates",
        context=True,
        label=bilingual("工作时长", "Working time between"),
        doc=bilingual(
            "两个时刻之间的工作时间，按工作日历计",
            "The working time between two moments, by the working calendar",
        ),
        examples=(
            (
                "WORKING_TIME(DATETIME(DATE(2026, 11, 20), 17), DATETIME(DATE(2026, 11, 23), 9, 30))",
                {},
                "PT1H30M",
            ),
            ("WORKING_TIME(DATETIME(DATE(2026, 11, 20), 20), DATETIME(DATE(2026, 11, 21), 9))", {}, "PT0S"),
        ),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
