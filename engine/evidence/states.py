"""Who may what: people, departments, members of roles, grants and lifted masks; and what is kept: holds,
restrictions, activations. Every change of theirs is an entry of the audit log, so that nobody can give
himself a right, or take away a hold, in the database and not be found.

The rooms that write these rows tell `States` which; it reads them when the unit ends. `verify` compares
every row with the newest entry about it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.findings import Report
from engine.evidence.keys import MasterKeys, Present
from engine.evidence.layout import hashed
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.evidence.ledger import Ledger
from engine.system_tables import grants, holds, leaves, retention_activations, unmaskings
from engine.values import canonical_json

Key = Sequence[Any]
_ORGANISATION = (
    "name",
    "post",
    "department",
    "other_departments",
    "superior",
    "email",
    "joined_on",
    "left_on",
)
# Table: its key, and what else of it counts. Passwords, language and theme say nothing of rights.
GUARDED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "people": (("id",), (*_ORGANISATION, "active")),
    "departments": (("id",), ("name", "parent", "head", "closed_on")),
    "role_members": (("app", "role", "member_kind", "member"), ()),
    "grants": (("id",), tuple(f"{column.name}" for column in grants.columns if column.name != "id")),
    "holds": (("id",), tuple(f"{column.name}" for column in holds.columns if column.name != "id")),
    "unmaskings": (("id",), tuple(f"{column.name}" for column in unmaskings.columns if column.name != "id")),
    "restricted": (("record",), ("app", "form", "at", "cause")),
    "retention_activations": (
        ("id",),
        tuple(f"{column.name}" for column in retention_activations.columns if column.name != "id"),
    ),
}
LATER = ("unmaskings",)  # guarded since a later version than the others
GONE = bytes(32)


class States:
    def __init__(self, database: Database, ledger: Ledger, keys: Present) -> None:
        self._database, self._ledger, self._keys = database, ledger, keys
        self._unmarked: list[str] = []

    def begin(self) -> None:
        """What stood there before there was this, once; of tables that came later too. A mark in the log, of
        no row, says that a table is guarded from there on."""
        with self._database.read() as connection:
            begun = self._begun(connection)
            self._unmarked = [name for name in LATER if name not in begun]
            new = [name for name in GUARDED if name not in begun]
            there = {name: [key for key, _ in rows(connection, name)] for name in new}
        if any(there.values()) or (begun and self._unmarked):
            self._database.write(lambda unit: self._begin(unit, there))

    def _begun(self, connection: sa.Connection) -> set[str]:
        logged = sa.and_(leaves.c.record == 0, leaves.c.log == AUDIT, leaves.c.kind == "state")
        if not connection.scalar(sa.select(sa.exists().where(logged))):
            return set()
        marks = {_mark(self._keys().audit_key, "row", name, ()): name for name in LATER}
        found = connection.scalars(sa.select(leaves.c.working).where(logged, leaves.c.working.in_(marks)))
        return {name for name in GUARDED if name not in LATER} | {marks[bytes(mark)] for mark in found}

    def _begin(self, unit: Unit, there: Mapping[str, Iterable[Key]]) -> None:
        unit.notes.setdefault("states", {})
        unit.before_commit("states", self._append)
        for table, keys in there.items():
            self.changed(unit, table, keys)

    def changed(self, unit: Unit, table: str, keys: Iterable[Key]) -> None:
        """These rows were made, changed or deleted in this unit."""
        noted = unit.notes.setdefault("states", {})
        noted.update({(f"{table}", tuple(key)): None for key in keys})  # a plain text, whatever it was
        unit.before_commit("states", self._append)

    def _append(self, unit: Unit) -> None:
        keys = self._keys()
        entries = [state_entry(keys, name, (), None, unit.now) for name in self._unmarked]
        unit.after_commit(self._unmarked.clear)
        for table, key in unit.notes.pop("states"):
            row = next(iter(_read(unit.connection, table, key)), None)
            entries.append(state_entry(keys, table, key, row, unit.now))
        self._ledger.append(unit, AUDIT, entries)


def state_entry(
    keys: MasterKeys, table: str, key: Key, row: Mapping[str, Any] | None, time: int
) -> LeafEntry:
    """`app` is the table, `form` the key as far as there is room; `row` None: it is gone. The mark by which
    entries about a row are known stays when the audit key is rotated, the salt does not."""
    evidence = GONE if row is None else hashed(_mark(keys.audit_at(time), "salt", table, key), row)
    mark = _mark(keys.audit_key, "row", table, key)
    return LeafEntry("state", 0, 0, table, _shown(key), 0, time, evidence, mark)


def rows(connection: sa.Connection, table: str) -> list[tuple[Key, Mapping[str, Any]]]:
    """(key, what counts) of all rows."""
    width = len(GUARDED[table][0])
    return [
        (tuple(row.values())[:width], _counting(row)) for row in connection.execute(_query(table)).mappings()
    ]


def check_states(connection: sa.Connection, keys: MasterKeys, report: Report) -> None:
    """Every row is what the newest entry about it says, and none is missing."""
    newest = _newest(connection)
    for table in GUARDED:
        for key, row in rows(connection, table):
            report.counts["states"] += 1
            logged, *_, time = newest.pop(_mark(keys.audit_key, "row", table, key), (None, 0))
            if logged is None or logged == GONE:
                report.add("state_unlogged", table=table, key=_shown(key))
            elif logged != state_entry(keys, table, key, row, time).evidence:
                report.add("state_changed", table=table, key=_shown(key))
    for evidence, table, shown, _time in newest.values():
        if evidence != GONE:
            report.add("state_missing", table=table, key=shown)


def _newest(connection: sa.Connection) -> dict[bytes, tuple[Any, ...]]:
    """What was last said of each row: its hash, its table, its key as it is shown, and when."""
    said = (leaves.c.working, leaves.c.evidence, leaves.c.app, leaves.c.form, leaves.c.time)
    query = sa.select(*said).where(leaves.c.record == 0, leaves.c.log == AUDIT, leaves.c.kind == "state")
    return {row[0]: tuple(row[1:]) for row in connection.execute(query.order_by(leaves.c.position))}


def _read(connection: sa.Connection, table: str, key: Key) -> list[Mapping[str, Any]]:
    named = zip(GUARDED[table][0], key, strict=True)
    query = _query(table).where(*(sa.column(name) == value for name, value in named))
    return [_counting(row) for row in connection.execute(query).mappings()]


def _query(table: str) -> sa.Select[Any]:
    """As the database holds them: no types, so that 2 is not taken for yes."""
    columns: list[Any] = [sa.column(name) for part in GUARDED[table] for name in part]
    query: sa.Select[Any] = sa.select(*columns)
    return query.select_from(sa.table(table))


def _counting(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Numbers as decimal strings, yes as 1; blanks are left out."""
    return {
        str(name): str(int(value)) if isinstance(value, int) else value
        for name, value in row.items()
        if value is not None
    }


def _mark(audit_key: bytes, what: str, table: str, key: Key) -> bytes:
    place = canonical_json([what, table, *map(str, key)])
    return hmac.digest(audit_key, b"state " + place, "sha256")


def _shown(key: Key) -> str:
    return "/".join(map(str, key))[:63]
