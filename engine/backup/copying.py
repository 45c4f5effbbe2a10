"""PostgreSQL without its client programs: our own dump, by COPY, in one snapshot.

The engine's own tables are made by their migrations, so only their rows are kept; tables made for forms are kept
with what the database's catalogue says of them. Only what our plans make is understood: tables, keys, indexes,
triggers with their functions, sequences. One file: a line of JSON, then each table's rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from engine.config import Config
from engine.database import Database, driver
from engine.upgrade import current

FORMAT = "muniment dump 1"
VERSIONS, WORKERS = "alembic_version", "procrastinate_workers"  # made anew, and none of them is alive there
LATE = ("procrastinate_periodic_defers", "procrastinate_events")  # name rows of other tables
LENGTH = 8  # bytes before each piece of rows that say how long it is; 0 ends a table

_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.oid
"""
_COLUMNS = """
SELECT quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_KEYS = """
SELECT 'CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u') ORDER BY oid
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = %s::regclass
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY i.indexrelid
"""
_TRIGGERS = """
SELECT pg_get_functiondef(t.tgfoid), pg_get_triggerdef(t.oid),
       'ALTER TABLE ' || quote_ident(c.relname) || ' ENABLE ALWAYS TRIGGER ' || quote_ident(t.tgname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgrelid = %s::regclass AND NOT t.tgisinternal ORDER BY t.tgname
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"


def dump(database: Database, path: Path, ours: Sequence[str]) -> None:
    """Everything as one snapshot sees it. `ours`: tables that migrations make."""
    with database.read() as connection, path.open("wb") as file:
        cursor = driver(connection).cursor()
        names = [name for (name,) in cursor.execute(_TABLES) if name not in (VERSIONS, WORKERS)]
        names.sort(key=lambda name: name in LATE)
        made = [name for name in names if name not in ours and not name.startswith("procrastinate_")]
        head: dict[str, Any] = {
            "format": FORMAT, "revision": current(connection), "tables": names,
            "columns": {name: [row[0] for row in cursor.execute(_COLUMNS, (_quote(name),))] for name in names},
            "before": [text for name in made for text in _before(cursor, name)],
            "after": [text for name in made for text in _after(cursor, name)],
            "sequences": dict(cursor.execute(_SEQUENCES).fetchall()),
        }  # fmt: skip
        file.write(json.dumps(head).encode() + b"\n")
        for name in names:
            with cursor.copy(_copy(name, head["columns"][name], "TO STDOUT")) as rows:
                for piece in rows:
                    file.write(len(piece).to_bytes(LENGTH, "big") + bytes(piece))
            file.write(bytes(LENGTH))


def put_back(config: Config, path: Path) -> None:
    """Into an empty database, all or nothing but the empty tables."""
    with path.open("rb") as file, closing(Database(config)) as database:
        head = json.loads(file.readline())
        if head["format"] != FORMAT:
            raise ValueError("not a dump of ours")
        database.migrate(head["revision"])
        with database.connect() as connection, connection.begin():
            cursor = driver(connection).cursor()
            for statement in head["before"]:
                cursor.execute(statement)
            for name in head["tables"]:
                _fill(cursor, name, head["columns"][name], file)
            for statement in head["after"]:
                cursor.execute(statement)
            for name, last in head["sequences"].items():
                if last is not None:
                    cursor.execute("SELECT setval(%s, %s)", (_quote(name), last))


def _before(cursor: Any, name: str) -> Iterator[str]:
    columns = [
        f"{column} {kind}{' NOT NULL' if needed else ''}{f' DEFAULT {default}' if default else ''}"
        for column, kind, needed, default in cursor.execute(_COLUMNS, (_quote(name),)).fetchall()
    ]
    keys = [text for (text,) in cursor.execute(_KEYS, (_quote(name),)).fetchall()]
    yield f"CREATE TABLE {_quote(name)} ({', '.join([*columns, *keys])})"


def _after(cursor: Any, name: str) -> Iterator[str]:
    """Indexes are quicker built over rows, and triggers would refuse nothing but cost time."""
    for (text,) in cursor.execute(_INDEXES, (_quote(name),)).fetchall():
        yield text
    for texts in cursor.execute(_TRIGGERS, (_quote(name),)).fetchall():
        yield from texts


def _fill(cursor: Any, name: str, columns: Sequence[str], file: BinaryIO) -> None:
    """The rows as they were, without what a trigger would add to them."""
    table = _quote(name)
    quiet = name.startswith("procrastinate_")  # its triggers write events, which are in the dump themselves
    if quiet:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    with cursor.copy(_copy(name, columns, "FROM STDIN")) as rows:
        while length := int.from_bytes(file.read(LENGTH), "big"):
            rows.write(file.read(length))
    if quiet:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy(name: str, columns: Sequence[str], way: str) -> str:
    return f"COPY {_quote(name)} ({', '.join(columns)}) {way} (FORMAT binary)"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
