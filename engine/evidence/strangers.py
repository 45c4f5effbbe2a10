"""What stands in the database and is not ours: triggers on any table, and on PostgreSQL rules, row security and event
triggers. Each could swallow what is captured, or hide what was, and touch no row.

The work queue's library brings triggers of its own; they are known by the text it ships. Called by `verify`
and the doctor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

from engine.evidence.triggers import Trigger, TriggerDamage, trigger_texts

_FUNCTION = re.compile(r"FUNCTION\s+(\w+)\s*\([^)]*\)[^$]*\$\$(.*?)\$\$", re.S)
_TRIGGER = re.compile(
    r"CREATE TRIGGER (\w+)\s+(BEFORE|AFTER) ([\w ]+?)\s+ON (\w+)\s.*?EXECUTE PROCEDURE (\w+)\(", re.S
)
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16}
_RULES = """
SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE r.rulename <> '_RETURN' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2
"""
_VEILED = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
AND row_security_active(oid) ORDER BY 1
"""
_EVENT_TRIGGERS = """
SELECT evtname FROM pg_event_trigger e WHERE evtenabled <> 'D' AND NOT EXISTS
    (SELECT 1 FROM pg_depend WHERE classid = 'pg_event_trigger'::regclass AND objid = e.oid AND deptype = 'e')
ORDER BY 1
"""
Place = tuple[str, str]  # table and trigger


def strange_triggers(connection: sa.Connection, expected: Iterable[Trigger]) -> list[TriggerDamage]:
    """On tables that have none of ours."""
    guarded = {trigger.table for trigger in expected}
    strange = {place: text for place, text in trigger_texts(connection).items() if place[0] not in guarded}
    known = _queue() if strange and connection.dialect.name == "postgresql" else {}
    return [
        TriggerDamage("changed" if (table, name) in known else "unknown", name, table)
        for (table, name), text in sorted(strange.items())
        if not _is_queues(text, known.get((table, name), frozenset()))
    ]


def strange_rules(connection: sa.Connection) -> list[Place]:
    """(table, rule): we make none."""
    return [(row[0], row[1]) for row in _asked(connection, _RULES)]


def veiled_tables(connection: sa.Connection) -> list[str]:
    """Where row security may keep rows from us."""
    return [row[0] for row in _asked(connection, _VEILED)]


def event_triggers(connection: sa.Connection) -> list[str]:
    """Of the whole database, extensions' own left out. They hear of changes to tables, not to rows."""
    return [row[0] for row in _asked(connection, _EVENT_TRIGGERS)]


def _asked(connection: sa.Connection, query: str) -> list[tuple[Any, ...]]:
    if connection.dialect.name != "postgresql":
        return []
    return [tuple(row) for row in connection.exec_driver_sql(query)]


# -- the work queue's ------------------------------------------------------------------------------------
@lru_cache(1)
def _queue() -> Mapping[Place, frozenset[tuple[int, str, str]]]:
    """Its triggers, by place: kind, function and the function's body. A database may stand at an older version of
    the library than the one that runs, so its upgrades count too."""
    folder = files("procrastinate.sql")
    texts = [folder / "schema.sql", *sorted((folder / "migrations").iterdir(), key=lambda file: file.name)]
    text = "\n".join(file.read_text("utf-8") for file in texts if file.name.endswith(".sql"))
    bodies: dict[str, set[str]] = {}
    for function, body in _FUNCTION.findall(text):
        bodies.setdefault(function, set()).add(_spaced(body))
    found: dict[Place, frozenset[tuple[int, str, str]]] = {}
    for name, when, events, table, function in _TRIGGER.findall(text):
        kind = 1 | (when == "BEFORE") << 1 | sum(_EVENTS[one] for one in _EVENTS if one in events)
        told = {(kind, function, body) for body in bodies.get(function, ())}
        found[table, name] = found.get((table, name), frozenset()) | told
    return found


def _is_queues(text: tuple[object, ...], known: frozenset[tuple[int, str, str]]) -> bool:
    if not known:
        return False
    kind, enabled, _, _, _, function, body, language, as_owner, settings = text
    plain = (enabled, language, as_owner, settings) == ("O", "plpgsql", False, None)
    return plain and (kind, function, _spaced(str(body))) in known


def _spaced(body: str) -> str:
    return " ".join(body.split())
