"""Secrets that other systems ask for, by name: a definition says the name, the house keeps the secret, sealed.

A secret belongs to one address (`https://erp.example.com`) and is sent nowhere else: whoever designs an app cannot
have it sent to a system of his own. It is never shown again. Set by those who manage channels.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.outgoing import PORTS, parsed
from engine.system_tables import settings
from metamodel.problems import Rejected, problem

PREFIX = "secret:"
LONGEST = 4_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class NamedSecret:
    """What may be told of one: `origin` is the address it is sent to."""

    name: str
    origin: str
    at: datetime
    by: str


class NamedSecrets:
    def __init__(self, database: Database, box: Box, audit: AuditTrail) -> None:
        self._database, self._box, self._audit = database, box, audit

    def all(self) -> list[NamedSecret]:
        """By name."""
        query = (
            sa.select(settings)
            .where(settings.c.name.startswith(PREFIX, autoescape=True))
            .order_by(settings.c.name)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        kept = ((row.name.removeprefix(PREFIX), json.loads(row.value)) for row in rows)
        return [
            NamedSecret(name, one["origin"], from_microseconds(one["at"]), one["by"]) for name, one in kept
        ]

    def set(self, viewer: Viewer, name: str, address: str, secret: str) -> None:
        """Keep it for this address alone; what was kept under the name is replaced. Rejected: outside.bad_secret,
        outgoing.bad_address."""
        clean = secret.strip()
        if (
            not _NAME.fullmatch(name)
            or not clean
            or len(clean) > LONGEST
            or not clean.isascii()
            or not clean.isprintable()
        ):
            raise Rejected([problem("outside.bad_secret", "/name")])
        origin = origin_of(address)
        sealed = base64.b64encode(self._box.seal(clean.encode(), _place(name, origin))).decode()

        def work(unit: Unit) -> None:
            row = {"origin": origin, "at": unit.now, "by": viewer.person, "sealed": sealed}
            self._remove(unit, name)
            unit.connection.execute(sa.insert(settings).values(name=PREFIX + name, value=json.dumps(row)))
            self._note(unit, viewer, "secret.set", {"name": name, "address": origin})

        self._database.write(work)

    def remove(self, viewer: Viewer, name: str) -> None:
        """Rejected (outside.no_secret)."""

        def work(unit: Unit) -> None:
            if not self._remove(unit, name):
                raise Rejected([problem("outside.no_secret", secret=name[:63])])
            self._note(unit, viewer, "secret.remove", {"name": name})

        self._database.write(work)

    def for_address(self, name: str, url: str) -> str:
        """The secret, to be sent to this address. Rejected: outside.no_secret, outside.secret_elsewhere."""
        with self._database.read() as connection:
            found = connection.scalar(sa.select(settings.c.value).where(settings.c.name == PREFIX + name))
        if found is None:
            raise Rejected([problem("outside.no_secret", secret=name)])
        kept: Mapping[str, Any] = json.loads(found)
        if origin_of(url) != kept["origin"]:
            raise Rejected([problem("outside.secret_elsewhere", secret=name, host=urlsplit(url).hostname)])
        return self._box.open(base64.b64decode(kept["sealed"]), _place(name, kept["origin"])).decode()

    def _remove(self, unit: Unit, name: str) -> int:
        return unit.connection.execute(sa.delete(settings).where(settings.c.name == PREFIX + name)).rowcount

    def _note(self, unit: Unit, viewer: Viewer, action: str, detail: Mapping[str, str]) -> None:
        self._audit.add(unit, viewer, [Occurrence(action, detail=dict(detail))])


def origin_of(url: str) -> str:
    """`https://host:port` in one way of writing it. Rejected (outgoing.bad_address)."""
    target = parsed(url)
    return f"{target.scheme}://{str(target.hostname).lower()}:{target.port or PORTS[target.scheme]}"


def _place(name: str, origin: str) -> bytes:
    return f"secret {name} {origin}".encode()
