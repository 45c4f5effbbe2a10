"""Laying relative clocks on the calendar: a pure function of the day of loading.

A clock is `{"workday": -12, "time": "10:03:20"}`: twelve working days before that day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from engine.clock import microseconds

Clock = Mapping[str, Any]


@dataclass(frozen=True)
class Almanac:
    """The days around `today`. `now` is the moment nothing may lie behind."""

    today: date
    now: datetime
    zone: tzinfo
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()  # weekend days that are worked

    def is_workday(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def day(self, clock: Clock) -> date:
        """`workday` counts working days from today (0 is today itself, whatever it is);
        `weekend` means the last day off before that; `plus_days` are calendar days."""
        found = self._workday(clock["workday"])
        if clock.get("weekend"):
            found = self._step(found, -1, off=True)
        return found + timedelta(days=clock.get("plus_days", 0))

    def moment(self, clock: Clock) -> datetime:
        """`plus` are seconds, for what follows on something else."""
        local = datetime.combine(
            self.day(clock), time.fromisoformat(clock.get("time", "09:00:00")), self.zone
        )
        return local.astimezone(UTC) + timedelta(seconds=clock.get("plus", 0))

    @lru_cache(maxsize=1024)  # noqa: B019 -- an almanac lives for one load
    def _workday(self, offset: int) -> date:
        day = self.today
        for _ in range(abs(offset)):
            day = self._step(day, 1 if offset > 0 else -1)
        return day

    def _step(self, day: date, direction: int, off: bool = False) -> date:
        """The next day that way that is a working day, or that is not."""
        day += timedelta(days=direction)
        while self.is_workday(day) == off:
            day += timedelta(days=direction)
        return day


class Places(Protocol):
    """Record ids by name."""

    def __getitem__(self, name: str, /) -> str: ...


def lay(value: Any, almanac: Almanac, records: Places) -> Any:
    """The same JSON with its `{"$date": clock}`, `{"$moment": clock}` and `{"$record": "form/key"}` filled in."""
    if isinstance(value, list):
        return [lay(item, almanac, records) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((mark, inside),) = value.items()
        if mark == "$date":
            return almanac.day(inside).isoformat()
        if mark == "$moment":
            return almanac.moment(inside).isoformat()
        if mark == "$record":
            return records[inside]
    return {key: lay(item, almanac, records) for key, item in value.items()}


def lay_traffic(lines: Iterable[str], almanac: Almanac) -> list[tuple[datetime, Any]]:
    """Recorded lines `{"at": clock, "send": wire message}` as they would have come in, in order.

    In the wire message "$ms", "$s" and "$iso" stand for the line's own moment as that vendor
    writes it, "$number" for its place in the traffic. What would lie in the future is left out.
    """
    laid = [(almanac.moment(line["at"]), line["send"]) for line in map(json.loads, filter(str.strip, lines))]
    past = sorted((pair for pair in laid if pair[0] <= almanac.now), key=lambda pair: pair[0])
    return [(at, _fill(send, _marks(at, number, almanac))) for number, (at, send) in enumerate(past, 1)]


def _marks(at: datetime, number: int, almanac: Almanac) -> dict[str, Any]:
    moment = microseconds(at)
    return {
        "$ms": moment // 1000, "$s": moment // 1_000_000, "$iso": at.astimezone(almanac.zone).isoformat(),
        "$number": number,
    }  # fmt: skip


def _fill(value: Any, marks: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_fill(item, marks) for item in value]
    if isinstance(value, dict):
        return {key: _fill(item, marks) for key, item in value.items()}
    return marks.get(value, value) if isinstance(value, str) else value


def read_calendar(folder: Path) -> dict[str, Any]:
    """`calendar.json` in a data folder, or the one all samples share two floors up; {} for none."""
    places = (folder / "calendar.json", folder.parent.parent / "calendar.json")
    return next((read_object(place) for place in places if place.exists()), {})


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; {} for any other JSON."""
    found = json.loads(path.read_text("utf-8"))
    return found if isinstance(found, dict) else {}


def read_almanac(folder: Path, today: date, now: datetime, zone: tzinfo) -> Almanac:
    """The days around `today` by the folder's calendar; nothing after `now`, nor after that day."""
    found = read_calendar(folder)
    holidays, workdays = (
        frozenset(map(date.fromisoformat, found.get(name, ()))) for name in ("holidays", "workdays")
    )
    end = datetime.combine(today, time.max, zone).astimezone(UTC)
    return Almanac(today, min(now, end), zone, holidays, workdays)
