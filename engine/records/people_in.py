"""Whom the rows of a form name: those copies go to, when a flow tells the people of all rows it is about."""

from __future__ import annotations

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.services import Services
from metamodel.problems import Rejected, problem


def people_in(
    services: Services, connection: sa.Connection, app: str, form: str, where: str, field: str
) -> list[str]:
    """The ids of the people in `field`, for one or several, of all rows `where` picks, whoever may read them.
    Rejected (value.unknown_field) for a field nothing can be asked by."""
    source, authority = services.programs.get(app, form), services.authority
    known = source.fields.get(field)
    if known is None or field not in source.table.fields or known.field.sealed:
        raise Rejected([problem("value.unknown_field", field=field)])
    table, index = source.table.table, source.table.links.get(field)
    named = index.c.value if index is not None else source.table.column(field)
    visible = authority.visible_rows(connection, SYSTEM, source.app, source.form)
    statement = sa.select(named).distinct().where(visible.condition, named.is_not(None))
    if index is not None:
        statement = statement.select_from(table.join(index, index.c.record == table.c.id))
    if where.strip():
        statement = statement.where(
            authority.condition(connection, SYSTEM, source.app, source.form, where)[0]
        )
    return sorted(str(one) for one in connection.scalars(statement))
