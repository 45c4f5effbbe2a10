"""The versions an app has had: when, by whom; their documents are `Applications.document`."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from engine.database import Database
from engine.system_tables import app_versions


@dataclass(frozen=True, slots=True)
class Version:
    """`hash` is the SHA-256 of the canonical document, hex; the ledger has it too."""

    number: int
    at: int
    by: str
    hash: str


def versions_of(database: Database, app: str, limit: int = 500) -> list[Version]:
    """Newest first."""
    columns = [app_versions.c[name] for name in ("version", "at", "by", "hash")]
    query = sa.select(*columns).where(app_versions.c.app == app)
    with database.read() as connection:
        rows = connection.execute(query.order_by(app_versions.c.version.desc()).limit(limit)).all()
    return [Version(row.version, row.at, row.by, bytes(row.hash).hex()) for row in rows]


def publisher_of(connection: sa.Connection, app: str) -> str:
    """Who published the newest version; '' where there is none."""
    query = sa.select(app_versions.c.by).where(app_versions.c.app == app)
    return connection.scalar(query.order_by(app_versions.c.version.desc()).limit(1)) or ""
