"""The sieve: lets through every record that is plainly in order, by the thousand, and keeps the rest.

Row, key, sealed values, derived indexes and the whole chain of a record's leaves must fit exactly. What
does not is no finding yet: `check_rows.py` looks closely and says what is wrong. Called by `verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.evidence.columns import (
    Columns,
    Objects,
    decimal_texts,
    raw_rows,
    turned,
    types_of,
    unreadable,
)
from engine.evidence.keyed import Keyed, Link, Only
from engine.evidence.layout import Column
from engine.evidence.leaf import RECORDS
from engine.evidence.seals import Seals, commitment
from engine.system_tables import leaves, record_keys

Row = Sequence[Any]
BATCH = 2048  # rows turned at a time
_CHAIN = ("record", "revision", "kind", "app", "form", "evidence", "working")


class Opened(NamedTuple):
    """A record's key, unwrapped."""

    salt: bytes
    key: bytes
    commitment: bytes


@dataclass
class Range:
    """What there is on some records besides their rows; tables take theirs out of it."""

    connection: sa.Connection
    only: Only
    keys: dict[Any, Row] = field(default_factory=dict)
    chains: dict[Any, list[Row]] = field(default_factory=dict)  # leaves by revision
    doubts: set[Any] = field(default_factory=set)
    rows: int = 0
    number_of_keys: int = 0

    def read(self) -> None:
        columns = (record_keys.c[name] for name in ("record", "salt", "master", "wrapped"))
        for record, *key in raw_rows(
            self.connection, sa.select(*columns).where(self.only(record_keys.c.record))
        ):
            self.keys[record] = key
        self.number_of_keys = len(self.keys)
        query = sa.select(*(leaves.c[name] for name in _CHAIN)).where(
            leaves.c.log == RECORDS, self.only(leaves.c.record)
        )
        for leaf in raw_rows(self.connection, query.order_by(leaves.c.record, leaves.c.revision)):
            self.chains.setdefault(leaf[0], []).append(leaf)


class Sieve:
    """`opening`: sealed values are opened too, not only hashed as they lie there."""

    def __init__(self, tables: Sequence[Keyed], seals: Seals, opening: bool) -> None:
        self._tables = [TableSieve(keyed, seals, opening) for keyed in tables]

    def sift(self, connection: sa.Connection, only: Only) -> Range:
        """With the records to look at closely in `doubts`; all of them, where one cannot even be read."""
        found = Range(connection, only)
        try:
            found.read()
            for table in self._tables:
                table.sift(found)
            found.doubts.update(found.chains, found.keys)  # no row took them
        except unreadable(connection):
            found.doubts.update(self._everybody(connection, only))
        return found

    def _everybody(self, connection: sa.Connection, only: Only) -> Iterator[Any]:
        own = [table.id_column for table in self._tables]
        for column in (leaves.c.record, record_keys.c.record, *own):
            yield from (row[0] for row in raw_rows(connection, sa.select(column).where(only(column))))


class TableSieve:
    """Of one form's table."""

    def __init__(self, keyed: Keyed, seals: Seals, opening: bool) -> None:
        self._keyed, self._seals, self._opening = keyed, seals, opening
        columns = [Column("id", int), *keyed.layout.evidence, *keyed.layout.working]
        self._names, self._types = [c.name for c in columns], [c.type for c in columns]
        self._place = {name: place for place, name in enumerate(self._names)}
        self._evidence = RowHashes(keyed.layout.evidence, self._place)
        self._working = RowHashes(keyed.layout.working, self._place)
        self._sealed = [(name, self._place[column]) for name, column in keyed.sealed]

    @property
    def id_column(self) -> sa.Column[Any]:
        return self._keyed.table.table.c.id

    def sift(self, range_: Range) -> None:
        table = self._keyed.table.table
        query = sa.select(*(table.c[name] for name in self._names)).where(range_.only(table.c.id))
        rows = raw_rows(range_.connection, query)
        range_.rows += len(rows)
        for start in range(0, len(rows), BATCH):
            self._batch(range_, rows[start : start + BATCH])
        for link in self._keyed.links:
            self._check_link(range_, link, rows)

    def _batch(self, range_: Range, rows: Sequence[Row]) -> None:
        """Whoever drops out on the way is a doubt."""
        columns = turned(rows, len(self._names))
        left = rows if self._of_right_types(columns) else [row for row in rows if self._fits(row)]
        keys = self._open([range_.keys.pop(row[0], None) for row in left], left)
        if self._opening:
            keys = [
                key if key and self._opens(row, key) else None for row, key in zip(left, keys, strict=True)
            ]
        if None in keys:
            left = [row for row, key in zip(left, keys, strict=True) if key is not None]
        if len(left) < len(rows):
            there = {row[0] for row in left}
            range_.doubts.update(row[0] for row in rows if row[0] not in there and self._needs_key(row))
            columns = turned(left, len(self._names))
        if self._keyed.table.is_archive:
            self._compare(range_, columns, [key for key in keys if key is not None])

    def _needs_key(self, row: Row) -> bool:
        return self._keyed.table.is_archive or any(row[place] is not None for _, place in self._sealed)

    def _of_right_types(self, columns: Columns) -> bool:
        """SQLite would take anything anywhere."""
        kinds = zip(columns, self._types, strict=True)
        return all(types_of(column) <= {type_, type(None)} for column, type_ in kinds)

    def _fits(self, row: Row) -> bool:
        return all(v is None or type(v) is type_ for v, type_ in zip(row, self._types, strict=True))

    # -- keys and sealed values ------------------------------------------------------------------------
    def _open(self, keys: Sequence[Row | None], rows: Sequence[Row]) -> list[Opened | None]:
        asked = [
            (row[0], key[1], key[2]) if key else (row[0], "", b"")
            for row, key in zip(rows, keys, strict=True)
        ]
        found = self._seals.unwrap_all(asked)
        return [
            Opened(key[0], data_key, commitment(data_key))
            if key and data_key and type(key[0]) is bytes
            else None
            for key, data_key in zip(keys, found, strict=True)
        ]

    def _opens(self, row: Row, key: Opened) -> bool:
        sealed = [(name, row[place]) for name, place in self._sealed if row[place] is not None]
        return not sealed or self._seals.opens_all(key.key, row[0], sealed)

    # -- hashes ----------------------------------------------------------------------------------------
    def _compare(self, range_: Range, columns: Columns, keys: Sequence[Opened]) -> None:
        """Both hashes of every row with its chain of leaves."""
        evidence, working = self._evidence.of(columns, keys), self._working.of(columns, keys)
        form = (self._keyed.table.app, self._keyed.table.form)
        revisions, chains = columns[self._place["revision"]], range_.chains
        for record, revision, own, moving in zip(columns[0], revisions, evidence, working, strict=True):
            chain: Sequence[Row] = chains.pop(record, ())
            if revision == 1:
                fits = chain == [(record, 1, "create", *form, own, moving)]
            else:
                fits = _follows(chain, revision, (*form, own)) and chain[-1][6] == moving
            if not fits:
                range_.doubts.add(record)

    # -- derived indexes -------------------------------------------------------------------------------
    def _check_link(self, range_: Range, link: Link, rows: Sequence[Row]) -> None:
        query = sa.select(link.table.c.record, link.table.c.value).where(range_.only(link.table.c.record))
        there = set(raw_rows(range_.connection, query))
        place, expected = self._place[link.column], link.expected
        wanted = {
            (row[0], value)
            for row in rows
            if row[place] is not None and row[0] not in range_.doubts
            for value in expected(row[place])
        }
        range_.doubts.update(record for record, _ in there ^ wanted)


def _follows(chain: Sequence[Row], revision: Any, fixed: Row) -> bool:
    """Revisions 1, 2, 3 … up to the row's, all of the same form and evidence."""
    expected = [
        (number, "create" if number == 1 else "change", *fixed) for number in range(1, len(chain) + 1)
    ]
    return len(chain) == revision and [leaf[1:6] for leaf in chain] == expected


class RowHashes:
    """One of the two hashes of many rows: SHA-256(salt ‖ canonical JSON of these columns and "key")."""

    def __init__(self, part: Sequence[Column], place: Mapping[str, int]) -> None:
        self._columns = [(place[name], type_ is int) for name, type_ in part]
        self._objects = Objects([*(name for name, _ in part), "key"])

    def of(self, columns: Columns, keys: Collection[Opened]) -> list[bytes]:
        texts: list[Sequence[Any]] = [
            decimal_texts(columns[place]) if number else columns[place] for place, number in self._columns
        ]
        lines = self._objects.encode([*texts, [key.commitment for key in keys]])
        return [sha256(key.salt + line).digest() for key, line in zip(keys, lines, strict=True)]
