"""Binding an app to this installation: who holds its roles, which secrets are set for its channels and for the
lists it takes from other systems, whether the apps it builds on are there.

A definition names roles, channels and secrets; people and what is secret belong to the house. Whoever manages people
binds anything that is published. Whoever designs an app may bind its roles too, already before it is published, as
long as it holds no record and the role gives nothing but the app's own forms: without that, a new app could not be
used by those who made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import Membership, Organisation, People
from engine.access.recipients import keeper_of, owner_of
from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.applications.versions import publisher_of
from engine.database import Database, Unit
from engine.designing.drafting import Designing
from engine.migrate import filled_forms
from engine.outside import NamedSecrets, origin_of, sources_of
from metamodel.application import App
from metamodel.labels import Label
from metamodel.problems import Rejected, problem
from metamodel.roles import Role

OWN_DUTIES = frozenset({"design"})  # what whoever designs has anyway


class Personnel(Protocol):
    """The door through which roles are given: `organisation.Personnel`."""

    def manages(self, viewer: Viewer, app: str = "") -> bool: ...
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
    """`wants_secret`: its connector checks what arrives with one."""

    id: str
    label: Label
    has_secret: bool
    wants_secret: bool = True

    @property
    def loose(self) -> bool:
        return self.wants_secret and not self.has_secret


@dataclass(frozen=True, slots=True)
class BoundSecret:
    """A named secret that lists of another system are asked with, and the address it has to be kept for."""

    name: str
    address: str
    there: bool


@dataclass(frozen=True, slots=True)
class BoundApp:
    """An app this one requires."""

    app: str
    label: Label
    there: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """`owner` answers for the app (blank: nobody yet); `keeper` has its to-dos meanwhile."""

    app: App
    published: bool
    roles: tuple[BoundRole, ...]
    channels: tuple[BoundChannel, ...]
    secrets: tuple[BoundSecret, ...]
    apps: tuple[BoundApp, ...]
    owner: str = ""
    keeper: str = ""

    @property
    def loose(self) -> int:
        """How many things are not bound yet."""
        missing = sum(not one.there for one in self.secrets) + sum(not one.there for one in self.apps)
        return sum(not one.people for one in self.roles) + sum(one.loose for one in self.channels) + missing


class Bindings:
    def __init__(
        self, database: Database, applications: Applications, designing: Designing, people: People,
        audit: AuditTrail, personnel: Personnel,
        secrets: NamedSecrets, channels: Callable[[App], Sequence[BoundChannel]],
    ) -> None:  # fmt: skip
        self._database, self._applications, self._designing = database, applications, designing
        self._people, self._audit, self._personnel = people, audit, personnel
        self._secrets, self._channels = secrets, channels

    def of(self, viewer: Viewer, app: str) -> Bound:
        """How an app is bound: as it is published, else as it is drafted. Rejected: access.denied, app.unknown, and
        what keeps a draft from being read."""
        found, organisation = self._app(viewer, app), self._people.organisation()
        ours = self._may_bind_ours(viewer, app)
        roles = tuple(self._role(organisation, app, role, viewer, ours) for role in found.roles)
        served = {one.id: one for one in self._applications.all()}
        needs = (BoundApp(need.app, _label(served, need.app), need.app in served) for need in found.requires)
        owner = owner_of(organisation, found) or ""
        return Bound(
            found, app in served, roles, tuple(self._channels(found)), tuple(self._asked_with(found)), tuple(needs),
            owner, "" if owner or app not in served else self._keeper(organisation, app),
        )  # fmt: skip

    def _keeper(self, organisation: Organisation, app: str) -> str:
        with self._database.read() as connection:
            return keeper_of(organisation, publisher_of(connection, app)) or ""

    def _app(self, viewer: Viewer, app: str) -> App:
        looked = self._designing.look(viewer, app)
        if app in self._applications.served():
            return self._applications.get(app)
        if looked.app is None:
            raise Rejected(list(looked.problems))
        return looked.app

    def _asked_with(self, app: App) -> Iterator[BoundSecret]:
        """The secrets its outside lists need, each once for each address."""
        kept = {(one.name, one.origin) for one in self._secrets.all()}
        asking = [source for source in sources_of(app) if source.secret]
        needed = dict.fromkeys((source.secret, _address(source.url)) for source in asking)
        for name, address in needed:
            yield BoundSecret(name, address, (name, address) in kept)

    def bind(self, viewer: Viewer, app: str, members: Sequence[Membership], reason: str = "") -> None:
        """Give roles of the app. Rejected: binding.not_yours, access.no_such_person, organisation.*"""
        found = self._app(viewer, app)
        ours = self._may_bind_ours(viewer, app)
        if self._manages(viewer, app):
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

    def _manages(self, viewer: Viewer, app: str) -> bool:
        """What roles unite in one person is known of published ones only."""
        return app in self._applications.served() and self._personnel.manages(viewer, app)

    def _may_bind_ours(self, viewer: Viewer, app: str) -> bool:
        """Nothing in it could be read by whoever gets a role, nor comes back with a form that was taken away."""
        with self._database.read() as connection:
            return self._designing.designs(viewer, app) and not filled_forms(connection, app)

    def _role(
        self, organisation: Organisation, app: str, role: Role, viewer: Viewer, ours: bool
    ) -> BoundRole:
        held = tuple(one for one in organisation.memberships if (one.app, one.role) == (app, role.id))
        may = self._manages(viewer, app) or (ours and _harmless(role))
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


def _address(url: str) -> str:
    """As secrets know it; as it stands where a draft has no address yet."""
    try:
        return origin_of(url)
    except Rejected:
        return url


def _label(served: Mapping[str, App], app: str) -> Label:
    return served[app].label if app in served else app
