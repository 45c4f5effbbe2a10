"""PostgreSQL: one table per form with the record's tokens as bigint[] under a GIN index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.database import Database
from engine.search.backend import AllOf, AnyOf, Row, Tokens
from engine.unit import Unit


class PostgresIndex:
    """The default on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    apart = False

    def still(self, table: str) -> AbstractContextManager[None]:
        return nullcontext()

    def encode(self, digest: bytes) -> int:
        return int.from_bytes(digest, "big", signed=True)

    def prepare(self, unit: Unit, table: str) -> None:
        _words(table).create(unit.connection, checkfirst=True)

    def add(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        words = [(record, list(tokens)) for record, tokens in rows if tokens]
        self._database.insert_many(unit.connection, _words(table), words)

    def replace(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        self.remove(unit, table, [record for record, _ in rows])
        self.add(unit, table, rows)

    def remove(self, unit: Unit, table: str, ids: Sequence[int]) -> None:
        words = _words(table)
        which = words.c.record == sa.func.any(sa.cast(list(ids), ARRAY(sa.BigInteger)))
        unit.connection.execute(sa.delete(words).where(which))

    def stored(self, connection: sa.Connection, table: str, record: int) -> Mapping[str, Any]:
        words = _words(table)
        row = connection.execute(sa.select(words).where(words.c.record == record)).mappings().first()
        return dict(row) if row else {}

    def held(self, connection: sa.Connection, table: str) -> Iterator[tuple[int, Any]]:
        rows = connection.execute(sa.select(_words(table)), execution_options={"yield_per": 1000})
        return ((record, token) for record, tokens in rows for token in tokens)

    def matching(self, table: str, tokens: Tokens) -> sa.Select[int]:
        words = _words(table)
        return sa.select(words.c.record.label("id")).where(_condition(words.c.tokens, tokens))

    def purge(self, table: str) -> None:
        with self._database.connect() as connection:
            quiet = connection.execution_options(isolation_level="AUTOCOMMIT")
            quiet.exec_driver_sql(f'VACUUM "words_{table}"')


@lru_cache(1024)
def _words(table: str) -> sa.Table:
    name = f"words_{table}"
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("record", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tokens", ARRAY(sa.BigInteger), nullable=False),
        sa.Index(f"ix_{name}", "tokens", postgresql_using="gin"),
    )


def _condition(column: sa.Column[list[int]], tokens: Tokens) -> sa.ColumnElement[bool]:
    if isinstance(tokens, AnyOf):
        return sa.or_(*_grouped(column, tokens.parts, "&&"))
    if isinstance(tokens, AllOf):
        wanted = _grouped(column, tokens.parts, "@>")
        return sa.and_(*wanted, *(sa.not_(_condition(column, part)) for part in tokens.but))
    return _grouped(column, (tokens,), "@>")[0]


def _grouped(
    column: sa.Column[list[int]], parts: Sequence[Tokens], operator: str
) -> list[sa.ColumnElement[bool]]:
    """Single tokens together in one array, so that the index is asked once for all of them."""
    single = [part for part in parts if isinstance(part, int)]
    others = [_condition(column, part) for part in parts if not isinstance(part, int)]
    if not single:
        return others
    array = sa.cast(single, ARRAY(sa.BigInteger))
    return [column.bool_op(operator)(array), *others]
