"""How many records there are, and which, whoever may read them: for numbers that show nothing of them, and for
handing over what somebody has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.conditions import Conditions
from engine.records.program import FormProgram
from engine.records.query import Condition
from engine.records.services import Services


def count_picked(services: Services, connection: sa.Connection, program: FormProgram, where: str) -> int:
    """How many records of the form a condition picks."""
    visible = services.authority.visible_rows(connection, SYSTEM, program.app, program.form)
    found = visible.ids()
    if where:
        found = found.where(
            services.authority.condition(connection, SYSTEM, program.app, program.form, where)[0]
        )
    return connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def count_held(
    services: Services,
    connection: sa.Connection,
    program: FormProgram,
    field: str,
    person: str,
    where: str = "",
) -> int:
    """How many records name this person there; `where` narrows them."""
    held = _held(services, connection, program, field, person, where)
    return connection.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0


def held_ids(
    services: Services, connection: sa.Connection, program: FormProgram, field: str, person: str,
    where: str = "", *, after: int = 0, limit: int = 500,
) -> Sequence[int]:  # fmt: skip
    """Their ids, oldest first, from the one after `after`."""
    identifier = program.table.table.c.id
    held = _held(services, connection, program, field, person, where)
    found = held.where(identifier > after).order_by(identifier).limit(limit)
    return [int(one) for one in connection.scalars(found)]


def _held(
    services: Services, connection: sa.Connection, program: FormProgram, field: str, person: str, where: str
) -> sa.Select[Any]:
    names = Conditions(connection, services, SYSTEM, program).where(Condition(field, "is", (person,)))
    visible = services.authority.visible_rows(connection, SYSTEM, program.app, program.form)
    found = visible.ids().where(names)
    if where:
        found = found.where(
            services.authority.condition(connection, SYSTEM, program.app, program.form, where)[0]
        )
    return found
