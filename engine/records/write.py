"""The only way to write a record; one row is a bulk of one.

access (on what the caller sent) → defaults → rules before → computed → check → ids → rules
created or updated → seal → insert → leaf → index → audit → rules written, in one unit of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import best_access
from engine.database import Unit
from engine.evidence.tombstones import tombstones_of
from engine.expressions import EvaluationContext
from engine.records.drafts import Batch, Draft, Stages
from engine.records.figures import Figures
from engine.records.matching import out_of_use
from engine.records.numbers import give_numbers
from engine.records.program import FieldProgram, FormProgram
from engine.records.quotes import quoted
from engine.records.references import missing_references
from engine.records.row_cells import settle_rows
from engine.records.services import Services
from engine.records.state import (
    apply_defaults,
    apply_formulas,
    check_values,
    parse_values,
    refuse_closed,
    standing_at_first,
)
from engine.records.store import Loaded, Store
from metamodel.problems import Problem, Rejected, has_errors, pointer, problem

QUOTED = 200  # characters of a value kept in the audit detail


class Writer:
    def __init__(self, services: Services, store: Store, stages: Stages, figures: Figures) -> None:
        self._services, self._store, self._stages, self._figures = services, store, stages, figures

    # -- create ------------------------------------------------------------------------------------

    def create(
        self, unit: Unit, viewer: Viewer, app: str, form: str, rows: Sequence[Mapping[str, Any]], *,
        raw: bool = True, trial: bool = False,
    ) -> list[int]:  # fmt: skip
        """Ids of the new records, in order. All or nothing: Rejected names every problem with paths
        `/row/field`. `raw=False`: Python values from the engine itself. `trial`: the caller undoes the unit, so
        no numbers are spent, and what nobody could refuse is left out: indexing, the audit trail."""
        program = self._services.programs.get(app, form)
        drafts, problems = self._drafts(unit, program, viewer, rows, raw)
        self._complete(unit, viewer, program, drafts, problems)
        self._number(unit, program, drafts, number=not trial)
        batch = Batch(unit, viewer, app, form, drafts)
        Stages.run(self._stages.created, batch)
        self._store.insert(unit, viewer, program, drafts, trial=trial)
        if not trial:
            self._services.audit.add(unit, viewer, list(_created(program, drafts)))
        Stages.run(self._stages.written, batch)
        return [draft.id for draft in drafts]

    def _drafts(
        self, unit: Unit, program: FormProgram, viewer: Viewer, rows: Sequence[Mapping[str, Any]], raw: bool
    ) -> tuple[list[Draft], list[Problem]]:
        problems: list[Problem] = []
        if not viewer.system:
            problems += self._refuse_create(unit, program, viewer, rows)
        drafts = []
        for number, row in enumerate(rows):
            values, wrong = parse_values(program, row) if raw else (dict(row), [])
            problems += [p.under(f"/{number}") for p in wrong]
            drafts.append(Draft(0, values, number))
        return drafts, problems

    def _refuse_create(
        self, unit: Unit, program: FormProgram, viewer: Viewer, rows: Sequence[Mapping[str, Any]]
    ) -> list[Problem]:
        ways = self._services.authority.ways(unit.connection, viewer, program.app, program.form)
        creating = [way for way in ways if "create" in way.actions]
        if not creating:
            raise Rejected([problem("access.denied")])
        sent = {name for row in rows for name in row if name in program.fields}
        closed = {name for name in sent if not _may_fill(program.fields[name], creating)}
        return [
            problem("value.not_writable", f"/{number}/{name}", field=program.fields[name].field.text())
            for number, row in enumerate(rows)
            for name in (row if closed else ())
            if name in closed
        ]

    def _complete(
        self, unit: Unit, viewer: Viewer, program: FormProgram, drafts: list[Draft], problems: list[Problem]
    ) -> None:
        """Defaults, rules before, computed fields, checks; Rejected with everything found."""
        context = self._services.context(unit.connection, viewer, unit.moment, program.app.id)
        for draft in drafts:
            if program.closable and not viewer.system:
                first = standing_at_first(program, draft.values, context)
                closed = refuse_closed(program, draft.values, first, context)
                problems += [p.under(f"/{draft.row}") for p in closed]
            apply_defaults(program, draft.values, context)
            if program.rows_asking:
                closed = settle_rows(program, draft.values, {}, context, viewer.system)
                problems += [p.under(f"/{draft.row}") for p in closed]
        Stages.run(self._stages.before, Batch(unit, viewer, program.app.id, program.form.id, drafts))
        for draft in drafts:
            apply_formulas(program, draft.values, context)
            if program.figures:
                self._figures.fill(unit, viewer, program, draft, context)
            found = check_values(program, draft.values, context)
            problems += [p.under(f"/{draft.row}") for p in found] if found else ()
        if not viewer.system:
            problems += missing_references(self._services, unit, viewer, program, drafts)
        problems += self._store.not_unique(unit, program, drafts)
        if has_errors(problems):
            raise Rejected(_once(problems))

    def _number(self, unit: Unit, program: FormProgram, drafts: list[Draft], *, number: bool) -> None:
        ids = self._services.database.take_ids(unit.connection, len(drafts))
        for draft, identifier in zip(drafts, ids, strict=True):
            draft.id = identifier
        if number:
            give_numbers(self._services.database, unit, program, drafts, self._services.zone)

    # -- update ------------------------------------------------------------------------------------

    def update(
        self, unit: Unit, viewer: Viewer, app: str, form: str,
        changes: Mapping[int, Mapping[str, Any]], *, raw: bool = True, revisions: Mapping[int, int] | None = None,
        causes: Mapping[int, str] | None = None,
    ) -> None:  # fmt: skip
        """Set these fields of these records. Rejected with paths `/id/field`; all or nothing. `causes`: the
        rule that wants it, by record."""
        program = self._services.programs.get(app, form)
        if viewer.system:  # what the app does by itself passes over what is not in use any more
            gone = out_of_use(unit.connection, changes)
            changes = {record: values for record, values in changes.items() if record not in gone}
        rows = self._store.load(unit.connection, program, self._updatable(unit, viewer, program), changes)
        problems = [*_absent(changes, rows), *_stale(rows, revisions or {}), *_shredded(unit, rows)]
        drafts = []
        context = self._services.context(unit.connection, viewer, unit.moment, program.app.id)
        for identifier, (draft, ways) in rows.items():
            sent = changes[identifier]
            values, wrong = parse_values(program, sent) if raw else (dict(sent), [])
            wrong += _unwritable(program, sent, ways, viewer) + _frozen(program, values, draft)
            if program.closable and not viewer.system:
                wrong += refuse_closed(program, values, draft.before, context)
            if program.rows_asking:
                wrong += settle_rows(program, values, draft.before, context, viewer.system)
            problems += [p.under(f"/{identifier}") for p in wrong]
            draft.values = {**draft.before, **_standing_by(program, values, draft.before)}
            if causes and causes.get(identifier):
                draft.causes.update(dict.fromkeys(values, causes[identifier]))
            drafts.append(draft)
        if has_errors(problems):
            raise Rejected(_once(problems))
        self._apply(unit, viewer, program, drafts, context)

    def _apply(
        self,
        unit: Unit,
        viewer: Viewer,
        program: FormProgram,
        drafts: list[Draft],
        context: EvaluationContext,
    ) -> None:
        Stages.run(self._stages.before, Batch(unit, viewer, program.app.id, program.form.id, drafts))
        problems: list[Problem] = []
        for draft in drafts:
            apply_formulas(program, draft.values, context, standing=True)
            if program.figures:
                self._figures.fill(unit, viewer, program, draft, context)
            if not viewer.system:
                found = check_values(program, draft.values, context, draft.before)
                problems += [p.under(f"/{draft.id}") for p in found]
        if not viewer.system:
            changed_only = [Draft(d.id, changed(d), d.id, before=d.before) for d in drafts]
            problems += missing_references(self._services, unit, viewer, program, changed_only)
        problems += self._store.no_more_unique(unit, program, drafts)
        if has_errors(problems):
            raise Rejected(_once(problems))
        moved = [draft for draft in drafts if changed(draft)]
        Stages.run(self._stages.updated, Batch(unit, viewer, program.app.id, program.form.id, moved))
        self._store.update(unit, viewer, program, moved)
        self._services.audit.add(unit, viewer, [self._changed(program, draft) for draft in moved])
        Stages.run(self._stages.written, Batch(unit, viewer, program.app.id, program.form.id, moved))

    def _changed(self, program: FormProgram, draft: Draft) -> Occurrence:
        detail = quoted(self._services.seals, draft.key, _quotes(program, draft))
        rules = {name: rule for name, rule in draft.causes.items() if name in changed(draft)}
        told = {**detail, "rules": rules} if rules else detail
        return Occurrence("update", program.app.id, program.form.id, draft.id, detail=told)

    def _updatable(self, unit: Unit, viewer: Viewer, program: FormProgram) -> Visible:
        visible = self._services.authority.visible_rows(unit.connection, viewer, program.app, program.form)
        if not viewer.system and not visible.ways:
            raise Rejected([problem("access.denied")])
        return visible


def changed(draft: Draft) -> dict[str, Any]:
    """The fields that differ from what stood there."""
    return {name: value for name, value in draft.values.items() if draft.before.get(name) != value}


def _standing_by(
    program: FormProgram, values: Mapping[str, Any], before: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What was sent, with what of it stays that nobody was shown: cells of columns that were taken away."""
    rows = [p for p in program.inputs if p.field.fields and values.get(p.id) and before.get(p.id)]
    kept = {p.id: p.field.type.standing_by(values[p.id], before[p.id], p.field) for p in rows if p.field.type}
    return {**values, **kept} if kept else values


def _may_fill(program: FieldProgram, ways: Iterable[Any]) -> bool:
    return program.field.derived is None and best_access(ways, program.id) == "write"


def _unwritable(
    program: FormProgram, sent: Mapping[str, Any], ways: Sequence[Any], viewer: Viewer
) -> list[Problem]:
    if viewer.system:
        return []
    updating = [way for way in ways if "update" in way.actions]
    if not updating:
        return [problem("access.denied")]
    return [
        problem("value.not_writable", pointer(name), field=program.fields[name].field.text())
        for name in sent
        if name in program.fields and not _may_fill(program.fields[name], updating)
    ]


def _frozen(program: FormProgram, values: Mapping[str, Any], draft: Draft) -> list[Problem]:
    """Evidence fields of an archive never change, not even by the system."""
    if not program.form.is_archive:
        return []
    return [
        problem("record.frozen", pointer(name), field=program.fields[name].field.text())
        for name, value in values.items()
        if program.fields[name].field.evidence and draft.before.get(name) != value
    ]


def _absent(changes: Mapping[int, Any], rows: Mapping[int, Any]) -> list[Problem]:
    return [
        problem("record.unknown", f"/{identifier}", record=identifier)
        for identifier in changes.keys() - rows.keys()
    ]


def _shredded(unit: Unit, rows: Loaded) -> list[Problem]:
    """What is shredded stays as it is."""
    return [problem("record.shredded", f"/{record}") for record in tombstones_of(unit.connection, rows)]


def _stale(rows: Mapping[int, tuple[Draft, Any]], revisions: Mapping[int, int]) -> list[Problem]:
    return [
        problem("record.changed", f"/{identifier}")
        for identifier, (draft, _) in rows.items()
        if revisions.get(identifier, draft.revision) != draft.revision
    ]


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """The same problem at the same place only once, in order."""
    seen: dict[tuple[str, str], Problem] = {}
    for found in problems:
        seen.setdefault((found.code, found.path), found)
    return list(seen.values())


def _created(program: FormProgram, drafts: Sequence[Draft]) -> Iterable[Occurrence]:
    """A single creation names its record; a batch is one line with its range of ids."""
    if len(drafts) == 1:
        rules = {"rules": drafts[0].causes} if drafts[0].causes else None
        yield Occurrence("create", program.app.id, program.form.id, drafts[0].id, detail=rules)
    elif drafts:
        detail = {"count": len(drafts), "first": str(drafts[0].id), "last": str(drafts[-1].id)}
        yield Occurrence("create_many", program.app.id, program.form.id, detail=detail)


def _quotes(program: FormProgram, draft: Draft) -> dict[str, Any]:
    """Old and new values by field, in brief."""

    def quote(name: str, value: Any) -> Any:
        field = program.fields[name].field
        if value is None or field.type is None:
            return None
        plain = field.type.to_json(value, field)
        return plain[:QUOTED] if isinstance(plain, str) else plain

    return {
        name: [quote(name, draft.before.get(name)), quote(name, value)]
        for name, value in changed(draft).items()
        if name in program.fields
    }
