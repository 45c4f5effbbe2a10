"""Due records: those a date of theirs makes due in a stretch of time, and those a condition picks. For clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import microseconds
from engine.records.program import FormProgram
from engine.records.services import Services
from metamodel.plugin_api import RowsDue, Storage


def due_ids(services: Services, connection: sa.Connection, program: FormProgram, due: RowsDue) -> list[int]:
    """Oldest first, of all records."""
    visible = services.authority.visible_rows(connection, SYSTEM, program.app, program.form)
    conditions = _conditions(services, connection, program, due)
    ids = visible.ids().where(*conditions).order_by(program.table.table.c.id)
    return list(connection.scalars(ids))


def _conditions(
    services: Services, connection: sa.Connection, program: FormProgram, due: RowsDue
) -> Iterator[sa.ColumnElement[bool]]:
    if due.where:
        yield services.authority.condition(connection, SYSTEM, program.app, program.form, due.where)[0]
    if due.field:
        column = program.table.column(due.field)
        if due.after is not None:
            yield column > _stored(program, due.field, due.after - due.offset, services.zone)
        if due.until is not None:
            yield column <= _stored(program, due.field, due.until - due.offset, services.zone)


def _stored(program: FormProgram, name: str, moment: datetime, zone: tzinfo) -> int:
    """The moment as the column holds it; a day is reached when it begins here."""
    field = program.fields[name].field
    if field.type is not None and field.type.storage_of(field) is Storage.DATE:
        return moment.astimezone(zone).date().toordinal()
    return microseconds(moment)
