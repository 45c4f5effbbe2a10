"""Signing in, step by step: a password, and where it is wanted a second factor.

Every failure looks the same from outside and costs the same time, whether or not there is such a person;
every one is in the audit trail. Called by the sign-in pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People, Person
from engine.access.viewer import Viewer
from engine.accounts.passwords import Passwords
from engine.accounts.sessions import IN, Origin, Session, Sessions
from engine.accounts.throttle import Throttle, Try, sign_in_tries
from engine.database import Database, Unit
from metamodel.problems import Rejected, problem

Started = tuple[str, Session]  # the token for the cookie, and the session


class SigningIn:
    def __init__(
        self, database: Database, people: People, audit: AuditTrail, passwords: Passwords, sessions: Sessions,
        throttle: Throttle,
    ) -> None:  # fmt: skip
        self._database, self._people, self._audit = database, people, audit
        self._passwords, self._sessions, self._throttle = passwords, sessions, throttle

    def with_password(self, name: str, password: str, origin: Origin, old: Session | None = None) -> Started:
        """A new session; `old`, which the browser held until now, ends. Rejected: access.bad_password,
        access.locked."""
        person = self.person_called(name)
        known = person.id if person else ""
        tries = sign_in_tries(known or name, origin.address)
        self._throttle.take(tries)
        if not self._passwords.fits(known, password):
            self._audit.note(Viewer(known, address=origin.address), Occurrence("user.sign_in_failed"))
            raise Rejected([problem("access.bad_password")])
        return self._database.write(lambda unit: self._begin(unit, known, origin, tries, old))

    def sign_out(self, session: Session, origin: Origin) -> None:
        def work(unit: Unit) -> None:
            self._sessions.end(unit, session)
            self._audit.add(
                unit, Viewer(session.person, address=origin.address), [Occurrence("user.sign_out")]
            )

        self._database.write(work)

    def person_called(self, name: str) -> Person | None:
        """By account, or by an e-mail address that only one has."""
        known = self._people.organisation().people
        if name in known:
            return known[name]
        folded = name.strip().casefold()
        having = [one for one in known.values() if folded and one.active and one.email.casefold() == folded]
        return having[0] if len(having) == 1 else None

    def _begin(
        self, unit: Unit, person: str, origin: Origin, tries: Sequence[Try], old: Session | None
    ) -> Started:
        self._throttle.forgive(unit, tries)
        if old is not None:
            self._sessions.end(unit, old)
        started = self._sessions.start(unit, person, origin, IN)
        self._audit.add(unit, Viewer(person, address=origin.address), [Occurrence("user.sign_in")])
        return started
