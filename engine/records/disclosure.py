"""Disclosure: what of a record and of its evidence may leave the house for one viewer, read in one snapshot.

A record has one data key and one salt. The key opens every sealed value of it; with the salt, short plain
values can be guessed and compared with the hashes of the ledger. So the salt goes out only with all plain
columns, the key only with all fields (docs/evidence.md says what can then be checked). Called by packages.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import Way, best_access
from engine.evidence.file_log import LOGGED
from engine.evidence.leaf import AUDIT, RECORDS, LeafEntry, entry_bytes
from engine.evidence.seals import RecordKey
from engine.records.attached import opens
from engine.records.finding import found_ids
from engine.records.program import FormProgram
from engine.records.query import Query
from engine.records.read import Reader
from engine.records.references import show, title
from engine.records.rows import Row
from engine.records.services import Services
from engine.system_tables import leaves, record_keys, tombstones
from engine.tables import Shape
from metamodel.plugin_api import Display, Storage
from metamodel.problems import Rejected, problem

BATCH = 200
Proof = Literal["content", "columns", "existence", "statement"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision in the log: its position and the bytes whose hash stands there."""

    position: int
    text: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """That a file's id stands for these bytes, in the audit log; the salt makes its entry computable."""

    position: int
    text: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Disclosed:
    """`stored`: field id -> stored form (before sealing, numbers as digits) of what may be read unmasked;
    `columns`: physical name -> what stands in the row. `key` only where `proof` is content; salt,
    commitment and columns there and where it is columns; a `statement` has no entries at all."""

    id: int
    revision: int
    title: str
    created_at: int
    created_by: str
    proof: Proof
    stored: Mapping[str, Any]
    masked: tuple[str, ...]
    shown: Mapping[str, str]
    files: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Any]
    entries: tuple[Entry, ...]
    tombstone: tuple[str, bytes] | None = None  # statement and signature, of a record that was shredded
    key: bytes | None = None
    salt: bytes | None = None
    commitment: bytes | None = None


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A physical column of a form and what lies in it; `field` is empty for the engine's own."""

    name: str
    field: str
    shape: Shape
    parked: bool = False


class Disclosures:
    """Everything here is bounded by the ways that allow `export`."""

    def __init__(self, services: Services, reader: Reader, file_salt: Callable[[int, int], bytes]) -> None:
        """`file_salt` of a file's id and the moment it was kept."""
        self._services, self._reader, self._file_salt = services, reader, file_salt

    # -- which records -----------------------------------------------------------------------------

    def found(self, viewer: Viewer, app: str, form: str, query: Query) -> array[int]:
        """Ids of everything a query finds that this viewer may export, oldest first. Rejected
        (access.denied) when he may export nothing of the form; query.*."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self._reader.selection(connection, viewer, program, query)
            visible = _exporting(selection.visible)
            if not visible.ways:
                raise Rejected([problem("access.denied")])
            return found_ids(self._reader, connection, viewer, replace(selection, visible=visible))

    def pointing(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, field: str, at: Sequence[int]
    ) -> list[int]:
        """Ids of records whose link `field` holds one of `at`, as far as this viewer may export them."""
        visible = _exporting(self._reader.rows.visible(connection, viewer, program)).reading([field])
        if not visible.ways:
            return []
        own, index = program.table.table.c.id, program.table.links.get(field)
        found: set[int] = set()
        for chunk in _chunks(at):
            if index is None:
                where = program.table.column(field).in_(chunk)
            else:
                where = own.in_(sa.select(index.c.record).where(index.c.value.in_(chunk)))
            found.update(connection.scalars(visible.ids().where(where)))
        return sorted(found)

    def in_order(
        self, connection: sa.Connection, program: FormProgram, ids: Sequence[int], by: Sequence[str]
    ) -> array[int]:
        """These ids sorted by plain fields, blanks first, then by id: conversations in one piece."""
        own = program.table.table.c.id
        shapes = program.table.shapes
        columns = [program.table.column(name) for name in by if name in shapes and not shapes[name].sealed]
        if not columns:
            return array("q", sorted(ids))
        found: list[tuple[Any, ...]] = []
        for chunk in _chunks(ids):
            found += [
                tuple(row) for row in connection.execute(sa.select(*columns, own).where(own.in_(chunk)))
            ]
        found.sort(key=lambda row: tuple((value is not None, value) for value in row))  # (False, None) first
        return array("q", (row[-1] for row in found))

    # -- what of them ------------------------------------------------------------------------------

    def of(self, viewer: Viewer, program: FormProgram, ids: Sequence[int]) -> Iterator[Disclosed]:
        """In the order of `ids`, a batch a snapshot; ids that may not be exported (any more) are left out."""
        for chunk in _chunks(ids):
            with self._services.database.read() as connection:
                yield from self._batch(connection, viewer, program, chunk)

    def _batch(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, ids: Sequence[int]
    ) -> list[Disclosed]:
        rows = self._rows(connection, viewer, program, ids)
        references, read = self._reader.references, list(rows.values())
        foreign = references.strangers(connection, viewer, program, read, "export")
        display = references.display(connection, viewer, program, read, foreign=foreign)
        stored = self._stored(connection, program, list(rows))
        entries = self._entries(connection, list(rows)) if program.form.is_archive else {}
        stones = self._tombstones(connection, list(rows))
        return [
            self._disclose(program, rows[i], stored[i], entries.get(i, ()), stones.get(i), display, foreign)
            for i in ids
            if i in rows
        ]

    def file_entries(self, identifiers: Sequence[str]) -> dict[str, FileEntry]:
        """What the audit log says of these files, by id; those without an entry are absent."""
        found: dict[str, FileEntry] = {}
        own = [leaves.c.position, *(leaves.c[name] for name in LeafEntry._fields)]
        for chunk in _chunks([int(identifier) for identifier in identifiers]):
            query = sa.select(*own).where(LOGGED, leaves.c.record.in_(chunk))
            with self._services.database.read() as connection:
                for row in connection.execute(query):
                    text, salt = (
                        entry_bytes(AUDIT, LeafEntry(*row[1:])),
                        self._file_salt(row.record, row.time),
                    )
                    found[str(row.record)] = FileEntry(row.position, text, salt)
        return found

    def _rows(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, ids: Sequence[int]
    ) -> dict[int, Row]:
        visible = _exporting(self._reader.rows.visible(connection, viewer, program))
        fields = tuple(program.fields)
        statement = self._reader.rows.select(program, visible, fields)
        statement = statement.where(program.table.table.c.id.in_(ids))
        found = self._reader.rows.fetch(connection, viewer, program, visible, statement, fields)
        return {row.id: row for row in found}

    def _stored(
        self, connection: sa.Connection, program: FormProgram, ids: Sequence[int]
    ) -> dict[int, Mapping[str, Any]]:
        """The rows as they lie there, beside what is kept of their keys."""
        table = program.table.table
        keys = [record_keys.c.record, record_keys.c.salt, record_keys.c.master, record_keys.c.wrapped]
        joined = table.outerjoin(record_keys, record_keys.c.record == table.c.id)
        query = sa.select(*table.columns, *keys).select_from(joined).where(table.c.id.in_(ids))
        return {row["id"]: dict(row) for row in connection.execute(query).mappings()}

    def _entries(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[Entry, ...]]:
        own = [leaves.c.position, *(leaves.c[name] for name in LeafEntry._fields)]
        query = sa.select(*own).where(leaves.c.log == RECORDS, leaves.c.record.in_(ids))
        rows = connection.execute(query.order_by(leaves.c.record, leaves.c.revision, leaves.c.position))
        return {
            record: tuple(
                Entry(row[0], entry_bytes(RECORDS, LeafEntry(*row[1:])), row.kind) for row in of_record
            )
            for record, of_record in groupby(rows, lambda row: row.record)
        }

    def _tombstones(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[str, bytes]]:
        query = sa.select(tombstones.c.record, tombstones.c.statement, tombstones.c.signature)
        rows = connection.execute(query.where(tombstones.c.record.in_(ids)))
        return {row.record: (row.statement, row.signature) for row in rows}

    def _disclose(
        self, program: FormProgram, row: Row, raw: Mapping[str, Any], entries: Sequence[Entry],
        tombstone: tuple[str, bytes] | None, display: Display, foreign: frozenset[str],
    ) -> Disclosed:  # fmt: skip
        key = self._services.seals.opened(raw) if raw["wrapped"] is not None else None
        proof = how_far(program, row.ways, bool(entries), key is not None)
        shut = {"existence", "statement"}
        return Disclosed(
            id=row.id, revision=row.system["revision"], title=title(program, row, display),
            created_at=row.system["created_at"], created_by=row.system["created_by"], proof=proof,
            stored=self._readable(program, row, raw, key),
            masked=tuple(n for n in program.fields if row.access[n] == "mask" and row.values.get(n) is not None),
            shown={n: text for n, f in program.fields.items() if (text := show(f, row, display))},
            files=_files(program, row, foreign), entries=tuple(entries), tombstone=tombstone,
            columns={} if proof in shut else {c.name: raw[c.name] for c in columns_of(program)},
            key=key.key if key and proof == "content" else None,
            salt=key.salt if key and proof not in shut else None,
            commitment=key.commitment if key and proof not in shut else None,
        )  # fmt: skip

    def _readable(
        self, program: FormProgram, row: Row, raw: Mapping[str, Any], key: RecordKey | None
    ) -> dict[str, Any]:
        """Stored forms of the fields that are read as they are."""
        found: dict[str, Any] = {}
        for field in program.stored:
            held = raw[program.physical[field.id]]
            if held is None or row.access[field.id] not in ("read", "write"):
                continue
            if not field.field.sealed:
                found[field.id] = held if isinstance(held, bytes) else str(held)
            elif key is not None:
                plain = self._services.seals.open(key, field.id, row.id, held)
                whole = program.table.shapes[field.id].storage is Storage.BYTES
                found[field.id] = plain if whole else plain.decode()
        return found


def how_far(program: FormProgram, ways: Sequence[Way], logged: bool, keyed: bool) -> Proof:
    """How far a stranger may be able to recompute a record that is read by these ways. A field that was
    parked counts as what the authority says of its name."""
    if not logged:
        return "statement"
    closed = [c for c in columns_of(program) if c.field and best_access(ways, c.field) in ("hide", "mask")]
    if not keyed or any(not column.shape.sealed for column in closed):
        return "existence"
    return "columns" if closed else "content"


def columns_of(program: FormProgram) -> list[PlacedColumn]:
    """Every column of the form that the hashes hold, but the key's commitment."""
    table = program.table
    fields = [PlacedColumn(c.name, name, table.shapes[name]) for name, c in table.fields.items()]
    parked = [PlacedColumn(p.column.name, p.field, p.shape, True) for p in table.parked]
    own = {c.name for c in fields} | {c.name for c in parked} | {"id"}
    system = [PlacedColumn(c.name, "", Shape()) for c in table.table.columns if c.name not in own]
    return [*fields, *parked, *system]


def _exporting(visible: Visible) -> Visible:
    return visible.restricted(way for way in visible.ways if "export" in way.actions)


def _files(program: FormProgram, row: Row, foreign: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Ids of the attachments, by the field they are in, that may be opened."""
    return {
        f.id: tuple(one for one in f.files(row.values[f.id]) if one not in foreign)
        for f in program.file_fields
        if row.values.get(f.id) and opens(program, row, f)
    }


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    return (list(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
