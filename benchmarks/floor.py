"""The floor: the same stored rows into the same tables by bare `sqlite3`, nothing around it.

Rows, keys, leaves, link rows and index tokens are read from a measured installation first; only
writing them is timed. No triggers, no hashing, no sealing, no parsing: what the disk itself costs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pysqlite3 as sqlite3

BATCH = 500
SEARCHED = "酒店"
Rows = dict[str, list[tuple[Any, ...]]]


class Floor:
    """`tables`: what one captured message fills."""

    def __init__(self, data: Path) -> None:
        from benchmarks.installation import APP, FORM
        from engine.config import Config
        from engine.runtime import Runtime

        runtime = Runtime.open(Config(data=data))
        try:
            program = runtime.programs.get(APP, FORM)
            self._own = program.table.table.name
            self._tables = [
                self._own,
                *(t.name for t in program.table.links.values()),
                "record_keys",
                "leaves",
            ]
            self._tokens = list(_tokens(runtime, program))
            self._searched = _search_statement(runtime, program, SEARCHED)
            self._listed = f'"{self._own}" WHERE "{program.physical["channel"]}" = ?'
        finally:
            runtime.close()
        self._file = data / "muniment.db"
        self._ddl = self._read_ddl()

    def bulk(self) -> float:
        """Messages per second, a commit per 500."""
        rows = self._read_rows()
        count = len(rows[self._own])
        with tempfile.TemporaryDirectory(prefix="muniment-floor-") as folder:
            connection = self._create(Path(folder) / "floor.db")
            started = time.perf_counter()
            for start in range(0, count, BATCH):
                self._write(
                    connection, {name: _slice(all_, start, count) for name, all_ in rows.items()}, start
                )
            return count / (time.perf_counter() - started)

    def singles(self, count: int = 3_000) -> float:
        """Commits per second, one row of the main table each."""
        rows = self._read_rows()[self._own][:count]
        with tempfile.TemporaryDirectory(prefix="muniment-floor-") as folder:
            connection = self._create(Path(folder) / "floor.db")
            started = time.perf_counter()
            for row in rows:
                connection.execute("BEGIN")
                _insert(connection, self._own, [row])
                connection.execute("COMMIT")
            return len(rows) / (time.perf_counter() - started)

    def verification(self) -> float:
        """Messages a second of one core's own time: every row read once with its key and its leaf, nothing else."""
        joined = f'"{self._own}" AS own JOIN record_keys ON record_keys.record = own.id'
        leaf = "JOIN leaves ON log = 'records' AND leaves.record = own.id AND leaves.revision = own.revision"
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        started, count = time.process_time(), 0
        cursor = connection.execute(f"SELECT * FROM {joined} {leaf}")  # noqa: S608
        while rows := cursor.fetchmany(BATCH):
            count += len(rows)
        return count / (time.process_time() - started)

    def search(self) -> Callable[[], Any]:
        """The same look into the index: the count to 10,000 and the 20 newest rows, nothing opened."""
        return self._page(f'"{self._own}" WHERE id IN ({self._searched})', ())

    def newest(self) -> Callable[[], Any]:
        """The newest 20 of one channel, and the count to 10,000."""
        return self._page(self._listed, ("wecom",))

    def _page(self, source: str, values: tuple[str, ...]) -> Callable[[], Any]:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        rows = f"SELECT * FROM {source} ORDER BY id DESC LIMIT 20"  # noqa: S608
        count = f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT 10001)"  # noqa: S608
        return lambda: (
            connection.execute(rows, values).fetchall(),
            connection.execute(count, values).fetchone(),
        )

    def _write(self, connection: Any, rows: Rows, start: int) -> None:
        connection.execute("BEGIN")
        for name, part in rows.items():
            _insert(connection, name, part)
        statement = "INSERT INTO words (rowid, tokens) VALUES (?, ?)"
        connection.executemany(statement, self._tokens[start : start + BATCH])
        connection.execute("COMMIT")

    def _read_ddl(self) -> list[str]:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        marks = ", ".join("?" * len(self._tables))
        found = connection.execute(
            f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND type <> 'trigger' AND sql IS NOT NULL",  # noqa: S608
            self._tables,
        )
        return [row[0] for row in found]

    def _read_rows(self) -> Rows:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        ids = f'SELECT id FROM "{self._own}"'  # noqa: S608
        where = {
            self._own: "",
            "record_keys": f" WHERE record IN ({ids})",
            "leaves": " WHERE log = 'records'",
        }
        return {
            name: connection.execute(f'SELECT * FROM "{name}"{where.get(name, "")}').fetchall()  # noqa: S608
            for name in self._tables
        }

    def _create(self, path: Path) -> Any:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for statement in self._ddl:
            connection.execute(statement)
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(tokens, detail=none, content='', contentless_delete=1)"
        )
        return connection


def _tokens(runtime: Any, program: Any) -> Iterator[tuple[int, str]]:
    """(id, tokens as the index takes them) of every message, oldest first."""
    from engine.access.viewer import SYSTEM

    names = tuple(field.id for field in program.searchable)
    with runtime.database.read() as connection:
        rows = runtime.records.reader.rows
        visible = rows.visible(connection, SYSTEM, program)
        statement = rows.select(program, visible, names).order_by(program.table.table.c.id)
        for row in rows.fetch(connection, SYSTEM, program, visible, statement, names, derived=False):
            yield row.id, " ".join(program.texts.tokens(row.values))


def _search_statement(runtime: Any, program: Any, word: str) -> str:
    """The index's own statement for a word, as SQL text."""
    from sqlalchemy.dialects import sqlite

    from engine.search.tree import Word

    statement = runtime.search.matching(program.table, Word(word), ["content"])
    return str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def _insert(connection: Any, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608


def _slice(rows: list[tuple[Any, ...]], start: int, count: int) -> Sequence[tuple[Any, ...]]:
    """The part of a side table that goes with this batch of messages."""
    scale = len(rows) / count
    return rows[round(start * scale) : round((start + BATCH) * scale)]


__all__: Iterable[str] = ["Floor"]
