"""Clocks: schedules and dates reached, once each, whatever the machine did meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.clock import FrozenClock
from engine.runtime import Runtime
from engine.working_time import WorkingCalendar
from plugins.triggers.schedule import Schedule, ScheduleOptions
from tests.engine.rules.desk import client, publish, runs, update, values

ZONE = ZoneInfo("Asia/Shanghai")
MORE = {"action": "set_fields", "with": {"values": {"count": "COALESCE(count, 0) + 1"}}}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


# -- when a schedule strikes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "after", "until", "strikes"),
    [
        ({"every": "PT10M"}, "2026-11-23 09:00", "2026-11-23 09:09", None),
        ({"every": "PT10M"}, "2026-11-23 09:00", "2026-11-23 09:10", "2026-11-23 09:10"),
        ({"every": "PT10M"}, "2026-11-20 09:05", "2026-11-23 09:19", "2026-11-23 09:10"),
        ({"every": "PT7H"}, "2026-11-23 20:00", "2026-11-23 22:00", "2026-11-23 21:00"),
        ({"every": "PT7H"}, "2026-11-23 22:00", "2026-11-24 00:00", "2026-11-24 00:00"),
        ({"at": "09:00"}, "2026-11-23 08:00", "2026-11-23 08:59", None),
        ({"at": "09:00"}, "2026-11-22 10:00", "2026-11-23 09:01", "2026-11-23 09:00"),
        ({"at": "09:00"}, "2026-11-23 09:00", "2026-11-23 12:00", None),  # done already
        ({"at": "09:00", "days": ["mon"]}, "2026-11-23 10:00", "2026-11-29 23:00", None),
        ({"at": "09:00", "days": ["mon"]}, "2026-11-01 10:00", "2026-11-29 23:00", "2026-11-23 09:00"),
        ({"at": "09:00", "month_day": 31}, "2026-11-01 00:00", "2026-11-30 10:00", "2026-11-30 09:00"),
        ({"at": "09:00", "month_day": 1}, "2026-11-02 00:00", "2026-11-30 10:00", None),
        (
            {"every": "PT10M", "working_time": True},
            "2026-11-20 17:55",
            "2026-11-22 12:00",
            "2026-11-20 17:50",
        ),
        ({"every": "PT10M", "working_time": True}, "2026-11-21 00:00", "2026-11-22 23:00", None),  # a weekend
        ({"at": "09:00", "working_time": True}, "2026-11-20 12:00", "2026-11-23 09:00", "2026-11-23 09:00"),
    ],
)
def test_the_last_strike(options: dict[str, Any], after: str, until: str, strikes: str | None) -> None:
    calendar = WorkingCalendar(ZONE)
    after_moment = local(after)
    if strikes is not None and local(strikes) <= after_moment:
        after_moment = local(strikes) - timedelta(minutes=1)
    found = Schedule().last_strike(ScheduleOptions(**options), after_moment, local(until), calendar)
    assert found == (local(strikes) if strikes else None)


# -- ticking ---------------------------------------------------------------------------------------


def test_a_schedule_about_records_strikes_once_for_each_it_picks(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "schedule", "every": "PT10M", "form": "client", "where": "level == 'a'"}
    runtime = publish(office, {"id": "look", "when": when, "if": "state != 'out'", "then": [MORE]})
    a, b, out = client(runtime, level="a"), client(runtime), client(runtime, level="a", state="out")
    counts = lambda: [values(runtime, "client", one).get("count") for one in (a, b, out)]  # noqa: E731
    runtime.rules.tick()
    assert counts() == [None, None, None]
    clock.advance(minutes=10)
    runtime.rules.tick()
    runtime.rules.tick()
    assert counts() == [1, None, None]
    clock.advance(days=30)  # a long sleep
    runtime.rules.tick()
    assert counts() == [2, None, None]


def test_a_schedule_about_nothing_strikes_too(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "schedule", "every": "PT10M"}
    note = {"action": "create_record", "with": {"form": "client", "values": {"name": "TEXT(NOW(), 'HH:mm')"}}}
    runtime = publish(office, {"id": "note", "when": when, "then": [note]})
    clock.advance(minutes=25)
    runtime.rules.tick()
    assert runs(runtime) == [("note", "done", [])]


def test_a_date_is_reached_once_with_its_offset(office: Runtime, clock: FrozenClock) -> None:
    runtime = publish(
        office,
        {"id": "due", "when": {"trigger": "date_reached", "form": "client", "field": "due"}, "then": [MORE]},
        {"id": "late", "when": {"trigger": "date_reached", "form": "client", "field": "due", "offset": "PT30M"},
         "then": [{"action": "set_fields", "with": {"values": {"state": "'late'"}}}]},
    )  # fmt: skip
    record = client(runtime, due=(clock.now() + timedelta(hours=1)).isoformat())
    seen = []
    for minutes in (59, 1, 29, 1, 600):
        clock.advance(minutes=minutes)
        runtime.rules.tick()
        found = values(runtime, "client", record)
        seen.append((found.get("count"), found.get("state")))
    assert seen == [(None, None), (1, None), (1, None), (1, "late"), (1, "late")]


def test_a_day_is_reached_when_it_begins_here(office: Runtime, clock: FrozenClock) -> None:
    clock.set(local("2026-11-23 12:00"))
    when = {"trigger": "date_reached", "form": "client", "field": "birthday"}
    runtime = publish(
        office,
        {"id": "day", "when": when, "then": [MORE]},
        {"id": "before", "when": {**when, "offset": "-P1D"},
         "then": [{"action": "set_fields", "with": {"values": {"state": "'soon'"}}}]},
    )  # fmt: skip
    record = client(runtime, birthday="2026-11-25")
    seen = []
    for moment in ("2026-11-23 23:59", "2026-11-24 00:00", "2026-11-24 23:59", "2026-11-25 00:00"):
        clock.set(local(moment))
        runtime.rules.tick()
        found = values(runtime, "client", record)
        seen.append((found.get("state"), found.get("count")))
    assert seen == [(None, None), ("soon", None), ("soon", None), ("soon", 1)]


def test_a_date_that_moves_away_in_time_is_not_reached(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "date_reached", "form": "client", "field": "due"}
    runtime = publish(office, {"id": "due", "when": when, "then": [MORE]})
    record = client(runtime, due=(clock.now() + timedelta(hours=1)).isoformat())
    update(runtime, "client", record, due=(clock.now() + timedelta(hours=3)).isoformat())
    clock.advance(hours=2)
    runtime.rules.tick()
    assert values(runtime, "client", record).get("count") is None
    clock.advance(hours=2)
    runtime.rules.tick()
    assert values(runtime, "client", record)["count"] == 1


def test_a_clock_looks_from_its_publication_on(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "date_reached", "form": "client", "field": "due"}
    publish(office)
    record = client(office, due=(clock.now() + timedelta(hours=1)).isoformat())
    clock.advance(hours=2)
    runtime = publish(office, {"id": "due", "when": when, "then": [MORE]})
    clock.advance(hours=1)
    runtime.rules.tick()
    assert values(runtime, "client", record).get("count") is None


def test_a_clock_that_fails_holds_up_no_other(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "schedule", "every": "PT10M", "form": "client"}
    broken = {"action": "set_fields", "with": {"values": {"level": "name"}}}
    runtime = publish(
        office, {"id": "broken", "when": when, "then": [broken]}, {"id": "fine", "when": when, "then": [MORE]}
    )
    record = client(runtime)
    clock.advance(minutes=10)
    runtime.rules.tick()
    assert values(runtime, "client", record)["count"] == 1
    assert ("broken", "failed", ["value.not_a_choice"]) in runs(runtime)


def test_two_workers_strike_once(
    office: Runtime, clock: FrozenClock, make_runtime: Callable[[], Runtime]
) -> None:
    when = {"trigger": "schedule", "every": "PT10M", "form": "client"}
    runtime = publish(office, {"id": "look", "when": when, "then": [MORE]})
    record, other = client(runtime), make_runtime()
    clock.advance(minutes=10)
    runtime.rules.tick()
    other.rules.tick()
    other.close()
    assert values(runtime, "client", record)["count"] == 1


def test_the_job_of_clocks_is_registered(office: Runtime, clock: FrozenClock) -> None:
    when = {"trigger": "schedule", "every": "PT10M", "form": "client"}
    runtime = publish(office, {"id": "look", "when": when, "then": [MORE]})
    record = client(runtime)
    clock.advance(minutes=10)
    runtime.database.write(lambda unit: runtime.jobs.defer(unit, "rule_clocks"))
    runtime.jobs.run_due()
    assert values(runtime, "client", record)["count"] == 1
