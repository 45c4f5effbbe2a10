"""What people write for a stretch of days: a day, a month, a year, 本周, last_month, 近7天.

All answer with the first day and the day after the last. Weeks begin on Monday.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from metamodel.human_text import read_date
from metamodel.problems import BadValue

Days = tuple[date, date]  # first, and the day after the last

_MONTH = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})月?")
_YEAR = re.compile(r"([0-9]{4})年?")
_LAST = re.compile(r"(?:近|最近|过去|last)?_?([0-9]{1,4})_?(天|日|d|days?|周|个?星期|w|weeks?)")


def read_days(text: str, today: date) -> Days:
    """BadValue when it is no date and no period; what lies outside of the calendar neither."""
    word = text.strip().lower()
    try:
        if word in _NAMED:
            return _NAMED[word](today)
        if found := _LAST.fullmatch(word):
            length = int(found[1]) * (1 if found[2][0] in "天日d" else 7)
            return today - timedelta(days=length - 1), _days(today, 1)
        if found := _YEAR.fullmatch(word):
            return date(int(found[1]), 1, 1), date(int(found[1]) + 1, 1, 1)
        if found := _MONTH.fullmatch(word):
            first = date(int(found[1]), int(found[2]), 1)
            return first, _month(first, 1)
        day = read_date(word)
        return day, _days(day, 1)
    except (ValueError, OverflowError):
        raise BadValue("value.not_a_date", text=text) from None


def _days(day: date, number: int) -> date:
    return day + timedelta(days=number)


def _month(day: date, months: int) -> date:
    """The first of the month so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _day_at(offset: int) -> Callable[[date], Days]:
    return lambda today: (_days(today, offset), _days(today, offset + 1))


def _week_at(offset: int) -> Callable[[date], Days]:
    return lambda today: (
        _days(today, offset * 7 - today.weekday()),
        _days(today, offset * 7 - today.weekday() + 7),
    )


def _months_at(offset: int, length: int) -> Callable[[date], Days]:
    """`length` months, 1, 3 or 12, that begin where such a period begins in the year."""

    def period(today: date) -> Days:
        back = (today.month - 1) % length
        return _month(today, offset * length - back), _month(today, (offset + 1) * length - back)

    return period


_NAMED: dict[str, Callable[[date], Days]] = {
    word: period
    for words, period in (
        ("今天 今日 today", _day_at(0)),
        ("昨天 昨日 yesterday", _day_at(-1)),
        ("前天", _day_at(-2)),
        ("明天 tomorrow", _day_at(1)),
        ("本周 这周 this_week", _week_at(0)),
        ("上周 last_week", _week_at(-1)),
        ("下周 next_week", _week_at(1)),
        ("本月 这个月 this_month", _months_at(0, 1)),
        ("上月 上个月 last_month", _months_at(-1, 1)),
        ("下月 下个月 next_month", _months_at(1, 1)),
        ("本季度 本季 this_quarter", _months_at(0, 3)),
        ("上季度 上季 last_quarter", _months_at(-1, 3)),
        ("今年 本年 this_year", _months_at(0, 12)),
        ("去年 last_year", _months_at(-1, 12)),
    )
    for word in words.split()
}
