"""Picking: an expression decided record by record, over every row there is, for conditions no database knows.

Slower by far than SQL; nothing of what is read is shown. Called where lifetimes are looked after.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.access.visible import Visible
from engine.access.ways import ALL
from engine.expressions import compile_expression
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.records.services import Services
from metamodel.expressions import Expression
from metamodel.problems import Rejected, problem

CHUNK = 500


def pick(services: Services, connection: sa.Connection, program: FormProgram, text: str) -> Iterator[int]:
    """Ids of those of which it is so, and of those of which that cannot be told: it is asked for what must be
    kept. Rejected (expression.sealed_in_sql, and what is wrong with the expression)."""
    expression = services.authority.checked(program.app, program.form, text)
    _refuse_sealed(services, program, expression)
    holds, rows, own = (
        compile_expression(expression, services.registry),
        Rows(services),
        program.table.table.c.id,
    )
    context = services.context(connection, SYSTEM, services.database.clock.now(), program.app.id)
    names = tuple(dict.fromkeys(path[0] for path in expression.names if path[0] in program.fields))
    every = Visible(program.table, [ALL], [sa.true()])
    after = 0
    while ids := connection.scalars(sa.select(own).where(own > after).order_by(own).limit(CHUNK)).all():
        statement = rows.select(program, every, names).where(own.in_(ids))
        for row in rows.fetch(connection, SYSTEM, program, every, statement, names):
            try:
                if holds({"id": str(row.id), **row.system, **row.values}, context):
                    yield row.id
            except Rejected:
                yield row.id
        after = ids[-1]


def _refuse_sealed(services: Services, program: FormProgram, expression: Expression) -> None:
    """How many records hold a sealed word is not for whoever keeps records to ask."""
    for path in expression.names:
        place: FormProgram | None = program
        for name in path:
            field = place.fields.get(name) if place is not None else None
            if field is None or place is None:
                break
            if field.field.sealed:
                raise Rejected([problem("expression.sealed_in_sql", what=name)])
            target = field.reference
            known = target is not None and target.target == "record"
            place = (
                services.programs.get(target.app or place.app.id, target.form) if known and target else None
            )
