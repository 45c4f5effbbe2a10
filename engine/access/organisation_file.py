"""An organisation as JSON: departments, people, posts, superiors, who holds which role.

`{departments: [{id, name, parent?, head?}], people: [{id, name, post, department, superior?, …}],
roles: {app: {role: [person …] | {people: […], departments: […], branches: […], posts: […]}}}}`
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from engine.access.people import Department, Membership, Organisation, People, Person
from engine.database import Unit

MEMBERS = {"person": "people", "department": "departments", "branch": "branches", "post": "posts"}


def load_organisation(people: People, unit: Unit, document: Mapping[str, Any], today: date) -> None:
    """Everybody and everything in the document; who is there already is brought up to date."""
    departments = [
        Department(d["id"], d["name"], d.get("parent"), d.get("head"), number)
        for number, d in enumerate(document.get("departments", ()))
    ]
    people.save_departments(unit, departments)
    people.save_people(unit, [_person(row, today) for row in document.get("people", ())])
    people.save_memberships(unit, _memberships(document.get("roles", {})))


def _person(row: Mapping[str, Any], today: date) -> Person:
    return Person(
        id=row["id"], name=row["name"], post=row.get("post", ""), department=row.get("department"),
        other_departments=tuple(row.get("other_departments", ())), superior=row.get("superior"),
        email=row.get("email", ""), joined_on=_ago(row.get("joined_days_ago"), today),
        left_on=_ago(row.get("left_days_ago"), today), active="left_days_ago" not in row,
    )  # fmt: skip


def _ago(days: int | None, today: date) -> int | None:
    return None if days is None else (today - timedelta(days=days)).toordinal()


def _memberships(roles: Mapping[str, Mapping[str, Any]]) -> Iterable[Membership]:
    for app, held in roles.items():
        for role, members in held.items():
            named = members if isinstance(members, Mapping) else {"people": members}
            for kind, key in MEMBERS.items():
                yield from (Membership(app, role, kind, member) for member in named.get(key, ()))


def organisation_json(organisation: Organisation, apps: Collection[str]) -> dict[str, Any]:
    """Who works here, as `load_organisation` reads it, with the roles of these apps; addresses are left out."""
    roles: dict[str, dict[str, dict[str, list[str]]]] = {}
    for held in organisation.memberships:
        if held.app in apps and held.member_kind in MEMBERS:
            members = roles.setdefault(held.app, {}).setdefault(held.role, {})
            members.setdefault(MEMBERS[held.member_kind], []).append(held.member)
    return {
        "departments": [
            {"id": one.id, "name": one.name, "parent": one.parent, "head": one.head}
            for one in sorted(organisation.departments.values(), key=lambda one: one.position)
        ],
        "people": [
            {
                "id": one.id, "name": one.name, "post": one.post, "department": one.department,
                "other_departments": list(one.other_departments), "superior": one.superior,
            }
            for one in organisation.people.values() if one.active
        ],
        "roles": roles,
    }  # fmt: skip
