"""Looks closely at single records: row against newest leaf, key, sealed values, derived indexes, and says
by its name what is wrong.

Called by `verify` for the records the sieve kept back.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from typing import Any

import sqlalchemy as sa

from engine.evidence.columns import unreadable
from engine.evidence.findings import Report
from engine.evidence.keyed import Keyed
from engine.evidence.leaf import RECORDS, LeafEntry
from engine.evidence.seals import BrokenSeal, RecordKey, Seals
from engine.system_tables import leaves, record_keys

Row = dict[str, Any]
FEW = 250  # records looked at together


class RowCheck:
    """Records of forms in `skipped` cannot be judged and have no table here."""

    def __init__(
        self, connection: sa.Connection, tables: Sequence[Keyed], skipped: Container[tuple[str, str]],
        seals: Seals, report: Report, opening: bool = True,
    ) -> None:  # fmt: skip
        self._connection, self._tables, self._skipped = connection, tables, skipped
        self._seals, self._report, self._opening = seals, report, opening

    def run(self, records: Collection[int]) -> None:
        ordered = sorted(records)
        for start in range(0, len(ordered), FEW):
            self._look_at(ordered[start : start + FEW])

    def _look_at(self, records: Sequence[int]) -> None:
        """All at once; one by one where one cannot be read."""
        try:
            rows = [(keyed, self._read(keyed.table.table, "id", records)) for keyed in self._tables]
            keys, entries = self._read(record_keys, "record", records), self._entries(records)
        except unreadable(self._connection):
            if len(records) == 1:
                self._report.add("row_unreadable", record=records[0])
            else:
                for record in records:
                    self._look_at([record])
            return
        for record in records:
            mine = [(keyed, row) for keyed, found in rows for row in found.get(record, ())]
            self._record(record, mine, keys.get(record, []), entries.get(record, []))

    def _read(self, table: sa.Table, key: str, records: Sequence[int]) -> dict[int, list[Row]]:
        query = sa.select(table).where(table.c[key].in_(records))
        found: dict[int, list[Row]] = {}
        for row in self._connection.execute(query).mappings():
            found.setdefault(row[key], []).append(dict(row))
        return found

    def _entries(self, records: Sequence[int]) -> dict[int, list[LeafEntry]]:
        query = sa.select(*(leaves.c[name] for name in LeafEntry._fields))
        mine = query.where(leaves.c.log == RECORDS, leaves.c.record.in_(records))
        found: dict[int, list[LeafEntry]] = {}
        for row in self._connection.execute(mine.order_by(leaves.c.record, leaves.c.revision)):
            found.setdefault(row.record, []).append(LeafEntry(*row))
        return found

    # -- one record ------------------------------------------------------------------------------------
    def _record(
        self, record: int, rows: list[tuple[Keyed, Row]], keys: list[Row], entries: list[LeafEntry]
    ) -> None:
        newest = entries[-1] if entries else None
        if not rows:
            self._gone(record, newest, bool(keys))
            self._stray_links(record)
        for keyed, row in rows[1:]:
            self._report.add("row_twice", keyed.table.app, keyed.table.form, row["id"])
        for keyed, row in rows[:1]:
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

    def _stray_links(self, record: int) -> None:
        for keyed in self._tables:
            for link in keyed.links:
                if self._connection.scalar(sa.select(sa.exists().where(link.table.c.record == record))):
                    place = (keyed.table.app, keyed.table.form, record)
                    self._report.add("link_differs", *place, field=link.field)

    def _row(self, keyed: Keyed, row: Row, key_row: Row | None, entries: list[LeafEntry]) -> None:
        table, record = keyed.table, row["id"]
        place = (table.app, table.form, record)
        if not table.is_archive:
            if entries:  # only what an archive holds is logged
                self._report.add("history_broken", *place)
            self._sealed(keyed, row, self._key(place, key_row))
            return
        if not entries:
            self._report.add("row_unlogged", *place)
        else:
            self._history(place, row, entries)
        self._check_links(keyed, row)
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
            if row[column] is None or (not self._opening and key is not None):
                continue
            try:
                if key is None:
                    raise BrokenSeal("no key")
                self._seals.open(key, field, key.record, row[column])
            except BrokenSeal:
                self._report.add("seal_broken", keyed.table.app, keyed.table.form, row["id"], field=field)

    def _check_links(self, keyed: Keyed, row: Row) -> None:
        place = (keyed.table.app, keyed.table.form, row["id"])
        for link in keyed.links:
            query = sa.select(link.table.c.value).where(link.table.c.record == row["id"])
            if set(self._connection.scalars(query)) != link.expected(row[link.column]):
                self._report.add("link_differs", *place, field=link.field)
