"""Rows of the audit trail as leaves of the audit log.

A row is committed with what it tells about; its leaf follows within a second, in batches. The
salt is derived from the row's id by a key of its own, so it needs no place to lie.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.evidence.layout import text_of
from engine.evidence.leaf import LeafEntry
from engine.evidence.seals import MasterKeys
from engine.system_tables import audit, leaves

BATCH = 20_000
LATE = 100_000  # ids: a unit that began long ago may commit rows with lower ids than the newest logged


def audit_entries(connection: sa.Connection, keys: MasterKeys) -> list[LeafEntry]:
    """Entries for the rows that have no leaf yet, oldest first."""
    newest = connection.scalar(sa.select(sa.func.max(leaves.c.record)).where(leaves.c.log == "audit")) or 0
    logged = sa.exists().where(leaves.c.record == audit.c.id, leaves.c.log == "audit")
    query = sa.select(audit).where(audit.c.id > newest - LATE, ~logged).order_by(audit.c.id).limit(BATCH)
    return [
        LeafEntry("audit", row["id"], 1, row["app"], row["form"], 0, row["at"], audit_hash(keys, row))
        for row in connection.execute(query).mappings()
    ]


def audit_hash(keys: MasterKeys, row: Mapping[str, Any]) -> bytes:
    """SHA-256(salt ‖ canonical columns) of one audit row."""
    salt = hmac.digest(keys.box_key, b"audit %d" % row["id"], hashlib.sha256)
    columns = {name: text_of(row[name]) for name in sorted(audit.c.keys()) if row[name] is not None}
    return hashlib.sha256(salt + msgspec.json.encode(columns)).digest()
