"""Plans an application against the database as it is: which tables hold rows, which values are doubled."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from engine.migrate.plan import Plan, ReshapeField, RestoreField, Step, plan
from engine.tables import FormTable, form_tables, read_entries
from metamodel.application import App
from metamodel.problems import Problem, problem


def plan_against(connection: sa.Connection, app: App) -> Plan:
    """`plan` with what only the tables can tell."""
    entries = read_entries(connection, app.id)
    tables = form_tables(entries)
    rows = {entry.form: _has_rows(connection, entry.physical) for entry in entries if not entry.field}
    planned = plan(app, entries, rows)
    doubled = [_doubled(connection, app, tables, step) for step in planned.steps]
    return Plan(app.id, planned.steps, (*planned.problems, *(found for found in doubled if found)))


def _has_rows(connection: sa.Connection, physical: str) -> int:
    any_row = sa.select(sa.literal(1)).select_from(sa.table(physical)).limit(1)
    return 0 if connection.execute(any_row).first() is None else 1


def _doubled(
    connection: sa.Connection, app: App, tables: Mapping[tuple[str, str], FormTable], step: Step
) -> Problem | None:
    """A field that is to become unique while two records share a value."""
    if not isinstance(step, (ReshapeField, RestoreField)) or step.shape.index != "unique":
        return None
    table, form = tables.get((app.id, step.form)), app.form(step.form)
    field = form.field(step.field) if form else None
    if table is None or field is None or step.entry.shape.index == "unique":
        return None
    column = table.table.c[step.entry.physical]
    twice = sa.select(column).where(column.is_not(None)).group_by(column).having(sa.func.count() > 1)
    if connection.execute(twice.limit(1)).first() is None:
        return None
    return problem("field.duplicates", f"{field.path}/unique", field=field.text())
