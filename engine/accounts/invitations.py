"""Invitations: one-time links with which somebody sets his password, the first or a forgotten one.

The link holds a random token, the database its hash. Making a new one voids the older; setting the
password uses it up. Made by administrators, by `muniment init` and `muniment user invite`, and by who forgot his
password: such a one voids none of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa

from engine.accounts.opaque import fresh, hash_of
from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.system_tables import invitations
from metamodel.problems import Rejected, problem

DAY = 24 * 3600 * 1_000_000
Purpose = Literal["join", "reset", "forgot"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
LIFE = {"join": 7 * DAY, "reset": DAY, "forgot": DAY // 24}


@dataclass(frozen=True, slots=True)
class Invitation:
    person: str
    purpose: Purpose
    expires_at: int


class Invitations:
    def __init__(self, database: Database, clock: Clock, public_url: str = "") -> None:
        self._database, self._clock, self._public = database, clock, public_url.rstrip("/")

    def make(self, unit: Unit, person: str, purpose: Purpose = "join", by: str = "system") -> str:
        """The token; it cannot be shown again, and older ones of this person end. 7 days, or (reset) one, or
        (forgot) an hour."""
        self.void(unit, [person], () if purpose != "forgot" else ("forgot",))
        token = fresh()
        unit.connection.execute(
            sa.insert(invitations).values(
                hash=hash_of(token), person=person, purpose=purpose, by=by, created_at=unit.now,
                expires_at=unit.now + LIFE[purpose],
            )
        )  # fmt: skip
        return token

    def link(self, token: str) -> str:
        """Where it leads: a whole address where we know under which name people reach us, else its path."""
        return f"{self._public}/invitation/{token}"

    def find(self, token: str) -> Invitation:
        """Rejected (invitation.unknown) alike when it is used, over, void, or never was."""
        with self._database.read() as connection:
            return self._find(connection, token, microseconds(self._clock.now()))

    def use(self, unit: Unit, token: str) -> Invitation:
        """It is used up. Rejected as `find`; of two at once only one succeeds."""
        found = self._find(unit.connection, token, unit.now)
        used = sa.delete(invitations).where(invitations.c.hash == hash_of(token))
        if unit.connection.execute(used).rowcount == 0:
            raise Rejected([problem("invitation.unknown")])
        return found

    def open(self) -> dict[str, Invitation]:
        """The running ones that somebody else made, by person."""
        now = microseconds(self._clock.now())
        query = sa.select(invitations).where(
            invitations.c.expires_at > now, invitations.c.purpose != "forgot"
        )
        with self._database.read() as connection:
            return {row.person: _invitation(row) for row in connection.execute(query)}

    def void(self, unit: Unit, people: Sequence[str], purposes: Sequence[Purpose] = ()) -> None:
        """All of these people's, or those for these purposes."""
        theirs = sa.delete(invitations).where(invitations.c.person.in_(people))
        unit.connection.execute(theirs.where(invitations.c.purpose.in_(purposes or PURPOSES)))

    def clean(self, unit: Unit) -> None:
        unit.connection.execute(sa.delete(invitations).where(invitations.c.expires_at <= unit.now))

    def _find(self, connection: sa.Connection, token: str, now: int) -> Invitation:
        query = sa.select(invitations).where(
            invitations.c.hash == hash_of(token), invitations.c.expires_at > now
        )
        row = connection.execute(query).first()
        if row is None:
            raise Rejected([problem("invitation.unknown")])
        return _invitation(row)


def _invitation(row: sa.Row[tuple[object, ...]]) -> Invitation:
    return Invitation(row.person, row.purpose, row.expires_at)
