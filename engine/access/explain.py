"""Explaining: why somebody can see a record, or cannot, and who can. Answered from the very ways reading uses.

For whoever manages access or people in that app, and for everybody about himself. Asking is in the audit
trail: an answer names people, roles and grants, never what stands in the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.authority import Authority
from engine.access.people import People
from engine.access.unmaskings import REASON
from engine.access.viewer import Viewer
from engine.access.ways import Way, best_access
from engine.database import Database
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import Form
from metamodel.labels import Label
from metamodel.problems import Rejected, problem

DUTIES = frozenset({"access", "people"})
Kind = Literal["role", "grant", "flow", "unmasking"]


@dataclass(frozen=True, slots=True)
class WayTold:
    """One way: what kind, what it is called, its condition as it stands in the definition; of a grant who
    gave it, what for and until when (microseconds). `reaches`: it leads to the record that was asked about;
    `unmasks`: it is a role's for the rows that stand in full."""

    kind: Kind
    name: Label
    rows: str
    actions: tuple[str, ...]
    reaches: bool
    purpose: str = ""
    reference: str = ""
    by: str = ""
    until: int | None = None
    unmasks: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """About one person and one record. `hidden` and `masked` are labels of fields, over all ways that reach."""

    person: str
    sees: bool
    ways: tuple[WayTold, ...]
    hidden: tuple[Label, ...] = ()
    masked: tuple[Label, ...] = ()


class Explaining:
    def __init__(
        self, database: Database, authority: Authority, people: People, audit: AuditTrail,
        apps: Callable[[], Mapping[str, App]],
    ) -> None:  # fmt: skip
        self._database, self._authority, self._people = database, authority, people
        self._audit, self._apps = audit, apps

    def may_ask(self, viewer: Viewer, app: str, person: str = "") -> bool:
        """Of somebody; blank: of everybody."""
        home = self._apps().get(app)
        roles = [home.role(name) for name in viewer.roles_in(app)] if home else []
        duties = any(role is not None and role.manages & DUTIES for role in roles)
        return home is not None and (viewer.system or person == viewer.person or duties)

    def why(self, viewer: Viewer, app: str, form: str, record: str, person: str) -> Explanation:
        """Rejected: access.denied, access.no_such_person, record.unknown."""
        home, there = self._place(viewer, app, form, person)
        asked = self._people.organisation().viewer(person)
        if asked is None:
            raise Rejected([problem("access.no_such_person", person=person)])
        with self._database.read() as connection:
            self._require(connection, home, there, record)
            found = self._explained(connection, asked, home, there, int(record))
        if not found.sees and not self.may_ask(viewer, app):
            raise Rejected([problem("record.unknown", record=record)])  # nor whether it is there at all
        detail = {"person": person, "sees": found.sees}
        self._audit.note(viewer, Occurrence("access.explain", app, form, int(record), detail=detail))
        return found

    def who(self, viewer: Viewer, app: str, form: str, record: str) -> list[Explanation]:
        """Everybody who sees it, in the organisation's order. Rejected: access.denied, record.unknown."""
        home, there = self._place(viewer, app, form, "")
        organisation, found = self._people.organisation(), list[Explanation]()
        with self._database.read() as connection:
            self._require(connection, home, there, record)
            for person in organisation.people:
                asked = organisation.viewer(person)
                if asked is None:
                    continue
                one = self._explained(connection, asked, home, there, int(record))
                if one.sees:
                    found.append(one)
        self._audit.note(
            viewer, Occurrence("access.explain", app, form, int(record), detail={"count": len(found)})
        )
        return found

    def _place(self, viewer: Viewer, app: str, form: str, person: str) -> tuple[App, Form]:
        if not self.may_ask(viewer, app, person):
            raise Rejected([problem("access.denied")])
        home = self._apps()[app]
        there = home.form(form)
        if there is None:
            raise Rejected([problem("form.unknown", form=form)])
        return home, there

    def _require(self, connection: sa.Connection, app: App, form: Form, record: str) -> None:
        known = is_whole_number(record)
        table = self._authority.table(app, form)
        if not known or connection.scalar(sa.select(table.c.id).where(table.c.id == int(record))) is None:
            raise Rejected([problem("record.unknown", record=record)])

    # -- one person --------------------------------------------------------------------------------

    def _explained(
        self, connection: sa.Connection, asked: Viewer, app: App, form: Form, record: int
    ) -> Explanation:
        visible = self._authority.visible_rows(connection, asked, app, form)
        own = visible.form_table.table.c.id
        row = connection.execute(visible.select([own]).where(own == record)).mappings().first()
        reaching = list(visible.ways_of(row)) if row is not None else []
        ways = tuple(self._told(app, visible.ways, reaching))
        access = {field.id: best_access(reaching, field.id) for field in form.fields} if reaching else {}
        hidden = tuple(field.label for field in form.fields if access.get(field.id) == "hide")
        masked = tuple(field.label for field in form.fields if access.get(field.id) == "mask")
        return Explanation(asked.person, bool(reaching), ways, hidden, masked)

    def _told(self, app: App, ways: Sequence[Way], reaching: Sequence[Way]) -> Iterator[WayTold]:
        """Those that reach first."""
        there = set(map(id, reaching))
        for way in sorted(ways, key=lambda one: id(one) not in there):
            masked = any(other.role == way.role and other.masks for other in ways)
            told = self._way(app, way, id(way) in there)
            yield replace(told, unmasks=told.kind == "role" and masked and not way.masks)

    def _way(self, app: App, way: Way, reaches: bool) -> WayTold:
        actions = tuple(sorted(way.actions))
        if way.reason.startswith(REASON):
            return WayTold("unmasking", way.reason.partition(":")[2], "", actions, reaches)
        if way.grant is not None:
            return WayTold(
                "grant", str(way.grant.id), way.grant.filter, actions, reaches, way.grant.purpose,
                way.grant.reference, way.grant.by, way.grant.expires_at,
            )  # fmt: skip
        if way.reason:
            return WayTold("flow", way.reason, "", actions, reaches)
        role = app.role(way.role)
        return WayTold("role", role.label if role else way.role, way.rows, actions, reaches)
