"""Jobs on PostgreSQL: procrastinate, deferred through the unit's own connection.

Every job is one task of procrastinate's with our id, name and sealed payload; what has failed for
good moves to our `jobs` table. A worker holds an advisory lock while it lives, so the jobs of
one that died are taken up at once.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.database import Database, Unit, driver
from engine.engines import postgres_url
from engine.jobs.queue import MOST_ATTEMPTS, Job, Perform, describe, pause_after
from engine.system_tables import jobs

TASK = "muniment"
ALIVE = 0x4D554E49  # the class of the workers' advisory locks
CONCURRENCY = 4
RECOVER_SECONDS = 15.0

logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it logs every job with its arguments


class PostgresQueue:
    def __init__(self, database: Database) -> None:
        from procrastinate import SyncPsycopgConnector

        self._database = database
        url = postgres_url(sa.make_url(database.config.url))
        self._conninfo = url.render_as_string(hide_password=False)
        self._deferring = _app(SyncPsycopgConnector(), None)
        self._offset = self._ahead()

    def _ahead(self) -> timedelta:
        """How far our clock is ahead of procrastinate's, which is the database's."""
        return self._database.clock.now() - datetime.now(UTC)

    # -- deferring ---------------------------------------------------------------------------------
    def put(self, unit: Unit, job: Job, run_at: int) -> None:
        """A keyed job is put off to the end of the unit, for it locks the waiting one it joins: a
        worker must not start that before the caller's rows are there to be seen."""
        if job.key:
            unit.before_commit(f"job:{job.key}", lambda unit: self._join(unit, job, run_at))
        else:
            self._defer(unit, job, run_at)

    def _join(self, unit: Unit, job: Job, run_at: int) -> None:
        connection = driver(unit.connection)
        row = connection.execute(_WAITING, (job.key,)).fetchone()
        if row is None:
            self._defer(unit, job, run_at)
        else:
            at = self._schedule(unit, run_at)
            connection.execute(_EARLIER, (at, at, row[0]))

    def _defer(self, unit: Unit, job: Job, run_at: int) -> None:
        task = self._deferring.configure_task(
            TASK, schedule_at=self._schedule(unit, run_at), connection=driver(unit.connection)
        )
        payload = base64.b64encode(job.payload).decode()
        task.defer(job=str(job.id), name=job.name, payload=payload, key=job.key)

    def _schedule(self, unit: Unit, run_at: int) -> datetime | None:
        """In procrastinate's time; None for at once."""
        at = from_microseconds(run_at)
        return at - self._offset if at > unit.moment else None

    # -- working -----------------------------------------------------------------------------------
    def run_due(self, perform: Perform) -> int:
        self._catch_up()
        if not self._is_due():
            return 0  # a worker takes a while to come
        done: list[int] = []

        def counted(job: Job) -> None:
            done.append(job.id)
            perform(job)

        asyncio.run(self._with_worker(counted, self._drain))
        return len(done)

    def work(self, perform: Perform, stop: threading.Event) -> None:
        async def serve(app: Any) -> None:
            working = asyncio.create_task(
                app.run_worker_async(
                    install_signal_handlers=False, delete_jobs="always", concurrency=CONCURRENCY
                )
            )
            recovering = asyncio.create_task(_recover_often(app))
            while not stop.is_set() and not working.done():
                await asyncio.sleep(0.2)
            for task in (recovering, working):
                task.cancel()
            await asyncio.gather(recovering, working, return_exceptions=True)

        asyncio.run(self._with_worker(perform, serve))

    async def _drain(self, app: Any) -> None:
        await app.run_worker_async(
            wait=False,
            install_signal_handlers=False,
            listen_notify=False,
            delete_jobs="always",
            concurrency=1,
        )

    async def _with_worker(self, perform: Perform, run: Any) -> None:
        import psycopg
        from procrastinate import PsycopgConnector

        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4)
        presence = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        app = _app(connector, lambda job: self._run(job, perform))
        app.job_manager = _manager(connector, presence)
        async with presence, app.open_async():
            await _recover(app)
            await run(app)

    def _run(self, job: Job, perform: Perform) -> None:
        """In a thread of the worker. The last failure is the job's end here and its row with us."""
        try:
            perform(job)
        except Exception as error:
            if job.attempts < MOST_ATTEMPTS:
                raise
            reason = describe(error)
            self._database.write(lambda unit: self._bury(unit, job, reason))

    def _bury(self, unit: Unit, job: Job, reason: str) -> None:
        unit.connection.execute(
            jobs.insert().values(
                id=job.id, name=job.name, payload=job.payload, key=job.key, state="dead",
                run_at=unit.now, attempts=job.attempts, error=reason,
            )
        )  # fmt: skip

    def _catch_up(self) -> None:
        """A clock that was set makes later jobs due, or not due yet (tests do, and stories that are replayed);
        procrastinate cannot know."""
        moved = self._ahead() - self._offset
        if abs(moved) > timedelta(seconds=1):
            self._offset += moved
            self._database.write(lambda unit: driver(unit.connection).execute(_FORWARD, (moved,)))

    def _is_due(self) -> bool:
        with self._database.read() as connection:
            return bool(connection.exec_driver_sql(_DUE).scalar())

    def waiting(self) -> int:
        with self._database.read() as connection:
            return connection.exec_driver_sql(_UNFINISHED).scalar() or 0

    def close(self) -> None:
        return None


def _app(connector: Any, run: Perform | None) -> Any:
    """A procrastinate application with our one task."""
    from procrastinate import App, BaseRetryStrategy, RetryDecision

    class BackOff(BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: Any) -> Any:
            return RetryDecision(retry_at=datetime.now(UTC) + pause_after(job.attempts + 1))

    def task(context: Any, *, job: str, name: str, payload: str, key: str) -> None:
        assert run is not None
        run(Job(int(job), name, base64.b64decode(payload), context.job.attempts + 1, key))

    app = App(connector=connector)
    app.task(name=TASK, pass_context=True, retry=BackOff())(task)
    return app


def _manager(connector: Any, presence: Any) -> Any:
    """procrastinate's job manager, with workers that show that they live."""
    from procrastinate.manager import JobManager

    class Manager(JobManager):
        async def register_worker(self) -> int:
            worker: int = await super().register_worker()
            await presence.execute("SELECT pg_advisory_lock(%s, %s)", (ALIVE, worker % 2**31))
            return worker

    return Manager(connector)


async def _recover(app: Any) -> None:
    await app.connector.execute_query_async(_TAKE_OVER, alive=ALIVE)


async def _recover_often(app: Any) -> None:
    while True:
        await asyncio.sleep(RECOVER_SECONDS)
        await _recover(app)


_WAITING = (
    "SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND args->>'key' = %s "
    "ORDER BY id LIMIT 1 FOR SHARE"
)
_EARLIER = (
    "UPDATE procrastinate_jobs SET scheduled_at = CASE WHEN %s::timestamptz IS NULL THEN NULL "
    "ELSE least(scheduled_at, %s::timestamptz) END WHERE id = %s AND scheduled_at IS NOT NULL"
)
_FORWARD = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - %s WHERE status = 'todo'"
_DUE = (
    "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' "
    "OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
)
_UNFINISHED = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_TAKE_OVER = """
SELECT procrastinate_retry_job_v2(stalled.id, now(), NULL, NULL, NULL) FROM (
    SELECT id FROM procrastinate_jobs AS job WHERE status = 'doing' AND NOT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %(alive)s
        AND objid::bigint = (job.worker_id %% 2147483648) AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) FOR UPDATE SKIP LOCKED
) AS stalled
"""
