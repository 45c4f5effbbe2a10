"""Working time: nights, weekends, holidays and worked Saturdays, counted and looked ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from engine.runtime import Runtime
from engine.working_time import WorkingCalendar
from metamodel.problems import Rejected

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(
    ZONE,
    holidays=frozenset({date(2026, 10, day) for day in range(1, 8)}),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),  # a Sunday, a Saturday
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        ("11-20 10:00", "11-20 10:47", timedelta(minutes=47)),
        ("11-20 17:30", "11-23 09:15", timedelta(minutes=45)),  # over a weekend
        ("11-19 23:48", "11-20 09:02", timedelta(minutes=2)),  # at night
        ("11-20 08:00", "11-20 20:00", timedelta(hours=9)),
        ("11-20 18:00", "11-20 23:00", timedelta(0)),
        ("11-21 10:00", "11-22 16:00", timedelta(0)),
        ("09-30 17:00", "10-08 10:00", timedelta(hours=2)),  # seven holidays
        ("10-09 17:00", "10-10 10:00", timedelta(hours=2)),  # a Saturday that is worked
        ("10-09 12:00", "10-12 12:00", timedelta(hours=18)),
        ("09-18 09:00", "09-21 09:00", timedelta(hours=18)),  # a Sunday that is
        ("11-02 00:00", "12-01 00:00", timedelta(hours=21 * 9)),
        ("11-20 12:00", "11-20 11:00", timedelta(0)),
    ],
)
def test_between(start: str, end: str, worked: timedelta) -> None:
    assert CALENDAR.between(at(start), at(end)) == worked
    assert CALENDAR.between(at(start).astimezone(UTC), at(end).astimezone(UTC)) == worked


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        ("11-20 10:00", timedelta(hours=2), "11-20 12:00"),
        ("11-20 17:00", timedelta(hours=2), "11-23 10:00"),
        ("11-20 09:00", timedelta(hours=9), "11-20 18:00"),
        ("11-20 06:00", timedelta(hours=1), "11-20 10:00"),
        ("11-20 22:00", timedelta(hours=1), "11-23 10:00"),
        ("11-21 12:00", timedelta(microseconds=1), "11-23 09:00:00.000001"),
        ("09-30 17:00", timedelta(hours=24), "10-10 14:00"),
        ("11-20 22:00", timedelta(0), "11-20 22:00"),
        ("11-20 22:00", timedelta(hours=-3), "11-20 22:00"),
    ],
)
def test_after(start: str, span: timedelta, end: str) -> None:
    assert CALENDAR.after(at(start), span) == at(end)


MOMENTS = st.integers(0, 730 * 86_400).map(lambda seconds: at("01-01 00:00") + timedelta(seconds=seconds))


@settings(deadline=None)
@given(start=MOMENTS, hours=st.floats(0.001, 2_000))
def test_what_is_looked_ahead_is_what_lies_between(start: datetime, hours: float) -> None:
    span = timedelta(hours=hours)
    end = CALENDAR.after(start, span)
    assert CALENDAR.between(start, end) == span
    assert CALENDAR.between(start, end - timedelta(microseconds=1)) < span


@settings(deadline=None)
@given(moments=st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_parts_add_up_and_days_counted_at_once_are_days_counted_singly(moments: list[datetime]) -> None:
    first, middle, last = moments
    whole = CALENDAR.between(first, last)
    assert CALENDAR.between(first, middle) + CALENDAR.between(middle, last) == whole
    day, end = first.date(), last.date()
    singly = timedelta(0)
    while day <= end:
        midnight = datetime.combine(day, time(), ZONE)
        singly += CALENDAR.between(max(first, midnight), min(last, midnight + timedelta(hours=23)))
        day += timedelta(days=1)
    assert singly == whole


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("11-20 09:00", True), ("11-20 18:00", False), ("11-20 08:59:59", False), ("11-21 12:00", False),
     ("10-01 12:00", False), ("10-10 12:00", True)],
)  # fmt: skip
def test_is_open(moment: str, is_open: bool) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open


def test_a_calendar_survives_json() -> None:
    assert WorkingCalendar.from_json(CALENDAR.to_json(), ZONE) == CALENDAR
    assert WorkingCalendar.from_json({}, ZONE) == WorkingCalendar(ZONE)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"holidays": ["2026-13-01"]}, "calendar.unreadable"),
        ({"holidays": [7]}, "calendar.unreadable"),
        ({"holidays": 7}, "calendar.unreadable"),
        ({"hours": ["09:00"]}, "calendar.unreadable"),
        ({"hours": ["9 Uhr", "18:00"]}, "calendar.unreadable"),
        ({"hours": ["18:00", "09:00"]}, "calendar.hours"),
        ({"hours": ["09:00", "09:00"]}, "calendar.hours"),
        ({"hours": ["09:00+08:00", "18:00+08:00"]}, "calendar.hours"),
    ],
)
def test_what_is_no_calendar(raw: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        WorkingCalendar.from_json(raw, ZONE)
    assert refused.value.problems[0].code == code


def test_a_span_of_centuries_has_no_end() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.after(at("11-20 10:00"), timedelta(days=100_000))


def test_the_organisation_keeps_one_that_expressions_follow(
    office: Runtime, make_runtime: Callable[[], Runtime]
) -> None:
    friday = office.clock.now().astimezone(ZONE).date()
    assert office.calendar.is_working_day(friday)
    raw = {"holidays": [friday.isoformat()], "workdays": ["2026-11-21"], "hours": ["08:30", "17:30"]}
    office.database.write(lambda unit: office.set_calendar(unit, raw))
    assert office.calendar == WorkingCalendar.from_json(raw, ZONE)
    other = make_runtime()
    assert other.calendar == office.calendar
    context = other.contexts.make(other.require_viewer("zhou"), other.clock.now())
    assert (context.is_working_day(friday), context.is_working_day(date(2026, 11, 21))) == (False, True)
    assert context.working_time(at("11-21 08:00"), at("11-21 09:00")) == timedelta(minutes=30)
    other.close()
