"""The one thread that writes to SQLite, and group commit.

Units wait in a queue. The thread takes what is waiting, runs each under a savepoint in one
transaction and commits them together: many small writers cost one fsync. Nobody is kept
waiting for company. Several processes may do this on one file: `BEGIN IMMEDIATE` takes
turns, and the turnstile keeps a busy process from starving a patient one.
"""

from __future__ import annotations

import fcntl
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.clock import Clock
from engine.unit import Unit, mark_writer, perform

T = TypeVar("T")
log = logging.getLogger("muniment.database")

BATCH = 512  # units in one transaction, at most
BATCH_SECONDS = 0.03  # and no new one is begun in it after this long


class _Waiting:
    """A unit of work in the queue."""

    __slots__ = ("future", "unit", "work")

    def __init__(self, work: Callable[[Unit], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.unit: Unit | None = None


class Turnstile:
    """Processes begin their transactions one after another: whoever waits for the database holds the
    turnstile, so a process that has just committed queues up behind it. (SQLite's own waiting is
    polling: a patient process waited seconds beside a busy one, with this a batch.)"""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        self._file.close()


class SqliteWriter:
    """Starts its thread at once; `close` lets it finish what waits."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._turnstile = Turnstile(Path(engine.url.database or "").with_suffix(".turn"))
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Unit], T]) -> Future[T]:
        if self._closed:
            raise RuntimeError("the database is closed")
        waiting = _Waiting(work)
        self._queue.put(waiting)
        return waiting.future

    def close(self) -> None:
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._turnstile.close()

    # -- the thread --------------------------------------------------------------------------------
    def _run(self) -> None:
        mark_writer()
        with self._engine.connect() as connection:
            while (first := self._queue.get()) is not None:
                self._batch(connection, first)

    def _batch(self, connection: sa.Connection, first: _Waiting) -> None:
        done: list[tuple[_Waiting, Any, BaseException | None]] = []
        current = first
        try:
            with self._turnstile:
                transaction = connection.begin()
            with transaction:
                for current in self._company(first):
                    if current.future.set_running_or_notify_cancel():
                        done.append((current, *self._run_unit(connection, current)))
        except BaseException as error:  # the transaction itself failed: nobody was written
            self._fail(done, current, error)
            return
        for waiting, result, failure in done:
            _deliver(waiting, result, failure)

    def _company(self, first: _Waiting) -> Iterator[_Waiting]:
        yield first
        until = time.monotonic() + BATCH_SECONDS
        for _ in range(BATCH - 1):
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return
            if waiting is None:
                self._queue.put(None)
                return
            yield waiting
            if time.monotonic() > until:
                return

    def _run_unit(self, connection: sa.Connection, waiting: _Waiting) -> tuple[Any, BaseException | None]:
        execute = connection.connection.dbapi_connection.execute  # type: ignore[union-attr]
        execute("SAVEPOINT unit")
        waiting.unit = Unit(connection, self._clock.now())
        try:
            result = perform(waiting.unit, waiting.work)
        except BaseException as error:
            execute("ROLLBACK TO unit")  # raises when the whole transaction is gone
            execute("RELEASE unit")
            return None, error
        execute("RELEASE unit")
        return result, None

    def _fail(
        self, done: list[tuple[_Waiting, Any, BaseException | None]], current: _Waiting, error: BaseException
    ) -> None:
        log.error("a batch of %d units was lost: %s", len(done) + 1, error)
        for waiting in {id(one): one for one in (*(row[0] for row in done), current)}.values():
            if not waiting.future.cancelled():
                waiting.future.set_exception(error)


def _deliver(waiting: _Waiting, result: Any, failure: BaseException | None) -> None:
    if failure is not None:
        waiting.future.set_exception(failure)
        return
    assert waiting.unit is not None
    waiting.unit.committed()
    waiting.future.set_result(result)
