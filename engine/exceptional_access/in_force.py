"""What is in force beside the roles: grants, broken glass, masks lifted. Listed, and ended before its time: by
somebody, or because whose it is has left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.access.audit import Occurrence
from engine.access.grants import Grants
from engine.access.people import Person
from engine.access.unmaskings import Unmasking as Kept
from engine.access.viewer import SYSTEM, Viewer
from engine.access.ways import Grant
from engine.clock import microseconds
from engine.database import Unit
from engine.exceptional_access.emergencies import REFERENCE
from engine.exceptional_access.unmasking import Unmasking
from engine.records.services import Services
from metamodel.problems import Rejected, problem

Kind = Literal["grant", "emergency", "unmasking"]


@dataclass(frozen=True, slots=True)
class Leave:
    """`forms` of `app`; `records` how many, 0: those a filter picks; `until` in microseconds."""

    kind: Kind
    id: int
    person: str
    app: str
    forms: tuple[str, ...]
    records: int
    purpose: str
    reference: str
    by: str
    until: int


class InForce:
    def __init__(self, services: Services, grants: Grants, unmasking: Unmasking) -> None:
        self._services, self._grants, self._unmasking = services, grants, unmasking
        services.people.changed.append(self._people_changed)

    def of(self, person: str = "") -> list[Leave]:
        """Somebody's, those that end first on top; blank: everybody's."""
        now = microseconds(self._services.database.clock.now())
        with self._services.database.read() as connection:
            given = self._grants.of(connection, person, now)
        lifted = [one for one in self._unmasking.running() if person in ("", one.person)]
        found = [*map(_granted, given), *map(_lifted, lifted)]
        return sorted(found, key=lambda one: (one.until, one.id))

    def end_grant(self, viewer: Viewer, identifier: int) -> None:
        """Rejected (grant.unknown) for one that does not run. Whether he may is asked before."""

        def end(unit: Unit) -> None:
            running = {one.id: one for one in self._grants.of(unit.connection, "", unit.now)}
            if identifier not in running:
                raise Rejected([problem("grant.unknown")])
            self._revoke(unit, viewer, running[identifier])

        self._services.database.write(end)

    def _revoke(self, unit: Unit, viewer: Viewer, one: Grant) -> None:
        self._grants.revoke(unit, one.id)
        action = "emergency.end" if _kind(one) == "emergency" else "grant.revoke"
        detail = {"person": one.person, "reference": one.reference}
        noted = Occurrence(action, one.app, one.form, grant=one.id, detail=detail)
        self._services.audit.add(unit, viewer, [noted])

    def _people_changed(self, unit: Unit, people: Iterable[Person]) -> None:
        """Who leaves loses what was given to him for a while: should he come back, nothing waits for him."""
        for person in people:
            if not person.active:
                for one in self._grants.of(unit.connection, person.id, unit.now):
                    self._revoke(unit, SYSTEM, one)
                self._unmasking.end_all(unit, person.id)


def _kind(grant: Grant) -> Kind:
    return "emergency" if grant.reference.startswith(f"{REFERENCE}:") else "grant"


def _granted(one: Grant) -> Leave:
    reference = "" if _kind(one) == "emergency" else one.reference
    return Leave(
        _kind(one),
        one.id,
        one.person,
        one.app,
        (one.form,),
        0,
        one.purpose,
        reference,
        one.by,
        one.expires_at,
    )


def _lifted(one: Kept) -> Leave:
    many: Sequence[int] = [len(ids) for ids in one.records.values()]
    return Leave(
        "unmasking", one.id, one.person, one.app, tuple(one.records), sum(many), one.reason, "",
        one.decided_by, one.expires_at or 0,
    )  # fmt: skip
