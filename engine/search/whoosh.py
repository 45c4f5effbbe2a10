"""Whoosh: an index in the data directory over the same blind tokens. By setting, and the oracle.

A file cannot join a transaction, so a unit writes to a queue table and the index catches up when
somebody searches; what is still queued is matched in Python. Slower by far than the databases' own.
"""

from __future__ import annotations

from base64 import b32hexencode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from whoosh import fields, index, query
from whoosh.writing import LockError

from engine.database import Database
from engine.dialects.lists import listed
from engine.search.backend import AllOf, AnyOf, Row, Tokens, holds
from engine.system_tables import Id
from engine.unit import Unit, inside_unit

PATIENCE = 60.0  # seconds for somebody else to have caught up
_SCHEMA = fields.Schema(
    record=fields.ID(unique=True, stored=True), tokens=fields.KEYWORD(lowercase=False, scorable=False)
)


class WhooshIndex:
    """One index per form in `folder`; the queue of each form's changes lies in the database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder

    apart = True

    def encode(self, digest: bytes) -> str:
        return b32hexencode(digest)[:13].decode().lower()

    # -- writing: into the queue -------------------------------------------------------------------
    def prepare(self, unit: Unit, table: str) -> None:
        _queue(table).create(unit.connection, checkfirst=True)

    def add(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        self._enqueue(unit, table, [(record, " ".join(tokens)) for record, tokens in rows if tokens])

    def replace(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        self._enqueue(unit, table, [(record, " ".join(tokens)) for record, tokens in rows])

    def remove(self, unit: Unit, table: str, ids: Sequence[int]) -> None:
        self._enqueue(unit, table, [(record, "") for record in ids])

    def _enqueue(self, unit: Unit, table: str, rows: Sequence[tuple[int, str]]) -> None:
        if rows:
            entries = self._database.take_ids(unit.connection, len(rows))
            self._database.insert_many(
                unit.connection, _queue(table), [(e, *row) for e, row in zip(entries, rows, strict=True)]
            )

    # -- asking ------------------------------------------------------------------------------------
    def stored(self, connection: sa.Connection, table: str, record: int) -> Mapping[str, Any]:
        """What still waits in the queue; the index itself lies in files."""
        queue = _queue(table)
        row = connection.execute(sa.select(queue).where(queue.c.record == record)).mappings().first()
        return dict(row) if row else {}

    def held(self, connection: sa.Connection, table: str) -> Iterator[tuple[int, Any]]:
        """What lies in the files, and over it what waits in this snapshot's queue. The files may be ahead of
        the snapshot: whoever finds a difference looks again while they are `still`."""
        queue = _queue(table)
        rows = connection.execute(sa.select(queue.c.record, queue.c.tokens).order_by(queue.c.entry))
        waiting = {record: tokens.split() for record, tokens in rows}
        with self._index(table).reader() as reader:
            records = {number: int(reader.stored_fields(number)["record"]) for number in reader.all_doc_ids()}
            for token in reader.lexicon("tokens"):
                for number in reader.postings("tokens", token).all_ids():
                    if (record := records.get(number)) is not None and record not in waiting:
                        yield record, token.decode()
        yield from ((record, token) for record, tokens in waiting.items() for token in tokens)

    @contextmanager
    def still(self, table: str) -> Iterator[None]:
        """Nobody catches up meanwhile; what is written waits in the queue, and is found there."""
        writer = self._index(table).writer(timeout=PATIENCE)
        try:
            yield
        finally:
            writer.cancel()

    def matching(self, table: str, tokens: Tokens) -> sa.Select[Any]:
        if not inside_unit():
            self._catch_up(table)
        waiting = {record: set(text.split()) for _, record, text in self._waiting(table)}
        found = [record for record in self._found(table, tokens) if record not in waiting]
        found += [record for record, of_record in waiting.items() if holds(tokens, of_record)]
        return listed(self._database.dialect, sorted(found, reverse=True))

    def _found(self, table: str, tokens: Tokens) -> Iterator[int]:
        with self._index(table).searcher() as searcher:
            for number in _numbers(searcher, tokens):
                yield int(searcher.stored_fields(number)["record"])

    def _waiting(self, table: str) -> list[tuple[int, int, str]]:
        queue = _queue(table)
        with self._database.read() as connection:
            return [tuple(row) for row in connection.execute(sa.select(queue).order_by(queue.c.entry))]

    # -- catching up -------------------------------------------------------------------------------
    def _catch_up(self, table: str, merge: bool = False) -> None:
        if not self._waiting(table) and not merge:
            return
        try:
            writer = self._index(table).writer()
        except LockError:  # somebody else is at it
            return
        waiting = self._waiting(table)  # again: now nobody else is taking from it
        newest = {record: text for _, record, text in waiting}
        for record, text in newest.items():
            if text:
                writer.update_document(record=str(record), tokens=text)
            else:
                writer.delete_by_term("record", str(record))
        writer.commit(optimize=merge)
        self._database.write(lambda unit: _dequeue(unit, table, [entry for entry, *_ in waiting]))

    def purge(self, table: str) -> None:
        self._catch_up(table, merge=True)

    def _index(self, table: str) -> Any:
        folder = self._folder / table
        if not index.exists_in(str(folder)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return index.create_in(str(folder), _SCHEMA)
        return index.open_dir(str(folder))


@lru_cache(1024)
def _queue(table: str) -> sa.Table:
    return sa.Table(
        f"words_{table}",
        sa.MetaData(),
        sa.Column("entry", Id, primary_key=True, autoincrement=False),
        sa.Column("record", Id, nullable=False),
        sa.Column("tokens", sa.Text, nullable=False),
    )


def _dequeue(unit: Unit, table: str, entries: Sequence[int]) -> None:
    queue = _queue(table)
    for at in range(0, len(entries), 500):
        unit.connection.execute(sa.delete(queue).where(queue.c.entry.in_(entries[at : at + 500])))


def _numbers(searcher: Any, tokens: Tokens) -> set[int]:
    """Whoosh's document numbers. It lists each token; its own AND NOT loses documents when nested."""
    if isinstance(tokens, AnyOf):
        return set().union(*(_numbers(searcher, part) for part in tokens.parts))
    if isinstance(tokens, AllOf):
        found = set.intersection(*(_numbers(searcher, part) for part in tokens.parts))
        return found.difference(*(_numbers(searcher, part) for part in tokens.but))
    return set(searcher.docs_for_query(query.Term("tokens", tokens)))
