"""Settling: records that are there follow a new version of their form; a job, resumable.

Computed fields that come out otherwise are computed, choices that went into others are replaced, what follows from
either follows. Nobody changed anything: no rule hears of it, and an ordinary record keeps its revision and whoever
saved it last; in an archive each such record gets its leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM
from engine.access.visible import Visible
from engine.access.ways import ALL
from engine.database import Unit
from engine.evidence.tombstones import tombstones_of
from engine.expressions import EvaluationContext
from engine.migrate import ColumnCopies
from engine.migrate.settling import Pending, Settled, pending, save_settled, settled, settled_in
from engine.records.drafts import Draft
from engine.records.figures import Figures
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.records.state import apply_formulas
from engine.records.store import Store
from engine.values import parse_json
from metamodel.problems import Rejected


class Writes(Protocol):
    """`records.Records`, as far as it is needed here."""

    store: Store
    figures: Figures


CHUNK = 200  # records a unit: a few milliseconds that others wait for
OTHER = object()  # what no value is: the field is written whatever it says


class Settling:
    def __init__(self, services: Services, records: Writes, copies: ColumnCopies) -> None:
        self._services, self._copies = services, copies
        self._store, self._figures = records.store, records.figures

    def of(self, app: str) -> list[Settled]:
        """How far the forms of an app have followed; those that are through, too."""
        with self._services.database.read() as connection:
            return settled_in(connection, app)

    def __call__(self, payload: Mapping[str, Any], _job: str) -> None:
        """The job: of the newest version only, an older one's wishes are among its own."""
        app, form = payload["app"], payload["form"]
        self._copies.finish(app, form)
        while self._services.database.write(lambda unit: self._chunk(unit, app, form, payload["version"])):
            pass

    def _chunk(self, unit: Unit, app: str, form: str, version: int) -> bool:
        """False when there is nothing left to do."""
        one = settled(unit.connection, app, form)
        if one is None or one.done or one.version != version:
            return False
        try:
            program = self._services.programs.get(app, form)
        except Rejected:
            return False  # it is parked; it goes on when the form comes back
        if not one.after:
            one.total = unit.connection.scalar(_waiting(program, one, sa.func.count())) or 0
        own = program.table.table.c.id
        query = _waiting(program, one, own).where(own > one.after).order_by(own).limit(CHUNK)
        ids = list(unit.connection.scalars(query))
        one.changed += self._settle(unit, program, one, ids)
        one.looked, one.after = one.looked + len(ids), ids[-1] if ids else one.after
        one.done = len(ids) < CHUNK
        save_settled(unit, one)
        if one.done:
            self._tell(unit, one)
        return not one.done

    def _settle(self, unit: Unit, program: FormProgram, one: Settled, ids: Iterable[int]) -> int:
        """How many were written."""
        there = set(ids)
        gone = tombstones_of(unit.connection, there) if there else {}
        everything = Visible(program.table, [ALL], [sa.true()])  # what is only stored or deleted, too
        loaded = self._store.load(unit.connection, program, everything, there - set(gone))
        context = self._services.context(unit.connection, SYSTEM, unit.moment, program.app.id)
        drafts = [draft for draft, _ in loaded.values()]
        for draft in drafts:
            self._follow(unit, program, one, draft, context)
        moved = [draft for draft in drafts if any(_differs(draft, field.id) for field in program.stored)]
        self._store.update(unit, SYSTEM, program, moved, quietly=not program.form.is_archive)
        return len(moved)

    def _follow(
        self, unit: Unit, program: FormProgram, one: Settled, draft: Draft, context: EvaluationContext
    ) -> None:
        for path, choices in one.merged.items():
            name, _, cell = path.partition(".")
            field = program.fields.get(name)
            if field is not None and name not in program.frozen:
                _merge(program, field, cell, choices, draft)
        for field in program.figures:
            if field.id in one.computed and field.id not in program.frozen:
                draft.values[field.id] = self._figures.of(unit, program, field, draft.values, context)
        apply_formulas(program, draft.values, context, standing=True)

    def _tell(self, unit: Unit, one: Settled) -> None:
        if one.computed:
            detail = {"fields": one.computed, "changed": one.changed}
            self._services.audit.add(
                unit, SYSTEM, [Occurrence("field.compute", one.app, one.form, detail=detail)]
            )
        merged = [
            Occurrence(
                "choice.merge", one.app, one.form, detail={"field": path, "from": choice, "into": into}
            )
            for path, choices in one.merged.items()
            for choice, into in choices.items()
        ]
        self._services.audit.add(unit, SYSTEM, merged)


class Waiting:
    """What of a form's records is not there yet, for whoever shows them. Asked with every page: where nothing was
    waiting, nothing waits until the next publication."""

    def __init__(self, publication: Callable[[], int]) -> None:
        self._publication = publication
        self._calm: dict[tuple[str, str], int] = {}

    def __call__(self, connection: sa.Connection, program: FormProgram) -> Mapping[str, Pending]:
        place, now = (program.app.id, program.form.id), self._publication()
        if self._calm.get(place) == now:
            return {}
        found = pending(connection, program.table)
        if not found:
            self._calm[place] = now
        return found


def _waiting(program: FormProgram, one: Settled, what: Any) -> sa.Select[Any]:
    """All records; those with one of the choices where nothing is to be computed."""
    table = program.table
    query = sa.select(what).select_from(table.table)
    return query if one.computed else query.where(sa.or_(sa.false(), *_holding(program, one)))


def _holding(program: FormProgram, one: Settled) -> Iterable[sa.ColumnElement[bool]]:
    table = program.table
    for path, choices in one.merged.items():
        name, _, cell = path.partition(".")
        if name not in table.fields:
            continue
        column, link = table.fields[name], table.links.get(name)
        if link is not None:
            yield table.table.c.id.in_(sa.select(link.c.record).where(link.c.value.in_(choices)))
        elif cell or table.shapes[name].many or table.shapes[name].sealed:
            yield column.is_not(None)
        else:
            yield column.in_(choices)


def _merge(
    program: FormProgram, field: FieldProgram, cell: str, choices: Mapping[str, str], draft: Draft
) -> None:
    """Rows of a sub-form are read with the choices merged; what lies in the table tells which are not."""
    value = draft.values.get(field.id)
    if value is None:
        return
    if not cell:
        draft.values[field.id] = _replaced(value, choices)
        return
    raw = draft.stored.get(program.physical[field.id])
    rows = parse_json(raw) if isinstance(raw, str) else []
    if field.field.sealed or any(_replaced(row.get(cell), choices) != row.get(cell) for row in rows):
        draft.before[field.id] = OTHER


def _replaced(value: Any, choices: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(choices.get(one, one) for one in value))
    return choices.get(value, value) if isinstance(value, str) else value


def _differs(draft: Draft, name: str) -> bool:
    return bool(draft.values.get(name) != draft.before.get(name))
