"""Layout: which columns of an archive's row are evidence and which are working, and their two hashes.

The write path and verification share it, so that what is written and what is checked cannot drift.
Every column but the id counts: an edit of any of them is found. Columns stand under their field's
id, a parked one under `field@n`; integers are decimal strings, bytes base64, blanks are left out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.tables import FROZEN_SYSTEM_COLUMNS, SYSTEM_COLUMNS, FormTable

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Layout:
    """(name in the hash, physical column), sorted by name as RFC 8785 wants it."""

    evidence: tuple[tuple[str, str], ...]
    working: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: FormTable) -> Layout:
        frozen = {("$" + name, name) for name in FROZEN_SYSTEM_COLUMNS}
        moving = {("$" + name, name) for name in SYSTEM_COLUMNS if name not in (*FROZEN_SYSTEM_COLUMNS, "id")}
        for name, column in table.fields.items():
            (frozen if table.shapes[name].evidence else moving).add((name, column.name))
        for parked in table.parked:
            entry = (f"{parked.field}@{parked.entry}", parked.column.name)
            (frozen if parked.shape.evidence else moving).add(entry)
        return cls(tuple(sorted([*frozen, ("$key", "")])), tuple(sorted(moving)))

    def hashes(self, stored: Mapping[str, Any], salt: bytes, commitment: bytes) -> tuple[bytes, bytes]:
        """SHA-256(salt ‖ canonical columns), of the evidence and of the working columns."""
        evidence = self.evidence_columns(stored, commitment)
        return _salted(salt, evidence), _salted(salt, self.working_columns(stored))

    def evidence_columns(self, stored: Mapping[str, Any], commitment: bytes) -> dict[str, str]:
        key = base64.b64encode(commitment).decode()
        columns: dict[str, str] = {}
        for name, column in self.evidence:
            if not column:
                columns["$key"] = key
            elif (value := stored.get(column)) is not None:
                columns[name] = text_of(value)
        return columns

    def working_columns(self, stored: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: text_of(value)
            for name, column in self.working
            if (value := stored.get(column)) is not None
        }


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    return base64.b64encode(bytes(value)).decode()


def _salted(salt: bytes, columns: Mapping[str, str]) -> bytes:
    return hashlib.sha256(salt + _encode(columns)).digest()
