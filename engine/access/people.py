"""People, departments and role membership: the organisation, small and read whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine.access.grants import RowsChanged
from engine.access.pinyin import matches
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.system_tables import counters, departments, people, role_members

COUNTER = "organisation"
LOOK_AGAIN = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    post: str = ""
    department: str | None = None
    other_departments: tuple[str, ...] = ()
    superior: str | None = None
    email: str = ""
    language: str = "zh"
    theme: str = "auto"
    joined_on: int | None = None  # day number
    left_on: int | None = None
    active: bool = True

    @property
    def departments(self) -> tuple[str, ...]:
        return (*((self.department,) if self.department else ()), *self.other_departments)


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: str
    parent: str | None = None
    head: str | None = None
    position: int = 0
    closed_on: int | None = None  # day number; nobody belongs to it any more, old records still name it


@dataclass(frozen=True, slots=True)
class Membership:
    app: str
    role: str
    member_kind: str  # person; department; branch, a department and all below it; post
    member: str


@dataclass(frozen=True)
class Organisation:
    """The whole organisation at one moment; immutable, replaced when its counter moves."""

    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    memberships: Sequence[Membership]
    viewers: dict[str, Viewer] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for department in self.departments.values():
            if department.parent:
                found.setdefault(department.parent, []).append(department.id)
        return found

    @cached_property
    def memberships_of(self) -> Mapping[tuple[str, str], list[Membership]]:
        """By kind and member."""
        found: dict[tuple[str, str], list[Membership]] = {}
        for membership in self.memberships:
            found.setdefault((membership.member_kind, membership.member), []).append(membership)
        return found

    @cached_property
    def by_email(self) -> Mapping[str, list[str]]:
        """Active people by their address, folded; one each, where nobody made a mistake."""
        found: dict[str, list[str]] = {}
        for person in self.people.values():
            if person.email and person.active:
                found.setdefault(person.email.casefold(), []).append(person.id)
        return found

    @cached_property
    def role_holders(self) -> Mapping[tuple[str, str], list[str]]:
        """Active people by app and role."""
        found: dict[tuple[str, str], list[str]] = {}
        for person in self.people.values():
            if person.active:
                for which in sorted({(held.app, held.role) for held in self.held_by(person)}):
                    found.setdefault(which, []).append(person.id)
        return found

    def with_people(self, rows: Iterable[Person]) -> Organisation:
        """As it would be with these people in it."""
        return replace(self, people={**self.people, **{one.id: one for one in rows}}, viewers={})

    def with_departments(self, rows: Iterable[Department]) -> Organisation:
        """As it would be with these departments in it."""
        return replace(self, departments={**self.departments, **{one.id: one for one in rows}}, viewers={})

    def above(self, department: str) -> list[str]:
        """This department and those it belongs to, from the inside out."""
        found: list[str] = []
        current: str | None = department
        while current is not None and current in self.departments and current not in found:
            found.append(current)
            current = self.departments[current].parent
        return found

    def held_by(self, person: Person) -> list[Membership]:
        """Every membership that gives this person a role: by himself, a department, a branch or the post."""
        branches = {one for department in person.departments for one in self.above(department)}
        reasons = [("person", person.id), *(("department", one) for one in person.departments)]
        reasons += [*(("branch", one) for one in sorted(branches)), ("post", person.post)]
        return [held for reason in reasons for held in self.memberships_of.get(reason, ())]

    def below(self, roots: Iterable[str]) -> frozenset[str]:
        """These departments and everything under them."""
        seen: set[str] = set()
        waiting = list(roots)
        while waiting:
            department = waiting.pop()
            if department not in seen:
                seen.add(department)
                waiting.extend(self.children.get(department, ()))
        return frozenset(seen)

    def active(self, person_id: str) -> bool:
        person = self.people.get(person_id)
        return person is not None and person.active

    def viewer(self, person_id: str) -> Viewer | None:
        """None for people unknown or gone."""
        person = self.people.get(person_id)
        if person is None or not person.active:
            return None
        if person_id not in self.viewers:
            self.viewers[person_id] = self._viewer(person)
        return self.viewers[person_id]

    def _viewer(self, person: Person) -> Viewer:
        return Viewer(
            person.id, person.name, person.language, person.theme,
            person.departments, self.below(person.departments), self._roles(person),
        )  # fmt: skip

    def _roles(self, person: Person) -> Mapping[str, frozenset[str]]:
        roles: dict[str, set[str]] = {}
        for membership in self.held_by(person):
            roles.setdefault(membership.app, set()).add(membership.role)
        return {app: frozenset(names) for app, names in roles.items()}

    def manager_of(self, person_id: str, level: int = 1) -> str | None:
        """The superior `level` steps up; None where the chain ends."""
        current: str | None = person_id
        for _ in range(level):
            person = self.people.get(current or "")
            current = person.superior if person else None
        return current

    def members(self, app: str, role: str) -> list[str]:
        """Who holds the role today, by whatever reason."""
        return list(self.role_holders.get((app, role), ()))

    def find_people(self, text: str, limit: int = 20) -> list[Person]:
        """By id, name, full pinyin or initials; people who left come last."""
        found = [p for p in self.people.values() if matches(text, p.name, p.id, p.post)]
        return sorted(found, key=lambda p: (not p.active, p.id))[:limit]

    def find_departments(self, text: str, limit: int = 20) -> list[Department]:
        found = [d for d in self.departments.values() if matches(text, d.name, d.id)]
        return sorted(found, key=lambda d: d.position)[:limit]

    def names(self) -> dict[tuple[str, str], str]:
        return {
            **{("person", p.id): p.name for p in self.people.values()},
            **{("department", d.id): d.name for d in self.departments.values()},
        }


class People:
    """Reads the organisation, cached until its counter moves, and writes it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: tuple[int, Organisation] | None = None
        self._looked = 0.0
        self.changed: list[Callable[[Unit, Sequence[Person]], None]] = []  # told who was saved, in the unit
        self.told: list[RowsChanged] = []  # of every row that says who may what, in the unit

    def organisation(self) -> Organisation:
        """As it is now; what another process changed is seen within a fifth of a second."""
        cached = self._cached
        if cached is not None and time.monotonic() - self._looked < LOOK_AGAIN:
            return cached[1]
        with self._database.read() as connection:
            version = connection.scalar(sa.select(counters.c.value).where(counters.c.name == COUNTER)) or 0
            if cached is None or cached[0] != version:
                cached = (version, _read(connection))
        self._cached, self._looked = cached, time.monotonic()
        return cached[1]

    def save_people(self, unit: Unit, rows: Iterable[Person]) -> None:
        saved = list(rows)
        _replace(unit.connection, people, [_columns(person) for person in saved])
        self._changed(unit)
        self._tell(unit, people, [(person.id,) for person in saved])
        for hear in self.changed:
            hear(unit, saved)

    def save_departments(self, unit: Unit, rows: Iterable[Department]) -> None:
        saved = list(rows)
        _replace(unit.connection, departments, list(map(asdict, saved)))
        self._changed(unit)
        self._tell(unit, departments, [(row.id,) for row in saved])

    def save_memberships(self, unit: Unit, rows: Iterable[Membership]) -> None:
        saved = list(rows)
        _replace(unit.connection, role_members, list(map(asdict, saved)))
        self._changed(unit)
        self._tell(unit, role_members, map(astuple, saved))

    def remove_memberships(self, unit: Unit, rows: Iterable[Membership]) -> None:
        removed = list(rows)
        for row in removed:
            mine = [role_members.c[name] == getattr(row, name) for name in Membership.__slots__]
            unit.connection.execute(sa.delete(role_members).where(*mine))
        self._changed(unit)
        self._tell(unit, role_members, map(astuple, removed))

    def set_preferences(self, unit: Unit, person: str, **values: str) -> None:
        """Language and theme."""
        unit.connection.execute(sa.update(people).where(people.c.id == person).values(**values))
        self._changed(unit)

    def _tell(self, unit: Unit, table: sa.Table, keys: Iterable[Sequence[Any]]) -> None:
        told = list(keys)
        for hear in self.told:
            hear(unit, table.name, told)

    def _changed(self, unit: Unit) -> None:
        self._database.take_numbers(unit.connection, COUNTER, 1)
        unit.after_commit(self._look_again)

    def _look_again(self) -> None:
        self._looked = 0.0


def _columns(person: Person) -> dict[str, Any]:
    return {**asdict(person), "other_departments": json.dumps(person.other_departments)}


def _replace(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows by their primary key: those that are there are brought up to date, the others are new."""
    keys = [column.name for column in table.primary_key]
    by_key = {tuple(row[name] for name in keys): dict(row) for row in rows}  # the last one counts
    there = {tuple(found) for found in connection.execute(sa.select(*table.primary_key))}
    new = [row for key, row in by_key.items() if key not in there]
    old = [{**row, **{f"_{name}": row[name] for name in keys}} for key, row in by_key.items() if key in there]
    if new:
        connection.execute(sa.insert(table), new)
    if old and len(keys) < len(table.columns):
        mine = [table.c[name] == sa.bindparam(f"_{name}") for name in keys]
        connection.execute(sa.update(table).where(*mine), old)


def _read(connection: sa.Connection) -> Organisation:
    def rows(table: sa.Table) -> list[dict[str, object]]:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]

    return Organisation(
        people={str(row["id"]): _person(row) for row in rows(people)},
        departments={str(row["id"]): Department(**row) for row in rows(departments)},  # type: ignore[arg-type]
        memberships=[Membership(**row) for row in rows(role_members)],  # type: ignore[arg-type]
    )


def _person(row: dict[str, object]) -> Person:
    others = tuple(json.loads(str(row.pop("other_departments"))))
    row.pop("password")
    return Person(other_departments=others, **row)  # type: ignore[arg-type]
