"""The audit log: what a row of the audit trail and a published version come to as leaf entries.

Rows of reads commit before the answer leaves and get their leaves in batches within a second. On
PostgreSQL a row may appear after one with a higher id, so rows of the last minute are looked at
again each time, and all of them once an hour.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database
from engine.evidence.layout import hashed
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.system_tables import audit, leaves
from engine.values import canonical_json

BATCH = 500
SETTLED = timedelta(minutes=1) // timedelta(microseconds=1)
AGAIN = timedelta(hours=1) // timedelta(microseconds=1)
_HAS_LEAF = sa.exists().where(leaves.c.record == audit.c.id, leaves.c.log == AUDIT)
Row = Mapping[str, Any] | sa.RowMapping

AUDIT_NUMBERS = ("id", "at", "record", "grant_id")
_AUDIT_PLAIN = tuple(column.name for column in audit.columns if column.name != "detail_sealed")


def audit_entry(audit_key: bytes, row: Row) -> LeafEntry:
    """Of an `audit` row; all its columns count."""
    salt = hmac.digest(audit_key, b"audit %d" % row["id"], "sha256")
    evidence = hashed(salt, _columns(row, AUDIT_NUMBERS))
    return LeafEntry("audit", row["id"], 0, row["app"], row["form"], 0, row["at"], evidence, b"")


def audit_place(row: Row) -> bytes:
    """What the sealed detail of an audit row is bound to: all else of the row. Without the key nobody
    can write one, so nobody can have one taken into the log."""
    return canonical_json(_columns({name: row[name] for name in _AUDIT_PLAIN}, AUDIT_NUMBERS))


def version_entry(audit_key: bytes, row: Row) -> LeafEntry:
    """Of an `app_versions` row; the document stands there by its hash."""
    salt = hmac.digest(audit_key, b"version %s %d" % (row["app"].encode(), row["version"]), "sha256")
    shown = {name: row[name] for name in ("app", "version", "hash", "at", "by")}
    evidence = hashed(salt, _columns(shown, ("version", "at")))
    return LeafEntry("version", 0, 0, row["app"], "", row["version"], row["at"], evidence, b"")


def _columns(row: Row, numbers: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: str(value) if name in numbers else value for name, value in row.items() if value is not None
    }


class Unlogged:
    """Remembers below which id there is nothing left to find."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._below = 0  # every row up to this id has its leaf
        self._seen: deque[tuple[int, int]] = deque()  # (when, the highest id there was)
        self._looked_at_all = 0

    def batches(self) -> Iterator[Sequence[int]]:
        """Ids without a leaf, oldest first; the caller logs each batch before it takes the next."""
        now = microseconds(self._database.clock.now())
        if now - self._looked_at_all >= AGAIN:
            self._below, self._looked_at_all = 0, now
            self._seen.clear()
        after = self._below
        with self._database.read() as connection:
            highest = connection.scalar(sa.select(sa.func.max(audit.c.id))) or 0
        while ids := self._after(after, highest):
            yield ids
            after = ids[-1]
        self._settle(now, highest)

    def _after(self, identifier: int, highest: int) -> Sequence[int]:
        query = sa.select(audit.c.id).where(audit.c.id > identifier, audit.c.id <= highest, ~_HAS_LEAF)
        with self._database.read() as connection:
            return connection.scalars(query.order_by(audit.c.id).limit(BATCH)).all()

    def of(self, connection: sa.Connection, ids: Sequence[int]) -> Sequence[int]:
        """Those of them that still have no leaf."""
        return connection.scalars(sa.select(audit.c.id).where(audit.c.id.in_(ids), ~_HAS_LEAF)).all()

    def _settle(self, now: int, highest: int) -> None:
        self._seen.append((now, highest))
        while self._seen and now - self._seen[0][0] >= SETTLED:
            self._below = max(self._below, self._seen.popleft()[1])
