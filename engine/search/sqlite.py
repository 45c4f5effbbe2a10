"""SQLite: one FTS5 table per form over blind tokens; rowid is the record's id.

`detail=none` keeps neither positions nor columns nor counts, `content=''` no text. A token is its
eight bytes in base 32: 13 ASCII letters, a sixth faster to insert than hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import sqlalchemy as sa

from engine.database import Database, driver
from engine.search.backend import AllOf, AnyOf, Row, Tokens
from engine.unit import Unit


class SqliteIndex:
    """The default on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    apart = False

    def still(self, table: str) -> AbstractContextManager[None]:
        return nullcontext()

    def encode(self, digest: bytes) -> str:
        return digest.hex()

    def prepare(self, unit: Unit, table: str) -> None:
        unit.connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {_name(table)} USING fts5"
            "(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )

    def add(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        self._insert("INSERT", unit, table, rows)

    def replace(self, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        self._insert("INSERT OR REPLACE", unit, table, [row for row in rows if row[1]])
        self.remove(unit, table, [record for record, tokens in rows if not tokens])

    def _insert(self, verb: str, unit: Unit, table: str, rows: Sequence[Row]) -> None:
        statement = f"{verb} INTO {_name(table)} (rowid, tokens) VALUES (?, ?)"
        documents = ((record, " ".join(tokens)) for record, tokens in rows if tokens)
        driver(unit.connection).executemany(statement, documents)

    def remove(self, unit: Unit, table: str, ids: Sequence[int]) -> None:
        statement = f"DELETE FROM {_name(table)} WHERE rowid = ?"  # noqa: S608
        driver(unit.connection).executemany(statement, [(record,) for record in ids])

    def stored(self, connection: sa.Connection, table: str, record: int) -> Mapping[str, Any]:
        """Its tokens cannot be found by its id: only how many there are stands under that."""
        query = f'SELECT * FROM "words_{table}_docsize" WHERE id = ?'  # noqa: S608
        row = connection.exec_driver_sql(query, (record,)).mappings().first()
        return dict(row) if row else {}

    def held(self, connection: sa.Connection, table: str) -> Iterator[tuple[int, Any]]:
        """By a list of the index's terms that only this connection has; it is made where nothing else may be."""
        raw = driver(connection)
        (closed,) = raw.execute("PRAGMA query_only").fetchone()
        raw.execute("PRAGMA query_only=OFF")
        try:
            raw.execute(
                f'CREATE VIRTUAL TABLE IF NOT EXISTS temp."held_{table}" '
                f"USING fts5vocab(main, {_name(table)}, instance)"
            )
        finally:
            raw.execute(f"PRAGMA query_only={int(closed)}")
        yield from raw.execute(f'SELECT doc, term FROM temp."held_{table}"')  # noqa: S608

    def matching(self, table: str, tokens: Tokens) -> sa.Select[int]:
        words = sa.table(f"words_{table}", sa.column("rowid", sa.BigInteger))
        matches = sa.literal_column(_name(table)).op("MATCH")(expression(tokens))
        return sa.select(words.c.rowid.label("id")).where(matches)

    def purge(self, table: str) -> None:
        def optimize(unit: Unit) -> None:
            unit.connection.exec_driver_sql(
                f"INSERT INTO {_name(table)} (words_{table}) VALUES ('optimize')"  # noqa: S608
            )

        self._database.write(optimize)
        with self._database.connect() as connection:
            driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _name(table: str) -> str:
    return f'"words_{table}"'


def expression(tokens: Tokens) -> str:
    """The FTS5 query. Tokens are letters and digits, so none needs quotes."""
    if isinstance(tokens, AnyOf):
        return f"({' OR '.join(map(expression, tokens.parts))})"
    if isinstance(tokens, AllOf):
        wanted = " AND ".join(map(expression, tokens.parts))
        refused = "".join(f" NOT {expression(part)}" for part in tokens.but)
        return f"(({wanted}){refused})" if refused else f"({wanted})"
    return str(tokens)
