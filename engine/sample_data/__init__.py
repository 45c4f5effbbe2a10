"""Sample data: rows, recorded traffic and what people did, their clocks relative to the day of loading.

All of it goes the ordinary ways in: the write path for rows, each channel's door for its
traffic, tasks and flows for what people did. Called by `muniment run`, `import --data` and `test`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.sample_data.acts import Acting as Acting, Known as Known
from engine.sample_data.almanac import (
    Almanac as Almanac,
    lay as lay,
    lay_traffic as lay_traffic,
    read_almanac as read_almanac,
    read_calendar as read_calendar,
    read_object as read_object,
)
from engine.sample_data.passing import pass_time as pass_time
from engine.sample_data.rows import Say, load_rows as load_rows, read_rows as read_rows
from engine.sample_data.story import STRIKE, leavings, read_events, replay

if TYPE_CHECKING:
    from engine.runtime import Runtime

UNREAD = timedelta(days=2)  # what people may not have looked at yet when the story ends


def load_sample_data(
    runtime: Runtime, folders: Sequence[Path], today: date, say: Say, known: dict[str, Known] | None = None
) -> int:
    """Everything in these apps' data folders, laid up to `today`; how many acts of the story were refused.
    The runtime's clock is moved along and stands at the end where it stood before."""
    clock = runtime.movable_clock
    before, now, known = clock.standing, clock.now(), {} if known is None else known
    stage = [_acting(runtime, folder, today, now, known) for folder in folders]
    events = [event for one, folder in zip(stage, folders, strict=True) for event in read_events(one, folder)]
    end = min(one.almanac.now for one in stage)
    _set_calendar(runtime, folders)
    clock.set(_morning(min((event.at for event in events), default=end), runtime))
    events += leavings(runtime, clock.now())
    try:
        with runtime.notifications.without_mail():
            runtime.rules.clocks.look_from_now()
            for one, folder in zip(stage, folders, strict=True):
                load_rows(one, folder, say)
            refused = replay(runtime, events, say)
            pass_time(runtime, end, STRIKE)
        runtime.database.write(lambda unit: runtime.notifications.read_before(unit, end - UNREAD))
    finally:
        clock.set(before)
    say(f"  {len(events)}: {sum(bool(event.raw) for event in events)} messages, {refused} acts refused")
    return refused


def _acting(runtime: Runtime, folder: Path, today: date, now: datetime, known: dict[str, Known]) -> Acting:
    almanac = read_almanac(folder, today, now, runtime.config.zone)
    app = read_object(folder.parent / "app.json")["app"]["id"]
    return Acting(runtime, app, almanac, known)


def _set_calendar(runtime: Runtime, folders: Sequence[Path]) -> None:
    """The first one there is becomes the organisation's."""
    raw = next((found for folder in folders if (found := read_calendar(folder))), None)
    if raw is not None:
        runtime.database.write(lambda unit: runtime.set_calendar(unit, raw))


def _morning(first: datetime, runtime: Runtime) -> datetime:
    """The beginning of the day on which something happens first."""
    local = first.astimezone(runtime.config.zone)
    return datetime.combine(local.date(), time(), local.tzinfo).astimezone(first.tzinfo)
