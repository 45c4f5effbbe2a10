"""Attachments in the audit log: an entry says which bytes a file's id stands for, from the moment it was kept.

A record holds ids of its files, and its hashes hold those; here an id is tied to a digest. The runtime tells
`FileLog` of every file that is stored; `verify` compares rows with entries, packages carry them.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.layout import hashed
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.evidence.ledger import Ledger
from engine.system_tables import files, leaves

BATCH = 1_000
_COLUMNS = (files.c.id, files.c.digest, files.c.size, files.c.created_at)
LOGGED = sa.and_(leaves.c.log == AUDIT, leaves.c.kind == "file")


class FileLog:
    def __init__(self, database: Database, ledger: Ledger, audit_key: bytes) -> None:
        self._database, self._ledger, self._audit_key = database, ledger, audit_key

    def stored(self, unit: Unit, row: Mapping[str, Any]) -> None:
        """A file's row was made in this unit."""
        self._ledger.append(unit, AUDIT, [file_entry(self._audit_key, row)])

    def begin(self) -> None:
        """What was kept before there was this, once."""
        with self._database.read() as connection:
            if connection.scalar(sa.select(sa.exists().where(LOGGED))):
                return
            rows: Sequence[Any] = (
                connection.execute(sa.select(*_COLUMNS).order_by(files.c.id)).mappings().all()
            )
        for start in range(0, len(rows), BATCH):
            entries = [file_entry(self._audit_key, row) for row in rows[start : start + BATCH]]
            self._database.write(lambda unit, entries=entries: self._ledger.append(unit, AUDIT, entries))  # type: ignore[misc]


def file_salt(audit_key: bytes, identifier: int) -> bytes:
    """Given away with a package that holds the file, so that a stranger can compute its entry."""
    return hmac.digest(audit_key, b"file %d" % identifier, "sha256")


def file_entry(audit_key: bytes, row: Mapping[str, Any] | sa.RowMapping) -> LeafEntry:
    """`record` is the file's id; its name is not in it, names are the record's to tell."""
    told = {"digest": row["digest"], "id": str(row["id"]), "size": str(row["size"])}
    evidence = hashed(file_salt(audit_key, row["id"]), told)
    return LeafEntry("file", row["id"], 0, "", "", 0, row["created_at"], evidence, b"")
