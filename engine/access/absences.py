"""Absences: who is away from when to when, and who stands in for him at his to-dos and approvals.

Whole days of the house. Standing in gives no rights but these: whoever stands in closes the other's
to-dos under his own name, and never decides over his own request. To-dos, flows and pages ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People
from engine.access.viewer import Viewer
from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.system_tables import absences
from metamodel.problems import Problem, Rejected, problem

LONGEST = timedelta(days=366)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absence:
    """`delegate` stands in for `person`, `first` and `last` day included."""

    id: int
    person: str
    delegate: str
    first: date
    last: date


class Absences:
    def __init__(self, database: Database, people: People, audit: AuditTrail, zone: tzinfo) -> None:
        self._database, self._people, self._audit, self._zone = database, people, audit, zone

    # -- setting -----------------------------------------------------------------------------------

    def set(self, viewer: Viewer, delegate: str, first: date, last: date) -> int:
        """This viewer will be away. Rejected: absence.… with all that stands in the way."""
        return self._database.write(lambda unit: self._set(unit, viewer, delegate, first, last))

    def _set(self, unit: Unit, viewer: Viewer, delegate: str, first: date, last: date) -> int:
        found = self._problems(unit.connection, viewer.person, delegate, first, last)
        if found:
            raise Rejected(found)
        (identifier,) = self._insert(unit, [(viewer.person, delegate, first, last)])
        self._note(unit, viewer, "absence.set", Absence(identifier, viewer.person, delegate, first, last))
        return identifier

    def load(self, unit: Unit, rows: Iterable[Mapping[str, Any]], today: date) -> None:
        """Those of a sample: `{person, delegate, from_days_ago, days}`."""
        made = []
        for row in rows:
            first = today - timedelta(days=int(row["from_days_ago"]))
            made.append((row["person"], row["delegate"], first, first + (int(row["days"]) - 1) * DAY))
        self._insert(unit, made)

    def end(self, viewer: Viewer, absence: int) -> None:
        """He is back, or stays. Rejected (absence.unknown) for what is not his, or is over."""
        self._database.write(lambda unit: self._end(unit, viewer, absence))

    def _end(self, unit: Unit, viewer: Viewer, absence: int) -> None:
        there = next((one for one in self._of(unit.connection, viewer.person) if one.id == absence), None)
        if there is None:
            raise Rejected([problem("absence.unknown")])
        mine = absences.c.id == absence
        unit.connection.execute(sa.update(absences).where(mine).values(ends=unit.now))
        self._note(unit, viewer, "absence.end", there)

    def _insert(self, unit: Unit, made: Sequence[tuple[str, str, date, date]]) -> list[int]:
        ids = list(self._database.take_ids(unit.connection, len(made))) if made else []
        rows = [
            {"id": identifier, "person": person, "delegate": delegate, "starts": self._begin(first),
             "ends": self._begin(last + DAY)}
            for identifier, (person, delegate, first, last) in zip(ids, made, strict=True)
        ]  # fmt: skip
        if rows:
            unit.connection.execute(sa.insert(absences), rows)
        return ids

    def _problems(
        self, connection: sa.Connection, person: str, delegate: str, first: date, last: date
    ) -> list[Problem]:
        found = []
        if delegate == person:
            found.append(problem("absence.yourself", "/delegate"))
        elif not self._people.organisation().active(delegate):
            found.append(problem("task.unknown_person", "/delegate", person=delegate))
        if last < first or last < self._today:
            found.append(problem("absence.backwards", "/last"))
        elif last - first > LONGEST:
            found.append(problem("absence.too_long", "/last"))
        elif any(one.first <= last and first <= one.last for one in self._of(connection, person)):
            found.append(problem("absence.twice", "/first"))
        elif any(one.first <= last and first <= one.last for one in self._of(connection, delegate)):
            found.append(problem("absence.delegate_away", "/delegate"))
        return found

    def _note(self, unit: Unit, viewer: Viewer, action: str, about: Absence) -> None:
        days = {"first": about.first.isoformat(), "last": about.last.isoformat()}
        self._audit.add(unit, viewer, [Occurrence(action, detail={"delegate": about.delegate, **days})])

    # -- asking ------------------------------------------------------------------------------------

    def of(self, person: str) -> list[Absence]:
        """Those that last or are to come, the next one first."""
        with self._database.read() as connection:
            return self._of(connection, person)

    def _of(self, connection: sa.Connection, person: str) -> list[Absence]:
        wanted = sa.and_(absences.c.person == person, absences.c.ends > self._now)
        return self._found(connection, wanted)

    def stood_for(self, connection: sa.Connection, viewer: Viewer) -> tuple[str, ...]:
        """For whom this viewer stands in now."""
        if viewer.system or viewer.nobody:
            return ()
        wanted = sa.and_(absences.c.delegate == viewer.person, *self._lasting())
        return tuple(dict.fromkeys(one.person for one in self._found(connection, wanted)))

    def standing_in(self, person: str) -> list[Absence]:
        """The absences of others for which somebody stands in now."""
        with self._database.read() as connection:
            return self._found(connection, sa.and_(absences.c.delegate == person, *self._lasting()))

    def delegates(self, connection: sa.Connection, people: Iterable[str]) -> dict[str, str]:
        """Who stands in now, of those of these who are away."""
        wanted = sa.and_(absences.c.person.in_(list(people)), *self._lasting())
        active = self._people.organisation().active
        return {one.person: one.delegate for one in self._found(connection, wanted) if active(one.delegate)}

    def _lasting(self) -> tuple[sa.ColumnElement[bool], ...]:
        now = self._now
        return absences.c.starts <= now, absences.c.ends > now

    def _found(self, connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> list[Absence]:
        rows = connection.execute(
            sa.select(absences).where(wanted).order_by(absences.c.starts, absences.c.id)
        )
        return [
            Absence(row.id, row.person, row.delegate, self._day(row.starts), self._day(row.ends - 1))
            for row in rows
        ]

    # -- time --------------------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return microseconds(self._database.clock.now())

    @property
    def _today(self) -> date:
        return self._database.clock.now().astimezone(self._zone).date()

    def _begin(self, day: date) -> int:
        return microseconds(datetime.combine(day, time(), self._zone))

    def _day(self, moment: int) -> date:
        return from_microseconds(moment).astimezone(self._zone).date()
