"""Checks every archived record: its row against its newest leaf, its key, its sealed values, its links.

Rows of all tables, keys and leaves come as streams in order of record id and are walked together, so
memory stays small whatever the size. Called by `verify`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from engine.evidence.check_logs import STREAM
from engine.evidence.findings import Report
from engine.evidence.layout import Layout
from engine.evidence.leaf import RECORDS, LeafEntry
from engine.evidence.seals import BrokenSeal, RecordKey, Seals
from engine.system_tables import leaves, record_keys
from engine.tables import FormTable
from engine.values import decoder, link_values
from metamodel.forms import Form

T = TypeVar("T")
Row = dict[str, Any]
FormOf = Callable[[str, str], Form | None]


def entries_by_record(connection: sa.Connection, log: str) -> Iterator[LeafEntry]:
    """A log's entries by record and revision. The index is walked whole and the log picked out here:
    the database would sort all of it."""
    fields = [leaves.c[name] for name in LeafEntry._fields]
    query = sa.select(leaves.c.log, *fields).order_by(leaves.c.record, leaves.c.revision)
    for name, *columns in connection.execute(query, execution_options=STREAM):
        entry = LeafEntry(*columns)
        if name == log and type(entry.record) is int:  # another type is found with the logs
            yield entry


class Stream(Generic[T]):
    """Items in order of record id, taken a record at a time."""

    def __init__(self, items: Iterator[tuple[int, T]]) -> None:
        self._items = items
        self._head = next(items, None)

    @property
    def next_record(self) -> int | None:
        return self._head[0] if self._head is not None else None

    def take(self, record: int) -> list[T]:
        """All items of this record."""
        found = []
        while self._head is not None and self._head[0] == record:
            found.append(self._head[1])
            self._head = next(self._items, None)
        return found


@dataclass(frozen=True)
class Keyed:
    """A form table whose records have keys."""

    table: FormTable
    layout: Layout
    sealed: Sequence[tuple[str, str]]  # (field, column)

    @classmethod
    def of(cls, table: FormTable) -> Keyed:
        sealed = [(field, table.fields[field].name) for field in sorted(table.sealed)]
        sealed += [(parked.field, parked.column.name) for parked in table.parked if parked.shape.sealed]
        return cls(table, Layout.of(table), sealed)

    @property
    def has_keys(self) -> bool:
        return self.table.is_archive or bool(self.sealed)


class RowCheck:
    """`form_of` gives the published form, None where it is gone or cannot be read. Forms in `skipped`
    cannot be judged and have no table here."""

    def __init__(
        self, connection: sa.Connection, tables: Sequence[FormTable], skipped: Container[tuple[str, str]],
        seals: Seals, form_of: FormOf, report: Report, step: Callable[[], object],
    ) -> None:  # fmt: skip
        self._connection, self._seals, self._report, self._step = connection, seals, report, step
        self._skipped = skipped
        self._tables = [keyed for keyed in map(Keyed.of, tables) if keyed.has_keys]
        self._links = {id(keyed): self._link_checks(keyed, form_of) for keyed in self._tables}

    def run(self) -> None:
        rows = Stream(heapq.merge(*map(self._rows, self._tables), key=lambda item: item[0]))
        keys, entries = Stream(self._keys()), Stream(self._entries())
        streams: tuple[Stream[Any], ...] = (rows, keys, entries)
        while heads := [stream.next_record for stream in streams if stream.next_record is not None]:
            record = min(heads)
            self._record(record, rows.take(record), keys.take(record), entries.take(record))
        for checks in self._links.values():
            for check in checks:
                check.rest()

    # -- streams -------------------------------------------------------------------------------------
    def _rows(self, keyed: Keyed) -> Iterator[tuple[int, tuple[Keyed, Row]]]:
        table = keyed.table.table
        names = table.columns.keys()
        query = sa.select(table).order_by(table.c.id)
        for row in self._connection.execute(query, execution_options=STREAM):
            yield row.id, (keyed, dict(zip(names, row, strict=True)))
            self._step()

    def _keys(self) -> Iterator[tuple[int, Row]]:
        query = sa.select(record_keys).order_by(record_keys.c.record)
        for row in self._connection.execute(query, execution_options=STREAM).mappings():
            yield row["record"], dict(row)

    def _entries(self) -> Iterator[tuple[int, LeafEntry]]:
        for entry in entries_by_record(self._connection, RECORDS):
            yield entry.record, entry

    # -- one record ------------------------------------------------------------------------------------
    def _record(
        self, record: int, rows: list[tuple[Keyed, Row]], keys: list[Row], entries: list[LeafEntry]
    ) -> None:
        newest = entries[-1] if entries else None
        if not rows:
            self._gone(record, newest, bool(keys))
        for keyed, row in rows[1:]:
            self._report.add("row_twice", keyed.table.app, keyed.table.form, row["id"])
        for keyed, row in rows[:1]:
            self._report.counts["records"] += 1
            try:
                self._row(keyed, row, keys[0] if keys else None, entries)
            except (TypeError, ValueError, AttributeError):
                self._report.add("row_unreadable", keyed.table.app, keyed.table.form, record)

    def _gone(self, record: int, newest: LeafEntry | None, has_key: bool) -> None:
        if newest is not None and (newest.app, newest.form) in self._skipped:
            return
        if newest is not None and newest.kind != "shred":
            self._report.add("row_missing", newest.app, newest.form, record)
        elif has_key:
            self._report.add("key_orphan", record=record)

    def _row(self, keyed: Keyed, row: Row, key_row: Row | None, entries: list[LeafEntry]) -> None:
        table, record = keyed.table, row["id"]
        place = (table.app, table.form, record)
        if not table.is_archive:
            self._sealed(keyed, row, self._key(place, key_row))
            return
        if not entries:
            self._report.add("row_unlogged", *place)
        else:
            self._history(place, row, entries)
        for check in self._links[id(keyed)]:
            check.compare(record, row)
        if entries and entries[-1].kind == "shred":
            if key_row is not None:
                self._report.add("key_orphan", *place)
            return
        for column in keyed.layout.misfits(row):
            self._report.add("wrong_type", *place, column=column)
        key = self._key(place, key_row, needed=True)
        if key is not None and entries:
            self._hashes(keyed, row, key, entries[-1])
        self._sealed(keyed, row, key)

    def _history(self, place: tuple[str, str, int], row: Row, entries: list[LeafEntry]) -> None:
        """Revisions 1, 2, 3 … of the same record, the row being the newest."""
        chain = [(entry.kind == "create", entry.revision) for entry in entries]
        if chain != [(number == 1, number) for number in range(1, len(entries) + 1)]:
            self._report.add("history_broken", *place)
        if {(entry.app, entry.form, entry.evidence) for entry in entries} != {
            (*place[:2], entries[-1].evidence)
        }:
            self._report.add("history_broken", *place)
        if entries[-1].kind != "shred" and row["revision"] != entries[-1].revision:
            self._report.add("revision_differs", *place)

    def _key(self, place: tuple[str, str, int], row: Row | None, needed: bool = False) -> RecordKey | None:
        if row is None:
            if needed:
                self._report.add("key_missing", *place)
            return None
        self._report.counts["keys"] += 1
        try:
            return self._seals.opened(row)
        except (BrokenSeal, TypeError):
            self._report.add("key_broken", *place)
            return None

    def _hashes(self, keyed: Keyed, row: Row, key: RecordKey, entry: LeafEntry) -> None:
        evidence, working = keyed.layout.hashes(row, key.salt, key.commitment)
        place = (keyed.table.app, keyed.table.form, key.record)
        if evidence != entry.evidence:
            self._report.add("evidence_changed", *place)
        if working != entry.working:
            self._report.add("working_changed", *place)

    def _sealed(self, keyed: Keyed, row: Row, key: RecordKey | None) -> None:
        for field, column in keyed.sealed:
            if row[column] is None:
                continue
            try:
                if key is None:
                    raise BrokenSeal("no key")
                self._seals.open(key, field, key.record, row[column])
            except BrokenSeal:
                self._report.add("seal_broken", keyed.table.app, keyed.table.form, row["id"], field=field)

    def _link_checks(self, keyed: Keyed, form_of: FormOf) -> list[LinkCheck]:
        """Of archives only; elsewhere the index is nobody's evidence."""
        table = keyed.table
        form = form_of(table.app, table.form) if table.is_archive else None
        checks = []
        for name, link in table.links.items():
            field = form.field(name) if form is not None else None
            if field is not None and field.usable:
                items, decode = link_values(field), decoder(field)
                column = table.fields[name].name
                checks.append(
                    LinkCheck(
                        self._connection, table, name, link, self._report, _expected(column, decode, items)
                    )
                )
        return checks


def _expected(
    column: str, decode: Callable[[Any], Any], items: Callable[[Any], list[Any]]
) -> Callable[[Mapping[str, Any]], set[Any]]:
    return lambda row: set(items(decode(row[column]))) if row[column] is not None else set()


class LinkCheck:
    """One derived index table, walked along with the rows it was derived from."""

    def __init__(
        self, connection: sa.Connection, table: FormTable, field: str, link: sa.Table, report: Report,
        expected: Callable[[Mapping[str, Any]], set[Any]],
    ) -> None:  # fmt: skip
        self._table, self._field, self._report, self._expected = table, field, report, expected
        query = sa.select(link.c.record, link.c.value).order_by(link.c.record)
        rows = connection.execute(query, execution_options=STREAM)
        self._groups = groupby(rows, lambda row: row.record)
        self._record: Any = None
        self._values: set[Any] = set()
        self._advance()

    def compare(self, record: int, row: Mapping[str, Any]) -> None:
        while type(self._record) is int and self._record < record:
            self._differs(self._record)
            self._advance()
        found: set[Any] = set()
        if self._record == record:
            found = self._values
            self._advance()
        if found != self._expected(row):
            self._differs(record)

    def rest(self) -> None:
        """What is left belongs to no record."""
        while self._record is not None:
            self._differs(self._record)
            self._advance()

    def _advance(self) -> None:
        record, rows = next(self._groups, (None, ()))
        self._record, self._values = record, {row.value for row in rows}

    def _differs(self, record: object) -> None:
        self._report.add("link_differs", self._table.app, self._table.form, record, field=self._field)
