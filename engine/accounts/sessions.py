"""Sessions of our own in the database: started at sign-in, listed, ended here or by somebody else.

A session is born with a new token at every step of signing in, so nobody can lay one under another.
Until the last step is done (`stage` other than IN) it opens nothing but the page of the next step.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.accounts.opaque import fresh, hash_of
from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.system_tables import sessions

MINUTE = 60 * 1_000_000
TOUCH_AFTER = MINUTE
STEP = 10 * MINUTE  # how long a sign-in may stay unfinished
IN, FACTOR, ENROL = "in", "factor", "enrol"  # signed in; a code is wanted; a second factor must be set up


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Seeing:
    """Who sits there sees an app as another person does, until a moment (microseconds)."""

    app: str
    person: str
    until: int


@dataclass(frozen=True, slots=True)
class Session:
    """`seeing` may be over already: `exceptional_access.SeeingAs` looks at the clock."""

    person: str
    csrf: str
    hash: bytes
    stage: str = IN
    seeing: Seeing | None = None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """As a list shows it; `name` tells it from the others and opens nothing."""

    name: str
    created_at: int
    seen_at: int
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Spans:
    """How long a session lives at most, and without being used, in minutes."""

    most: int = 12 * 60
    idle: int = 12 * 60


class Sessions:
    def __init__(self, database: Database, clock: Clock, spans: Callable[[], Spans] = Spans) -> None:
        self._database, self._clock, self._spans = database, clock, spans

    def start(self, unit: Unit, person: str, origin: Origin, stage: str = IN) -> tuple[str, Session]:
        """The token for the cookie, and the session."""
        token, csrf = fresh(), secrets.token_urlsafe(24)
        life = self._spans().most * MINUTE if stage == IN else STEP
        unit.connection.execute(
            sa.insert(sessions).values(
                hash=hash_of(token), person=person, csrf=csrf, created_at=unit.now, seen_at=unit.now,
                expires_at=unit.now + life, address=origin.address[:100], agent=origin.agent[:300], stage=stage,
            )
        )  # fmt: skip
        return token, Session(person, csrf, hash_of(token), stage)

    def find(self, token: str, used: bool = True) -> Session | None:
        """The live session of a cookie's token; that it was `used` is noted once a minute."""
        hashed, now = hash_of(token), microseconds(self._clock.now())
        with self._database.read() as connection:
            query = sa.select(sessions).where(sessions.c.hash == hashed, self._live(now))
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        if used and now - row["seen_at"] > TOUCH_AFTER:
            self._database.write(lambda unit: self._touch(unit, hashed))
        return Session(row["person"], row["csrf"], hashed, row["stage"], _seeing(row))

    def of(self, person: str) -> list[OpenSession]:
        """The newest first."""
        now = microseconds(self._clock.now())
        query = sa.select(sessions).where(
            sessions.c.person == person, sessions.c.stage == IN, self._live(now)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(sessions.c.seen_at.desc())).mappings().all()
        return [
            OpenSession(row["hash"].hex(), row["created_at"], row["seen_at"], row["address"], row["agent"])
            for row in rows
        ]

    def see_as(self, unit: Unit, session: Session, seeing: Seeing | None) -> None:
        """From now on, or no longer."""
        app, person, until = (seeing.app, seeing.person, seeing.until) if seeing else (None, None, None)
        mine = sa.update(sessions).where(sessions.c.hash == session.hash)
        unit.connection.execute(mine.values(seeing_app=app, seeing_person=person, seeing_until=until))

    def end(self, unit: Unit, session: Session) -> None:
        unit.connection.execute(sa.delete(sessions).where(sessions.c.hash == session.hash))

    def end_named(self, unit: Unit, person: str, name: str) -> bool:
        """One of this person's, by its name in the list."""
        mine = (sessions.c.person == person) & (sessions.c.hash == _bytes(name))
        return unit.connection.execute(sa.delete(sessions).where(mine)).rowcount > 0

    def end_all(self, unit: Unit, people: Sequence[str], but: Session | None = None) -> int:
        """All of these people's; how many."""
        theirs = sa.delete(sessions).where(sessions.c.person.in_(people))
        if but is not None:
            theirs = theirs.where(sessions.c.hash != but.hash)
        return int(unit.connection.execute(theirs).rowcount)

    def clean(self, unit: Unit) -> None:
        unit.connection.execute(sa.delete(sessions).where(sa.not_(self._live(unit.now))))

    def _live(self, now: int) -> sa.ColumnElement[bool]:
        idle = self._spans().idle * MINUTE
        return (sessions.c.expires_at > now) & (sessions.c.seen_at > now - idle)

    def _touch(self, unit: Unit, hashed: bytes) -> None:
        unit.connection.execute(sa.update(sessions).where(sessions.c.hash == hashed).values(seen_at=unit.now))


def _seeing(row: Mapping[Any, Any]) -> Seeing | None:
    if not row["seeing_person"]:
        return None
    return Seeing(row["seeing_app"], row["seeing_person"], row["seeing_until"])


def _bytes(name: str) -> bytes:
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""
