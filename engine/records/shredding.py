"""Shredding: a record's content goes for good, its place in the ledger stays.

In one unit: what may change in the row is blanked, its key and salt are deleted, index tokens and files
with it, every room that quotes it forgets, a signed tombstone and a `shred` entry take its place.
Who decides what goes is `engine.retention`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.evidence.leaf import RECORDS, LeafEntry
from engine.evidence.seals import SALT
from engine.evidence.tombstones import (
    SIGNED,
    Cause,
    Shredded,
    digest_of,
    remains_hash,
    statement_of,
    tombstones_of,
)
from engine.records.program import FormProgram
from engine.records.services import Services
from engine.system_tables import leaves, record_keys, tombstones
from engine.tables import Shape
from metamodel.plugin_api import Storage

Forget = Callable[[Unit, Sequence[int]], object]
Row = Mapping[str, Any]
BATCH = 500  # records a unit


class Mark(NamedTuple):
    """By which a record is known from another of the same number: when it was made (microseconds), and what its
    tombstone says, or would say."""

    made: int
    text: str


class Shredder:
    """`forgetting`: rooms that keep words of records elsewhere; the runtime hands them down."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.forgetting: list[Forget] = []

    def shred(
        self, unit: Unit, app: str, form: str, ids: Sequence[int], cause: Cause, by: Viewer = SYSTEM
    ) -> list[int]:
        """Those of these records that went; who was shredded before is left alone. At most BATCH at once."""
        program = self._services.programs.get(app, form)
        rows = self._rows(unit, program, ids)
        if not rows:
            return []
        gone = [row["id"] for row in rows]
        entries = self._bury(unit, program, rows, cause, by)
        self._empty(unit, program, gone)
        for forget in self.forgetting:
            forget(unit, gone)
        self._services.ledger.append(unit, RECORDS, entries)
        return gone

    def purge(self, app: str, form: str) -> None:
        """After the last batch, outside of a unit: nothing of it can be read from the disk any more."""
        program = self._services.programs.get(app, form)
        if program.searchable:
            self._services.search.purge(program.table)
        self._services.database.scrub([program.table.table, record_keys])

    def marks(self, connection: sa.Connection, app: str, form: str, ids: Sequence[int]) -> dict[int, Mark]:
        """Of those of these records that stand here."""
        program = self._services.programs.get(app, form)
        table = program.table.table
        query = sa.select(table.c.id, table.c.created_at, table.c.created_by).where(table.c.id.in_(ids))
        rows = [dict(row) for row in connection.execute(query).mappings()]
        newest = self._newest(connection, ids) if program.form.is_archive else {}
        return {row["id"]: Mark(row["created_at"], _mark(row, newest.get(row["id"]))) for row in rows}

    # -- the row -----------------------------------------------------------------------------------

    def _rows(self, unit: Unit, program: FormProgram, ids: Sequence[int]) -> list[Row]:
        """What stands there, whole and locked until the unit ends."""
        table = program.table.table
        query = sa.select(table).where(table.c.id.in_(sorted(ids))).order_by(table.c.id).with_for_update()
        found = [dict(row) for row in unit.connection.execute(query).mappings()]
        before = tombstones_of(unit.connection, [row["id"] for row in found])
        return [row for row in found if row["id"] not in before]

    def _bury(
        self, unit: Unit, program: FormProgram, rows: Sequence[Row], cause: Cause, by: Viewer
    ) -> list[LeafEntry]:
        """Blanked rows and their tombstones; of an archive the entries that say so."""
        ids = [row["id"] for row in rows]
        newest = self._newest(unit.connection, ids) if program.form.is_archive else {}
        head = {"revision": 0, "updated_at": unit.now, "updated_by": by.person}
        empty = dict.fromkeys(blanked(program))
        stones, entries, told = [], [], []
        for row in rows:
            remaining = {**row, **empty, **head, "revision": row["revision"] + 1}
            last = newest.get(row["id"])
            what = Shredded(
                row["id"], program.app.id, program.form.id, program.version, remaining["revision"], unit.now,
                last.working if last else b"", _mark(row, last),
            )  # fmt: skip
            stone = self._stone(program, what, cause, remaining)
            stones.append(stone)
            digest = digest_of(stone["statement"].encode())
            told.append(_occurrence(what, cause, digest))
            if last is not None:
                place = (what.record, what.revision, what.app, what.form, what.version, what.time)
                entries.append(LeafEntry("shred", *place, last.evidence, digest))
        unit.connection.execute(sa.insert(tombstones), stones)
        self._blank(unit, program, ids, {**empty, **head})
        self._services.audit.add(unit, by, told)
        return entries

    def _stone(self, program: FormProgram, what: Shredded, cause: Cause, remaining: Row) -> dict[str, Any]:
        salt = os.urandom(SALT)
        statement = statement_of(what, cause, remains_hash(program.layout, remaining, salt))
        return {
            "record": what.record, "app": what.app, "form": what.form, "at": what.time, "salt": salt,
            "statement": statement.decode(), "signature": self._services.ledger.sign(SIGNED + statement),
        }  # fmt: skip

    def _newest(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, LeafEntry]:
        """The newest entry of each record."""
        fields = [leaves.c[name] for name in LeafEntry._fields]
        query = sa.select(*fields).where(leaves.c.record.in_(ids), leaves.c.log == RECORDS)
        rows = connection.execute(query.order_by(leaves.c.record, leaves.c.revision))
        return {entry.record: entry for entry in (LeafEntry(*row) for row in rows)}

    def _blank(self, unit: Unit, program: FormProgram, ids: Sequence[int], values: Row) -> None:
        table = program.table.table
        moved = {**values, "revision": table.c.revision + 1}
        unit.connection.execute(sa.update(table).where(table.c.id.in_(ids)).values(moved))
        for link in _blanked_links(program):
            unit.connection.execute(sa.delete(link).where(link.c.record.in_(ids)))

    def _empty(self, unit: Unit, program: FormProgram, ids: Sequence[int]) -> None:
        """Keys, tokens and attachments."""
        unit.connection.execute(sa.delete(record_keys).where(record_keys.c.record.in_(ids)))
        if program.searchable:
            self._services.search.remove(unit, program.table, ids)
        self._services.files.erase(unit, ids)


def _mark(row: Row, newest: LeafEntry | None) -> str:
    """Of an archive what its leaves commit to with salt and data key."""
    return (
        base64.b64encode(newest.evidence).decode() if newest else f"{row['created_at']} {row['created_by']}"
    )


def _occurrence(what: Shredded, cause: Cause, digest: bytes) -> Occurrence:
    detail = {**cause.to_json(), "tombstone": digest.hex()}
    return Occurrence("record.shred", what.app, what.form, what.record, detail=detail)


# -- what stays ------------------------------------------------------------------------------------
def blanked(program: FormProgram) -> list[str]:
    """The columns that are emptied. What stays besides frozen evidence: to whom and to what it belonged,
    its number and its moments."""
    numbers = {field.id for field, _ in program.numbers}
    active = [
        column.name
        for name, column in program.table.fields.items()
        if name not in numbers and _goes(program, program.table.shapes[name])
    ]
    return active + [one.column.name for one in program.table.parked if _goes(program, one.shape)]


def _goes(program: FormProgram, shape: Shape) -> bool:
    if program.form.is_archive and shape.evidence:
        return False
    refers = bool(shape.target) and shape.target != "file"
    return shape.sealed or not (refers or shape.storage is Storage.TIMESTAMP)


def _blanked_links(program: FormProgram) -> Iterator[sa.Table]:
    """The index tables of blanked lists."""
    table = program.table
    yield from (link for name, link in table.links.items() if _goes(program, table.shapes[name]))
    yield from (one.link for one in table.parked if one.link is not None and _goes(program, one.shape))
