"""API tokens: long random strings shown once, kept hashed, scoped, with an end, revocable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.accounts.opaque import fresh, hash_of
from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.system_tables import api_tokens
from metamodel.problems import Problem, Rejected, problem

SCOPES = ("read", "write", "ingest")
TOUCH_AFTER = 60 * 1_000_000
LONGEST_NAME = 100
MOST = 50  # live ones a person


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Times in microseconds; `expires_at` None: lives until it is revoked."""

    id: int
    person: str
    name: str
    scopes: frozenset[str]
    created_at: int = 0
    expires_at: int | None = None
    used_at: int | None = None
    revoked_at: int | None = None

    def ended(self, now: int) -> bool:
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


class Tokens:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def create(
        self, person: str, name: str, scopes: Sequence[str] = SCOPES, expires_at: int | None = None
    ) -> str:
        """The token; it cannot be shown again. Rejected as `make` is."""
        return self._database.write(lambda unit: self.make(unit, person, name, scopes, expires_at))

    def make(self, unit: Unit, person: str, name: str, scopes: Sequence[str], expires_at: int | None) -> str:
        """Rejected: token.name, token.scopes, token.past, token.too_many."""
        found = self._wrong(unit, person, name.strip(), scopes, expires_at)
        if found:
            raise Rejected(found)
        token = fresh("mun_")
        (identifier,) = self._database.take_ids(unit.connection, 1)
        unit.connection.execute(
            sa.insert(api_tokens).values(
                id=identifier, hash=hash_of(token), person=person, name=name.strip(),
                scopes=json.dumps(list(scopes)), created_at=unit.now, expires_at=expires_at,
            )
        )  # fmt: skip
        return token

    def _wrong(
        self, unit: Unit, person: str, name: str, scopes: Sequence[str], expires_at: int | None
    ) -> list[Problem]:
        found = []
        if not 0 < len(name) <= LONGEST_NAME:
            found.append(problem("token.name", "/name", most=LONGEST_NAME))
        if not scopes or not set(scopes) <= set(SCOPES):
            found.append(problem("token.scopes", "/scopes", scopes=", ".join(SCOPES)))
        if expires_at is not None and expires_at <= unit.now:
            found.append(problem("token.past", "/expires"))
        live = [token for token in self._of(unit.connection, person) if not token.ended(unit.now)]
        if len(live) >= MOST:
            found.append(problem("token.too_many", most=MOST))
        return found

    def find(self, token: str) -> ApiToken | None:
        """The live token; that it was used is noted once a minute."""
        query = sa.select(api_tokens).where(api_tokens.c.hash == hash_of(token))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        found, now = _token(row) if row else None, microseconds(self._clock.now())
        if found is None or found.ended(now):
            return None
        if now - (found.used_at or 0) > TOUCH_AFTER:
            self._database.write(lambda unit: self._touch(unit, found.id))
        return found

    def of(self, person: str) -> list[ApiToken]:
        """The newest first, those that ended too."""
        with self._database.read() as connection:
            return self._of(connection, person)

    def _of(self, connection: sa.Connection, person: str) -> list[ApiToken]:
        query = sa.select(api_tokens).where(api_tokens.c.person == person).order_by(api_tokens.c.id.desc())
        return [_token(row) for row in connection.execute(query).mappings()]

    def revoke(self, unit: Unit, person: str, identifier: int) -> bool:
        return self._revoke(unit, (api_tokens.c.id == identifier) & (api_tokens.c.person == person)) > 0

    def revoke_all(self, unit: Unit, people: Sequence[str]) -> int:
        return self._revoke(unit, api_tokens.c.person.in_(people))

    def _revoke(self, unit: Unit, these: sa.ColumnElement[bool]) -> int:
        live = these & api_tokens.c.revoked_at.is_(None)
        return int(
            unit.connection.execute(sa.update(api_tokens).where(live).values(revoked_at=unit.now)).rowcount
        )

    def _touch(self, unit: Unit, identifier: int) -> None:
        change = sa.update(api_tokens).where(api_tokens.c.id == identifier).values(used_at=unit.now)
        unit.connection.execute(change)


def _token(row: sa.RowMapping) -> ApiToken:
    return ApiToken(
        row["id"], row["person"], row["name"], frozenset(json.loads(row["scopes"])),
        row["created_at"], row["expires_at"], row["used_at"], row["revoked_at"],
    )  # fmt: skip
