"""Whether an import can be: who may, which fields, and what a file's columns seem to stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from engine.access.viewer import Viewer
from engine.access.ways import Way, best_access
from engine.importing.guessing import guess, remembered
from engine.importing.plan import Plan
from engine.importing.resolving import title_key
from engine.importing.shown import Import, Look, LookColumn
from engine.importing.store import Store
from engine.records.keyed import may_be_key
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.sheets import Sheet
from metamodel.forms import FieldDefinition
from metamodel.problems import Problem, Rejected, has_errors, pointer, problem

SAMPLES, SAMPLED = 3, 30  # cells shown of each column, among so many lines


class Judge:
    def __init__(self, services: Services, store: Store) -> None:
        self._services, self._store = services, store

    def may(self, viewer: Viewer, app: str, form: str) -> bool:
        """Not into an archive: what is evidence comes from where it happened."""
        program = self._services.programs.get(app, form)
        return not program.form.is_archive and bool(self._writing(viewer, program))

    def fields(self, viewer: Viewer, app: str, form: str) -> tuple[FormProgram, tuple[FieldDefinition, ...]]:
        """The fields this person may bring in. Rejected (access.denied) where there is none."""
        program = self._services.programs.get(app, form)
        ways = self._writing(viewer, program)
        found = tuple(p.field for p in program.inputs if _comes_in(p) and best_access(ways, p.id) == "write")
        if program.form.is_archive or not found:
            raise Rejected([problem("access.denied")])
        return program, found

    def _writing(self, viewer: Viewer, program: FormProgram) -> list[Way]:
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        return [way for way in ways if way.actions & {"create", "update"}]

    # -- the mapping screen ------------------------------------------------------------------------

    def look(self, viewer: Viewer, found: Import, sheet: Sheet, plan: Plan) -> Look:
        program, fields = self.fields(viewer, found.app, found.form)
        known = {field.id: field for field in fields}
        keys = self._keys(viewer, program)
        before = self._store.remembered(viewer, found.app, found.form, sheet.headings)
        chosen = self._chosen(sheet, plan, before, known, keys)
        samples = list(islice(sheet.lines(), SAMPLED))
        columns = tuple(
            LookColumn(
                place, column.heading,
                tuple(islice((c for line in samples if (c := line.cells[place])), SAMPLES)), column.field, column.by,
            )
            for place, column in enumerate(chosen.columns)
        )  # fmt: skip
        return Look(
            sheet.names, chosen, columns, fields, keys, self._targets(viewer, program, fields),
            before is not None and not plan.columns, tuple(self._judged(program, fields, keys, chosen)),
        )  # fmt: skip

    def _chosen(
        self, sheet: Sheet, plan: Plan, before: Plan | None, known: dict[str, FieldDefinition],
        keys: Sequence[FieldDefinition],
    ) -> Plan:  # fmt: skip
        """What was chosen for this sheet; else what was chosen for such headings before; else a guess."""
        if tuple(column.heading for column in plan.columns) == sheet.headings:
            columns = plan.columns
        elif before is not None:
            plan, columns = before, remembered(sheet.headings, before.columns, known)
        else:
            others = [field for field in keys if field.id not in known]
            columns = guess(sheet.headings, list(known.values()), others)
            named = next((key.id for key in others if any(c.field == key.id for c in columns)), "")
            if named:  # our own number: this file came from here
                plan = msgspec.structs.replace(plan, mode="update", key=named)
        return msgspec.structs.replace(plan, sheet=sheet.name, heading=sheet.heading, columns=columns)

    def _keys(self, viewer: Viewer, program: FormProgram) -> tuple[FieldDefinition, ...]:
        """Fields a record may be recognised by, those that are unique first."""
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        reading = [way for way in ways if "read" in way.actions]
        found = [
            p.field for p in program.stored
            if may_be_key(p) and p.reference is None and best_access(reading, p.id) in ("read", "write")
        ]  # fmt: skip
        numbers = {p.id for p, _ in program.numbers}
        return tuple(sorted(found, key=lambda field: not (field.unique or field.id in numbers)))

    def _targets(
        self, viewer: Viewer, program: FormProgram, fields: Sequence[FieldDefinition]
    ) -> dict[str, tuple[FieldDefinition, ...]]:
        """By link, the fields of the other form that may name its records; the title's first."""
        found: dict[str, tuple[FieldDefinition, ...]] = {}
        for field in fields:
            reference = program.fields[field.id].reference
            if reference is not None and reference.target == "record":
                target = self._services.programs.get(reference.app or program.app.id, reference.form)
                first = title_key(target)
                keys = sorted(self._keys(viewer, target), key=lambda key: key.id != first)
                found[field.id] = tuple(key for key in keys if key.id == first or key.unique)
        return found

    # -- whether it can be -------------------------------------------------------------------------

    def require(self, viewer: Viewer, found: Import, sheet: Sheet, plan: Plan) -> None:
        """Rejected with everything that is wrong with the plan."""
        program, fields = self.fields(viewer, found.app, found.form)
        if len(plan.columns) != len(sheet.headings):
            raise Rejected([problem("import.not_now")])
        wrong = list(self._judged(program, fields, self._keys(viewer, program), plan))
        if has_errors(wrong):
            raise Rejected(wrong)

    def _judged(
        self,
        program: FormProgram,
        fields: Sequence[FieldDefinition],
        keys: Sequence[FieldDefinition],
        plan: Plan,
    ) -> Iterator[Problem]:
        taken, may = set[str](), {field.id for field in fields}
        for place, column in plan.fields:
            if column.field in taken:
                label = program.fields[column.field].field.text() if column.field in program.fields else ""
                yield problem("import.mapped_twice", pointer("columns", place), field=label)
            elif column.field not in may and column.field != plan.key:
                known = program.fields.get(column.field)
                label = known.field.text() if known else column.field
                yield problem("import.field_closed", pointer("columns", place), field=label)
            taken.add(column.field)
        if not taken:
            yield problem("import.nothing_mapped")
        if plan.mode != "create" and (plan.key not in taken or plan.key not in {key.id for key in keys}):
            yield problem("import.no_key", "/key")
        if plan.mode != "update" and taken:
            yield from _needed(program, taken)


def _needed(program: FormProgram, taken: set[str]) -> Iterator[Problem]:
    """A warning: rules may fill what nobody brings."""
    for field in program.inputs:
        if field.field.required and field.default is None and field.id not in taken:
            yield problem("import.needed", field=field.field.text())


def _comes_in(field: FieldProgram) -> bool:
    """Text can say it: no rows inside a row, no files."""
    type_ = field.field.type
    if type_ is None or type_.container:
        return False
    return field.reference is None or field.reference.target != "file"
