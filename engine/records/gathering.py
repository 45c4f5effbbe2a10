"""Reading much for the app itself: the rows that point at records, all values of a field.

What analyzers work on. It runs for the app, so it sees every record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.program import FormProgram
from engine.records.rows import Rows
from metamodel.problems import Rejected, problem

CHUNK = 400


def rows_pointing_at(
    connection: sa.Connection, rows: Rows, program: FormProgram, via: str, records: Sequence[int],
    fields: Sequence[str],
) -> dict[str, list[Mapping[str, Any]]]:  # fmt: skip
    """Values of the records whose link field `via` is one of these, by that one, in the order they were
    made. Rejected for a field that is no column."""
    if via not in program.table.fields:
        raise Rejected([problem("value.unknown_field", field=via)])
    visible, wanted = rows.visible(connection, SYSTEM, program), [*fields, via]
    column, ordered = program.table.column(via), program.table.table.c.id
    found: dict[str, list[Mapping[str, Any]]] = {}
    for start in range(0, len(records), CHUNK):
        some: sa.BindParameter[Any] = sa.bindparam("some", records[start : start + CHUNK], expanding=True)
        statement = rows.select(program, visible, wanted).where(column.in_(some)).order_by(ordered)
        for row in rows.fetch(connection, SYSTEM, program, visible, statement, wanted):
            found.setdefault(str(row.values[via]), []).append(row.values)
    return found


def texts_of(connection: sa.Connection, program: FormProgram, field: str, most: int) -> list[str]:
    """What stands in a plain text field, each text once; nothing for any other field."""
    known = program.fields.get(field)
    if known is None or field not in program.table.fields or known.field.sealed:
        return []
    column = program.table.column(field)
    asked = sa.select(column).where(column.is_not(None)).distinct().order_by(column).limit(most)
    return [text for (text,) in connection.execute(asked) if isinstance(text, str)]
