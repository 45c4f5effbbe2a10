"""Stretches of time as keys: in SQL by integer arithmetic in the organisation's zone, and back to days.

A key is a whole number: of a day (or week) the ordinal of its (first) day, of a month
year × 12 + month - 1, of a quarter year × 4 + quarter - 1, a year, an hour, a weekday from 1, Monday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.dialects.portable import Column, PortableOps
from engine.sql_expressions.numbers import NumberOps
from engine.sql_expressions.values import SqlValue
from metamodel.asks import TIME_BUCKETS
from metamodel.expressions.types import DATE, DATETIME

WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
IsWorkingDay = Callable[[date], bool]


class BucketSql:
    """Bucket expressions on one database, in one zone."""

    def __init__(self, ops: PortableOps, zone: tzinfo) -> None:
        self._ops, self._numbers = ops, NumberOps(ops, zone)

    def key(self, bucket: str, column: Column, is_moment: bool) -> Column:
        """The key of a moment's or a day's bucket; NULL of a blank."""
        value = SqlValue(column, DATETIME if is_moment else DATE)
        if bucket in ("hour", "weekday"):
            return self._numbers.date_part(bucket, value).column
        day = self._numbers.date_of(value).column
        if bucket in ("day", "working_day"):
            return day
        if bucket == "week":
            return day - self._ops.modulo(day + 6, self._ops.integer(7))
        year, month = self._ops.date_part("year", day), self._ops.date_part("month", day)
        if bucket == "month":
            return year * 12 + month - 1
        if bucket == "quarter":
            return year * 4 + self._ops.floor(month - 1, self._ops.integer(3))
        return year

    def is_working(self, day: Column, first: date, end: date, works: IsWorkingDay) -> Any:
        """Is this day a working one? Weekdays, but for the days between that the calendar says otherwise of."""
        weekday = self._ops.modulo(day + 6, self._ops.integer(7))
        off: list[int] = []
        on: list[int] = []
        for place in range((end - first).days):
            one = first + timedelta(days=place)
            if works(one) != (one.weekday() < 5):
                (on if one.weekday() >= 5 else off).append(one.toordinal())
        return sa.or_(sa.and_(weekday < 5, day.not_in(off)), day.in_(on))


def key_of(bucket: str, day: date) -> int:
    """The key of the bucket a day lies in."""
    if bucket == "weekday":
        return day.isoweekday()
    if bucket == "week":
        return day.toordinal() - day.weekday()
    if bucket == "month":
        return day.year * 12 + day.month - 1
    if bucket == "quarter":
        return day.year * 4 + (day.month - 1) // 3
    return day.year if bucket == "year" else day.toordinal()


def days_of(bucket: str, key: int) -> tuple[date, date]:
    """The first day of a time bucket, and the day after its last."""
    if bucket in ("day", "working_day"):
        return date.fromordinal(key), date.fromordinal(key + 1)
    if bucket == "week":
        return date.fromordinal(key), date.fromordinal(key + 7)
    months = {"month": 1, "quarter": 3, "year": 12}[bucket]
    return _month(key * months), _month((key + 1) * months)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def keys_between(bucket: str, first: date, end: date, works: IsWorkingDay) -> Iterator[int]:
    """Every bucket from the one of `first` to the one of the last day before `end`."""
    if bucket not in TIME_BUCKETS:
        yield from range(24) if bucket == "hour" else range(1, 8)
        return
    key, last = key_of(bucket, first), key_of(bucket, end - timedelta(days=1))
    step = 7 if bucket == "week" else 1
    for one in range(key, last + 1, step):
        if bucket != "working_day" or works(date.fromordinal(one)):
            yield one


def text_of(bucket: str, key: int, language: str, years: bool = False) -> str:
    """What a bucket is called on an axis; `years`: the axis spans several, so say which."""
    zh = language.startswith("zh")
    if bucket == "hour":
        return f"{key} 时" if zh else f"{key:02d}:00"
    if bucket == "weekday":
        return WEEKDAYS["zh" if zh else "en"][key - 1]
    if bucket == "year":
        return f"{key} 年" if zh else str(key)
    if bucket == "quarter":
        return f"{key // 4} 年 {key % 4 + 1} 季度" if zh else f"Q{key % 4 + 1} {key // 4}"
    if bucket == "month":
        return f"{key // 12}-{key % 12 + 1:02d}" if zh else f"{MONTHS[key % 12]} {key // 12}"
    day = date.fromordinal(key)
    if years:
        return day.isoformat() if zh else f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.month:02d}-{day.day:02d}" if zh else f"{day.day} {MONTHS[day.month - 1]}"
