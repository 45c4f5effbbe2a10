"""Indexes of large tables on PostgreSQL: made by a job, after the publication, beside readers and writers.

Inside the publishing unit the table is locked until it commits, and an index over a million rows takes seconds
in which nobody could read. SQLite has no such lock: there the index is made at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit, driver
from engine.migrate.deferring import Defers
from engine.tables import Entry
from metamodel.plugin_api import Storage

BUILD_JOB = "build_index"
LARGE = 20_000  # rows from which an index is not made while others wait


@dataclass(frozen=True, slots=True)
class LateIndex:
    """An index that is still to be made; `hashed`: for equality of texts of any length."""

    name: str
    table: str
    column: str
    hashed: bool = False


def index_name(entry: Entry) -> str:
    return f"ix_c_{entry.id}"


def is_large(connection: sa.Connection, physical: str) -> bool:
    """More rows than can be indexed unnoticed."""
    beyond = sa.select(sa.literal(1)).select_from(sa.table(physical)).limit(1).offset(LARGE)
    return connection.execute(beyond).first() is not None


def is_hashed(entry: Entry) -> bool:
    """PostgreSQL's trees refuse long texts."""
    return entry.shape.storage is Storage.TEXT


def build_later(unit: Unit, jobs: Defers, indexes: Iterable[LateIndex]) -> None:
    """In the publishing unit: a job for each."""
    for one in indexes:
        jobs.defer(unit, BUILD_JOB, asdict(one), key=f"{BUILD_JOB}:{one.name}")


@dataclass(frozen=True)
class IndexBuilder:
    """The job's handler. Run again after it was interrupted, it takes away what was left half made."""

    database: Database

    def __call__(self, payload: Mapping[str, Any], _job: str) -> None:
        index = LateIndex(**payload)
        with self.database.connect() as connection:
            aside = driver(connection.execution_options(isolation_level="AUTOCOMMIT"))
            state = aside.execute(_STATE, (index.name,)).fetchone()
            if state is not None and state[0]:
                return
            if state is not None:
                aside.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"')
            using = " USING hash" if index.hashed else ""
            aside.execute(
                f'CREATE INDEX CONCURRENTLY "{index.name}" ON "{index.table}"{using} ("{index.column}")'
            )


_STATE = "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = %s"
