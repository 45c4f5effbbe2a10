"""Laying relative clocks on the calendar, and reading a data folder in the order its rows need."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.sample_data import Almanac, lay, lay_traffic, read_almanac, read_rows

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def almanac(today: date = FRIDAY, now: datetime = NOW, **days: set[date]) -> Almanac:
    return Almanac(today, now, ZONE, **{name: frozenset(some) for name, some in days.items()})


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        ({"workday": 0}, date(2026, 11, 20)),
        ({"workday": -1}, date(2026, 11, 19)),
        ({"workday": -5}, date(2026, 11, 13)),
        ({"workday": 1}, date(2026, 11, 23)),
        ({"workday": -5, "plus_days": 1}, date(2026, 11, 14)),
        ({"workday": -1, "weekend": True}, date(2026, 11, 15)),
    ],
)
def test_working_days_are_counted_from_the_day(clock: dict[str, Any], day: date) -> None:
    assert almanac().day(clock) == day


def test_holidays_are_skipped_and_worked_weekends_counted() -> None:
    october = almanac(
        date(2026, 10, 12),
        holidays={date(2026, 10, day) for day in range(1, 8)},
        workdays={date(2026, 10, 10)},
    )
    days = [october.day({"workday": -n}) for n in range(1, 5)]
    assert days == [date(2026, 10, 10), date(2026, 10, 9), date(2026, 10, 8), date(2026, 9, 30)]


def test_a_day_off_counts_as_today_all_the_same() -> None:
    sunday = almanac(date(2026, 11, 22))
    assert sunday.day({"workday": 0}) == date(2026, 11, 22)
    assert sunday.day({"workday": -1}) == date(2026, 11, 20)


def test_a_time_is_the_organisations() -> None:
    moment = almanac().moment({"workday": -1, "time": "10:03:20", "plus": 90})
    assert moment == datetime(2026, 11, 19, 2, 4, 50, tzinfo=UTC)


def test_marks_are_filled_in_and_nothing_else() -> None:
    row = {
        "on": {"$date": {"workday": -1}},
        "at": [{"$moment": {"workday": 0, "time": "08:00:00"}}],
        "who": {"$record": "customer/a"},
        "text": "$date",
    }
    assert lay(row, almanac(), {"customer/a": "7"}) == {
        "on": "2026-11-19",
        "at": ["2026-11-20T00:00:00+00:00"],
        "who": "7",
        "text": "$date",
    }


def test_traffic_comes_in_order_in_the_vendors_own_clock_and_never_from_the_future() -> None:
    lines = [
        {"at": {"workday": 0, "time": "09:00:01"}, "send": {"id": "future"}},
        {
            "at": {"workday": 0, "time": "08:00:00"},
            "send": {"id": "b", "seq": "$number", "ms": "$ms", "s": "$s"},
        },
        {"at": {"workday": -1, "time": "08:00:00"}, "send": {"id": "a", "seq": "$number", "iso": ["$iso"]}},
    ]
    laid = lay_traffic([json.dumps(line) for line in lines] + ["\n"], almanac())
    assert [message for _, message in laid] == [
        {"id": "a", "seq": 1, "iso": ["2026-11-19T08:00:00+08:00"]},
        {"id": "b", "seq": 2, "ms": 1_795_132_800_000, "s": 1_795_132_800},
    ]


def test_the_calendar_is_the_folders_or_the_shared_one(tmp_path: Path) -> None:
    data = tmp_path / "app" / "data"
    data.mkdir(parents=True)
    assert read_almanac(data, FRIDAY, NOW, ZONE).holidays == frozenset()
    (tmp_path / "calendar.json").write_text('{"holidays": ["2026-11-19"]}')
    assert read_almanac(data, FRIDAY, NOW, ZONE).holidays == {date(2026, 11, 19)}
    (data / "calendar.json").write_text('{"holidays": ["2026-11-18"]}')
    assert read_almanac(data, FRIDAY, NOW, ZONE).holidays == {date(2026, 11, 18)}


def test_an_earlier_day_ends_at_its_end(tmp_path: Path) -> None:
    found = read_almanac(tmp_path, date(2026, 11, 18), NOW, ZONE)
    assert found.now.astimezone(ZONE).date() == date(2026, 11, 18)
    assert found.now < NOW


def test_rows_come_after_what_they_refer_to(tmp_path: Path) -> None:
    files = {
        "a_contract": {
            "form": "contract",
            "rows": [{"key": "c", "values": {"of": {"$record": "customer/x"}}}],
        },
        "b_customer": {"form": "customer", "rows": [{"key": "x", "values": {}}]},
        "organisation": {"people": []},
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    assert [found["form"] for found in read_rows(tmp_path)] == ["customer", "contract"]
