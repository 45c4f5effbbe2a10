"""Sample data: rows and recorded traffic whose clocks are relative to the day they are loaded on.

A clock is `{"workday": -12, "time": "10:03:20"}`: twelve working days before that day. Laying it
on the calendar is a pure function; loading then goes the ordinary ways in, the write path for rows
and each channel's door for its traffic. Called by `muniment run` and `muniment import --data`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from engine.access.viewer import SYSTEM
from engine.clock import microseconds
from metamodel.plugin_api import RawMessage

if TYPE_CHECKING:
    from engine.runtime import Runtime

AT_ONCE = 500  # rows in one unit of work
Say = Callable[[str], object]
Clock = Mapping[str, Any]


# -- laying clocks on the calendar -----------------------------------------------------------------


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


def lay(value: Any, almanac: Almanac, records: Mapping[str, str]) -> Any:
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


# -- reading a folder ------------------------------------------------------------------------------


def read_almanac(folder: Path, today: date, now: datetime, zone: tzinfo) -> Almanac:
    """Its calendar is `calendar.json` in the folder, or the one all samples share two floors up."""
    places = (folder / "calendar.json", folder.parent.parent / "calendar.json")
    found: dict[str, Any] = next((_json(place) for place in places if place.exists()), {})
    holidays, workdays = (
        frozenset(map(date.fromisoformat, found.get(name, ()))) for name in ("holidays", "workdays")
    )
    end = datetime.combine(today, time.max, zone).astimezone(UTC)
    return Almanac(today, min(now, end), zone, holidays, workdays)


def read_rows(folder: Path) -> list[Mapping[str, Any]]:
    """The `{"form", "rows"}` files, each after those its rows refer to."""
    files = {found["form"]: found for found in map(_json, sorted(folder.glob("*.json"))) if "form" in found}
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(files)
    for form, found in files.items():
        order.add_edges_from((target, form) for target in _referred(found["rows"]) if target != form)
    return [files[form] for form in nx.lexicographical_topological_sort(order) if form in files]


def _json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text("utf-8"))
    return found if isinstance(found, dict) else {}


def _referred(value: Any) -> Iterator[str]:
    """The forms that `{"$record": "form/key"}` anywhere inside point to."""
    if isinstance(value, dict):
        if "$record" in value:
            yield value["$record"].split("/")[0]
        for item in value.values():
            yield from _referred(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item)


# -- loading ---------------------------------------------------------------------------------------


def load_sample_data(runtime: Runtime, folder: Path, today: date, say: Say) -> None:
    """Everything in an app's data folder, laid up to `today`: rows first, then the channels' traffic."""
    almanac = read_almanac(folder, today, runtime.clock.now(), runtime.config.zone)
    app = _json(folder.parent / "app.json")["app"]["id"]
    _load_rows(runtime, app, folder, almanac, say)
    for path in sorted(folder.glob("*.jsonl")):
        _load_traffic(runtime, path, almanac, say)


def _load_rows(runtime: Runtime, app: str, folder: Path, almanac: Almanac, say: Say) -> None:
    records: dict[str, str] = {}
    for found in read_rows(folder):
        form, rows = found["form"], found["rows"]
        for some in _batches(rows):
            values = [lay(row["values"], almanac, records) for row in some]
            made = runtime.records.create(SYSTEM, app, form, values)
            records.update({f"{form}/{row['key']}": record for row, record in zip(some, made, strict=True)})
        say(f"  {form}: {len(rows)}")


def _load_traffic(runtime: Runtime, path: Path, almanac: Almanac, say: Say) -> None:
    channel = path.stem
    laid = lay_traffic(path.read_text("utf-8").splitlines(), almanac)
    raw = [
        RawMessage(
            json.dumps(send, ensure_ascii=False).encode(), received_at=at, source=f"{path.name}:{number}"
        )
        for number, (at, send) in enumerate(laid, 1)
    ]
    report = runtime.channels.take_recorded(channel, raw)
    say(f"  {channel}: {report}")


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
