"""Unit: one unit of work inside a transaction, and what the rooms leave in it.

Made by `database.py` and `sqlite_writer.py`; every function that writes is given one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.clock import microseconds
from engine.failures import failure

T = TypeVar("T")
log = logging.getLogger("muniment.database")
_here = threading.local()


class Unit:
    """`connection` to write on, the moment it began, and `notes`: each room's scratch by its name."""

    __slots__ = ("_after", "_before", "_last", "connection", "moment", "notes", "now")

    def __init__(self, connection: sa.Connection, moment: datetime) -> None:
        self.connection = connection
        self.moment = moment
        self.now = microseconds(moment)
        self.notes: dict[str, Any] = {}
        self._before: dict[str, Callable[[Unit], None]] = {}
        self._last: dict[str, Callable[[Unit], None]] = {}
        self._after: list[Callable[[], None]] = []

    def before_commit(self, key: str, work: Callable[[Unit], None], *, last: bool = False) -> None:
        """Run `work` at the very end of the unit, once per key, in order of registration; `last`: after
        everything else (it takes a lock the whole house waits for). What is registered while
        these run comes after them, under the same key again if need be."""
        (self._last if last else self._before).setdefault(key, work)

    def finish(self) -> None:
        """For the writer: do what was left for the end."""
        while waiting := self._before or self._last:
            key = next(iter(waiting))
            waiting.pop(key)(self)

    def after_commit(self, work: Callable[[], None]) -> None:
        """Run `work` once the unit is safe on disk: wake somebody, drop a cache. No writing."""
        self._after.append(work)

    def committed(self) -> None:
        """For the writer: the commit is done. A failing callback cannot undo it, so it is logged."""
        for work in self._after:
            try:
                work()
            except Exception:
                log.error("after commit\n%s", failure())


def perform(unit: Unit, work: Callable[[Unit], T]) -> T:
    """The unit's work and then what it left for the end, marked as inside a unit throughout."""
    _here.inside = True
    try:
        result = work(unit)
        unit.finish()
        return result
    finally:
        _here.inside = False


def inside_unit() -> bool:
    """Is this thread running a unit of work (or is it the writer thread, see `mark_writer`)?"""
    return getattr(_here, "inside", False) or getattr(_here, "writer", False)


def mark_writer() -> None:
    """The writer thread may never wait for itself, not even between units."""
    _here.writer = True
