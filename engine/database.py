"""The one door to the database: snapshot reads, units of work, ids and counters.

A unit of work is a function handed to `write`. On SQLite it runs in the writer thread
(`sqlite_writer.py`), on PostgreSQL in a transaction of its own, tried again when the
database gave up on it; so a unit may run twice and must keep its effects in its Unit.
Every room gets its connections here; nobody else names a driver.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.clock import Clock, SystemClock
from engine.config import Config
from engine.dialects import postgresql, sqlite
from engine.dialects.portable import PortableOps
from engine.engines import postgres_engines, sqlite_engines
from engine.sqlite_writer import SqliteWriter
from engine.system_tables import counters
from engine.unit import Unit, inside_unit, perform

__all__ = ["Database", "Unit"]

T = TypeVar("T")
Row = tuple[Any, ...]

COPY_FROM = 64  # rows from which PostgreSQL's COPY beats executemany
RETRIES = 8
_GAVE_UP = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, a lock not got in time


class Database:
    """One installation's database. Cheap to make: nothing connects before it is used."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config, self.clock = config, clock or SystemClock()
        url = sa.make_url(config.url)
        self.dialect = url.get_backend_name()
        if self.dialect == "sqlite":
            Path(url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine, self._readers = sqlite_engines(url, config.synchronous)
            self._numbers = self._engine
        else:
            self._engine, self._readers, self._numbers = postgres_engines(url)

    @cached_property
    def _writer(self) -> SqliteWriter:
        return SqliteWriter(self._engine, self.clock)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(8, thread_name_prefix="units")

    @cached_property
    def ops(self) -> PortableOps:
        """The dialect's SQL primitives (plugin_api.SqlOps and more)."""
        if self.dialect == "sqlite":
            return sqlite.Ops()
        with self.read() as connection:
            version = driver(connection).info.server_version
        return postgresql.Ops() if version >= 170_000 else postgresql.Ops(letters="und-x-icu")

    # -- reading and writing -----------------------------------------------------------------------
    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read-only connection: all its statements see the database as at the first one."""
        with self._readers.connect() as connection:
            yield connection

    def write(self, work: Callable[[Unit], T]) -> T:
        """Run a unit of work; its result once it is committed, or what it raised."""
        self._refuse_nesting()
        if self.dialect == "sqlite":
            return self._writer.submit(work).result()
        return self._write_alone(work)

    def submit(self, work: Callable[[Unit], T]) -> Future[T]:
        """`write` without waiting: the future is done when the unit is committed."""
        self._refuse_nesting()
        if self.dialect == "sqlite":
            return self._writer.submit(work)
        return self._threads.submit(self._write_alone, work)

    def _refuse_nesting(self) -> None:
        if inside_unit():
            raise RuntimeError("a unit of work may not start another one; pass its Unit along")

    def _write_alone(self, work: Callable[[Unit], T]) -> T:
        for attempt in range(RETRIES):
            try:
                with self._engine.connect() as connection, connection.begin():
                    unit = Unit(connection, self.clock.now())
                    result = perform(unit, work)
            except sa.exc.DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _GAVE_UP or attempt == RETRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.004) * 2**attempt)
            else:
                unit.committed()
                return result
        raise AssertionError("unreachable")

    def write_on(self, unit: Unit | None, work: Callable[[Unit], T]) -> T:
        """`work` inside the given unit, or in one of its own when there is none."""
        return self.write(work) if unit is None else work(unit)

    def alone(self, connection: sa.Connection, name: str) -> None:
        """Until the unit is over no other one of this name goes on: whoever comes second finds what the first one did.
        SQLite has one writer anyhow."""
        if self.dialect == "postgresql":
            digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "big", signed=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))

    # -- ids and counters --------------------------------------------------------------------------
    def take_ids(self, connection: sa.Connection, number: int) -> Sequence[int]:
        """`number` new ids, ascending, unique in the whole database, for one unit's use."""
        if self.dialect == "sqlite":
            return _advance(connection, "ids", number)
        found = connection.exec_driver_sql(_NEXT_IDS, (number,))
        return [row[0] for row in found]

    def pass_ids(self, unit: Unit, last: int) -> None:
        """New ids are higher than this one, as if it had been taken here."""
        if self.dialect == "sqlite":
            unit.connection.execute(_PASS, {"last": last})
        else:
            unit.connection.execute(_PASS_SEQUENCE, {"last": last})

    def take_numbers(
        self, connection: sa.Connection, name: str, number: int, *, gap_free: bool = False
    ) -> range:
        """The next `number` values of a named counter, from 1. Gaps are possible unless they are not wanted: on
        PostgreSQL it is advanced at once, so that writers do not queue behind each other's commit."""
        if gap_free or self.dialect == "sqlite":
            return _advance(connection, name, number)
        with self._numbers.connect() as aside:
            return _advance(aside, name, number)

    def publication(self) -> int:
        """How often anything was published; caches that remember it know when they are stale."""
        with self.read() as connection:
            found = connection.execute(_PUBLICATION).scalar()
        return int(found or 0)

    def signal_publication(self, unit: Unit) -> None:
        self.signal(unit, "publication")

    def signal(self, unit: Unit, name: str) -> None:
        """Move a counter that others look at; they see it with what the unit wrote, not before."""
        _advance(unit.connection, name, 1)

    # -- many rows at once -------------------------------------------------------------------------
    def insert_many(
        self,
        connection: sa.Connection,
        table: sa.Table,
        rows: Sequence[Row],
        columns: Sequence[str] | None = None,
    ) -> None:
        """The fast way in: rows of raw stored values, positional, all of `columns` (default: all
        columns of the table). No type processing: hand in what the driver stores."""
        names = tuple(columns) if columns is not None else tuple(table.columns.keys())
        if not rows:
            return
        if self.dialect == "sqlite" or len(rows) < COPY_FROM:
            self.execute_many(connection, _insert_text(self.dialect, table.name, names), rows)
            return
        with driver(connection).cursor() as cursor, cursor.copy(_copy_text(table.name, names)) as copy:
            for row in rows:
                copy.write_row(row)

    def execute_many(self, connection: sa.Connection, statement: str, rows: Sequence[Row]) -> None:
        """One statement of our own making, `?` for each value, for every row of values."""
        if self.dialect == "sqlite":
            driver(connection).executemany(statement, rows)
            return
        with driver(connection).cursor() as cursor:
            cursor.executemany(_percent(statement), rows)

    # -- life --------------------------------------------------------------------------------------
    def migrate(self, revision: str = "head") -> None:
        """Bring the engine's own tables up to date; safe to call from several processes at once."""
        from engine.upgrade import upgrade

        upgrade(self._engine, revision)

    def connect(self) -> AbstractContextManager[sa.Connection]:
        """A bare writing connection, for maintenance only (VACUUM, backup, a checkpoint of the WAL)."""
        return self._engine.connect()

    def scrub(self, tables: Sequence[sa.Table]) -> None:
        """What was deleted from these tables leaves the disk: SQLite overwrites it at once and keeps it in the
        write-ahead log, PostgreSQL keeps old versions of rows until they are cleared away."""
        with self.connect() as connection:
            if self.dialect == "sqlite":
                driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                return
            aside = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                driver(aside).execute(f"VACUUM {_quote(table.name)}")

    def close(self) -> None:
        """Commit what is waiting and let go of every connection."""
        if "_writer" in self.__dict__:
            self._writer.close()
        if "_threads" in self.__dict__:
            self._threads.shutdown()
        for engine in (self._engine, self._readers, self._numbers):
            engine.dispose()


def driver(connection: sa.Connection) -> Any:
    """The DBAPI connection underneath, for the few paths where a statement's cost counts."""
    return connection.connection.dbapi_connection


_NEXT_IDS = "SELECT nextval('ids') FROM generate_series(1, %s)"
_PASS = sa.text(
    "INSERT INTO counters (name, value) VALUES ('ids', :last) "
    "ON CONFLICT (name) DO UPDATE SET value = max(counters.value, excluded.value)"
)
_PASS_SEQUENCE = sa.text("SELECT setval('ids', greatest(:last, last_value)) FROM ids")
_PUBLICATION = sa.select(counters.c.value).where(counters.c.name == "publication")
_ADVANCE = (
    "INSERT INTO counters (name, value) VALUES ({0}, {0}) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value"
)


def _advance(connection: sa.Connection, name: str, number: int) -> range:
    marker = "?" if connection.dialect.name == "sqlite" else "%s"
    last = connection.exec_driver_sql(_ADVANCE.format(marker), (name, number)).scalar_one()
    return range(last - number + 1, last + 1)


@lru_cache(1024)
def _insert_text(dialect: str, table: str, columns: tuple[str, ...]) -> str:
    """SQLite need not be ready to take one row back by itself (as for OR ABORT): the unit is, with all of them."""
    names, marks = ", ".join(map(_quote, columns)), ", ".join("?" * len(columns))
    verb = "INSERT OR FAIL" if dialect == "sqlite" else "INSERT"
    return f"{verb} INTO {_quote(table)} ({names}) VALUES ({marks})"


@lru_cache(1024)
def _copy_text(table: str, columns: tuple[str, ...]) -> str:
    return f"COPY {_quote(table)} ({', '.join(map(_quote, columns))}) FROM STDIN"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@lru_cache(1024)
def _percent(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")
