"""Rows: stored columns -> Python values a viewer may see, sealed ones opened, derived ones computed.

The inner half of reading; `read.py` turns rows into what pages and the API show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import Way, best_access
from engine.expressions import EvaluationContext
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.system_tables import flow_instances, record_keys
from metamodel.plugin_api import HeadValue, LinkedFrom, Lookup, Rollup
from metamodel.roles import FieldAccess

READABLE = ("read", "write")
SYSTEM_COLUMNS = ("id", "revision", "version", "created_at", "created_by", "updated_at", "updated_by")

MOST_LINKED = 2_000  # of what links to the rows of one page
NEVER = datetime.min.replace(tzinfo=UTC)  # no formula may ask what time it is


@dataclass(slots=True)
class Row:
    """One record, decoded. `access` says for every field that was asked for what may be done with it."""

    id: int
    system: Mapping[str, Any]
    values: dict[str, Any]
    access: dict[str, FieldAccess]
    ways: Sequence[Way]


class Rows:
    def __init__(self, services: Services) -> None:
        self._services = services

    def visible(self, connection: sa.Connection, viewer: Viewer, program: FormProgram) -> Visible:
        return self._services.authority.visible_rows(connection, viewer, program.app, program.form)

    def select(self, program: FormProgram, visible: Visible, fields: Sequence[str]) -> sa.Select[Any]:
        """The statement that `fetch` can read: system columns, these fields, the record's key."""
        table = program.table.table
        stored = [program.table.column(name) for name in self._needed(program, fields)]
        columns: list[Any] = [*(table.c[name] for name in SYSTEM_COLUMNS), *stored]
        if not any(program.fields[name].field.sealed for name in self._needed(program, fields)):
            return visible.select(columns)
        keys = [record_keys.c.master, record_keys.c.wrapped]
        return visible.select([*columns, *keys]).outerjoin_from(
            table, record_keys, record_keys.c.record == table.c.id
        )

    def fetch(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, visible: Visible,
        statement: sa.Select[Any], fields: Sequence[str], *, derived: bool = True,
    ) -> list[Row]:  # fmt: skip
        """Run a statement made by `select` (filtered, sorted, limited) and decode its rows."""
        found = connection.execute(statement).mappings().all()
        decode = self._decoder(program, visible, fields)
        rows = [decode(row) for row in found]
        if derived:
            self._derive(connection, viewer, program, rows, fields)
        return rows

    def by_ids(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, ids: Iterable[int],
        fields: Sequence[str] | None = None, *, derived: bool = True,
    ) -> dict[int, Row]:  # fmt: skip
        """The visible ones of these records, by id."""
        wanted = tuple(program.fields) if fields is None else tuple(fields)
        visible = self.visible(connection, viewer, program)
        found: dict[int, Row] = {}
        for chunk in _chunks(sorted(set(ids)), 500):
            statement = self.select(program, visible, wanted).where(program.table.table.c.id.in_(chunk))
            rows = self.fetch(connection, viewer, program, visible, statement, wanted, derived=derived)
            found.update((row.id, row) for row in rows)
        return found

    # -- decoding ----------------------------------------------------------------------------------

    def _needed(self, program: FormProgram, fields: Sequence[str]) -> list[str]:
        """Stored fields to read: the wanted ones, what they are computed of, the links that lookups go through."""
        names = program.with_used(fields)
        through = {d.through for p, d in program.lookups if p.id in names}
        return [p.id for p in program.stored if p.id in names or p.id in through]

    def _decoder(self, program: FormProgram, visible: Visible, fields: Sequence[str]) -> Callable[[Any], Row]:
        """What is the same for all rows is worked out once; access only where other ways reach a row."""
        names = program.with_used(fields)
        columns = [(n, program.physical[n], program.fields[n]) for n in self._needed(program, fields)]
        known: dict[tuple[int, ...], dict[str, FieldAccess]] = {}

        def decode(row: Any) -> Row:
            ways = visible.ways_of(row)
            reached = tuple(map(id, ways))
            if reached not in known:
                known[reached] = {n: _access(program, ways, n) for n in names if n in program.fields}
            access, key = known[reached], self._key(row)
            values: dict[str, Any] = {}
            for name, column, field in columns:
                allowed, raw = access.get(name), row[column]
                if allowed != "hide":
                    value = None if raw is None else self._value(field, raw, row["id"], key)
                    values[name] = field.mask(value) if allowed == "mask" else value
            return Row(row["id"], {n: row[n] for n in SYSTEM_COLUMNS}, values, access, ways)

        return decode

    def _key(self, row: Any) -> bytes | None:
        if "wrapped" not in row or row["wrapped"] is None:
            return None
        return self._services.seals.unwrap(row["master"], row["wrapped"], row["id"])

    def _value(self, program: FieldProgram, raw: Any, record: int, key: bytes | None) -> Any:
        if not program.field.sealed:
            return program.decode(raw)
        if key is None:
            return None
        return program.unseal(self._services.seals.open(key, program.id, record, raw))

    # -- lookups and rollups -----------------------------------------------------------------------

    def _derive(
        self,
        connection: sa.Connection,
        viewer: Viewer,
        program: FormProgram,
        rows: list[Row],
        fields: Sequence[str],
    ) -> None:
        names = program.with_used(fields)
        for field, lookup in program.lookups:
            if field.id in names:
                self._look_up(connection, viewer, program, field, lookup, rows)
        for field, rollup in program.rollups:
            if field.id in names:
                self._roll_up(connection, viewer, program, field, rollup, rows)
        for field, back in program.linked_from:
            if field.id in fields:
                self._look_back(connection, viewer, program, field, back, rows)
        for field, head in program.heads:
            if field.id in fields:
                _fill_head(connection, field, head, rows)
        live = [field for name, field in program.live.items() if name in fields]
        if live:
            context = self._services.context(connection, viewer, NEVER, program.app.id)
            _compute(live, rows, context)
            _forget(rows, {*names} - {*fields})

    def _look_up(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, field: FieldProgram,
        lookup: Lookup, rows: list[Row],
    ) -> None:  # fmt: skip
        target = self.target(program, lookup.through)
        ids = {int(row.values[lookup.through]) for row in rows if row.values.get(lookup.through)}
        if target is None or not ids:
            return
        found = self.by_ids(connection, viewer, target, ids, (lookup.field,))
        for row in rows:
            there = found.get(int(row.values.get(lookup.through) or 0))
            access = row.access.get(field.id)
            if there and access != "hide":
                value = there.values.get(lookup.field)
                row.values[field.id] = field.mask(value) if access == "mask" else value

    def target(self, program: FormProgram, link: str) -> FormProgram | None:
        """The form a link points at; None for any other field, and for none."""
        through = program.fields.get(link)
        reference = through.field.type.reference(through.field) if through and through.field.type else None
        if reference is None or reference.target != "record":
            return None
        return self._services.programs.get(reference.app or program.app.id, reference.form)

    def _roll_up(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, field: FieldProgram,
        rollup: Rollup, rows: list[Row],
    ) -> None:  # fmt: skip
        source = self._services.programs.get(rollup.app or program.app.id, rollup.form)
        statement = self._rollup_statement(connection, viewer, source, rollup, [row.id for row in rows])
        if statement is None:
            return
        counted = {row[0]: row[1] for row in connection.execute(statement)}
        for row in rows:
            if row.access.get(field.id) not in ("hide", "mask"):
                row.values[field.id] = _rolled(counted.get(row.id), rollup, source)

    def _look_back(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, field: FieldProgram,
        back: LinkedFrom, rows: list[Row],
    ) -> None:  # fmt: skip
        """The records there that point at these, newest first; only those this viewer may see, and whose link
        he may read."""
        source = self._services.programs.get(back.app or program.app.id, back.form)
        visible = self.visible(connection, viewer, source).reading([back.via])
        if back.via not in source.table.fields or not visible.ways:
            return
        own, index = source.table.table.c.id, source.table.links.get(back.via)
        pointed = index.c.value if index is not None else source.table.column(back.via)
        statement = sa.select(pointed, own).where(visible.condition, pointed.in_([row.id for row in rows]))
        if index is not None:
            statement = statement.select_from(source.table.table.join(index, index.c.record == own))
        found: dict[int, list[str]] = {}
        for here, there in connection.execute(statement.order_by(own.desc()).limit(MOST_LINKED)):
            found.setdefault(int(here), []).append(str(there))
        for row in rows:
            if row.access.get(field.id) not in ("hide", "mask"):
                row.values[field.id] = found.get(row.id)

    def _rollup_statement(
        self, connection: sa.Connection, viewer: Viewer, source: FormProgram, rollup: Rollup, ids: list[int]
    ) -> sa.Select[Any] | None:
        visible = self.visible(connection, viewer, source)
        if rollup.via not in source.table.fields or not visible.ways:
            return None
        via = source.table.column(rollup.via)
        counted = source.table.column(rollup.field) if rollup.field else source.table.table.c.id
        statement = sa.select(via, AGGREGATES[rollup.aggregate](counted)).where(
            visible.condition, via.in_(ids)
        )
        if rollup.where:
            where, _ = self._services.authority.condition(
                connection, viewer, source.app, source.form, rollup.where
            )
            statement = statement.where(where)
        return statement.group_by(via)


AGGREGATES: Mapping[str, Any] = {
    "count": sa.func.count, "sum": sa.func.sum, "avg": sa.func.avg, "min": sa.func.min, "max": sa.func.max,
}  # fmt: skip


def _compute(live: Sequence[FieldProgram], rows: Sequence[Row], context: EvaluationContext) -> None:
    """Of what this viewer may read; what he may not is blank to it."""
    for row in rows:
        readable = {name: row.values[name] for name in row.values if row.access.get(name) in READABLE}
        for field in live:
            if field.formula and row.access.get(field.id) in READABLE:
                row.values[field.id] = field.decode(field.encode(field.formula(readable, context)))


def _forget(rows: Sequence[Row], names: Collection[str]) -> None:
    """What was read only to compute something of it."""
    for row in rows:
        for name in names:
            row.values.pop(name, None)
            row.access.pop(name, None)


def _fill_head(connection: sa.Connection, field: FieldProgram, head: HeadValue, rows: Sequence[Row]) -> None:
    states = _flow_states(connection, [row.id for row in rows]) if head.part == "flow" else {}
    for row in rows:
        if (access := row.access.get(field.id)) != "hide":
            raw = states.get(row.id) if head.part == "flow" else row.system[head.part]
            raw = str(raw) if head.part == "id" else raw
            value = None if raw is None else field.decode(raw)
            row.values[field.id] = field.mask(value) if access == "mask" else value


def _flow_states(connection: sa.Connection, ids: Sequence[int]) -> Mapping[int, str]:
    """How the newest approval of each of these records stands."""
    held = flow_instances.c
    newest = sa.select(sa.func.max(held.id)).where(held.record.in_(ids)).group_by(held.record)
    return {
        row.record: row.state
        for row in connection.execute(sa.select(held.record, held.state).where(held.id.in_(newest)))
    }


def _rolled(raw: Any, rollup: Rollup, source: FormProgram) -> Any:
    """A count of nothing is 0; every other aggregate of nothing is blank."""
    if rollup.aggregate == "count":
        return raw or 0
    return None if raw is None else source.fields[rollup.field].decode(round(raw))


def _access(program: FormProgram, ways: Sequence[Way], name: str) -> FieldAccess:
    access = best_access(ways, name)
    frozen = program.form.is_archive and program.fields[name].field.evidence
    derived = program.fields[name].field.derived is not None
    return "read" if access == "write" and (frozen or derived) else access


def _chunks(items: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (items[start : start + size] for start in range(0, len(items), size))
