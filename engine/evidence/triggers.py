"""Triggers: the fence around what may not change. The ledger is the proof; this stops honest mistakes
and leaves a trace of dishonest ones, for `verify` compares every trigger's text.

Archive tables keep their evidence columns and their rows, the ledger's own tables keep everything.
Made by migration plans (app tables) and by `migrations/` (ours, where the texts stand literally).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

# Tables of our own and their keys; all columns frozen, or those named.
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "leaves": ("log", "position"),
    "checkpoints": ("log", "size"),
    "audit": ("id",),
    "app_versions": ("app", "version"),
    "record_keys": ("record",),
    "tombstones": ("record",),
}
_FROZEN_ALONE: Mapping[str, tuple[str, ...]] = {"record_keys": ("record", "salt")}  # rotation wraps anew
# A row may go when this holds of it: a key only where a tombstone stands for its record.
_MAY_GO: Mapping[str, str] = {
    "record_keys": 'EXISTS (SELECT 1 FROM "tombstones" WHERE "record" = OLD."record")'
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """`sql` makes it, and on PostgreSQL the table's function that it calls, whose body is `body`."""

    name: str
    table: str
    sql: str
    event: str = ""
    body: str = ""


def archive_triggers(dialect: str, table: sa.Table, frozen: Sequence[str]) -> list[Trigger]:
    """Rows of an archive are never deleted or replaced, and these columns and the id never change."""
    return _guard(dialect, str(table.name), ("id",), ("id", *frozen))  # the name alone, without its quoting


def append_only_triggers(dialect: str, table: str) -> list[Trigger]:
    """Of one of the tables in APPEND_ONLY."""
    return _guard(dialect, table, APPEND_ONLY[table], _FROZEN_ALONE.get(table, ()))


def _guard(dialect: str, table: str, key: Sequence[str], frozen: Sequence[str]) -> list[Trigger]:
    """`frozen` empty: no update at all."""
    make = _sqlite if dialect == "sqlite" else _postgresql
    return make(table, key, frozen)


# -- SQLite ------------------------------------------------------------------------------------------
def _sqlite(table: str, key: Sequence[str], frozen: Sequence[str]) -> list[Trigger]:
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in frozen)
    same = " AND ".join(f'"{name}" = NEW."{name}"' for name in key)
    there = f'EXISTS (SELECT 1 FROM "{table}" WHERE {same})'  # noqa: S608
    return [
        _sqlite_one(table, "frozen", "UPDATE", changed),
        _sqlite_one(table, "kept", "DELETE", f"NOT {_MAY_GO[table]}" if table in _MAY_GO else ""),
        # INSERT OR REPLACE deletes without a DELETE. FAIL: for ABORT, SQLite copies every page that an insert
        # touches aside, and ours come by the thousand (a third of the time of a capture).
        _sqlite_one(table, "once", "INSERT", there, "FAIL"),
    ]


def _sqlite_one(table: str, suffix: str, event: str, condition: str, ends: str = "ABORT") -> Trigger:
    name = f"{table}_{suffix}"
    when = f" WHEN {condition}" if condition else ""
    refuse = f"BEGIN SELECT RAISE({ends}, 'muniment: {table} keeps what was recorded'); END"
    return Trigger(name, table, f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"{when} {refuse}', event)


# -- PostgreSQL --------------------------------------------------------------------------------------
def _postgresql(table: str, _key: Sequence[str], frozen: Sequence[str]) -> list[Trigger]:
    """No trigger on INSERT: a key that is there is refused by the primary key, ON CONFLICT is an UPDATE."""
    changed = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in frozen) or "true"
    may_go = _MAY_GO.get(table)
    going = f"IF TG_OP = 'DELETE' THEN IF {may_go} THEN RETURN OLD; END IF; END IF; " if may_go else ""
    body = (
        f"BEGIN IF TG_OP = 'UPDATE' THEN IF NOT ({changed}) THEN RETURN NEW; END IF; END IF; "
        f"{going}RAISE EXCEPTION USING MESSAGE = 'muniment: {table} keeps what was recorded', "
        "ERRCODE = 'integrity_constraint_violation'; END"
    )
    return [
        _postgresql_one(table, suffix, event, each, body)
        for suffix, event, each in (
            ("frozen", "UPDATE", "ROW"),
            ("kept", "DELETE", "ROW"),
            ("whole", "TRUNCATE", "STATEMENT"),
        )
    ]


def _postgresql_one(table: str, suffix: str, event: str, each: str, body: str) -> Trigger:
    name, function = f"{table}_{suffix}", f"{table}_guard"
    sql = (
        f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$; '
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION "{function}"(); '
        f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'
    )
    return Trigger(name, table, sql, event, body)


# -- comparing ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TriggerDamage:
    """`kind`: missing, changed, or unknown (not ours, on a table we guard)."""

    kind: str
    trigger: str
    table: str


def compare_triggers(connection: sa.Connection, expected: Iterable[Trigger]) -> list[TriggerDamage]:
    """What differs between the triggers there should be and those there are on the same tables."""
    wanted = {(trigger.table, trigger.name): trigger for trigger in expected}
    tables = {table for table, _ in wanted}
    there = {place: text for place, text in trigger_texts(connection).items() if place[0] in tables}
    damage = [
        TriggerDamage("missing" if place not in there else "changed", place[1], place[0])
        for place, trigger in wanted.items()
        if there.get(place) != _text(connection.dialect.name, trigger)
    ]
    return damage + [
        TriggerDamage("unknown", name, table) for table, name in sorted(there.keys() - wanted.keys())
    ]


def _text(dialect: str, trigger: Trigger) -> tuple[Any, ...]:
    if dialect == "sqlite":
        return (trigger.sql,)
    type_ = {"UPDATE": 0b10011, "DELETE": 0b01011, "TRUNCATE": 0b100010}[trigger.event]
    return (type_, "A", "", "", 0, f"{trigger.table}_guard", trigger.body, "plpgsql", False, None)


def trigger_texts(connection: sa.Connection) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What every trigger in the database does, by its table and name: on SQLite its text; on PostgreSQL its kind,
    whether it is enabled, condition, columns, arguments, and of its function name, body, language, whether it runs
    as its owner, settings."""
    return (_sqlite_texts if connection.dialect.name == "sqlite" else _postgresql_texts)(connection)


def _sqlite_texts(connection: sa.Connection) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = connection.exec_driver_sql("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {(table, name): (sql,) for table, name, sql in rows}


# In parts that PostgreSQL gives back as they were given.
_POSTGRESQL_TRIGGERS = """
SELECT c.relname, t.tgname, t.tgtype, t.tgenabled, coalesce(t.tgqual::text, ''), t.tgattr::text, t.tgnargs,
       p.proname, p.prosrc, l.lanname, p.prosecdef, p.proconfig
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""


def _postgresql_texts(connection: sa.Connection) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = connection.exec_driver_sql(_POSTGRESQL_TRIGGERS)
    return {(row[0], row[1]): (row[2], _letter(row[3]), *row[4:]) for row in rows}


def _letter(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
