"""Personnel: the one door through which somebody changes the organisation: asked, checked, written, audited.

Nobody and nothing is deleted: people leave, departments close, and old records go on naming them.
Called by the pages under /admin/people, by the import and by the hand-over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Department, Membership, Organisation, People, Person
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.organisation.checks import check_closing, check_department, check_membership, check_person
from metamodel.application import App
from metamodel.problems import Problem, Rejected, problem

KEPT = ("id", "language", "theme")  # a person's own business, not the administrator's


class Duties(Protocol):
    """Who manages what: the runtime."""

    def manages(self, viewer: Viewer, app: str, what: str) -> bool: ...
    def manages_anywhere(self, viewer: Viewer, what: str) -> bool: ...


Objection = Callable[[Organisation, Viewer, Sequence[Membership]], list[Problem]]


class Personnel:
    """Every method refuses (access.denied) who does not manage people, and names all mistakes at once."""

    def __init__(
        self, people: People, audit: AuditTrail, duties: Duties, apps: Callable[[], Mapping[str, App]]
    ) -> None:
        self._people, self._audit, self._duties, self._apps = people, audit, duties, apps
        # asked before roles are given; what they say is overridden by a reason only, and kept
        self.objections: list[Objection] = [own_roles]

    def require(self, viewer: Viewer, app: str = "") -> None:
        """Rejected (access.denied) unless this viewer manages people: in this app, or in any."""
        if not viewer.system and not self.manages(viewer, app):
            raise Rejected([problem("access.denied")])

    def manages(self, viewer: Viewer, app: str = "") -> bool:
        """People, in this app; or in any."""
        if app:
            return self._duties.manages(viewer, app, "people")
        return self._duties.manages_anywhere(viewer, "people")

    @property
    def organisation(self) -> Organisation:
        return self._people.organisation()

    # -- people ------------------------------------------------------------------------------------

    def add_person(self, unit: Unit, viewer: Viewer, person: Person) -> None:
        """Rejected: organisation.* with the field as path."""
        self.require(viewer)
        if person.id in self.organisation.people:
            raise Rejected([problem("organisation.id_taken", "/id", id=person.id)])
        _refuse(check_person(self.organisation.with_people([person]), person, None))
        self._people.save_people(unit, [person])
        self._note(unit, viewer, "person.create", person=person.id, values=_values(person))

    def change_people(self, unit: Unit, viewer: Viewer, changed: Iterable[Person]) -> list[str]:
        """Those that differ from what stands there, and who they are. Rejected with paths `/id/field`."""
        self.require(viewer)
        known = self.organisation.people
        moved = [person for person in changed if person != self._known(person.id)]
        after = self.organisation.with_people(moved)
        _refuse(
            [
                found.under(f"/{person.id}")
                for person in moved
                for found in check_person(after, person, known[person.id])
            ]
        )
        self._people.save_people(unit, moved)
        self._audit.add(unit, viewer, [_change("person", known[one.id], one) for one in moved])
        return [person.id for person in moved]

    def move(self, unit: Unit, viewer: Viewer, people: Iterable[str], department: str) -> list[str]:
        """These people belong to that department now; second departments stay, but not as a double."""
        known = self.organisation.people
        return self.change_people(
            unit, viewer, [_moved(known[one], department) for one in people if one in known]
        )

    def leave(self, unit: Unit, viewer: Viewer, person: str, last_day: int) -> None:
        """From now on nobody can sign in as this person; names and records stay.
        Who hears of it (`people.changed`) ends sessions and passes to-dos on."""
        self.require(viewer)
        known = self._known(person)
        if person == viewer.person:
            raise Rejected([problem("organisation.leaving_oneself")])
        self.change_people(unit, viewer, [replace(known, active=False, left_on=last_day)])
        self._note(unit, viewer, "person.leave", person=person, last_day=last_day)

    def come_back(self, unit: Unit, viewer: Viewer, person: str) -> None:
        """Somebody who left works here again: with his name and his past, without the roles given to him
        alone, which are given anew."""
        self.require(viewer)
        known = self._known(person)
        held = self.organisation.memberships_of.get(("person", person), [])
        self._people.remove_memberships(unit, held)
        self.change_people(unit, viewer, [replace(known, active=True, left_on=None)])
        self._note(unit, viewer, "person.return", person=person, roles_taken=[_role(one) for one in held])

    def rename_post(self, unit: Unit, viewer: Viewer, post: str, name: str) -> int:
        """Everybody of this post, and the roles it gives; how many people. Rejected: organisation.name_missing."""
        self.require(viewer)
        name, organisation = name.strip(), self.organisation
        if not name:
            raise Rejected([problem("organisation.name_missing", "/name")])
        people = [replace(one, post=name) for one in organisation.people.values() if one.post == post]
        moved = self.change_people(unit, viewer, people)
        held = list(organisation.memberships_of.get(("post", post), ()))
        self._people.remove_memberships(unit, held)
        self._people.save_memberships(unit, [replace(one, member=name) for one in held])
        self._note(unit, viewer, "post.rename", post=post, name=name, roles=[_role(one) for one in held])
        return len(moved)

    def _known(self, person: str) -> Person:
        known = self.organisation.people.get(person)
        if known is None:
            raise Rejected([problem("access.no_such_person", person=person)])
        return known

    # -- departments -------------------------------------------------------------------------------

    def add_department(self, unit: Unit, viewer: Viewer, department: Department) -> None:
        """Rejected: organisation.* with the field as path."""
        self.require(viewer)
        if department.id in self.organisation.departments:
            raise Rejected([problem("organisation.id_taken", "/id", id=department.id)])
        _refuse(check_department(self.organisation.with_departments([department]), department, None))
        self._people.save_departments(unit, [department])
        self._note(unit, viewer, "department.create", department=department.id, values=_values(department))

    def change_department(self, unit: Unit, viewer: Viewer, department: Department) -> None:
        """Its name, head, place in the tree. Rejected: organisation.*"""
        self.require(viewer)
        before = self._department(department.id)
        _refuse(check_department(self.organisation.with_departments([department]), department, before))
        if department != before:
            self._people.save_departments(unit, [department])
            self._audit.add(unit, viewer, [_change("department", before, department)])

    def close_department(self, unit: Unit, viewer: Viewer, department: str, day: int) -> None:
        """Nobody belongs to it any more; what names it keeps its name. Rejected while people or open
        departments are in it. The roles it gave end."""
        self.require(viewer)
        known, organisation = self._department(department), self.organisation
        _refuse(check_closing(organisation, department))
        held = [
            one for kind in ("department", "branch") for one in organisation.memberships_of.get((kind, department), ())
        ]  # fmt: skip
        self._people.remove_memberships(unit, held)
        self._people.save_departments(unit, [replace(known, closed_on=day)])
        taken = [_role(one) for one in held]
        self._note(unit, viewer, "department.close", department=department, roles_taken=taken)

    def reopen_department(self, unit: Unit, viewer: Viewer, department: str) -> None:
        self.change_department(unit, viewer, replace(self._department(department), closed_on=None))

    def _department(self, identifier: str) -> Department:
        known = self.organisation.departments.get(identifier)
        if known is None:
            raise Rejected([problem("organisation.unknown_department", department=identifier)])
        return known

    # -- roles -------------------------------------------------------------------------------------

    def give_roles(
        self, unit: Unit, viewer: Viewer, memberships: Sequence[Membership], reason: str = ""
    ) -> None:
        """Rejected: who is not there, and what speaks against it (conflicting duties, a role for oneself)
        unless a reason is given, which the audit trail keeps beside what was said."""
        for app in sorted({one.app for one in memberships}):
            self.require(viewer, app)
        organisation, apps = self.organisation, self._apps()
        _refuse([found for one in memberships for found in check_membership(organisation, apps, one)])
        said = [
            found for object_to in self.objections for found in object_to(organisation, viewer, memberships)
        ]
        if said and not reason.strip():
            raise Rejected(said)
        self._people.save_memberships(unit, memberships)
        more = {"reason": reason.strip(), "against": [one.code for one in said]} if said else {}
        self._audit.add(unit, viewer, [_given("role.give", one, more) for one in memberships])

    def take_roles(self, unit: Unit, viewer: Viewer, memberships: Sequence[Membership]) -> None:
        """Rejected (organisation.last_administrator) where nobody would be left to manage people."""
        for app in sorted({one.app for one in memberships}):
            self.require(viewer, app)
        if not viewer.system:
            self._refuse_nobody_left(memberships)
        self._people.remove_memberships(unit, memberships)
        self._audit.add(unit, viewer, [_given("role.take", one, {}) for one in memberships])

    def _refuse_nobody_left(self, taken: Sequence[Membership]) -> None:
        gone, organisation, apps = set(taken), self.organisation, self._apps()
        rest = replace(
            organisation, memberships=[one for one in organisation.memberships if one not in gone], viewers={}
        )
        managing = [
            (app.id, role.id) for app in apps.values() for role in app.roles if "people" in role.manages
        ]
        if any(map(organisation.role_holders.get, managing)) and not any(
            map(rest.role_holders.get, managing)
        ):
            raise Rejected([problem("organisation.last_administrator")])

    def _note(self, unit: Unit, viewer: Viewer, action: str, **detail: Any) -> None:
        self._audit.add(unit, viewer, [Occurrence(action, detail=detail)])


def own_roles(_organisation: Organisation, viewer: Viewer, given: Sequence[Membership]) -> list[Problem]:
    """Nobody gives himself a role by the way."""
    mine = [one for one in given if one.member_kind == "person" and one.member == viewer.person]
    return [problem("organisation.role_for_oneself", "/reason")] if mine and not viewer.system else []


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Rejected(problems)


def _moved(person: Person, department: str) -> Person:
    others = tuple(one for one in person.other_departments if one != department)
    return replace(person, department=department or None, other_departments=others)


def _values(row: Person | Department) -> dict[str, Any]:
    return {
        field.name: value
        for field in fields(row)
        if field.name not in KEPT and (value := getattr(row, field.name)) not in (None, "", ())
    }


def _change(kind: str, before: Any, after: Any) -> Occurrence:
    changes = {
        field.name: [getattr(before, field.name), getattr(after, field.name)]
        for field in fields(after)
        if getattr(before, field.name) != getattr(after, field.name)
    }
    return Occurrence(f"{kind}.change", detail={kind: after.id, "changes": changes})


def _role(membership: Membership) -> str:
    return f"{membership.app}/{membership.role}"


def _given(action: str, membership: Membership, more: Mapping[str, Any]) -> Occurrence:
    detail = {"role": membership.role, "kind": membership.member_kind, "member": membership.member, **more}
    return Occurrence(action, membership.app, detail=detail)
