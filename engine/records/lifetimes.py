"""Lifetimes: conditions over all records of a form, for those who look after how long they are kept.

Not a way of reading: what is found is counted, held or shredded, never shown from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import microseconds
from engine.dialects.lists import listed
from engine.records.picking import pick
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.system_tables import restricted, tombstones
from metamodel.plugin_api import Storage
from metamodel.problems import Rejected

HOPS = 2  # a message belongs to a conversation that belongs to a customer
Condition = sa.ColumnElement[bool]


class Lifetimes:
    """Of one form's records, on one connection."""

    def __init__(self, services: Services, connection: sa.Connection, program: FormProgram) -> None:
        self._services, self._connection, self._program = services, connection, program
        self._place = program.app, program.form
        self._id = program.table.table.c.id
        self._picked: dict[str, Condition] = {}

    # -- conditions --------------------------------------------------------------------------------

    def where(self, text: str) -> Condition:
        """What an expression picks; blank: everything. What the database cannot decide is decided record by
        record. Rejected for what is no condition, or asks for sealed values."""
        if not text:
            return sa.true()
        try:
            return self._services.authority.condition(self._connection, SYSTEM, *self._place, text)[0]
        except Rejected as refused:
            if {one.code for one in refused.problems} != {"expression.not_in_sql"}:
                raise
        if text not in self._picked:
            ids = list(pick(self._services, self._connection, self._program, text))
            self._picked[text] = self._id.in_(listed(self._connection.dialect.name, ids))
        return self._picked[text]

    def began_after(self, start: str, day: date) -> Condition:
        """Its time, from the date field `start` (blank: the day of recording), began later than on this
        day, or has not begun."""
        column, bound = self._clock(start, day)
        return sa.or_(column.is_(None), column >= bound)

    def began_by(self, start: str, day: date) -> Condition:
        """It began on this day or before."""
        column, bound = self._clock(start, day)
        return sa.and_(column.is_not(None), column < bound)

    def _clock(self, start: str, day: date) -> tuple[sa.ColumnElement[int], int]:
        """The column a clock runs from, and the first value after this day."""
        if not start:
            return self._program.table.table.c.created_at, _next_day(day, self._services.zone)
        field = self._program.fields[start].field
        days = field.type is not None and field.type.storage_of(field) is Storage.DATE
        bound = day.toordinal() + 1 if days else _next_day(day, self._services.zone)
        return self._program.table.column(start), bound

    def shredded(self) -> Condition:
        return sa.exists().where(tombstones.c.record == self._id)

    def restricted(self) -> Condition:
        return sa.exists().where(restricted.c.record == self._id)

    def one(self, record: int) -> Condition:
        return self._id == record

    def up_to(self, newest: int) -> Condition:
        """What existed when this id was given."""
        return self._id <= newest

    def belonging(self, app: str, form: str, records: Iterable[int]) -> Condition:
        """These records themselves, and all that link to them, directly or by one record between."""
        wanted = sorted(set(records))
        among = listed(self._connection.dialect.name, wanted)
        found = self._belonging(self._program, (app, form), among, HOPS)
        return sa.false() if found is None else found

    def _belonging(
        self, program: FormProgram, target: tuple[str, str], wanted: sa.Select[tuple[int]], hops: int
    ) -> Condition | None:
        """None: nothing of this form can."""
        found: list[Condition] = []
        if (program.app.id, program.form.id) == target:
            found.append(program.table.table.c.id.in_(wanted))
        for field in program.stored:
            place = _target(field, program.app.id)
            if place is None or field.field.sealed:
                continue
            if place == target:
                found.append(_links(program, field, wanted))
            elif hops > 1 and place != (program.app.id, program.form.id):
                other = self._services.programs.get(*place)
                inner = self._belonging(other, target, wanted, hops - 1)
                if inner is not None:
                    found.append(_links(program, field, sa.select(other.table.table.c.id).where(inner)))
        return sa.or_(*found) if found else None

    # -- asking ------------------------------------------------------------------------------------

    def ids(self, where: Condition, limit: int, after: int = 0) -> list[int]:
        """The oldest records of which this is so."""
        query = sa.select(self._id).where(self._id > after, where).order_by(self._id).limit(limit)
        return list(self._connection.scalars(query))

    def among(self, where: Condition, ids: Sequence[int]) -> list[int]:
        """Those of these records of which this is so."""
        query = sa.select(self._id).where(self._id.in_(ids), where) if ids else None
        return [] if query is None else list(self._connection.scalars(query))

    def counts(self, where: Condition, among: Sequence[Condition]) -> list[int]:
        """How many records of which `where` is so, and among them, how many of each."""
        sums = [sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0) for one in among]
        row = self._connection.execute(sa.select(sa.func.count(self._id), *sums).where(where)).one()
        return [int(one) for one in row]


def _next_day(day: date, zone: tzinfo) -> int:
    """When the day after begins, in microseconds."""
    if day >= date.max - timedelta(1):
        return 2**62
    return microseconds(datetime.combine(day + timedelta(1), time(), zone))


def _target(field: FieldProgram, own_app: str) -> tuple[str, str] | None:
    reference = field.reference
    if reference is None or reference.target != "record":
        return None
    return reference.app or own_app, reference.form


def _links(program: FormProgram, field: FieldProgram, records: sa.Select[tuple[int]]) -> Condition:
    """Records whose link points at one of these."""
    index = program.table.links.get(field.id)
    if index is None:
        column = program.table.column(field.id)
        return sa.and_(column.is_not(None), column.in_(records))  # yes or no: it is negated, too
    return program.table.table.c.id.in_(sa.select(index.c.record).where(index.c.value.in_(records)))
