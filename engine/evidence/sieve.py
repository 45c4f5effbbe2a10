"""The sieve: lets through every record that is plainly in order, by the hundred, and keeps the rest.

Row, key, sealed values, derived indexes and the whole chain of a record's leaves must fit exactly. What
does not is no finding yet: `check_rows.py` looks closely and says what is wrong. Called by `verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import compress
from typing import Any

import sqlalchemy as sa

from engine.evidence.columns import (
    Columns,
    Misfit,
    Row,
    canonical_lines,
    is_blank,
    raw_batches,
    raw_rows,
    turned,
    unreadable,
    written,
)
from engine.evidence.keyed import Keyed, Link, Only
from engine.evidence.layout import Column
from engine.evidence.leaf import RECORDS
from engine.evidence.seals import BrokenSeal, Seals, commitments
from engine.system_tables import leaves, record_keys

_KEY = ("salt", "master", "wrapped")
_LEAF = {"logged_evidence": "evidence", "logged_working": "working"}
_CHAIN = ("record", "revision", "kind", "app", "form", "evidence")


@dataclass
class Found:
    """What came of the records in a range. `chains`: the leaves of those that have other leaves than the one
    of their creation, by revision."""

    connection: sa.Connection
    only: Only
    chains: dict[Any, list[Row]]
    doubts: set[Any] = field(default_factory=set)
    records: set[Any] = field(default_factory=set)  # that have a row
    keys: int = 0  # of those that are in order
    leaves: dict[Any, int] = field(default_factory=dict)  # how many belong to each of those

    @classmethod
    def begin(cls, connection: sa.Connection, only: Only) -> Found:
        mine = sa.and_(leaves.c.log == RECORDS, only(leaves.c.record))
        changed = sa.select(leaves.c.record).where(mine, leaves.c.revision != 1)
        query = sa.select(*(leaves.c[name] for name in _CHAIN)).where(mine, leaves.c.record.in_(changed))
        chains: dict[Any, list[Row]] = {}
        for record, *leaf in raw_rows(connection, query.order_by(leaves.c.record, leaves.c.revision)):
            chains.setdefault(record, []).append(tuple(leaf))
        return cls(connection, only, chains)

    def meet(self, records: Sequence[Any]) -> None:
        """Rows with these ids; nobody has two, nor a creation twice."""
        there = len(self.records)
        self.doubts.update(self.records.intersection(records))
        self.records.update(records)
        if len(self.records) < there + len(records):
            self.doubts.update(record for record, number in Counter(records).items() if number > 1)


class Sieve:
    """`opening`: sealed values are opened too, not only hashed as they lie there."""

    def __init__(self, tables: Sequence[Keyed], seals: Seals, opening: bool) -> None:
        self._tables = [TableSieve(keyed, seals, opening) for keyed in tables]

    def sift(self, connection: sa.Connection, only: Only) -> Found:
        """With the records to look at closely in `doubts`; all of them, where one cannot even be read."""
        found = Found(connection, only, {})
        try:
            found = Found.begin(connection, only)
            for table in self._tables:
                table.sift(found)
            self._count(found)
        except unreadable(connection):
            found.doubts.update(self._everybody(connection, only))
        return found

    def _count(self, found: Found) -> None:
        """Is there a key that no row took, or a leaf that belongs to none?"""
        mine = leaves.c.log == RECORDS
        if found.doubts or self._number(found, record_keys.c.record) != found.keys:
            found.doubts.update(self._per_record(found, record_keys.c.record).keys() - found.records)
        if found.doubts or self._number(found, leaves.c.record, mine) != sum(found.leaves.values()):
            there = self._per_record(found, leaves.c.record, mine).items()
            found.doubts.update(record for record, number in there if found.leaves.get(record) != number)

    def _number(self, found: Found, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> Any:
        query = sa.select(sa.func.count()).select_from(column.table).where(*where, found.only(column))
        [[number]] = raw_rows(found.connection, query)
        return number

    def _per_record(
        self, found: Found, column: sa.Column[Any], *where: sa.ColumnElement[bool]
    ) -> dict[Any, int]:
        query = sa.select(column, sa.func.count()).where(*where, found.only(column)).group_by(column)
        return {row[0]: row[1] for row in raw_rows(found.connection, query)}

    def _everybody(self, connection: sa.Connection, only: Only) -> Iterator[Any]:
        own = [table.keyed.table.table.c.id for table in self._tables]
        for column in (leaves.c.record, record_keys.c.record, *own):
            yield from (row[0] for row in raw_rows(connection, sa.select(column).where(only(column))))


class TableSieve:
    """Of one form's table."""

    def __init__(self, keyed: Keyed, seals: Seals, opening: bool) -> None:
        self.keyed, self._seals = keyed, seals
        self._evidence, self._working = _types(keyed.layout.evidence), _types(keyed.layout.working)
        self._sealed = [(field, str(column)) for field, column in keyed.sealed]
        self._opened = self._sealed if opening else []
        self._names = ["id", *self._evidence, *self._working, *_KEY, *(_LEAF if self._is_archive else ())]
        self._query = self._joined()

    @property
    def _is_archive(self) -> bool:
        return self.keyed.table.is_archive

    def _joined(self) -> sa.Select[Any]:
        """Every row with its key and, in archives, with its newest leaf."""
        table, key, leaf = self.keyed.table.table.c, record_keys.c, leaves.c
        columns: list[sa.ColumnElement[Any]] = [
            table[name] for name in ("id", *self._evidence, *self._working)
        ]
        columns += [key[name] for name in _KEY]
        joined = self.keyed.table.table.outerjoin(record_keys, key.record == table.id)
        if self._is_archive:
            columns += [leaf[name].label(label) for label, name in _LEAF.items()]
            kind = sa.case((table.revision == 1, "create"), else_="change")
            place = (leaf.app == self.keyed.table.app, leaf.form == self.keyed.table.form)
            newest = (leaf.record == table.id, leaf.revision == table.revision, leaf.log == RECORDS)
            joined = joined.outerjoin(leaves, sa.and_(*newest, *place, leaf.kind == kind))
        return sa.select(*columns).select_from(joined).order_by(table.id)

    def sift(self, found: Found) -> None:
        expected: Sequence[list[tuple[Any, Any]]] = [[] for _ in self.keyed.links]
        for rows in raw_batches(found.connection, self._query.where(found.only(self.keyed.table.table.c.id))):
            columns = turned(rows, self._names)
            found.meet(columns["id"])
            self._halve(found, columns if self._is_archive else self._with_keys(columns))
            for link, pairs in zip(self.keyed.links, expected, strict=True):
                pairs += link.pairs(columns["id"], columns[link.column], found.doubts)
        for link, pairs in zip(self.keyed.links, expected, strict=True):
            self._check_link(found, link, pairs)

    def _with_keys(self, columns: Columns) -> Columns:
        """Rows that have one, or should."""
        telling = zip(columns["wrapped"], *(columns[name] for _, name in self._sealed), strict=True)
        there = [any(value is not None for value in values) for values in telling]
        return {name: list(compress(column, there)) for name, column in columns.items()}

    def _halve(self, found: Found, columns: Columns) -> None:
        """Until a batch is in order, or a single row: that is a doubt."""
        number = len(columns["id"])
        belonging = self._leaves(found.chains, columns) if number else {}
        if belonging is not None:
            found.keys += number
            found.leaves |= belonging
        elif number == 1:
            found.doubts.update(columns["id"])
        else:
            for half in (slice(number // 2), slice(number // 2, None)):
                self._halve(found, {name: column[half] for name, column in columns.items()})

    def _leaves(self, chains: Mapping[Any, list[Row]], columns: Columns) -> dict[Any, int] | None:
        """How many belong to each of these rows, when every one of them is in order in every respect."""
        with suppress(BrokenSeal, Misfit):
            keys = self._seals.unwrap_all(columns["id"], columns["master"], columns["wrapped"])
            self._seals.open_all(keys, columns["id"], {field: columns[name] for field, name in self._opened})
            if not self._is_archive:
                return {}
            salts, marks = columns["salt"], commitments(keys)
            if all(
                _hashes(columns, part, salts, marks) == list(columns[logged])
                for part, logged in ((self._evidence, "logged_evidence"), (self._working, "logged_working"))
            ):
                return self._chained(chains, columns)
        return None

    def _chained(self, chains: Mapping[Any, list[Row]], columns: Columns) -> dict[Any, int] | None:
        """The same, when each row has the leaves of its revisions 1, 2, 3 … all of the same form and evidence."""
        form, records = (self.keyed.table.app, self.keyed.table.form), columns["id"]
        revisions = columns["revision"]
        for record, revision, evidence in zip(records, revisions, columns["logged_evidence"], strict=True):
            chain = chains.get(record)
            if (chain is None and revision != 1) or (chain and chain != _chain(revision, (*form, evidence))):
                return None
        return dict(zip(records, revisions, strict=True))

    # -- derived indexes -------------------------------------------------------------------------------
    def _check_link(self, found: Found, link: Link, expected: Sequence[tuple[Any, Any]]) -> None:
        index = link.table.c
        query = sa.select(index.record, index.value).where(found.only(index.record))
        there = raw_rows(found.connection, query.order_by(index.record, index.value))
        if there != expected:  # mostly in the same order, too
            found.doubts.update(record for record, _ in set(expected).symmetric_difference(there))


def _types(part: Sequence[Column]) -> Mapping[str, type]:
    return {f"{name}": type_ for name, type_ in part}


def _chain(revisions: int, fixed: Row) -> list[Row]:
    return [(number, "create" if number == 1 else "change", *fixed) for number in range(1, revisions + 1)]


def _hashes(
    columns: Columns, part: Mapping[str, type], salts: Sequence[Any], marks: Sequence[bytes]
) -> list[bytes]:
    """One of the two hashes of many rows: SHA-256(salt ‖ canonical JSON of these columns and "key")."""
    texts = {
        name: written(columns[name], type_) for name, type_ in part.items() if not is_blank(columns[name])
    }
    lines = canonical_lines(texts | {"key": marks})
    try:
        return [sha256(salt + line).digest() for salt, line in zip(salts, lines, strict=True)]
    except TypeError as error:
        raise Misfit from error  # a salt that is none
