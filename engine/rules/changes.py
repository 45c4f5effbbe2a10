"""Changes: what effects want of records that are in the database already, gathered over a batch.

Each record is loaded and written once a batch, however many messages touched it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.records.program import FormProgram
from metamodel.problems import Rejected

if TYPE_CHECKING:
    from engine.rules.run import Run

Place = tuple[str, str]  # app, form


class Changes:
    def __init__(self) -> None:
        self._set: dict[Place, dict[int, dict[str, Any]]] = {}
        self._add: dict[Place, dict[int, dict[str, list[Any]]]] = {}

    def set(self, app: str, form: str, record: int, values: Mapping[str, Any]) -> None:
        self._set.setdefault((app, form), {}).setdefault(record, {}).update(values)

    def add(self, app: str, form: str, record: int, field: str, items: Sequence[Any]) -> None:
        """Items to join what stands in a many-valued field."""
        known = self._add.setdefault((app, form), {}).setdefault(record, {}).setdefault(field, [])
        known += [item for item in items if item not in known]

    def waiting_for(self, app: str, form: str) -> bool:
        return (app, form) in self._set or (app, form) in self._add

    def flush(self, run: Run) -> None:
        """Writing may set off rules that leave more to write, so until nothing is left."""
        while self._set or self._add:
            place = next(iter(self._set or self._add))
            sets, adds = self._set.pop(place, {}), self._add.pop(place, {})
            program = run.program(*place)
            self._write(run, program, _merged(run, program, sets, adds))

    def _write(self, run: Run, program: FormProgram, changes: dict[int, dict[str, Any]]) -> None:
        while changes:
            try:
                run.records.writer.update(
                    run.unit, run.viewer, program.app.id, program.form.id, changes, raw=False
                )
                return
            except Rejected as error:
                refused = {p.path.split("/")[1] for p in error.problems if "/" in p.path}
                kept = {record: values for record, values in changes.items() if str(record) not in refused}
                if run.trace is not None:
                    run.trace.problems += error.problems
                if len(kept) == len(changes):
                    return
                changes = kept


def _merged(
    run: Run, program: FormProgram, sets: dict[int, dict[str, Any]], adds: dict[int, dict[str, list[Any]]]
) -> dict[int, dict[str, Any]]:
    """Lists grown by what is added; what changes nothing is left out."""
    fields = sorted({field for wanted in adds.values() for field in wanted if field in program.fields})
    rows = run.load(program, adds, fields) if fields else {}
    for record, row in rows.items():
        for field, items in adds[record].items():
            there = sets.get(record, {}).get(field, row.values.get(field)) or []
            missing = [item for item in items if item not in there]
            if missing:
                sets.setdefault(record, {})[field] = [*there, *missing]
    return sets
