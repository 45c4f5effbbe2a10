"""What refuses a person, a department or a member of a role; found before anything is written. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.access.people import Department, Membership, Organisation, Person
from metamodel.application import App
from metamodel.problems import Problem, problem

ID = re.compile(r"[\w.@-]{1,100}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,130}\.[^@\s.]{2,60}")
LONGEST = {"name": 200, "post": 200, "email": 200}
# Line ends, bells and turns of direction: what a name with one inside looks like is not what it says.
CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
KINDS = ("person", "department", "branch", "post")


def check_person(organisation: Organisation, person: Person, before: Person | None) -> list[Problem]:
    """Everything wrong with this person in the organisation as it would be with him; `before`: as he stood,
    None for somebody new. Paths are the fields."""
    return [
        *(check_id(person.id) if before is None else ()),
        *_check_words(person),
        *_check_email(organisation, person),
        *_check_departments(organisation, person, before.departments if before else ()),
        *_check_superior(organisation, person, before.superior if before else None),
        *_check_days(person),
    ]


def check_id(identifier: str) -> Iterator[Problem]:
    if not ID.fullmatch(identifier):
        yield problem("organisation.bad_id", "/id", id=identifier)


def _check_words(person: Person) -> Iterator[Problem]:
    if not person.name.strip():
        yield problem("organisation.name_missing", "/name")
    for field, limit in LONGEST.items():
        if len(getattr(person, field)) > limit:
            yield problem("organisation.too_long", f"/{field}", limit=limit)
        if CONTROLS.search(getattr(person, field)):
            yield problem("organisation.control_character", f"/{field}")


def _check_email(organisation: Organisation, person: Person) -> Iterator[Problem]:
    """One address, one person: by it people are told apart when they sign in from outside."""
    if not person.email:
        return
    if not EMAIL.fullmatch(person.email):
        yield problem("organisation.bad_email", "/email", email=person.email)
        return
    holders = organisation.by_email.get(person.email.casefold(), ()) if person.active else ()
    for holder in holders:
        if holder != person.id:
            yield problem("organisation.email_taken", "/email", person=organisation.people[holder].name)


def _check_departments(
    organisation: Organisation, person: Person, stood: tuple[str, ...]
) -> Iterator[Problem]:
    for place, identifier in [
        ("/department", person.department),
        *(("/other_departments", one) for one in person.other_departments),
    ]:
        known = organisation.departments.get(identifier or "")
        if identifier and known is None:
            yield problem("organisation.unknown_department", place, department=identifier)
        elif known is not None and known.closed_on is not None and known.id not in stood:
            yield problem("organisation.closed_department", place, department=known.name)


def _check_superior(organisation: Organisation, person: Person, stood: str | None) -> Iterator[Problem]:
    if not person.superior:
        return
    above = organisation.people.get(person.superior)
    if person.superior == person.id:
        yield problem("organisation.own_superior", "/superior")
    elif above is None:
        yield problem("organisation.unknown_person", "/superior", person=person.superior)
    elif not above.active and stood != person.superior:
        yield problem("organisation.person_left", "/superior", person=above.name)
    elif chain := chain_to(organisation, person.superior, person.id):
        names = " → ".join(organisation.people[one].name for one in [person.id, *chain])
        yield problem("organisation.circle", "/superior", chain=names)


def chain_to(organisation: Organisation, start: str, end: str) -> list[str]:
    """From `start` up to `end` by superiors, both included; empty where that way does not lead there."""
    chain: list[str] = []
    current: str | None = start
    while current is not None and current not in chain:
        chain.append(current)
        if current == end:
            return chain
        current = organisation.manager_of(current)
    return []


def _check_days(person: Person) -> Iterator[Problem]:
    if person.joined_on is not None and person.left_on is not None and person.left_on < person.joined_on:
        yield problem("organisation.left_before_joined", "/left_on")


# -- departments ---------------------------------------------------------------------------------------


def check_department(
    organisation: Organisation, department: Department, before: Department | None
) -> list[Problem]:
    """Everything wrong with this department in the organisation as it would be with it; paths are the fields."""
    return [
        *(check_id(department.id) if before is None else ()),
        *_check_department_name(organisation, department),
        *_check_parent(organisation, department),
        *_check_head(organisation, department, before.head if before else None),
    ]


def _check_department_name(organisation: Organisation, department: Department) -> Iterator[Problem]:
    if not department.name.strip():
        yield problem("organisation.name_missing", "/name")
    elif len(department.name) > LONGEST["name"]:
        yield problem("organisation.too_long", "/name", limit=LONGEST["name"])
    elif CONTROLS.search(department.name):
        yield problem("organisation.control_character", "/name")
    elif "/" in department.name:
        yield problem("organisation.slash_in_name", "/name")
    twins = (
        one
        for one in organisation.departments.values()
        if (one.name, one.parent) == (department.name, department.parent) and one.closed_on is None
    )
    if any(one.id != department.id for one in twins):
        yield problem("organisation.name_taken", "/name", name=department.name)


def _check_parent(organisation: Organisation, department: Department) -> Iterator[Problem]:
    if not department.parent:
        return
    above = organisation.departments.get(department.parent)
    if above is None:
        yield problem("organisation.unknown_department", "/parent", department=department.parent)
    elif above.closed_on is not None:
        yield problem("organisation.closed_department", "/parent", department=above.name)
    elif department.id == department.parent or _runs_in_a_circle(organisation, department):
        yield problem("organisation.below_itself", "/parent", department=department.name)


def _runs_in_a_circle(organisation: Organisation, department: Department) -> bool:
    seen: list[str] = []
    current = department.parent
    while current and current not in seen:
        seen.append(current)
        known = organisation.departments.get(current)
        current = known.parent if known else None
    return department.id in seen


def _check_head(organisation: Organisation, department: Department, stood: str | None) -> Iterator[Problem]:
    if not department.head:
        return
    head = organisation.people.get(department.head)
    if head is None:
        yield problem("organisation.unknown_person", "/head", person=department.head)
    elif not head.active and stood != department.head:
        yield problem("organisation.person_left", "/head", person=head.name)


def check_closing(organisation: Organisation, department: str) -> list[Problem]:
    """A department closes when nobody belongs to it and nothing open lies below it."""
    people = sum(
        person.active and department in person.departments for person in organisation.people.values()
    )
    children = (organisation.departments[one] for one in organisation.children.get(department, ()))
    below = sum(child.closed_on is None for child in children)
    if people or below:
        return [problem("organisation.department_in_use", people=people, departments=below)]
    return []


# -- roles ---------------------------------------------------------------------------------------------


def check_membership(
    organisation: Organisation, apps: Mapping[str, App], membership: Membership
) -> list[Problem]:
    """Is there such an app, role and member?"""
    app = apps.get(membership.app)
    if app is None:
        return [problem("app.unknown", app=membership.app)]
    if app.role(membership.role) is None:
        return [problem("reference.unknown_role", name=membership.role)]
    kind, member = membership.member_kind, membership.member
    if kind == "person" and not organisation.active(member):
        return [problem("organisation.unknown_person", "/member", person=member)]
    if kind in ("department", "branch"):
        known = organisation.departments.get(member)
        if known is None or known.closed_on is not None:
            return [problem("organisation.unknown_department", "/member", department=member)]
    if kind not in KINDS or not member.strip():
        return [problem("organisation.unknown_person", "/member", person=member)]
    return []
