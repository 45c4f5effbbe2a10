"""Records found by what one of their fields holds, as one viewer may see them; and create-or-update by it.

The key of another system (a customer number, an order) names our record: the API, batches and imports come
through here. What a viewer may not read is not found, so nobody learns from a key what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.access.ways import best_access
from engine.database import Unit
from engine.records.matching import in_use_of
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.records.state import parse_value
from engine.records.write import Writer
from engine.whole_numbers import whole_number
from metamodel.plugin_api import BadValue, Storage
from metamodel.problems import Problem, Rejected, has_errors, pointer, problem

Mode = Literal["create", "update", "both"]
CHUNK = 400


@dataclass(frozen=True, slots=True)
class Upserted:
    id: str
    created: bool


def may_be_key(field: FieldProgram | None) -> bool:
    """One plain value in a column of its own: sealed and many-valued fields find nothing."""
    return (
        field is not None and field.field.type is not None and not field.field.sealed
        and not field.field.type.many and not field.field.type.container
        and field.field.type.storage_of(field.field) not in (Storage.JSON, Storage.BYTES)
    )  # fmt: skip


class Keyed:
    """`find` for lookups of any kind; `write` for create-or-update."""

    def __init__(self, services: Services, writer: Writer) -> None:
        self._services, self._writer = services, writer

    def key(self, connection: sa.Connection, viewer: Viewer, program: FormProgram, name: str) -> FieldProgram:
        """The field records are found by. Rejected: access.denied, record.not_a_key."""
        ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        reading = [way for way in ways if "read" in way.actions]
        if not reading:
            raise Rejected([problem("access.denied")])
        field = program.fields.get(name)
        plain = best_access(reading, name) in ("read", "write")
        if field is None or name not in program.table.fields or not (plain and may_be_key(field)):
            raise Rejected([problem("record.not_a_key", field=name)])
        return field

    def find(
        self,
        connection: sa.Connection,
        viewer: Viewer,
        program: FormProgram,
        name: str,
        raws: Collection[Any],
    ) -> dict[Any, list[int]]:
        """Ids by stored value, newest first, of records this viewer may see with that field plain."""
        visible = self._services.authority.visible_rows(connection, viewer, program.app, program.form)
        visible = visible.reading([name])
        own, column = program.table.table.c.id, program.table.column(name)
        found: dict[Any, list[int]] = {}
        wanted = sorted(set(raws), key=str) if visible.ways else []
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            query = sa.select(own, column).where(visible.condition, column.in_(some), in_use_of(own))
            for identifier, raw in connection.execute(query.order_by(own.desc())):
                found.setdefault(raw, []).append(identifier)
        return found

    def write(
        self, unit: Unit, viewer: Viewer, app: str, form: str, key: str, rows: Sequence[Mapping[str, Any]], *,
        mode: Mode = "both", raw: bool = True, trial: bool = False,
    ) -> list[Upserted]:  # fmt: skip
        """Each row creates a record, or changes the one whose `key` holds what the row says; in order. All or
        nothing: Rejected with paths `/row/field`. `raw`, `trial`: see `Writer.create`."""
        program = self._services.programs.get(app, form)
        field = self.key(unit.connection, viewer, program, key)
        self._services.database.alone(unit.connection, f"{app}\0{form}\0{key}")
        raws, problems = _keys(field, rows, raw)
        found = self.find(unit.connection, viewer, program, key, [raw for raw in raws if raw is not None])
        placed = [found.get(raw, []) if raw is not None else [] for raw in raws]
        problems += _misplaced(field, rows, raws, placed, mode)
        wrong = {_row(one) for one in problems}
        new = [place for place, ids in enumerate(placed) if not ids and place not in wrong]
        known = {ids[0]: place for place, ids in enumerate(placed) if ids and place not in wrong}
        made: dict[int, Upserted] = {}
        problems += self._create(unit, viewer, app, form, rows, new, made, raw, trial)
        problems += self._change(unit, viewer, app, form, rows, known, key, made, raw)
        if has_errors(problems):
            raise Rejected(sorted(problems, key=_row))
        return [made[place] for place in range(len(rows))]

    def _create(
        self, unit: Unit, viewer: Viewer, app: str, form: str, rows: Sequence[Mapping[str, Any]],
        places: Sequence[int], made: dict[int, Upserted], raw: bool, trial: bool,
    ) -> list[Problem]:  # fmt: skip
        if not places:
            return []
        try:
            sent = [rows[place] for place in places]
            ids = self._writer.create(unit, viewer, app, form, sent, raw=raw, trial=trial)
        except Rejected as refused:
            return [_moved(one, lambda row: places[row]) for one in refused.problems]
        made.update((place, Upserted(str(one), created=True)) for place, one in zip(places, ids, strict=True))
        return []

    def _change(
        self, unit: Unit, viewer: Viewer, app: str, form: str, rows: Sequence[Mapping[str, Any]],
        known: Mapping[int, int], key: str, made: dict[int, Upserted], raw: bool,
    ) -> list[Problem]:  # fmt: skip
        if not known:
            return []
        changes = {
            record: {name: value for name, value in rows[place].items() if name != key}
            for record, place in known.items()
        }
        try:
            self._writer.update(unit, viewer, app, form, changes, raw=raw)
        except Rejected as refused:
            return [_moved(one, lambda record: known[record]) for one in refused.problems]
        made.update((place, Upserted(str(record), created=False)) for record, place in known.items())
        return []


def _keys(
    field: FieldProgram, rows: Sequence[Mapping[str, Any]], unread: bool
) -> tuple[list[Any], list[Problem]]:
    """The stored value of every row's key (None: it has none), and what is wrong with those."""
    raws: list[Any] = []
    problems: list[Problem] = []
    for place, row in enumerate(rows):
        value, wrong = parse_value(field, row.get(field.id)) if unread else (row.get(field.id), [])
        raw = None
        try:
            raw = field.encode(value)
        except BadValue as bad:
            wrong = [problem(bad.code, pointer(field.id), field=field.field.text(), **bad.params)]
        if raw is None and not wrong:
            wrong = [problem("value.required", pointer(field.id), field=field.field.text())]
        problems += [one.under(pointer(place)) for one in wrong]
        raws.append(raw)
    return raws, problems


def _misplaced(
    field: FieldProgram, rows: Sequence[Mapping[str, Any]], raws: Sequence[Any],
    placed: Sequence[Sequence[int]], mode: Mode,
) -> Iterator[Problem]:  # fmt: skip
    """Keys that name several records, come twice, or name one (or none) where that is not wanted."""
    seen: set[Any] = set()
    for place, (raw, ids) in enumerate(zip(raws, placed, strict=True)):
        if raw is None:
            continue
        code = (
            "record.key_twice" if raw in seen
            else "record.several" if len(ids) > 1
            else "record.key_taken" if ids and mode == "create"
            else "record.no_such_key" if not ids and mode == "update"
            else ""
        )  # fmt: skip
        seen.add(raw)
        if code:
            said = str(rows[place].get(field.id))[:100]
            yield problem(code, pointer(place, field.id), field=field.field.text(), value=said)


def _row(found: Problem) -> int:
    """The row a problem is about; -1 for one that is about all of them."""
    head = found.path.split("/")[1] if "/" in found.path else ""
    return whole_number(head, -1)


def _moved(found: Problem, place_of: Callable[[int], int]) -> Problem:
    """The same problem at the row that was sent."""
    row = _row(found)
    if row < 0:
        return found
    rest = found.path.split("/", 2)[2:]
    return replace(found, path=pointer(place_of(row)) + "".join("/" + part for part in rest))
