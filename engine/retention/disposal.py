"""Disposal: what becomes of records whose time is over, once that is decided, and what keeps them until then.

Rules that are due and approved requests both go through here, one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit, driver
from engine.evidence.tombstones import Cause
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.services import Services
from engine.retention.holds import Hold, Holds
from engine.retention.restricting import Restricting
from engine.retention.verdicts import Verdicts
from engine.system_tables import settings

_LOCK = 0x6D756E690200
_PURGE = "purge:"


class Disposal:
    def __init__(self, services: Services, records: Records, holds: Holds, restricting: Restricting) -> None:
        self._services, self._records, self._database = services, records, services.database
        self._holds, self._restricting = holds, restricting

    def alone(self, unit: Unit) -> None:
        """Holds are set, and records shredded, one after another: nothing goes that is held meanwhile."""
        if self._database.dialect == "postgresql":
            driver(unit.connection).execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))

    # -- what is to be done ------------------------------------------------------------------------

    def verdicts(self, unit: Unit, program: FormProgram) -> Verdicts:
        """As things stand today, with the holds that run now."""
        today = unit.moment.astimezone(self._services.zone).date()
        return self.verdicts_on(unit.connection, program, today, self._holds.running(unit.connection))

    def verdicts_on(
        self, connection: sa.Connection, program: FormProgram, day: date, running: Sequence[Hold]
    ) -> Verdicts:
        return Verdicts.of(self._services, connection, program, day, self._holds, running)

    # -- doing it ----------------------------------------------------------------------------------

    def carry_out(
        self, unit: Unit, program: FormProgram, ids: list[int], then: str, cause: Cause, by: Viewer = SYSTEM
    ) -> list[int]:
        """Shred these records, or put them out of use; nothing is asked any more."""
        place = program.app.id, program.form.id
        if then == "store_only":
            return self._restricting.restrict(unit, *place, ids, cause, by)
        self.remember_purge(unit, place)
        return self._records.shredder.shred(unit, *place, ids, cause, by)

    def purge(self) -> None:
        """Clear the last traces of what was shredded from the disk, also after a run that was stopped."""
        with self._database.read() as connection:
            waiting = sa.select(settings.c.name).where(settings.c.name.like(f"{_PURGE}%"))
            names = list(connection.scalars(waiting))
        for name in names:
            _, app, form = name.split(":")
            if (published := self._services.apps().get(app)) is not None and published.form(form):
                self._records.shredder.purge(app, form)
            done = sa.delete(settings).where(settings.c.name == name)
            self._database.write(lambda unit, done=done: unit.connection.execute(done))  # type: ignore[misc]

    def remember_purge(self, unit: Unit, place: tuple[str, str]) -> None:
        """Something of this form is shredded in this unit; `purge` will know."""
        name = "{}{}:{}".format(_PURGE, *place)
        if unit.connection.scalar(sa.select(settings.c.name).where(settings.c.name == name)) is None:
            unit.connection.execute(sa.insert(settings).values(name=name, value="{}"))
