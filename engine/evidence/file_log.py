"""Attachments in the audit log: an entry says which bytes a file's id stands for, from the moment it was kept,
another that it was erased: what is gone without one was taken away.

A record holds ids of its files, and its hashes hold those; here an id is tied to a digest. The runtime tells
`FileLog` of every file that is stored; `verify` compares rows with entries, packages carry them.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.keys import Present
from engine.evidence.layout import hashed
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.evidence.ledger import Ledger
from engine.system_tables import files, leaves

BATCH = 1_000
_COLUMNS = (files.c.id, files.c.digest, files.c.size, files.c.created_at)
LOGGED = sa.and_(leaves.c.log == AUDIT, leaves.c.kind == "file")
ERASED = sa.and_(leaves.c.log == AUDIT, leaves.c.kind == "erased")
MARK = sa.and_(ERASED, leaves.c.record == 0)  # from here on erasing is logged


class FileLog:
    def __init__(self, database: Database, ledger: Ledger, keys: Present) -> None:
        self._database, self._ledger, self._keys = database, ledger, keys
        self._settled = False

    def stored(self, unit: Unit, row: Mapping[str, Any]) -> None:
        """A file's row was made in this unit."""
        self._settle(unit)
        self._ledger.append(unit, AUDIT, [self._entry(row)])

    def erased(self, unit: Unit, identifiers: Sequence[int]) -> None:
        """The rows of these files went in this unit."""
        self._settle(unit)
        self._ledger.append(unit, AUDIT, [erased_entry(one, unit.now) for one in identifiers])

    def begin(self) -> None:
        """What was kept before there was this, once."""
        with self._database.read() as connection:
            self._settled = bool(connection.scalar(sa.select(sa.exists().where(MARK))))
            if self._settled:
                return
            logged = connection.scalar(sa.select(sa.exists().where(LOGGED)))
            all_rows = connection.execute(sa.select(*_COLUMNS).order_by(files.c.id)).mappings()
            rows: Sequence[Any] = () if logged else all_rows.all()
        if logged or rows:
            self._database.write(self._settle)
        for start in range(0, len(rows), BATCH):
            entries = [self._entry(row) for row in rows[start : start + BATCH]]
            self._database.write(lambda unit, entries=entries: self._ledger.append(unit, AUDIT, entries))  # type: ignore[misc]

    def _entry(self, row: Mapping[str, Any] | sa.RowMapping) -> LeafEntry:
        return file_entry(self._keys().audit_at(row["created_at"]), row)

    def _settle(self, unit: Unit) -> None:
        """What was erased before erasing was logged, once: a mark in the log, as of no file, says that it is
        from here on."""
        if self._settled or unit.notes.setdefault("files_settled", False):
            return
        unit.notes["files_settled"] = True
        if not unit.connection.scalar(sa.select(sa.exists().where(MARK))):
            there = sa.exists().where(files.c.id == leaves.c.record)
            gone = unit.connection.scalars(sa.select(leaves.c.record).where(LOGGED, ~there)).all()
            entries = [erased_entry(one, unit.now) for one in (0, *gone)]
            self._ledger.append(unit, AUDIT, entries)
        unit.after_commit(self._is_settled)

    def _is_settled(self) -> None:
        self._settled = True


def file_salt(audit_key: bytes, identifier: int) -> bytes:
    """Given away with a package that holds the file, so that a stranger can compute its entry."""
    return hmac.digest(audit_key, b"file %d" % identifier, "sha256")


def file_entry(audit_key: bytes, row: Mapping[str, Any] | sa.RowMapping) -> LeafEntry:
    """`record` is the file's id; its name is not in it, names are the record's to tell."""
    told = {"digest": row["digest"], "id": str(row["id"]), "size": str(row["size"])}
    evidence = hashed(file_salt(audit_key, row["id"]), told)
    return LeafEntry("file", row["id"], 0, "", "", 0, row["created_at"], evidence, b"")


def erased_entry(identifier: int, time: int) -> LeafEntry:
    """Of a file that went as it should, with its record or after its week; 0: from here on this is logged."""
    return LeafEntry("erased", identifier, 0, "", "", 0, time, bytes(32), b"")
