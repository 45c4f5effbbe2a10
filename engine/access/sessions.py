"""Signing in: passwords (argon2id), throttling, and sessions of our own in the database.

The cookie holds a random token, the database its SHA-256: a copied database signs nobody in.
An unknown name costs the same time and gives the same Problem as a wrong password.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.system_tables import people, sessions, throttle
from metamodel.problems import Rejected, problem

LIFETIME = 12 * 3600 * 1_000_000
TOUCH_AFTER = 60 * 1_000_000
FREE_FAILURES = 5
LOCK = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Session:
    person: str
    csrf: str
    hash: bytes


class Sessions:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._hasher = PasswordHasher()
        self._hashing = threading.BoundedSemaphore(2)  # 64 MiB each
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def set_password(self, unit: Unit, person: str, password: str) -> None:
        with self._hashing:
            hashed = self._hasher.hash(password)
        self.set_password_hash(unit, person, hashed)

    def hash_password(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def set_password_hash(self, unit: Unit, person: str, hashed: str) -> None:
        unit.connection.execute(sa.update(people).where(people.c.id == person).values(password=hashed))

    def sign_in(self, person: str, password: str, address: str = "", agent: str = "") -> tuple[str, Session]:
        """The new session and the token for its cookie. Rejected: access.bad_password, access.locked."""
        self._refuse_locked(person)
        stored = self._stored_hash(person)
        if not self._matches(stored or self._nobody, password) or stored is None:
            self._count_failure(person)
            raise Rejected([problem("access.bad_password")])
        token, session = secrets.token_urlsafe(32), Session(person, secrets.token_urlsafe(24), b"")
        return token, self._start(session, token, address, agent)

    def find(self, token: str) -> Session | None:
        """The live session of a cookie's token; its time is noted once a minute."""
        hashed, now = _hash(token), microseconds(self._clock.now())
        query = sa.select(sessions).where(sessions.c.hash == hashed, sessions.c.expires_at > now)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        if now - row["seen_at"] > TOUCH_AFTER:
            self._database.write(lambda unit: self._touch(unit, hashed))
        return Session(row["person"], row["csrf"], hashed)

    def end(self, session: Session) -> None:
        self._database.write(
            lambda unit: (
                unit.connection.execute(sa.delete(sessions).where(sessions.c.hash == session.hash)) and None
            )
        )

    def _touch(self, unit: Unit, hashed: bytes) -> None:
        unit.connection.execute(sa.update(sessions).where(sessions.c.hash == hashed).values(seen_at=unit.now))

    def _start(self, session: Session, token: str, address: str, agent: str) -> Session:
        hashed = _hash(token)

        def insert(unit: Unit) -> None:
            unit.connection.execute(sa.delete(throttle).where(throttle.c.key == _key(session.person)))
            unit.connection.execute(
                sa.insert(sessions).values(
                    hash=hashed, person=session.person, csrf=session.csrf, created_at=unit.now, seen_at=unit.now,
                    expires_at=unit.now + LIFETIME, address=address[:100], agent=agent[:300],
                )
            )  # fmt: skip

        self._database.write(insert)
        return Session(session.person, session.csrf, hashed)

    def _stored_hash(self, person: str) -> str | None:
        query = sa.select(people.c.password).where(people.c.id == person, people.c.active.is_(True))
        with self._database.read() as connection:
            return connection.scalar(query) or None

    def _matches(self, hashed: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def _refuse_locked(self, person: str) -> None:
        query = sa.select(throttle.c.failures, throttle.c.until).where(throttle.c.key == _key(person))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row and row.failures >= FREE_FAILURES and row.until > microseconds(self._clock.now()):
            raise Rejected([problem("access.locked")])

    def _count_failure(self, person: str) -> None:
        def count(unit: Unit) -> None:
            key = _key(person)
            update = sa.update(throttle).where(throttle.c.key == key)
            values = {"failures": throttle.c.failures + 1, "until": unit.now + LOCK}
            if unit.connection.execute(update.values(**values)).rowcount == 0:
                unit.connection.execute(
                    sa.insert(throttle).values(key=key, failures=1, until=unit.now + LOCK)
                )

        self._database.write(count)


def _key(person: str) -> str:
    return "sign_in:" + hashlib.sha256(person.casefold().encode("utf-8", "replace")).hexdigest()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
