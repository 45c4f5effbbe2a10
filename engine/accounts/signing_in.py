"""Signing in, step by step: a password, and where it is wanted a second factor.

Every failure looks the same from outside and costs the same time, whether or not there is such a person;
every one is in the audit trail. Each step gives the browser a new session. Called by the sign-in pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People, Person
from engine.access.viewer import Viewer
from engine.accounts.passwords import Passwords
from engine.accounts.policy import Policies
from engine.accounts.second_factor import SecondFactor
from engine.accounts.sessions import ENROL, FACTOR, IN, Origin, Session, Sessions
from engine.accounts.throttle import CODE, Throttle, Try, sign_in_tries
from engine.database import Database, Unit
from engine.system_tables import accounts
from metamodel.problems import Rejected, problem

Started = tuple[str, Session]  # the token for the cookie, and the session


@dataclass(frozen=True, slots=True)
class Parts:
    """What the steps stand on."""

    database: Database
    people: People
    audit: AuditTrail
    policies: Policies
    passwords: Passwords
    factor: SecondFactor
    sessions: Sessions
    throttle: Throttle


class SigningIn:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def with_password(self, name: str, password: str, origin: Origin, old: Session | None = None) -> Started:
        """A new session, perhaps not signed in yet (its `stage`); `old`, which the browser held until now,
        ends. Rejected: access.bad_password, access.locked."""
        parts, person = self._parts, self.person_called(name)
        known = person.id if person else ""
        tries = sign_in_tries(known or name, origin.address)
        parts.throttle.take(tries)
        if not parts.passwords.fits(known, password):
            self.note_failure(known, origin, "password")
            raise Rejected([problem("access.bad_password")])
        return self.proven(known, origin, old, how="password", tries=tries)

    def proven(
        self, person: str, origin: Origin, old: Session | None, *, how: str, tries: Sequence[Try] = (),
        factor: bool = True,
    ) -> Started:  # fmt: skip
        """Somebody proved who he is by `how`; a second factor comes next, unless it is not for us to ask."""
        stage = self._next_stage(person) if factor else IN

        def work(unit: Unit) -> Started:
            if tries:
                self._parts.throttle.forgive(unit, tries)
            return self._start(unit, person, origin, stage, old, how)

        return self._parts.database.write(work)

    def with_code(self, session: Session, code: str, origin: Origin) -> Started:
        """The second step: a code of the authenticator, or a recovery code. Rejected: factor.wrong_code,
        access.locked."""
        parts, person = self._parts, session.person
        tries = [CODE.of(person)]
        parts.throttle.take(tries)

        def work(unit: Unit) -> Started | None:
            how = parts.factor.accept(unit, person, code)
            if not how:
                return None
            parts.throttle.forgive(unit, tries)
            return self._start(unit, person, origin, IN, session, how)

        started = parts.database.write(work)
        if started is None:
            self.note_failure(person, origin, "code")
            raise Rejected([problem("factor.wrong_code", "/code")])
        return started

    def with_new_factor(self, session: Session, code: str, origin: Origin) -> tuple[Started, list[str]]:
        """The step of those who had to set up a second factor: a session, and their recovery codes, shown
        once. Rejected: factor.none_offered, factor.wrong_code."""

        def work(unit: Unit) -> tuple[Started, list[str]]:
            codes = self._parts.factor.confirm(unit, session.person, code)
            by = Viewer(session.person, address=origin.address)
            self._parts.audit.add(unit, by, [Occurrence("user.totp_on")])
            return self._start(unit, session.person, origin, IN, session, "code"), codes

        return self._parts.database.write(work)

    def sign_out(self, session: Session, origin: Origin) -> None:
        def work(unit: Unit) -> None:
            self._parts.sessions.end(unit, session)
            by = Viewer(session.person, address=origin.address)
            self._parts.audit.add(unit, by, [Occurrence("user.sign_out")])

        self._parts.database.write(work)

    def person_called(self, name: str) -> Person | None:
        """By account, or by an e-mail address that only one has."""
        known, folded = self._parts.people.organisation().people, name.strip().casefold()
        if name.strip() in known:
            return known[name.strip()]
        having = [one for one in known.values() if folded and one.active and one.email.casefold() == folded]
        return having[0] if len(having) == 1 else None

    def _next_stage(self, person: str) -> str:
        if self._parts.factor.state(person) is not None:
            return FACTOR
        viewer = self._parts.people.organisation().viewer(person)
        return ENROL if viewer and self._parts.policies.current.wants_factor(viewer) else IN

    def _start(
        self, unit: Unit, person: str, origin: Origin, stage: str, old: Session | None, how: str
    ) -> Started:
        if old is not None:
            self._parts.sessions.end(unit, old)
        started = self._parts.sessions.start(unit, person, origin, stage)
        if stage == IN:
            by = Viewer(person, address=origin.address)
            self._parts.audit.add(unit, by, [Occurrence("user.sign_in", detail={"by": how})])
            remember(unit, person, signed_in_at=unit.now, signed_in_from=origin.address[:100])
        return started

    def note_failure(self, person: str, origin: Origin, what: str) -> None:
        """Not the name that was typed: it may be a password, typed in the wrong place."""
        who = Viewer(person, address=origin.address)
        self._parts.audit.note(who, Occurrence("user.sign_in_failed", detail={"by": what}))


def remember(unit: Unit, person: str, **values: object) -> None:
    """Note something in the account's row."""
    change = sa.update(accounts).where(accounts.c.person == person).values(values)
    if unit.connection.execute(change).rowcount == 0:
        unit.connection.execute(sa.insert(accounts).values(person=person, **values))
