"""Jobs in a small table of their own: the queue of an embedded installation.

A job is claimed in a unit of work (marked as ours), run outside of any, and deleted in another.
What a dead process had claimed goes back to waiting as soon as somebody looks.
"""

from __future__ import annotations

import threading
from functools import cached_property

import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database, Unit
from engine.jobs.presence import Presence
from engine.jobs.queue import MOST_ATTEMPTS, Job, Perform, describe, pause_after
from engine.system_tables import jobs

CLAIM = 20  # jobs taken at a time
POLL = 1.0  # seconds until we look for what other processes left
_MICROSECOND = 1_000_000


class SqliteQueue:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = threading.Event()
        self._running: set[int] = set()

    @cached_property
    def _presence(self) -> Presence:
        return Presence(self._database.config.data / "workers")

    def put(self, unit: Unit, job: Job, run_at: int) -> None:
        """Join a waiting job of the same key (it runs at the earlier time), or wait oneself."""
        unit.after_commit(self._wake.set)
        if job.key:
            same = sa.and_(jobs.c.key == job.key, jobs.c.state == "waiting")
            earlier = sa.func.min(jobs.c.run_at, run_at)
            if unit.connection.execute(jobs.update().where(same).values(run_at=earlier)).rowcount:
                return
        unit.connection.execute(
            jobs.insert().values(
                id=job.id, name=job.name, payload=job.payload, key=job.key, state="waiting", run_at=run_at
            )
        )

    # -- working -----------------------------------------------------------------------------------
    def run_due(self, perform: Perform) -> int:
        number = 0
        while claimed := self._claim():
            for job in claimed:
                self._run(job, perform)
            number += len(claimed)
        return number

    def work(self, perform: Perform, stop: threading.Event) -> None:
        while not stop.is_set():
            self._wake.clear()
            if not self.run_due(perform):
                self._wake.wait(POLL)

    def waiting(self) -> int:
        query = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state != "dead")
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def close(self) -> None:
        self._wake.set()
        if "_presence" in self.__dict__:
            self._presence.leave()

    def _claim(self) -> list[Job]:
        with self._database.read() as connection:
            if not connection.scalar(sa.select(sa.or_(self._due(), self._abandoned()))):
                return []
        return self._database.write(self._take)

    def _due(self) -> sa.ColumnElement[bool]:
        now = self._now()
        return sa.exists().where(jobs.c.state == "waiting", jobs.c.run_at <= now)

    def _abandoned(self) -> sa.ColumnElement[bool]:
        others = jobs.c.owner != self._presence.name
        return sa.exists().where(
            jobs.c.state == "running", sa.or_(others, jobs.c.id.not_in(tuple(self._running)))
        )

    def _now(self) -> int:
        return microseconds(self._database.clock.now())

    def _take(self, unit: Unit) -> list[Job]:
        self._give_back(unit)
        due = sa.select(jobs.c.id).where(jobs.c.state == "waiting", jobs.c.run_at <= unit.now)
        rows = unit.connection.execute(
            jobs.update()
            .where(jobs.c.id.in_(due.order_by(jobs.c.run_at, jobs.c.id).limit(CLAIM)))
            .values(state="running", owner=self._presence.name, attempts=jobs.c.attempts + 1)
            .returning(jobs.c.run_at, jobs.c.id, jobs.c.name, jobs.c.payload, jobs.c.attempts, jobs.c.key)
        )
        taken = [Job(row.id, row.name, row.payload, row.attempts, row.key) for row in sorted(rows)]
        self._running.update(job.id for job in taken)
        return taken

    def _give_back(self, unit: Unit) -> None:
        """What nobody alive is running waits again; what killed its process too often is dead."""
        query = sa.select(jobs.c.id, jobs.c.owner, jobs.c.attempts).where(jobs.c.state == "running")
        for row in unit.connection.execute(query).all():
            ours = row.owner == self._presence.name
            if row.id in self._running if ours else self._presence.is_alive(row.owner):
                continue
            dead = row.attempts >= MOST_ATTEMPTS
            state = {"state": "dead", "error": "the process died"} if dead else {"state": "waiting"}
            unit.connection.execute(jobs.update().where(jobs.c.id == row.id).values(owner="", **state))

    def _run(self, job: Job, perform: Perform) -> None:
        try:
            perform(job)
        except Exception as error:
            reason = describe(error)
            self._database.write(lambda unit: self._failed(unit, job, reason))
        else:
            self._database.write(
                lambda unit: unit.connection.execute(jobs.delete().where(jobs.c.id == job.id))
            )
        finally:
            self._running.discard(job.id)

    def _failed(self, unit: Unit, job: Job, error: str) -> None:
        again = job.attempts < MOST_ATTEMPTS
        run_at = unit.now + int(pause_after(job.attempts).total_seconds() * _MICROSECOND)
        change = jobs.update().where(jobs.c.id == job.id)
        state = "waiting" if again else "dead"
        unit.connection.execute(change.values(state=state, owner="", run_at=run_at, error=error))
