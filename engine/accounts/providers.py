"""Identity providers of the organisation (OpenID Connect), and which of their identities is whom here.

An identity is known by the provider's own number for somebody, never by an address, which may pass to
another person. Managed on the administration page; used by `oidc.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import identities, identity_providers
from metamodel.problems import Problem, Rejected, problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Provider:
    """`by_email`: a verified address that exactly one person has links him by itself. `asks_factor`: it asks
    for a second factor, so we need not."""

    id: int
    label: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    by_email: bool = True
    asks_factor: bool = False
    enabled: bool = True

    def problems(self) -> list[Problem]:
        missing = [
            problem("provider.missing", f"/{name}")
            for name in ("label", "issuer", "client_id")
            if not getattr(self, name)
        ]
        return missing if missing or _safe(self.issuer) else [problem("provider.issuer", "/issuer")]


@dataclass(frozen=True, slots=True)
class Identity:
    provider: int
    subject: str
    person: str
    email: str
    linked_at: int
    used_at: int | None


class Providers:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def all(self) -> list[Provider]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(identity_providers).order_by(identity_providers.c.id))
            return [self._provider(row) for row in rows.mappings()]

    def enabled(self) -> list[Provider]:
        return [provider for provider in self.all() if provider.enabled]

    def get(self, identifier: int) -> Provider:
        """Rejected (provider.unknown)."""
        for provider in self.all():
            if provider.id == identifier:
                return provider
        raise Rejected([problem("provider.unknown")])

    def save(self, unit: Unit, provider: Provider) -> int:
        """Id 0: a new one; a blank secret keeps the old. Rejected: provider.missing, provider.issuer."""
        provider = replace(provider, issuer=provider.issuer.rstrip("/"))
        if found := provider.problems():
            raise Rejected(found)
        values: dict[str, Any] = {
            "label": provider.label, "issuer": provider.issuer, "client_id": provider.client_id,
            "by_email": provider.by_email, "asks_factor": provider.asks_factor, "enabled": provider.enabled,
        }  # fmt: skip
        identifier = provider.id or self._database.take_ids(unit.connection, 1)[0]
        if provider.secret or not provider.id:
            values["secret_sealed"] = self._box.seal(provider.secret.encode(), _place(identifier))
        if provider.id:
            mine = identity_providers.c.id == identifier
            unit.connection.execute(sa.update(identity_providers).where(mine).values(values))
        else:
            unit.connection.execute(
                sa.insert(identity_providers).values(id=identifier, created_at=unit.now, **values)
            )
        return identifier

    def _provider(self, row: Mapping[Any, Any]) -> Provider:
        secret = self._box.open(row["secret_sealed"], _place(row["id"])).decode()
        return Provider(
            row["id"], row["label"], row["issuer"], row["client_id"], secret,
            row["by_email"], row["asks_factor"], row["enabled"],
        )  # fmt: skip

    # -- identities --------------------------------------------------------------------------------

    def person_of(self, provider: int, subject: str) -> str | None:
        query = sa.select(identities.c.person).where(_this(provider, subject))
        with self._database.read() as connection:
            found = connection.scalar(query)
            return str(found) if found is not None else None

    def of(self, person: str) -> list[Identity]:
        query = sa.select(identities).where(identities.c.person == person).order_by(identities.c.linked_at)
        with self._database.read() as connection:
            return [Identity(**row) for row in connection.execute(query).mappings()]

    def link(self, unit: Unit, provider: int, subject: str, person: str, email: str) -> None:
        """Rejected (identity.taken) when it is somebody else's."""
        query = sa.select(identities.c.person).where(_this(provider, subject))
        held = unit.connection.scalar(query)
        if held not in (None, person):
            raise Rejected([problem("identity.taken")])
        if held is None:
            unit.connection.execute(
                sa.insert(identities).values(
                    provider=provider, subject=subject, person=person, email=email[:200], linked_at=unit.now
                )
            )

    def used(self, unit: Unit, provider: int, subject: str) -> None:
        this = _this(provider, subject)
        unit.connection.execute(sa.update(identities).where(this).values(used_at=unit.now))

    def unlink(self, unit: Unit, person: str, provider: int) -> bool:
        mine = (identities.c.person == person) & (identities.c.provider == provider)
        return unit.connection.execute(sa.delete(identities).where(mine)).rowcount > 0


def _this(provider: int, subject: str) -> sa.ColumnElement[bool]:
    return (identities.c.provider == provider) & (identities.c.subject == subject)


def _safe(issuer: str) -> bool:
    """Keys fetched over plain HTTP are anybody's; only a provider on this very machine may use it."""
    try:
        found = urlsplit(issuer)
        return found.scheme == "https" or (found.scheme == "http" and found.hostname in LOOPBACK)
    except ValueError:
        return False


def _place(identifier: int) -> bytes:
    return b"identity provider %d" % identifier
