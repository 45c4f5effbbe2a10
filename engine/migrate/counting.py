"""How much a step is about: rows of its form, values that would be parked; and what lies parked already.

Asked before publishing, by the dialog that says what it would mean. Counts are exact: one scan of one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.migrate.plan import ParkField, ParkForm, Plan, ReplaceField, RestoreField, Step
from engine.tables import Entry, read_entries


@dataclass(frozen=True, slots=True)
class Weight:
    """One step, how many rows its form has, and how many values it parks, brings over or gives back."""

    step: Step
    rows: int
    values: int = 0


@dataclass(frozen=True, slots=True)
class ParkedColumn:
    """A column whose field was deleted or became another type; `entry` is its number in the catalog."""

    entry: int
    form: str
    field: str
    type: str
    values: int
    sealed: bool = False


def weigh(connection: sa.Connection, plan: Plan) -> list[Weight]:
    """Every step of a plan, in its order."""
    entries = read_entries(connection, plan.app)
    tables = {entry.form: entry for entry in entries if not entry.field}
    rows = {form: _count(connection, entry.physical) for form, entry in tables.items()}
    return [
        Weight(step, rows.get(step.form, 0), _values(connection, tables, step, rows)) for step in plan.steps
    ]


def _values(connection: sa.Connection, tables: dict[str, Entry], step: Step, rows: dict[str, int]) -> int:
    if isinstance(step, ParkForm):
        return rows.get(step.form, 0)
    if isinstance(step, (ParkField, ReplaceField, RestoreField)):
        return _count(connection, tables[step.form].physical, step.entry.physical)
    return 0


def parked_columns(connection: sa.Connection, app: str, forms: Sequence[str]) -> list[ParkedColumn]:
    """What lies parked in these forms and holds values, newest first."""
    entries = read_entries(connection, app)
    tables = {entry.form: entry for entry in entries if not entry.field}
    parked = [
        ParkedColumn(
            entry.id, entry.form, entry.field, entry.shape.type,
            _count(connection, tables[entry.form].physical, entry.physical), entry.shape.sealed,
        )
        for entry in reversed(entries)
        if entry.field and not entry.active and entry.form in forms and entry.form in tables
    ]  # fmt: skip
    return [one for one in parked if one.values]


def row_counts(connection: sa.Connection, app: str) -> dict[str, int]:
    """Rows by form, of the forms that are in use."""
    entries = [entry for entry in read_entries(connection, app) if not entry.field and entry.active]
    return {entry.form: _count(connection, entry.physical) for entry in entries}


def _count(connection: sa.Connection, table: str, column: str = "") -> int:
    """Rows, or the values of one column."""
    query = sa.select(sa.func.count()).select_from(sa.table(table, *([sa.column(column)] if column else ())))
    return connection.scalar(query.where(sa.column(column).is_not(None)) if column else query) or 0
