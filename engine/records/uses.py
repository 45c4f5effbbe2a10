"""How many records hold each value of a field: what a designer is told before he takes a choice away.

Counts only, of all rows: nobody learns from them which record says what. Sealed fields are not counted.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.migrate import choice_counts
from engine.records.services import Services
from metamodel.problems import Problem, Rejected, problem

MOST = 2_000  # different values


def value_counts(services: Services, app: str, form: str, field: str) -> dict[str, int]:
    """How often each choice of a published field (`lines.kind`: of a column of its rows) stands in a record; {}
    where there is nothing to count."""
    try:
        program = services.programs.get(app, form)
    except Rejected:
        return {}
    if "." in field:
        with services.database.read() as connection:
            return choice_counts(connection, program.table, field) or {}
    known = program.fields.get(field)
    if known is None or known.field.sealed or known.field.type is None or field not in program.table.fields:
        return {}
    index = program.table.links.get(field)
    if index is None and known.field.type.many:
        return {}
    column = index.c.value if index is not None else program.table.column(field)
    total = sa.func.count().label("total")
    query = sa.select(column, total).where(column.is_not(None)).group_by(column).limit(MOST)
    with services.database.read() as connection:
        rows = connection.execute(query.order_by(total.desc())).all()
    plain = index is not None
    return {str(value if plain else known.decode(value)): int(count) for value, count in rows}


def merging_refused(services: Services, app: str, form: str, field: str) -> Problem | None:
    """Why the choices of this published field cannot go into others once they are used; None: they can."""
    try:
        program = services.programs.get(app, form)
    except Rejected:
        return None
    name = field.partition(".")[0]
    if name not in program.frozen:
        return None
    return problem("field.choice_evidence", field=program.fields[name].field.text(), choice="…")
