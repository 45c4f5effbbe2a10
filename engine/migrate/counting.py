"""How much a step is about: rows of its form, values that would be parked; and what lies parked already.

Asked before publishing, by the dialog that says what it would mean. Counts are exact: one scan of one column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.migrate.plan import MergeChoice, ParkField, ParkForm, Plan, ReplaceField, RestoreField, Step
from engine.tables import Entry, FormTable, form_tables, read_entries
from engine.values import canonical_json, parse_json

MOST_CHOICES = 2_000  # different values


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
    forms = form_tables(entries)
    return [
        Weight(
            step, rows.get(step.form, 0),
            holders(connection, forms, plan.app, step) or 0
            if isinstance(step, MergeChoice) else _values(connection, tables, step, rows),
        )
        for step in plan.steps
    ]  # fmt: skip


def holders(
    connection: sa.Connection, tables: Mapping[tuple[str, str], FormTable], app: str, step: MergeChoice
) -> int | None:
    """How many records hold a choice; None where it cannot be known: it is sealed."""
    table = tables.get((app, step.form))
    found = choice_counts(connection, table, step.field, step.choice) if table is not None else {}
    return None if found is None else found.get(step.choice, 0)


def choice_counts(
    connection: sa.Connection, table: FormTable, path: str, only: str = ""
) -> dict[str, int] | None:
    """How many records hold each value of a field (`lines.kind`: of a column of its rows), or this one alone;
    None for what is sealed."""
    name, _, cell = path.partition(".")
    if name not in table.fields:
        return {}
    if table.shapes[name].sealed:
        return None
    column, link = table.fields[name], table.links.get(name)
    if cell or (table.shapes[name].many and link is None):
        return _in_lists(connection, column, cell, only)
    value = link.c.value if link is not None else column
    query = sa.select(value, sa.func.count()).where(value == only if only else value.is_not(None))
    rows = connection.execute(query.group_by(value).limit(MOST_CHOICES)).all()
    return {str(found): int(number) for found, number in rows}


def _in_lists(connection: sa.Connection, column: sa.Column[Any], cell: str, only: str) -> dict[str, int]:
    """Among the items of lists, or the cells of rows, that are kept as JSON."""
    query = sa.select(column).where(column.is_not(None))
    if only:
        quoted = canonical_json(only).decode()
        query = query.where(column.contains(quoted, autoescape=True))
    counts = Counter[str]()
    for text in connection.scalars(query.execution_options(yield_per=1_000)):
        items = [row.get(cell) for row in parse_json(text)] if cell else parse_json(text)
        each = [one for item in items for one in (item if isinstance(item, list) else [item])]
        counts.update({str(one) for one in each if one is not None})
    return {only: counts[only]} if only else dict(counts.most_common(MOST_CHOICES))


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


def parked_fields(connection: sa.Connection, app: str) -> frozenset[tuple[str, str]]:
    """(form, field) of everything that lies parked, whether it holds anything or not."""
    entries = read_entries(connection, app)
    return frozenset((one.form, one.field) for one in entries if one.field and not one.active)


def parked_forms(connection: sa.Connection, app: str) -> list[tuple[str, int]]:
    """Forms that were taken away and their records, the newest first; only those that have any."""
    entries = [one for one in reversed(read_entries(connection, app)) if not one.field and not one.active]
    counted = [(one.form, _count(connection, one.physical)) for one in entries]
    return [(form, number) for form, number in counted if number]


def parked_cells(
    connection: sa.Connection, app: str, gone: Sequence[tuple[str, str]]
) -> list[tuple[str, str, int]]:
    """Of these (form, `lines.price`) the records in whose rows such a cell is still kept; sealed ones are left out."""
    tables = form_tables(read_entries(connection, app)) if gone else {}
    found = []
    for form, path in gone:
        name, _, cell = path.partition(".")
        table = tables.get((app, form))
        if table is None or name not in table.fields or table.shapes[name].sealed:
            continue
        column = table.fields[name]
        holds = column.contains(canonical_json(cell).decode() + ":", autoescape=True)
        number = connection.scalar(sa.select(sa.func.count()).where(holds)) or 0
        found += [(form, path, number)] if number else []
    return found


def row_counts(connection: sa.Connection, app: str) -> dict[str, int]:
    """Rows by form, of the forms that are in use."""
    entries = [entry for entry in read_entries(connection, app) if not entry.field and entry.active]
    return {entry.form: _count(connection, entry.physical) for entry in entries}


def filled_forms(connection: sa.Connection, app: str) -> frozenset[str]:
    """Those with records, and those that were taken away with theirs: they come back with them."""
    counts = [*row_counts(connection, app).items(), *parked_forms(connection, app)]
    return frozenset(form for form, number in counts if number)


def _count(connection: sa.Connection, table: str, column: str = "") -> int:
    """Rows, or the values of one column."""
    query = sa.select(sa.func.count()).select_from(sa.table(table, *([sa.column(column)] if column else ())))
    return connection.scalar(query.where(sa.column(column).is_not(None)) if column else query) or 0
