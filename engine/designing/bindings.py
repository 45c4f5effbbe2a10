"""Binding a published app to this installation: who holds its roles, which channels have their secrets, whether
the apps it builds on are there.

A definition names roles and channels; people and secrets belong to the house. Whoever manages people binds
anything. Whoever designs an app may bind its roles too as long as it holds no record and the role gives nothing
but the app's own forms: without that, a new app could not be used by those who made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Membership, Organisation, People
from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.database import Database, Unit
from engine.designing.drafting import Designing
from engine.migrate import row_counts
from metamodel.application import App
from metamodel.labels import Label
from metamodel.problems import Rejected, problem
from metamodel.roles import Role

OWN_DUTIES = frozenset({"design"})  # what whoever designs has anyway


class Personnel(Protocol):
    """The door through which roles are given: `organisation.Personnel`."""

    def manages(self, viewer: Viewer) -> bool: ...
    def give_roles(
        self, unit: Unit, viewer: Viewer, memberships: Sequence[Membership], reason: str = ""
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class BoundRole:
    """A role with who holds it: how many people, and by which memberships. `open`: this viewer may add some."""

    role: Role
    people: int
    memberships: tuple[Membership, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class BoundChannel:
    id: str
    label: Label
    has_secret: bool
    enabled: bool


@dataclass(frozen=True, slots=True)
class BoundApp:
    """An app this one requires."""

    app: str
    label: Label
    there: bool


@dataclass(frozen=True, slots=True)
class Bound:
    app: App
    roles: tuple[BoundRole, ...]
    channels: tuple[BoundChannel, ...]
    apps: tuple[BoundApp, ...]

    @property
    def loose(self) -> int:
        """How many things are not bound yet."""
        return sum(not one.people for one in self.roles) + sum(not one.there for one in self.apps)


class Bindings:
    def __init__(
        self, database: Database, applications: Applications, designing: Designing, people: People,
        audit: AuditTrail, personnel: Personnel,
        channels: Callable[[str], Sequence[BoundChannel]],
    ) -> None:  # fmt: skip
        self._database, self._applications, self._designing = database, applications, designing
        self._people, self._audit, self._personnel = people, audit, personnel
        self._channels = channels

    def of(self, viewer: Viewer, app: str) -> Bound:
        """How a published app is bound. Rejected: access.denied, app.unknown."""
        self._designing.open(viewer, app)
        found, organisation = self._applications.get(app), self._people.organisation()
        ours = self._may_bind_ours(viewer, app)
        roles = tuple(self._role(organisation, app, role, viewer, ours) for role in found.roles)
        served = {one.id: one for one in self._applications.all()}
        needs = (BoundApp(need.app, _label(served, need.app), need.app in served) for need in found.requires)
        return Bound(found, roles, tuple(self._channels(app)), tuple(needs))

    def bind(self, viewer: Viewer, app: str, members: Sequence[Membership], reason: str = "") -> None:
        """Give roles of the app. Rejected: binding.not_yours, access.no_such_person, organisation.*"""
        self._designing.open(viewer, app)
        found = self._applications.get(app)
        ours = self._may_bind_ours(viewer, app)
        if self._personnel.manages(viewer):
            self._database.write(lambda unit: self._personnel.give_roles(unit, viewer, members, reason))
            return
        for one in members:
            role = found.role(one.role)
            if one.app != app or role is None or not (ours and _harmless(role)):
                raise Rejected([problem("binding.not_yours", role=role.label if role else one.role)])
        _known(self._people.organisation(), members)
        self._database.write(lambda unit: self._give(unit, viewer, app, members))

    def _give(self, unit: Unit, viewer: Viewer, app: str, members: Sequence[Membership]) -> None:
        self._people.save_memberships(unit, members)
        details = ({"role": one.role, "kind": one.member_kind, "member": one.member} for one in members)
        self._audit.add(unit, viewer, [Occurrence("role.give", app, detail=detail) for detail in details])

    def _may_bind_ours(self, viewer: Viewer, app: str) -> bool:
        """Nothing in it could be read by whoever gets a role."""
        with self._database.read() as connection:
            return self._designing.designs(viewer, app) and not any(row_counts(connection, app).values())

    def _role(
        self, organisation: Organisation, app: str, role: Role, viewer: Viewer, ours: bool
    ) -> BoundRole:
        held = tuple(one for one in organisation.memberships if (one.app, one.role) == (app, role.id))
        may = self._personnel.manages(viewer) or (ours and _harmless(role))
        return BoundRole(role, len(organisation.members(app, role.id)), held, may)


def _harmless(role: Role) -> bool:
    """Gives nothing beyond the app's own forms."""
    return role.manages <= OWN_DUTIES and role.unmask is None and role.emergency is None


def _known(organisation: Organisation, members: Sequence[Membership]) -> None:
    """Rejected (access.no_such_person) for people and departments that are not there."""
    for one in members:
        closed = one.member in organisation.departments and organisation.departments[one.member].closed_on
        there = organisation.active(one.member) if one.member_kind == "person" else (
            one.member_kind in ("department", "branch") and one.member in organisation.departments and not closed
        )  # fmt: skip
        if not there:
            raise Rejected([problem("access.no_such_person", person=one.member)])


def _label(served: Mapping[str, App], app: str) -> Label:
    return served[app].label if app in served else app
