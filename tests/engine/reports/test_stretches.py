"""Days of periods and buckets: tables, and the databases' arithmetic against Python's in several zones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.clock import microseconds
from engine.reports.buckets import BucketSql, days_of, key_of, keys_between, text_of
from engine.reports.stretches import (
    compared_text,
    read_stretch,
    stretch_around,
    stretch_before,
    stretch_text,
)
from metamodel.plugin_api import BadValue
from metamodel.reports import PERIODS, is_period

FRIDAY = date(2026, 11, 20)
# text, first, end, before first, before end, what the period before is called
STRETCHES = [
    ("today", "2026-11-20", "2026-11-21", "2026-11-19", "2026-11-20", "昨天"),
    ("yesterday", "2026-11-19", "2026-11-20", "2026-11-18", "2026-11-19", "前 1 天"),
    ("this_week", "2026-11-16", "2026-11-23", "2026-11-09", "2026-11-14", "上周同期"),
    ("last_week", "2026-11-09", "2026-11-16", "2026-11-02", "2026-11-09", "前 7 天"),
    ("this_month", "2026-11-01", "2026-12-01", "2026-10-01", "2026-10-21", "上月同期"),
    ("last_month", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01", "2026 年 9 月"),
    ("this_quarter", "2026-10-01", "2027-01-01", "2026-07-01", "2026-08-21", "上季度同期"),
    ("this_year", "2026-01-01", "2027-01-01", "2025-01-01", "2025-11-21", "去年同期"),
    ("last_7_days", "2026-11-14", "2026-11-21", "2026-11-07", "2026-11-14", "前 7 天"),
    (
        "2026-08-01..2026-10-31",
        "2026-08-01",
        "2026-11-01",
        "2026-05-01",
        "2026-08-01",
        "2026-05-01 至 2026-07-31",
    ),
    ("2026-10-05..2026-10-06", "2026-10-05", "2026-10-07", "2026-10-03", "2026-10-05", "前 2 天"),
]


@pytest.mark.parametrize(("text", "first", "end", "before", "before_end", "called"), STRETCHES)
def test_periods_and_those_before(
    text: str, first: str, end: str, before: str, before_end: str, called: str
) -> None:
    stretch = read_stretch(text, FRIDAY)
    earlier = stretch_before(stretch, FRIDAY)
    assert [str(day) for day in (stretch.first, stretch.end, earlier.first, earlier.end)] == [
        first, end, before, before_end,
    ]  # fmt: skip
    assert compared_text(stretch, earlier, FRIDAY, "zh") == called
    assert compared_text(stretch, earlier, FRIDAY, "en")


def test_a_month_is_compared_with_no_more_days_than_there_were() -> None:
    stretch = read_stretch("this_month", date(2026, 3, 30))
    before = stretch_before(stretch, date(2026, 3, 30))
    assert (before.first, before.end) == (date(2026, 2, 1), date(2026, 3, 1))


def test_every_named_period_can_be_read() -> None:
    for name in PERIODS:
        assert read_stretch(name, FRIDAY).days > 0
        assert is_period(name)
        assert stretch_text(read_stretch(name, FRIDAY), "en")


NO_PERIODS = (
    "", "soon", "last_0_days", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "2026-11-20",
    "0001-01-01..9999-12-31", "0001-01-01..0001-01-02", "1000-01-01..2001-12-31",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_PERIODS)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadValue):
        read_stretch(text, FRIDAY)


AROUND = [
    ("this_month", "2026 年 8 月"), ("last_week", "2026-08-03 至 2026-08-09"), ("this_year", "2026 年"),
    ("last_30_days", "2026-07-07 至 2026-08-05"), ("today", "2026-08-05"),
    ("2026-10-01..2026-10-31", "2026 年 8 月"),
]  # fmt: skip


@pytest.mark.parametrize(("like", "expected"), AROUND)
def test_the_same_kind_of_period_around_a_day(like: str, expected: str) -> None:
    found = stretch_around(date(2026, 8, 5), read_stretch(like, FRIDAY))
    assert stretch_text(found, "zh") == expected
    assert read_stretch(found.text, FRIDAY) == found


# -- buckets ---------------------------------------------------------------------------------------

ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")
MOMENTS = [
    datetime.fromisoformat(f"{text}+00:00")
    for text in (
        "2026-03-08T07:00", "2026-11-01T05:30", "2026-11-01T06:30", "2026-12-31T23:59:59.999999",
        "2027-01-01T00:00", "2024-02-29T16:00", "1988-07-01T15:30", "2011-12-30T09:00", "2026-11-15T16:00",
        "1969-12-31T23:00",
    )
]  # fmt: skip
BUCKETS = ("hour", "weekday", "day", "week", "month", "quarter", "year")


def by_python(bucket: str, moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.hour if bucket == "hour" else key_of(bucket, local.date())


def test_buckets_in_zones(database: Any) -> None:
    for zone in map(ZoneInfo, ZONES):
        sql = BucketSql(database.ops, zone)
        moments = [m for m in MOMENTS if m.year >= 1970 or zone.key in ("Asia/Shanghai", "UTC")]
        asked = sa.select(
            *(sql.key(b, sa.literal(microseconds(m), sa.BigInteger), True) for m in moments for b in BUCKETS)
        )
        with database.read() as connection:
            found = [int(value) for value in connection.execute(asked).one()]
        assert found == [by_python(b, m, zone) for m in moments for b in BUCKETS], zone.key


def test_working_days_by_the_calendar(database: Any) -> None:
    """The first of October is a holiday, the tenth, a Saturday, is worked."""

    def works(day: date) -> bool:
        return day == date(2026, 10, 10) or (day.weekday() < 5 and day != date(2026, 10, 1))

    sql = BucketSql(database.ops, ZoneInfo("Asia/Shanghai"))
    days = [date(2026, 9, 28) + timedelta(days=n) for n in range(16)]
    asked = sa.select(
        *(sa.case((sql.is_working(sa.literal(d.toordinal(), sa.BigInteger), days[0], days[-1], works), 1), else_=0)
          for d in days)
    )  # fmt: skip
    with database.read() as connection:
        assert [bool(value) for value in connection.execute(asked).one()] == [works(day) for day in days]
    assert [date.fromordinal(key) for key in keys_between("working_day", days[0], days[-1], works)] == [
        day for day in days[:-1] if works(day)
    ]


@pytest.mark.parametrize("bucket", ["day", "week", "month", "quarter", "year"])
def test_days_of_a_bucket_fall_into_it(bucket: str) -> None:
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2024, 2, 29), FRIDAY):
        first, end = days_of(bucket, key_of(bucket, day))
        assert first <= day < end
        assert key_of(bucket, first) == key_of(bucket, end - timedelta(days=1)) == key_of(bucket, day)
        assert key_of(bucket, end) != key_of(bucket, day)


TEXTS = [
    ("hour", 9, "9 时", "09:00"), ("weekday", 1, "周一", "Mon"), ("day", FRIDAY.toordinal(), "11-20", "20 Nov"),
    ("month", 2026 * 12 + 10, "2026-11", "Nov 2026"), ("quarter", 2026 * 4 + 3, "2026 年 4 季度", "Q4 2026"),
    ("year", 2026, "2026 年", "2026"),
]  # fmt: skip


@pytest.mark.parametrize(("bucket", "key", "zh", "en"), TEXTS)
def test_what_buckets_are_called(bucket: str, key: int, zh: str, en: str) -> None:
    assert (text_of(bucket, key, "zh"), text_of(bucket, key, "en")) == (zh, en)
