"""Plans an application against the database as it is: which tables hold rows, which values are doubled, which
choices stand in records, what is still being brought over."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from engine.migrate.copies import unfinished
from engine.migrate.counting import holders
from engine.migrate.plan import MergeChoice, Plan, ReplaceField, ReshapeField, RestoreField, Step, plan
from engine.tables import FormTable, form_tables, read_entries
from metamodel.application import App
from metamodel.forms import FieldDefinition
from metamodel.problems import Problem, problem


def plan_against(connection: sa.Connection, app: App, before: App | None = None) -> Plan:
    """`plan` with what only the tables can tell; `before` is what is published now."""
    entries = read_entries(connection, app.id)
    tables = form_tables(entries)
    rows = {entry.form: _has_rows(connection, entry.physical) for entry in entries if not entry.field}
    planned = plan(app, entries, rows, before)
    steps, problems = list[Step](), list(planned.problems)
    copying = unfinished(connection, app.id) if planned.steps else {}
    for step in planned.steps:
        found = (
            _doubled(connection, app, tables, step)
            or _still_copied(app, tables, step, copying)
            or _evidence_merged(connection, app, tables, step)
        )
        problems += [found] if found else []
        if not isinstance(step, MergeChoice) or holders(connection, tables, app.id, step) != 0:
            steps.append(step)
    return Plan(app.id, tuple(steps), tuple(problems))


Tables = Mapping[tuple[str, str], FormTable]


def _still_copied(app: App, tables: Tables, step: Step, copying: Mapping[int, object]) -> Problem | None:
    """In an archive a column is written by the records' own path, which knows only those in use: the values must
    be there before the field becomes a third type. Elsewhere the second copy waits for the first."""
    table = tables.get((app.id, step.form))
    if not isinstance(step, ReplaceField) or table is None or not table.is_archive:
        return None
    field = _field(app, step)
    if step.entry.id not in copying or field is None:
        return None
    return problem("field.copy_running", f"{field.path}/type", field=field.text())


def _evidence_merged(connection: sa.Connection, app: App, tables: Tables, step: Step) -> Problem | None:
    """What an archive keeps as evidence says for ever what it said."""
    table = tables.get((app.id, step.form))
    if not isinstance(step, MergeChoice) or table is None or not table.is_archive:
        return None
    shape, field = table.shapes.get(step.field.partition(".")[0]), _field(app, step)
    if shape is None or not shape.evidence or field is None or not holders(connection, tables, app.id, step):
        return None
    return problem("field.choice_evidence", f"{field.path}/options", field=field.text(), choice=step.choice)


def _field(app: App, step: Step) -> FieldDefinition | None:
    form = app.form(step.form)
    return form.at(getattr(step, "field", "")) if form else None


def _has_rows(connection: sa.Connection, physical: str) -> int:
    any_row = sa.select(sa.literal(1)).select_from(sa.table(physical)).limit(1)
    return 0 if connection.execute(any_row).first() is None else 1


def _doubled(connection: sa.Connection, app: App, tables: Tables, step: Step) -> Problem | None:
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
