"""Story: sample data as it came to be, replayed with a clock that is moved along.

Rows are there first. Then the channels' traffic, what people did (`story.json`) and rows with a
moment of their own happen in the order of their moments, and between them the house's own
clocks strike: so to-dos, promises, expiries and weekly reports come out of the true interpreters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.access.people import Person
from engine.sample_data.acts import Acting
from engine.sample_data.almanac import lay_traffic, read_object
from engine.sample_data.passing import pass_time
from engine.sample_data.rows import Say, rows_with_a_moment
from metamodel.parts import Part
from metamodel.plugin_api import RawMessage
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from engine.runtime import Runtime

STRIKE = timedelta(hours=4)  # how often the house's clocks are looked at: 8, 12, 16, 20 o'clock in China


@dataclass(order=True)
class Event:
    """Something at a moment: a message that came in, or something done (`told` says what). `number` keeps
    the order of one moment."""

    at: datetime
    number: int
    raw: RawMessage | None = field(compare=False, default=None)
    channel: str = field(compare=False, default="")
    do: Callable[[], None] | None = field(compare=False, default=None)
    told: Any = field(compare=False, default=None)


def read_events(acting: Acting, folder: Path) -> list[Event]:
    """Everything that has a moment in a data folder and has happened by now."""
    found = [*_traffic(acting, folder), *_acts(acting, folder)]
    return [event for event in found if event.at <= acting.almanac.now]


def _traffic(acting: Acting, folder: Path) -> Iterator[Event]:
    for path in sorted(folder.glob("*.jsonl")):
        laid = lay_traffic(path.read_text("utf-8").splitlines(), acting.almanac)
        for number, (at, send) in enumerate(laid, 1):
            body = json.dumps(send, ensure_ascii=False).encode()
            raw = RawMessage(body, received_at=at, source=f"{path.name}:{number}")
            yield Event(at, number, raw=raw, channel=path.stem)


def _acts(acting: Acting, folder: Path) -> Iterator[Event]:
    path = folder / "story.json"
    told = read_object(path).get("acts", []) if path.exists() else []
    for number, act in enumerate((*rows_with_a_moment(folder), *told)):
        yield Event(acting.almanac.moment(act["at"]), number, do=partial(acting.act, Part(act)), told=act)


def leavings(runtime: Runtime, start: datetime) -> list[Event]:
    """Who left since the story began worked here until then; the leaving happens on its day."""
    zone = runtime.config.zone
    people = runtime.people.organisation().people.values()
    gone = [
        p for p in people if not p.active and p.left_on and p.left_on > start.astimezone(zone).toordinal()
    ]
    runtime.database.write(
        lambda unit: runtime.people.save_people(unit, [replace(person, active=True) for person in gone])
    )
    return [
        Event(
            datetime.combine(date.fromordinal(person.left_on or 1), time(), zone).astimezone(start.tzinfo), 0,
            do=partial(_leave, runtime, person), told=person.id,
        )
        for person in gone
    ]  # fmt: skip


def _leave(runtime: Runtime, person: Person) -> None:
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [person]))


def replay(runtime: Runtime, events: Sequence[Event], say: Say) -> int:
    """Let it all happen; how many acts were refused. The runtime's clock ends at the last strike."""
    clock, refused = runtime.movable_clock, 0
    for edge, stretch in groupby(sorted(events), key=lambda event: _edge(event.at)):
        pass_time(runtime, edge - STRIKE, STRIKE)
        for came_in, some in groupby(stretch, key=lambda event: event.raw is not None):
            together = list(some)
            if came_in:
                clock.set(max(clock.now(), together[-1].at))
                _take(runtime, together)
                continue
            for event in together:
                clock.set(max(clock.now(), event.at))
                refused += _act(event, say)
    return refused


def _edge(moment: datetime) -> datetime:
    """The end of the stretch that a moment lies in."""
    whole, start = STRIKE, datetime(2000, 1, 1, tzinfo=moment.tzinfo)
    return start + ((moment - start) // whole + 1) * whole


def _take(runtime: Runtime, events: Sequence[Event]) -> None:
    """A stretch of traffic, channel by channel, the one that was first heard from first."""
    by_channel: dict[str, list[RawMessage]] = {}
    for event in events:
        if event.raw is not None:
            by_channel.setdefault(event.channel, []).append(event.raw)
    for channel, raw in by_channel.items():
        runtime.channels.take_recorded(channel, raw)


def _act(event: Event, say: Say) -> int:
    assert event.do is not None
    try:
        event.do()
    except Rejected as error:
        say(f"  ! {event.at:%Y-%m-%d %H:%M} {json.dumps(event.told, ensure_ascii=False)}: {error}")
        return 1
    return 0
