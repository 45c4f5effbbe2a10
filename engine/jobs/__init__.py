"""Jobs: what the machine does later, outside of a unit of work.

Deferred in the unit that wants it done, run at least once, tried again after a pause, dead after
too many failures and then shown to a person. Handlers must bear being run twice: the job's
id is theirs to tell. `sqlite.py` and `postgres.py` keep them; one suite of tests holds both to it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database, Unit
from engine.failures import failure
from engine.jobs.postgres import PostgresQueue
from engine.jobs.queue import MOST_ATTEMPTS, Job, Queue
from engine.jobs.sqlite import SqliteQueue
from engine.system_tables import jobs as dead_jobs

__all__ = ["DeadJob", "Jobs"]

log = logging.getLogger("muniment.jobs")
Handler = Callable[[Mapping[str, Any], str], object]


class SealsJson(Protocol):
    """`evidence.seals.Box`: payloads may hold words of a conversation."""

    def seal_json(self, value: Any) -> bytes: ...
    def open_json(self, sealed: bytes) -> Any: ...


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job nobody tries any more; `error` says what and where, never a record's words."""

    id: str
    name: str
    attempts: int
    error: str
    at: int


class Jobs:
    """`before_each` runs before every job (the runtime notices publications there)."""

    def __init__(self, database: Database, box: SealsJson) -> None:
        self._database, self._box = database, box
        self._handlers: dict[str, Handler] = {}
        self._every: dict[str, timedelta] = {}
        self.before_each: Callable[[], object] = lambda: None
        self._queue: Queue = (
            SqliteQueue(database) if database.dialect == "sqlite" else PostgresQueue(database)
        )

    def register(self, name: str, handler: Handler, *, every: timedelta | None = None) -> None:
        """`handler(payload, job_id)`. `every`: it comes again by itself, first when `work` begins."""
        self._handlers[name] = handler
        if every is not None:
            self._every[name] = every

    def defer(
        self,
        unit: Unit,
        name: str,
        payload: Mapping[str, Any] | None = None,
        key: str = "",
        run_at: datetime | None = None,
    ) -> str:
        """Do this after the unit is committed, and not before `run_at`. With a `key`, one that is
        still waiting is enough: the new one joins it and its payload is dropped. Returns the new job's id."""
        (identifier,) = self._database.take_ids(unit.connection, 1)
        job = Job(identifier, name, self._box.seal_json(dict(payload or {})), key=key)
        self._queue.put(unit, job, microseconds(run_at) if run_at else unit.now)
        return str(identifier)

    # -- working -----------------------------------------------------------------------------------
    def run_due(self) -> int:
        """Work everything that is due, and what that defers, until nothing is; how many ran."""
        return self._queue.run_due(self._perform)

    def come_round(self, but: Collection[str] = ()) -> None:
        """Do what comes again by itself once, now: for a clock that is moved on while nobody works."""
        for name in self._every:
            if name not in but:
                self.before_each()
                self._handlers[name]({}, "")

    def work(self, stop: threading.Event) -> None:
        """Work jobs as they come until `stop` is set."""
        for name in self._every:
            self._come_again(name, timedelta(0))
        self._queue.work(self._perform, stop)

    def _perform(self, job: Job) -> None:
        handler = self._handlers.get(job.name)
        if handler is None:
            raise LookupError(f"nobody handles {job.name}")
        failed = True
        try:
            self.before_each()
            handler(self._box.open_json(job.payload), str(job.id))
            failed = False
        except Exception as error:
            log.warning("job %s %s failed, attempt %d\n%s", job.name, job.id, job.attempts, failure(error))
            raise
        finally:
            if job.name in self._every and (not failed or job.attempts >= MOST_ATTEMPTS):
                self._come_again(job.name, self._every[job.name])

    def _come_again(self, name: str, pause: timedelta) -> None:
        self._database.write(
            lambda unit: self.defer(unit, name, key=f"every:{name}", run_at=unit.moment + pause)
        )

    def waiting(self) -> int:
        """How many are waiting or running."""
        return self._queue.waiting()

    # -- the dead ----------------------------------------------------------------------------------
    def dead(self) -> list[DeadJob]:
        """Newest first."""
        query = sa.select(dead_jobs).where(dead_jobs.c.state == "dead").order_by(dead_jobs.c.id.desc())
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [DeadJob(str(row.id), row.name, row.attempts, row.error, row.run_at) for row in rows]

    def retry(self, identifier: str) -> bool:
        """Let a dead job try again from the beginning, under its old id; False when there is none."""

        def work(unit: Unit) -> bool:
            row = self._remove(unit, identifier)
            if row is None:
                return False
            self._queue.put(unit, Job(row.id, row.name, row.payload, key=row.key), unit.now)
            return True

        return self._database.write(work)

    def discard(self, identifier: str) -> bool:
        """Give up on a dead job; False when there is none."""
        return self._database.write(lambda unit: self._remove(unit, identifier) is not None)

    def _remove(self, unit: Unit, identifier: str) -> Any:
        dead = sa.and_(dead_jobs.c.id == int(identifier), dead_jobs.c.state == "dead")
        row = unit.connection.execute(sa.select(dead_jobs).where(dead)).first()
        unit.connection.execute(dead_jobs.delete().where(dead))
        return row

    def close(self) -> None:
        self._queue.close()
