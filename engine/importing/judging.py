"""Whether an import can be: who may, which fields, and what a file's columns seem to stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from engine.access.viewer import Viewer
from engine.access.ways import Way, best_access
from engine.importing.guessing import guess, remembered
from engine.importing.plan import Plan, Target, label_of, program_of, targets_of
from engine.importing.resolving import title_key
from engine.importing.shown import Import, Look, LookColumn
from engine.importing.store import Store
from engine.records.keyed import may_be_key
from engine.records.program import FormProgram
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

    def targets(self, viewer: Viewer, app: str, form: str) -> tuple[FormProgram, tuple[Target, ...]]:
        """The fields, and columns of sub-forms, this person may bring in. Rejected (access.denied) where there is
        none."""
        program = self._services.programs.get(app, form)
        ways = self._writing(viewer, program)
        found = tuple(targets_of([p for p in program.inputs if best_access(ways, p.id) == "write"]))
        if program.form.is_archive or not found:
            raise Rejected([problem("access.denied")])
        return program, found

    def _writing(self, viewer: Viewer, program: FormProgram) -> list[Way]:
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        return [way for way in ways if way.actions & {"create", "update"}]

    # -- the mapping screen ------------------------------------------------------------------------

    def look(self, viewer: Viewer, found: Import, sheet: Sheet, plan: Plan) -> Look:
        program, targets = self.targets(viewer, found.app, found.form)
        known = {target.id: target for target in targets}
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
            sheet.names, chosen, columns, targets, keys, self._linked(viewer, program, targets),
            before is not None and not plan.columns, tuple(self._judged(program, targets, keys, chosen)),
        )  # fmt: skip

    def _chosen(
        self, sheet: Sheet, plan: Plan, before: Plan | None, known: dict[str, Target], keys: Sequence[Target]
    ) -> Plan:
        """What was chosen for this sheet; else what was chosen for such headings before; else a guess."""
        if tuple(column.heading for column in plan.columns) == sheet.headings:
            columns = plan.columns
        elif before is not None:
            columns = remembered(sheet.headings, before.columns, known)
            plan = msgspec.structs.replace(before, attachments=plan.attachments)
        else:
            others = [key for key in keys if key.id not in known]
            columns = guess(sheet.headings, list(known.values()), others)
            named = next((key.id for key in others if any(c.field == key.id for c in columns)), "")
            if named:  # our own number: this file came from here
                plan = msgspec.structs.replace(plan, mode="update", key=named)
        return msgspec.structs.replace(plan, sheet=sheet.name, heading=sheet.heading, columns=columns)

    def _keys(self, viewer: Viewer, program: FormProgram) -> tuple[Target, ...]:
        """Fields a record may be recognised by, those that are unique first."""
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        reading = [way for way in ways if "read" in way.actions]
        found = [
            Target(p.field) for p in program.stored
            if may_be_key(p) and p.reference is None and best_access(reading, p.id) in ("read", "write")
        ]  # fmt: skip
        numbers = {p.id for p, _ in program.numbers}
        return tuple(sorted(found, key=lambda key: not (key.field.unique or key.id in numbers)))

    def _linked(
        self, viewer: Viewer, program: FormProgram, targets: Sequence[Target]
    ) -> dict[str, tuple[FieldDefinition, ...]]:
        """By link, the fields of the other form that may name its records; the title's first."""
        found: dict[str, tuple[FieldDefinition, ...]] = {}
        for one in targets:
            field = program_of(program, one.id)
            reference = field.reference if field is not None else None
            if reference is not None and reference.target == "record":
                target = self._services.programs.get(reference.app or program.app.id, reference.form)
                first = title_key(target)
                keys = sorted(self._keys(viewer, target), key=lambda key: key.id != first)
                found[one.id] = tuple(key.field for key in keys if key.id == first or key.field.unique)
        return found

    # -- whether it can be -------------------------------------------------------------------------

    def require(self, viewer: Viewer, found: Import, sheet: Sheet, plan: Plan) -> None:
        """Rejected with everything that is wrong with the plan."""
        program, targets = self.targets(viewer, found.app, found.form)
        if len(plan.columns) != len(sheet.headings):
            raise Rejected([problem("import.not_now")])
        wrong = list(self._judged(program, targets, self._keys(viewer, program), plan))
        if has_errors(wrong):
            raise Rejected(wrong)

    def _judged(
        self, program: FormProgram, targets: Sequence[Target], keys: Sequence[Target], plan: Plan
    ) -> Iterator[Problem]:
        taken, may = set[str](), {target.id for target in targets}
        for place, column in plan.fields:
            label = label_of(program, column.field)
            if column.field in taken:
                yield problem("import.mapped_twice", pointer("columns", place), field=label)
            elif column.field not in may and column.field != plan.key:
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
    given = taken | {name.partition(".")[0] for name in taken}
    for field in program.inputs:
        if field.field.required and field.default is None and field.id not in given:
            yield problem("import.needed", field=field.field.text())
