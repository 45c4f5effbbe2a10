"""An empty widget says when there last was something: one statement, and the filters that show it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.reports.ground import Ground
from engine.reports.stretches import stretch_around, stretch_text
from engine.reports.views import LastWithData


def last_with_data(ground: Ground) -> LastWithData | None:
    """The newest period like the asked one, before its end, that has a row; None: there never was one."""
    if ground.date is None or ground.stretch is None:
        return None
    where = ground.where()
    until = ground.before_end(ground.stretch)
    rows = (
        sa.select(ground.date.column.label("at")).where(ground.visible().condition, *where, until).subquery()
    )
    last = ground.asking.connection.scalar(sa.select(sa.func.max(rows.c.at)))
    if last is None:
        return None
    zone = ground.asking.house.zone
    moment = ground.date.is_moment
    day = from_microseconds(int(last)).astimezone(zone).date() if moment else _day(int(last))
    found = stretch_around(day, ground.stretch)
    filters = {ground.period_filter.id: found.text} if ground.period_filter is not None else {}
    return LastWithData(stretch_text(found, ground.asking.language), filters)


def _day(number: int) -> date:
    return date.fromordinal(number)
