"""Does what a migration plan says, inside the publishing unit of work.

Each kind of step has one function here; all DDL goes through Alembic's operations. Triggers of
archive tables are made anew whenever their frozen columns change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit, driver
from engine.evidence.triggers import Trigger, archive_triggers
from engine.migrate.indexes import LateIndex, index_name, is_hashed, is_large
from engine.migrate.plan import (
    AddField,
    ChangeKind,
    CreateForm,
    ParkField,
    ParkForm,
    Plan,
    ReplaceField,
    ReshapeField,
    RestoreField,
    RestoreForm,
    Step,
)
from engine.system_tables import catalog
from engine.tables import (
    Entry,
    FormTable,
    Shape,
    column_of,
    form_table,
    link_table,
    physical_name,
    read_entries,
    shape_json,
    system_columns,
)

PATIENCE = "1s"  # a table's lock is waited for so long: whoever comes after us waits behind us


@dataclass(frozen=True, slots=True)
class Copy:
    """A column whose values a job has to bring over."""

    form: str
    field: str
    source: int  # catalog ids
    target: int


class Migration:
    """One plan being applied; `copies` and `later` (indexes of large tables) are left to do afterwards."""

    def __init__(self, database: Database, unit: Unit, plan: Plan) -> None:
        from alembic.migration import MigrationContext
        from alembic.operations import Operations

        self._database, self._unit, self._plan = database, unit, plan
        self._op: Any = Operations(MigrationContext.configure(unit.connection))
        self._tables: dict[str, Entry] = {}
        self.copies: list[Copy] = []
        self.later: list[LateIndex] = []

    def run(self) -> Mapping[str, FormTable]:
        """All steps; the app's form tables as they are now, before anybody else sees them."""
        if self._database.dialect == "postgresql":
            self._unit.connection.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        entries = read_entries(self._unit.connection, self._plan.app)
        before = _by_form(entries)
        self._tables = _tables(entries)
        for step in self._plan.steps:
            if perform := _PERFORM.get(type(step)):  # else a job's
                perform(self, step)
        entries = read_entries(self._unit.connection, self._plan.app)
        after = _by_form(entries)
        self._tables = _tables(entries)
        for form, table in after.items():
            self._fence(before.get(form), table)
        return {form: table for form, table in after.items() if self._tables[form].active}

    # -- forms -------------------------------------------------------------------------------------
    def create_form(self, step: CreateForm) -> None:
        entry = self._add_entry(step.form, "", Shape(kind=step.kind))
        self._tables[step.form] = entry
        self._op.create_table(entry.physical, *system_columns())

    def park_form(self, step: ParkForm) -> None:
        self._set(step.entry, state="parked")

    def restore_form(self, step: RestoreForm) -> None:
        self._set(step.entry, state="active")

    def change_kind(self, step: ChangeKind) -> None:
        self._set(step.entry, shape=shape_json(Shape(kind=step.kind)))

    # -- fields ------------------------------------------------------------------------------------
    def add_field(self, step: AddField | ReplaceField) -> Entry:
        entry = self._add_entry(step.form, step.field, step.shape)
        table = self._tables[step.form].physical
        self._op.add_column(table, column_of(entry))
        if entry.shape.link:
            self._create_link(entry)
        self._create_index(table, entry)
        return entry

    def park_field(self, step: ParkField) -> None:
        self._set(step.entry, state="parked")

    def restore_field(self, step: RestoreField) -> None:
        self._set(step.entry, state="active")
        self._reshape(step.entry, step.shape)

    def replace_field(self, step: ReplaceField) -> None:
        self._set(step.entry, state="parked")
        entry = self.add_field(step)
        if step.copies:
            self.copies.append(Copy(step.form, step.field, step.entry.id, entry.id))

    def reshape_field(self, step: ReshapeField) -> None:
        self._reshape(step.entry, step.shape)

    def _reshape(self, entry: Entry, shape: Shape) -> None:
        if entry.shape == shape:
            return
        self._set(entry, shape=shape_json(shape))
        changed = replace(entry, shape=shape)
        if entry.shape.index != shape.index:
            if entry.shape.index:
                self._op.drop_index(index_name(entry), self._tables[entry.form].physical, if_exists=True)
            self._create_index(self._tables[entry.form].physical, changed)
        if shape.link and not entry.shape.link:
            self._create_link(changed)

    def _create_index(self, table: str, entry: Entry) -> None:
        """A unique one is a fence and stands at once; another may come later."""
        unique = entry.shape.index == "unique"
        if entry.shape.index and not unique and comes_later(self._database, self._unit, table):
            self.later.append(LateIndex(index_name(entry), table, entry.physical))
        elif entry.shape.index:
            self._op.create_index(index_name(entry), table, [entry.physical], unique=unique)

    def _create_link(self, entry: Entry) -> None:
        table = link_table(entry, sa.MetaData())
        self._op.execute(sa.schema.CreateTable(table))
        for index in table.indexes:
            self._op.execute(sa.schema.CreateIndex(index))

    # -- the catalog and the fences ----------------------------------------------------------------
    def _add_entry(self, form: str, field: str, shape: Shape) -> Entry:
        (identifier,) = self._database.take_numbers(self._unit.connection, "catalog", 1)
        physical = physical_name(identifier, field)
        entry = Entry(identifier, self._plan.app, form, field, shape, physical, "active")
        self._unit.connection.execute(
            catalog.insert().values(
                id=identifier, app=entry.app, form=form, field=field, shape=shape_json(shape),
                physical=physical, state="active",
            )
        )  # fmt: skip
        return entry

    def _set(self, entry: Entry, **values: Any) -> None:
        self._unit.connection.execute(catalog.update().where(catalog.c.id == entry.id).values(**values))

    def _fence(self, before: FormTable | None, now: FormTable) -> None:
        """The triggers that keep an archive's rows as they were written."""
        if before is not None and (before.kind, before.frozen) == (now.kind, now.frozen):
            return
        connection = driver(self._unit.connection)
        for trigger in self._triggers(before) if before is not None else ():
            on = f' ON "{trigger.table}"' if self._database.dialect == "postgresql" else ""
            connection.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on}')
        for trigger in self._triggers(now):
            connection.execute(trigger.sql)

    def _triggers(self, table: FormTable) -> list[Trigger]:
        if not table.is_archive:
            return []
        return list(archive_triggers(self._database.dialect, table.table, table.frozen))


def comes_later(database: Database, unit: Unit, table: str) -> bool:
    """Would others wait too long for an index of this table?"""
    return database.dialect == "postgresql" and is_large(unit.connection, table)


def index_for_lookups(
    database: Database, unit: Unit, app: str, form: str, field: str, later: list[LateIndex] | None = None
) -> bool:
    """Make sure that records of a published form are found fast by this field: rules match by it, often in
    another app's form. False where there is no such column or no index can help (sealed, many-valued).
    `later` takes what others would wait too long for."""
    entries = [e for e in read_entries(unit.connection, app) if e.form == form and e.active]
    table = next((entry for entry in entries if not entry.field), None)
    entry = next((entry for entry in entries if entry.field == field), None)
    if table is None or entry is None or entry.shape.sealed or entry.shape.many:
        return False
    if not entry.shape.index:
        if later is not None and comes_later(database, unit, table.physical):
            later.append(LateIndex(index_name(entry), table.physical, entry.physical, is_hashed(entry)))
        else:
            # Equality only, and of texts of any length: PostgreSQL's trees refuse long ones.
            using: dict[str, Any] = {"postgresql_using": "hash"} if is_hashed(entry) else {}
            column = form_table(table, [entry]).table.c[entry.physical]
            unit.connection.execute(sa.schema.CreateIndex(sa.Index(index_name(entry), column, **using)))
        shape = shape_json(msgspec.structs.replace(entry.shape, index="plain"))
        unit.connection.execute(catalog.update().where(catalog.c.id == entry.id).values(shape=shape))
    return True


def _tables(entries: list[Entry]) -> dict[str, Entry]:
    return {entry.form: entry for entry in entries if not entry.field}


def _by_form(entries: list[Entry]) -> dict[str, FormTable]:
    """Every form the app ever had, the parked ones too: their triggers are still there."""
    return {
        form: form_table(table, [entry for entry in entries if entry.form == form and entry.field])
        for form, table in _tables(entries).items()
    }


_PERFORM: Mapping[type[Step], Callable[[Migration, Any], object]] = {
    CreateForm: Migration.create_form,
    ParkForm: Migration.park_form,
    RestoreForm: Migration.restore_form,
    ChangeKind: Migration.change_kind,
    AddField: Migration.add_field,
    ParkField: Migration.park_field,
    RestoreField: Migration.restore_field,
    ReplaceField: Migration.replace_field,
    ReshapeField: Migration.reshape_field,
}
