"""Show me the bytes: what the database really holds of one record, as it lies there. Nothing is decrypted.

For the page and the command with which somebody who manages the keys convinces himself, or an auditor,
that sealed is sealed. Plain columns show only to those who may read them: an administrator does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.evidence.leaf import RECORDS
from engine.records.read import Reader
from engine.records.services import Services
from engine.system_tables import files, leaves, record_keys
from engine.tables import FormTable
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

Kind = Literal["plain", "sealed", "kept_back", "blank", "random", "hash"]
_KINDS: Mapping[str, Kind] = {
    "salt": "random", "wrapped": "sealed", "key_wrapped": "sealed", "name_sealed": "sealed", "hash": "hash",
    "evidence": "hash", "working": "hash", "tokens": "hash", "sz": "plain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One column: `content` is hexadecimal for bytes, blank for what is kept back; `size` in bytes."""

    column: str
    field: str
    kind: Kind
    content: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table (`where`); `name` is row, key, leaf, file or index. No rows: there is nothing."""

    name: str
    where: str
    rows: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class OnDisk:
    """`title` is the form's; the record is named by its id alone."""

    app: str
    form: str
    record: int
    parts: tuple[Part, ...]


class Disk:
    def __init__(self, services: Services, reader: Reader) -> None:
        self._services, self._reader = services, reader

    def look(self, viewer: Viewer, record: str) -> OnDisk:
        """Noted in the audit trail. Rejected (record.unknown)."""
        number = whole_number(record, 0)
        with self._services.database.read() as connection:
            table = self._table_of(connection, number)
            readable = self._readable(viewer, table, record)
            parts = tuple(self._parts(connection, table, number, readable))
        self._services.audit.note(viewer, Occurrence("bytes.show", table.app, table.form, number))
        return OnDisk(table.app, table.form, number, parts)

    def _table_of(self, connection: sa.Connection, record: int) -> FormTable:
        """Ids are unique in the whole database, so one form has it or none."""
        for table in self._services.catalog.all():
            query = sa.select(table.table.c.id).where(table.table.c.id == record)
            if connection.execute(query).first() is not None:
                return table
        raise Rejected([problem("record.unknown", record=record)])

    def _readable(self, viewer: Viewer, table: FormTable, record: str) -> frozenset[str]:
        """Fields whose plain value this viewer may see whole."""
        if viewer.system:
            return frozenset(table.fields)
        try:
            found = self._reader.get(viewer, table.app, table.form, record).access
        except Rejected:
            return frozenset()
        return frozenset(name for name, may in found.items() if may in ("read", "write"))

    # -- the parts ---------------------------------------------------------------------------------
    def _parts(
        self, connection: sa.Connection, table: FormTable, record: int, readable: frozenset[str]
    ) -> Iterator[Part]:
        yield Part("row", table.table.name, (self._row(connection, table, record, readable),))
        yield _part("key", connection, record_keys, record_keys.c.record == record)
        ours = sa.and_(leaves.c.record == record, leaves.c.log == RECORDS)
        yield _part("leaf", connection, leaves, ours)
        yield _part("file", connection, files, files.c.record == record)
        lies = (
            self._services.search.stored(connection, table, record) if _is_indexed(connection, table) else {}
        )
        yield Part("index", f"words_{table.table.name}", (_pieces(lies),) if lies else ())

    def _row(
        self, connection: sa.Connection, table: FormTable, record: int, readable: frozenset[str]
    ) -> tuple[Piece, ...]:
        """Every column, those of parked fields too, which nobody reads any more."""
        raw = sa.select(
            *(sa.type_coerce(column, sa.types.NullType()).label(column.name) for column in table.table.c)
        )
        row = connection.execute(raw.where(table.table.c.id == record)).mappings().one()
        fields = {column.name: field for field, column in table.fields.items()}
        fields |= {parked.column.name: "" for parked in table.parked}
        return tuple(self._piece(name, value, fields, table, readable) for name, value in row.items())

    def _piece(
        self, column: str, value: Any, fields: Mapping[str, str], table: FormTable, readable: frozenset[str]
    ) -> Piece:
        field = fields.get(column)
        plain = _piece(column, value, field or "")
        if value is None or isinstance(value, bytes | memoryview):
            return plain
        if field is None or field in readable:  # the engine's own columns tell nothing of the content
            return plain
        return Piece(column, field, "kept_back", "", plain.size)


def _is_indexed(connection: sa.Connection, table: FormTable) -> bool:
    return sa.inspect(connection).has_table(f"words_{table.table.name}")


def _part(name: str, connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> Part:
    rows = connection.execute(sa.select(table).where(which)).mappings()
    return Part(name, table.name, tuple(_pieces(dict(row)) for row in rows))


def _pieces(row: Mapping[str, Any]) -> tuple[Piece, ...]:
    return tuple(_piece(name, value, "", _KINDS.get(name)) for name, value in row.items())


def _piece(column: str, value: Any, field: str, kind: Kind | None = None) -> Piece:
    if value is None:
        return Piece(column, field, "blank", "", 0)
    if isinstance(value, bytes | memoryview):
        content = bytes(value)
        return Piece(column, field, kind or "sealed", content.hex(), len(content))
    text = str(value)
    return Piece(column, field, kind or "plain", text, len(text.encode()))
