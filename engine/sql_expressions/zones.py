"""The organisation's zone as integer arithmetic: which offset held when.

Databases keep moments as microseconds and know no zones. A zone's changes between 1970 and
2050 are found once; SQL picks the offset by a CASE, newest first, so that Asia/Shanghai
(no change since 1991) costs one comparison. Outside those years the nearest offset is used.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import sqlalchemy as sa

from engine.clock import microseconds
from engine.dialects.portable import DAY, EPOCH_DAY, Column, PortableOps

_FIRST, _LAST = 1970, 2050
_MICROSECOND = timedelta(microseconds=1)
Change = tuple[int, int]  # from this moment (or day) on, this offset in microseconds


@lru_cache(maxsize=8)
def offset_changes(zone: tzinfo) -> tuple[Change, ...]:
    """(from µs UTC, offset µs), oldest first; the first holds for everything before as well."""
    start, end = datetime(_FIRST, 1, 1, tzinfo=UTC), datetime(_LAST, 1, 1, tzinfo=UTC)
    found = [(microseconds(start), _offset(start, zone))]
    moment = start
    while moment < end:
        following = moment + timedelta(days=1)
        if _offset(following, zone) != found[-1][1]:
            found.append(_change_between(moment, following, zone))
        moment = following
    return tuple(found)


def _offset(moment: datetime, zone: tzinfo) -> int:
    return (moment.astimezone(zone).utcoffset() or timedelta()) // _MICROSECOND


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> Change:
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return microseconds(after), _offset(after, zone)


@lru_cache(maxsize=8)
def midnight_changes(zone: tzinfo) -> tuple[Change, ...]:
    """(from day number, offset µs of its midnight), oldest first."""
    found: list[Change] = []
    for day in range(date(_FIRST, 1, 1).toordinal(), date(_LAST, 1, 1).toordinal()):
        local = datetime.combine(date.fromordinal(day), time(), zone)
        offset = (local.utcoffset() or timedelta()) // _MICROSECOND
        if not found or found[-1][1] != offset:
            found.append((day, offset))
    return tuple(found)


def date_of(moment: Column, zone: tzinfo, ops: PortableOps) -> Column:
    """The day number of a moment in the zone."""
    return ops.floor(local(moment, zone, ops), ops.integer(DAY)) + EPOCH_DAY


def local(moment: Column, zone: tzinfo, ops: PortableOps) -> Column:
    """Microseconds since 1970-01-01 00:00 on the zone's clocks."""
    return moment + _pick(moment, offset_changes(zone), ops)


def midnight(day: Column, zone: tzinfo, ops: PortableOps) -> Column:
    """When a day number began, in microseconds."""
    return (day - EPOCH_DAY) * ops.integer(DAY) - _pick(day, midnight_changes(zone), ops)


def _pick(value: Column, changes: tuple[Change, ...], ops: PortableOps) -> Column:
    (_, first), *later = changes
    if not later:
        return ops.integer(first)
    whens = [(value >= ops.integer(start), ops.integer(offset)) for start, offset in reversed(later)]
    return sa.case(*whens, else_=ops.integer(first))
