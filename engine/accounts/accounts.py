"""Accounts: everything by which somebody proves who he is, and what ends it.

One object that holds the parts of the room; the runtime opens it, pages and commands ask it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.accounts.invitations import Invitations, Purpose
from engine.accounts.passwords import Passwords, require_good
from engine.accounts.sessions import Session, Sessions
from engine.accounts.signing_in import SigningIn
from engine.accounts.throttle import AGAIN, Throttle
from engine.accounts.tokens import Tokens
from engine.clock import Clock
from engine.database import Database, Unit
from engine.jobs import Jobs
from metamodel.problems import Rejected, problem

DAY = timedelta(days=1)


class Accounts:
    def __init__(
        self, database: Database, clock: Clock, people: People, audit: AuditTrail, jobs: Jobs, public_url: str
    ) -> None:
        self._database, self._people, self._audit = database, people, audit
        self.throttle = Throttle(database)
        self.passwords = Passwords(database)
        self.sessions = Sessions(database, clock)
        self.tokens = Tokens(database, clock)
        self.invitations = Invitations(database, clock, public_url)
        self.signing_in = SigningIn(database, people, audit, self.passwords, self.sessions, self.throttle)
        people.changed.append(self._people_changed)
        jobs.register("clean_accounts", lambda _payload, _job: database.write(self._clean), every=DAY)

    # -- passwords ---------------------------------------------------------------------------------

    def set_password(self, person: str, password: str, by: Viewer = SYSTEM) -> None:
        """For the command line: no questions but whether it is any good. Rejected as `require_good` does."""
        require_good(password, self._person(person))
        hashed = self.passwords.hash(password)
        self._database.write(lambda unit: self._set(unit, person, hashed, by, None))

    def change_password(self, viewer: Viewer, session: Session, old: str, new: str) -> None:
        """The own: every other session ends. Rejected: account.wrong_password, password.same, access.locked,
        and as `require_good` does."""
        self.require_password(viewer.person, old)
        if old == new:
            raise Rejected([problem("password.same", "/password")])
        require_good(new, self._person(viewer.person))
        hashed = self.passwords.hash(new)
        self._database.write(lambda unit: self._set(unit, viewer.person, hashed, viewer, session))

    def accept(self, token: str, password: str, address: str = "") -> str:
        """An invitation is taken up: the password is set, the link is used. The person's id. Rejected:
        invitation.unknown, and as `require_good` does."""
        person = self._person(self.invitations.find(token).person)
        require_good(password, person)
        hashed = self.passwords.hash(password)

        def work(unit: Unit) -> None:
            self.invitations.use(unit, token)
            self._set(unit, person.id, hashed, Viewer(person.id, person.name, address=address), None)

        self._database.write(work)
        return person.id

    def require_password(self, person: str, password: str) -> None:
        """Before something that must not be done by whoever sits down at an open screen. Rejected:
        account.wrong_password, access.locked."""
        tries = [AGAIN.of(person)]
        self.throttle.take(tries)
        if not self.passwords.fits(person, password):
            raise Rejected([problem("account.wrong_password", "/old")])
        self._database.write(lambda unit: self.throttle.forgive(unit, tries))

    def _set(self, unit: Unit, person: str, hashed: str, by: Viewer, but: Session | None) -> None:
        self.passwords.set_hash(unit, person, hashed)
        self.invitations.void(unit, [person])
        self.sessions.end_all(unit, [person], but)
        self.throttle.lift(unit, person)
        self._audit.add(unit, by, [Occurrence("user.password_set", detail={"person": person})])

    # -- administration ----------------------------------------------------------------------------

    def invite(self, person: str, purpose: Purpose, by: Viewer) -> str:
        """A one-time link's token. Rejected (access.no_such_person)."""
        self._person(person)

        def work(unit: Unit) -> str:
            self._audit.add(
                unit, by, [Occurrence("user.invite", detail={"person": person, "purpose": purpose})]
            )
            return self.invitations.make(unit, person, purpose, by.person)

        return self._database.write(work)

    def _person(self, person: str) -> Person:
        found = self._people.organisation().people.get(person)
        if found is None or not found.active:
            raise Rejected([problem("access.no_such_person", person=person)])
        return found

    def _people_changed(self, unit: Unit, saved: Sequence[Person]) -> None:
        """Who is active no more loses everything he could sign in with, in the same unit."""
        gone = [person.id for person in saved if not person.active]
        if gone:
            self.sessions.end_all(unit, gone)
            self.tokens.revoke_all(unit, gone)
            self.invitations.void(unit, gone)

    def _clean(self, unit: Unit) -> None:
        for part in (self.sessions, self.invitations, self.throttle):
            part.clean(unit)
