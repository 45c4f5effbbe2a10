"""API tokens: long random strings shown once, kept hashed, scoped, revocable."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from engine.clock import Clock, microseconds
from engine.database import Database, Unit
from engine.system_tables import api_tokens

SCOPES = ("read", "write", "ingest")


@dataclass(frozen=True, slots=True)
class ApiToken:
    id: int
    person: str
    name: str
    scopes: frozenset[str]


class Tokens:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def create(
        self, person: str, name: str, scopes: tuple[str, ...] = SCOPES, expires_at: int | None = None
    ) -> str:
        """The token; it cannot be shown again."""
        token = "mun_" + secrets.token_urlsafe(32)

        def insert(unit: Unit) -> None:
            (identifier,) = self._database.take_ids(unit.connection, 1)
            unit.connection.execute(
                sa.insert(api_tokens).values(
                    id=identifier, hash=_hash(token), person=person, name=name, scopes=json.dumps(scopes),
                    created_at=unit.now, expires_at=expires_at,
                )
            )  # fmt: skip

        self._database.write(insert)
        return token

    def find(self, token: str) -> ApiToken | None:
        query = sa.select(api_tokens).where(
            api_tokens.c.hash == _hash(token), api_tokens.c.revoked_at.is_(None)
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or (row["expires_at"] or 1 << 62) < microseconds(self._clock.now()):
            return None
        return ApiToken(row["id"], row["person"], row["name"], frozenset(json.loads(row["scopes"])))

    def revoke(self, unit: Unit, person: str, identifier: int) -> bool:
        mine = sa.and_(api_tokens.c.id == identifier, api_tokens.c.person == person)
        return (
            unit.connection.execute(sa.update(api_tokens).where(mine).values(revoked_at=unit.now)).rowcount
            > 0
        )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
