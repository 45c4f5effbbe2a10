"""Importing an organisation: what a workbook would do, shown before it does it, and then exactly that.

`preview` is a dry run: every line with what it would create or change, and every mistake at its cell.
`apply` refuses while there is a mistake, or when the organisation has changed since it was looked at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Department, Organisation, People, Person
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.organisation.checks import check_department, check_person
from engine.organisation.naming import Names
from engine.organisation.personnel import Personnel
from engine.organisation.workbook import Row, Workbook, read_workbook
from metamodel.problems import Problem, Rejected, problem

State = Literal["new", "changed", "same", "wrong"]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line: who it is about, as he would be; `changes` are (field, before, after)."""

    number: int
    person: Person
    state: State = "same"
    changes: tuple[tuple[str, Any, Any], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def moves(self) -> bool:
        return self.state in ("new", "changed")


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department that would be made or changed; `number` 0: made because a person's line names it."""

    number: int
    department: Department
    state: State = "same"
    problems: tuple[Problem, ...] = ()

    @property
    def moves(self) -> bool:
        return self.state in ("new", "changed")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `seal` names the file and the organisation it was held against."""

    people: tuple[PersonLine, ...]
    departments: tuple[DepartmentLine, ...]
    seal: str

    @property
    def lines(self) -> tuple[PersonLine | DepartmentLine, ...]:
        """People's, then departments'."""
        return (*self.people, *self.departments)

    def count(self, state: State) -> int:
        """People's lines of this state."""
        return sum(line.state == state for line in self.people)

    @property
    def problems(self) -> list[Problem]:
        """All mistakes, with paths `/people/line/column` and `/departments/line/column`."""
        people = [found.under(f"/people/{line.number}") for line in self.people for found in line.problems]
        departments = [
            found.under(f"/departments/{line.number}") for line in self.departments for found in line.problems
        ]
        return [*people, *departments]


class Importing:
    def __init__(self, people: People, audit: AuditTrail, personnel: Personnel) -> None:
        self._people, self._audit, self._personnel = people, audit, personnel

    def preview(self, viewer: Viewer, content: bytes) -> Preview:
        """Rejected: access.denied, and what `read_workbook` says."""
        self._personnel.require(viewer)
        organisation, book = self._people.organisation(), read_workbook(content)
        reading = _Reading(organisation, book)
        people = [reading.person(row) for row in book.people]
        departments = [reading.department(row) for row in book.departments]
        after = reading.names.organisation.with_people(line.person for line in people)
        after = after.with_departments(line.department for line in departments if line.department.id)
        made = [DepartmentLine(0, after.departments[one]) for one in reading.names.made]
        return Preview(
            tuple(_judged_person(organisation, after, line) for line in people),
            tuple(_judged_department(organisation, after, line) for line in _once(departments, made)),
            _seal(organisation, content),
        )

    def apply(self, unit: Unit, viewer: Viewer, content: bytes, seal: str) -> Preview:
        """Rejected: the mistakes of the preview; organisation.import_outdated when `seal` is not that of the
        preview somebody looked at."""
        found = self.preview(viewer, content)
        if found.seal != seal:
            raise Rejected([problem("organisation.import_outdated")])
        if found.problems:
            raise Rejected(found.problems)
        self._people.save_departments(unit, [line.department for line in found.departments if line.moves])
        self._people.save_people(unit, [line.person for line in found.people if line.moves])
        self._audit.add(unit, viewer, list(_occurrences(found)))
        return found


class _Reading:
    """Lines as people and departments; whoever stands in the sheet may be named as a superior or a head."""

    def __init__(self, organisation: Organisation, book: Workbook) -> None:
        self._before = organisation
        fresh = (Person(row.cells["id"], row.cells["name"]) for row in book.people)
        self.names = Names(organisation, (one for one in fresh if one.id not in organisation.people))
        self._first: dict[str, int] = {}

    def person(self, row: Row) -> PersonLine:
        wrong: list[Problem] = []
        identifier = row.cells["id"]
        if (first := self._first.setdefault(identifier, row.number)) != row.number:
            wrong.append(problem("organisation.same_id", "/id", row=first))
        stands = self._before.people.get(identifier) or Person(identifier, "")
        values = {column: self._value(column, text, wrong) for column, text in row.cells.items()}
        return PersonLine(row.number, replace(stands, **values), problems=tuple(wrong))

    def department(self, row: Row) -> DepartmentLine:
        wrong: list[Problem] = []
        found = self.names.department(row.cells["path"], "/path", wrong) or ""
        stands = self.names.organisation.departments.get(found) or Department("", row.cells["path"])
        if "head" in row.cells:
            stands = replace(stands, head=self.names.person(row.cells["head"], "/head", wrong))
        return DepartmentLine(row.number, stands, problems=tuple(wrong))

    def _value(self, column: str, text: str, wrong: list[Problem]) -> Any:
        match column:
            case "department":
                return self.names.department(text, "/department", wrong)
            case "other_departments":
                asked = (part for part in text.replace("；", ";").split(";") if part.strip())
                found = [self.names.department(one, "/other_departments", wrong) for one in asked]
                return tuple(dict.fromkeys(one for one in found if one))
            case "superior":
                return self.names.person(text, "/superior", wrong)
            case "joined_on":
                return _day(text, wrong)
        return text


def _day(text: str, wrong: list[Problem]) -> int | None:
    try:
        return date.fromisoformat(re.sub(r"[/.]", "-", text)).toordinal() if text else None
    except ValueError:
        wrong.append(problem("organisation.bad_day", "/joined_on", value=text))
        return None


def _judged_person(before: Organisation, after: Organisation, line: PersonLine) -> PersonLine:
    stood = before.people.get(line.person.id)
    wrong = line.problems or tuple(check_person(after, line.person, stood))
    changes = tuple(_changes(stood, line.person))
    return replace(line, state=_state(wrong, stood, changes), changes=changes, problems=wrong)


def _judged_department(before: Organisation, after: Organisation, line: DepartmentLine) -> DepartmentLine:
    stood = before.departments.get(line.department.id)
    wrong = line.problems or tuple(check_department(after, line.department, stood))
    return replace(line, state=_state(wrong, stood, tuple(_changes(stood, line.department))), problems=wrong)


def _state(wrong: Sequence[Problem], stood: object, changes: Sequence[object]) -> State:
    return "wrong" if wrong else "new" if stood is None else "changed" if changes else "same"


def _changes(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    for column in fields(after) if before is not None else ():
        was, becomes = getattr(before, column.name), getattr(after, column.name)
        if was != becomes:
            yield column.name, was, becomes


def _once(written: Sequence[DepartmentLine], made: Sequence[DepartmentLine]) -> list[DepartmentLine]:
    """Departments that people's lines make, and those written down, which come with a head."""
    there = {line.department.id for line in written}
    return [*(line for line in made if line.department.id not in there), *written]


def _occurrences(found: Preview) -> Iterator[Occurrence]:
    counts = {state: found.count(state) for state in ("new", "changed", "same")}
    departments = sum(line.moves for line in found.departments)
    yield Occurrence("organisation.import", detail={**counts, "departments": departments})
    for line in found.people:
        changes = {column: [was, becomes] for column, was, becomes in line.changes}
        action = "person.create" if line.state == "new" else "person.change"
        if line.moves:
            yield Occurrence(
                action, detail={"person": line.person.id, "name": line.person.name, "changes": changes}
            )


def _seal(organisation: Organisation, content: bytes) -> str:
    """Tells whether file or organisation are still those that were looked at."""
    stands = repr((organisation.people, organisation.departments)).encode()
    return hashlib.sha256(hashlib.sha256(stands).digest() + content).hexdigest()
