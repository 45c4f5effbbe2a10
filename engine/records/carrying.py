"""Carrying: values of one field brought into its new column after its type changed.

Not a change of anybody's: no rule hears of it and nobody is told. What follows from the field does change with
it: computed fields, the search index, and in an archive the leaf of each record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.access.visible import Visible
from engine.access.ways import ALL
from engine.database import Unit
from engine.records.drafts import Draft
from engine.records.program import FormProgram
from engine.records.services import Services
from engine.records.state import apply_formulas
from engine.records.store import Store


class Carrying:
    """What `migrate.ColumnCopies` is given."""

    def __init__(self, services: Services, store: Store) -> None:
        self._services, self._store = services, store

    def __call__(self, unit: Unit, app: str, form: str, field: str, values: Mapping[int, Any]) -> int | None:
        """How many were written; None where nothing but the column is concerned."""
        program = self._services.programs.get(app, form)
        if not _concerns_more(program, field):
            return None
        everything = Visible(program.table, [ALL], [sa.true()])  # what is only stored or deleted, too
        loaded = self._store.load(unit.connection, program, everything, values)
        drafts = [draft for draft, _ in loaded.values() if draft.values.get(field) is None]
        for draft in drafts:
            draft.values[field] = values[draft.id]
        drafts = self._without_doubles(unit, program, drafts)
        context = self._services.context(unit.connection, SYSTEM, unit.moment, app)
        for draft in drafts:
            apply_formulas(program, draft.values, context, standing=True)
        self._store.update(unit, SYSTEM, program, drafts)
        return len(drafts)

    def _without_doubles(self, unit: Unit, program: FormProgram, drafts: list[Draft]) -> list[Draft]:
        """Where a value must be unique, the first one has it."""
        doubled = {found.path.split("/")[1] for found in self._store.not_unique(unit, program, drafts)}
        return [draft for draft in drafts if str(draft.row) not in doubled]


def _concerns_more(program: FormProgram, field: str) -> bool:
    searchable = any(one.id == field for one in program.searchable)
    return program.form.is_archive or searchable or bool(program.formulas or program.computed_rows)
