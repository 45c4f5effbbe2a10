"""What people write for a person or a department, as who and what is meant.

A person: the id, a name only one has, or 「姓名 (编号)」. A department: its id, its name, or a path as far as
it takes to tell it from others; what a path names and nobody has is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.access.people import Department, Organisation, Person
from engine.access.pinyin import spellings
from metamodel.problems import Problem, problem

NAMED = re.compile(r"(?P<name>.*)[(（](?P<id>[^()（）]+)[)）]")
NOT_IN_IDS = re.compile(r"[^\w.@-]+")


class Names:
    """Looks up; `organisation` grows with the departments that are made on the way."""

    def __init__(self, organisation: Organisation, more: Iterable[Person] = ()) -> None:
        self.organisation = organisation.with_people(more)
        self._by_name: dict[str, list[str]] = {}
        for person in self.organisation.people.values():
            if person.active:
                self._by_name.setdefault(person.name, []).append(person.id)
        self._paths = {self._path(one): one for one in organisation.departments if self._open(one)}
        self.made: list[str] = []

    def person(self, text: str, place: str, wrong: list[Problem]) -> str | None:
        """None for a blank one, and for what is added to `wrong`."""
        text = text.strip()
        named = NAMED.fullmatch(text)
        for identifier in (text, named["id"].strip() if named else ""):
            if identifier in self.organisation.people:
                return identifier
        found = self._by_name.get(text, [])
        if len(found) == 1 or not text:
            return found[0] if found else None
        if found:
            wrong.append(
                problem("organisation.several_people", place, person=text, example=f"{text} ({found[0]})")
            )
        else:
            wrong.append(problem("organisation.unknown_person", place, person=text))
        return None

    def department(self, text: str, place: str, wrong: list[Problem]) -> str | None:
        """None for a blank one, and for what is added to `wrong`."""
        parts = [part.strip() for part in text.replace("›", "/").split("/") if part.strip()]
        for length in range(len(parts), 0, -1):
            found = self._ending("/".join(parts[:length]))
            if len(found) > 1:
                example = "/".join((*self._above(found[0]), parts[length - 1]))
                wrong.append(
                    problem("organisation.several_departments", place, department=text, example=example)
                )
                return None
            if found:
                return self._make(found[0], parts[length:])
        return self._make(self._only_root(), parts) if parts else None

    def _ending(self, written: str) -> list[str]:
        if self._open(written):
            return [written]
        if written in self._paths:
            return [self._paths[written]]
        return [one for path, one in self._paths.items() if path.endswith("/" + written)]

    def _make(self, parent: str | None, names: list[str]) -> str | None:
        current = parent
        for name in names:
            identifier = free_id(self.organisation, name)
            made = Department(identifier, name, current, position=len(self.organisation.departments))
            self.organisation = self.organisation.with_departments([made])
            self._paths[self._path(identifier)] = identifier
            self.made.append(identifier)
            current = identifier
        return current

    def _only_root(self) -> str | None:
        roots = [
            one.id for one in self.organisation.departments.values() if not one.parent and self._open(one.id)
        ]
        return roots[0] if len(roots) == 1 else None

    def _open(self, identifier: str) -> bool:
        known = self.organisation.departments.get(identifier)
        return known is not None and known.closed_on is None

    def _above(self, identifier: str) -> list[str]:
        above = self.organisation.above(identifier)[1:]
        return [self.organisation.departments[one].name for one in reversed(above)]

    def _path(self, identifier: str) -> str:
        return "/".join((*self._above(identifier), self.organisation.departments[identifier].name))


def free_id(organisation: Organisation, name: str) -> str:
    """An id for a new department, made of its name as it sounds."""
    base = NOT_IN_IDS.sub("", spellings(name)[1])[:80] or "department"
    number, identifier = 1, base
    while identifier in organisation.departments:
        number += 1
        identifier = f"{base}{number}"
    return identifier
