"""What is not wrong enough to be refused and yet will bite: nobody above, nobody in a role, circles. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.access.people import Organisation, Person
from engine.organisation.checks import chain_to
from metamodel.application import App
from metamodel.problems import Problem, problem


@dataclass(frozen=True, slots=True)
class Warning:
    """One warning, and what it is about: kind person, department or role (`app/role`), and its id."""

    problem: Problem
    kind: str
    subject: str


def warnings_of(organisation: Organisation, apps: Mapping[str, App]) -> list[Warning]:
    """People first, then departments, then roles; each thing that bites once."""
    found: list[Warning] = []
    for person in sorted(organisation.people.values(), key=lambda one: one.id):
        if person.active:
            found += (Warning(one, "person", person.id) for one in _about_person(organisation, person))
    for department in organisation.departments.values():
        if department.closed_on is None:
            said = _about_department(organisation, department.id)
            found += (Warning(one, "department", department.id) for one in said)
    for app in apps.values():
        for role in app.roles:
            if not organisation.role_holders.get((app.id, role.id)):
                empty = problem("organisation.role_empty", role=role.label, app=app.label)
                found.append(Warning(empty, "role", f"{app.id}/{role.id}"))
    return found


def _about_person(organisation: Organisation, person: Person) -> Iterator[Problem]:
    if not person.department:
        yield problem("organisation.no_department", person=person.name)
    above = organisation.people.get(person.superior or "")
    if not person.superior:
        if not _stands_on_top(organisation, person):
            yield problem("organisation.no_superior", person=person.name)
    elif above is None or not above.active:
        name = above.name if above else person.superior
        yield problem("organisation.superior_left", person=person.name, superior=name)
    elif chain := chain_to(organisation, person.superior, person.id):
        names = " → ".join(organisation.people[one].name for one in [person.id, *chain])
        yield problem("organisation.superiors_circle", chain=names)


def _stands_on_top(organisation: Organisation, person: Person) -> bool:
    """Who heads a department that lies under no other has nobody above him."""
    return any(
        department.head == person.id and not department.parent
        for department in organisation.departments.values()
    )


def _about_department(organisation: Organisation, identifier: str) -> Iterator[Problem]:
    department = organisation.departments[identifier]
    head = organisation.people.get(department.head or "")
    if not department.head:
        yield problem("organisation.no_head", department=department.name)
    elif head is None or not head.active:
        name = head.name if head else department.head
        yield problem("organisation.head_left", department=department.name, person=name)
