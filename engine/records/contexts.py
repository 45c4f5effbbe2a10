"""Evaluation contexts: the moment, the person, the organisation, and what stands behind a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.access.people import Organisation, People
from engine.access.viewer import SYSTEM, Viewer
from engine.expressions import EvaluationContext
from engine.records.program import Programs
from engine.records.rows import Row, Rows
from engine.whole_numbers import is_whole_number
from engine.working_time import WorkingCalendar
from metamodel.expressions.types import Type
from metamodel.problems import Rejected

Resolve = Callable[[Type, str, str], Any]
Beside = Callable[[str, str], Iterable[int]]  # (app, form) -> records that may be asked for next
AT_ONCE = 100  # records read together, when one of them is asked for


def nobody(app: str, form: str) -> Iterable[int]:
    return ()


class AskedPeople:
    """The organisation as expressions ask about it. Roles are asked across apps."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    def manager_of(self, person: str, level: int) -> str | None:
        return self._organisation.manager_of(person, level)

    def department_of(self, person: str) -> str | None:
        found = self._organisation.people.get(person)
        return found.department if found else None

    def departments_below(self, person: str) -> Sequence[str]:
        viewer = self._organisation.viewer(person)
        return sorted(viewer.below) if viewer else ()

    def has_role(self, person: str, role: str) -> bool:
        viewer = self._organisation.viewer(person)
        return viewer is not None and any(role in held for held in viewer.roles.values())

    def members_of(self, role: str) -> Sequence[str]:
        return [person for person in self._organisation.people if self.has_role(person, role)]

    def staff(self) -> Sequence[str]:
        return [person.id for person in self._organisation.people.values() if person.active]

    def people_of(self, person: str, below: bool) -> Sequence[str]:
        """People who left too: what was theirs still is their department's."""
        viewer = self._organisation.viewer(person)
        if viewer is None:
            return ()
        theirs = viewer.below if below else frozenset(viewer.departments)
        found = [one.id for one in self._organisation.people.values() if theirs & {*one.departments}]
        return found if person in found else [*found, person]

    def attribute(self, kind: str, identifier: str, name: str) -> Any:
        """`me.name`, `owner.department`, `owner_department.name`."""
        known = self._organisation.people if kind == "person" else self._organisation.departments
        return getattr(known.get(identifier), name, None)


class Contexts:
    """`keywords` (app, code) are given by the runtime once they are there."""

    def __init__(self, people: People, zone: ZoneInfo, calendar: Callable[[], WorkingCalendar]) -> None:
        self._people, self._zone, self._calendar = people, zone, calendar
        self.keywords: Callable[[str, str], Sequence[str] | None] = lambda _app, _code: None

    def make(
        self, viewer: Viewer, moment: datetime, resolve: Resolve | None = None, app: str = ""
    ) -> EvaluationContext:
        """Without `resolve`, attributes of people and departments only; `app`: whose keyword lists."""
        asked = AskedPeople(self._people.organisation())

        def resolved(of: Type, identifier: str, name: str) -> Any:
            if of.kind in ("person", "department"):
                return asked.attribute(of.kind, identifier, name)
            return resolve(of, identifier, name) if resolve else None

        me = None if viewer.system or viewer.nobody else viewer.as_me()
        return EvaluationContext(
            now=moment, zone=self._zone, me=me, resolve=resolved, people=asked,
            keywords=partial(self.keywords, app), calendar=self._calendar(),
        )  # fmt: skip


class LinkedRecords:
    """`link.field` in Python: the linked record's values, each record read once. Expressions of a
    definition speak for the app, so nothing is hidden from them; for a viewer, what he may not read is blank.
    Whoever goes through many records names those `beside`, to be read in one go."""

    def __init__(
        self, connection: sa.Connection, programs: Programs, rows: Rows, viewer: Viewer = SYSTEM,
        beside: Beside = nobody,
    ) -> None:  # fmt: skip
        self._connection, self._programs, self._rows, self._viewer = connection, programs, rows, viewer
        self._beside = beside
        self._read: dict[tuple[str, str], Row | None] = {}  # by id and derived field; '' is what is stored

    def resolve(self, of: Type, identifier: str, name: str) -> Any:
        if of.kind != "record" or not is_whole_number(identifier):
            return None
        row = self._row(of, str(identifier), name)
        if row is None or not (self._viewer.system or self._readable(of, row, name)):
            return None
        return row.values.get(name)

    def _readable(self, of: Type, row: Row, name: str) -> bool:
        """Of what is masked in part the rest may be asked for; what is masked whole is blank."""
        access = row.access.get(name)
        if access == "mask":
            return self._programs.get(of.app, of.form).fields[name].partly
        return access in ("read", "write")

    def _row(self, of: Type, identifier: str, name: str) -> Row | None:
        try:
            program = self._programs.get(of.app, of.form)
        except Rejected:
            return None
        derived = name in program.fields and name not in program.table.fields
        part = name if derived else ""
        if (identifier, part) not in self._read:
            fields = (name,) if derived else tuple(program.table.fields)
            beside = (i for i in self._beside(of.app, of.form) if (str(i), part) not in self._read)
            ids = {int(identifier), *islice(beside, AT_ONCE)}
            rows = self._rows.by_ids(self._connection, self._viewer, program, ids, fields)
            self._read.update({(str(i), part): rows.get(i) for i in ids})
        return self._read[identifier, part]
