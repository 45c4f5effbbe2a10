"""Layout: which columns of an archive's row are evidence and which are working, and their two hashes.

The write path and verification share it, so that what is written and what is checked cannot drift.
Every column but the id counts, under its physical name: that never changes, whatever becomes of the
field. Integers are decimal strings, bytes base64, blanks are left out.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from engine.tables import FROZEN_SYSTEM_COLUMNS, SYSTEM_COLUMNS, FormTable, Shape
from engine.values import canonical_json
from metamodel.plugin_api import Storage

_TEXT_COLUMNS = ("created_by", "updated_by")


class Column(NamedTuple):
    """A physical column and the one Python type its values have."""

    name: str
    type: type


@dataclass(frozen=True)
class Layout:
    evidence: tuple[Column, ...]
    working: tuple[Column, ...]

    @classmethod
    def of(cls, table: FormTable, _form: object = None) -> Layout:
        columns = [(table.fields[field].name, shape) for field, shape in table.shapes.items()]
        columns += [(parked.column.name, parked.shape) for parked in table.parked]
        own = [Column(name, _type_of(shape)) for name, shape in columns if shape.evidence]
        moving = [Column(name, _type_of(shape)) for name, shape in columns if not shape.evidence]
        for name in SYSTEM_COLUMNS:
            if name != "id":
                type_ = str if name in _TEXT_COLUMNS else int
                (own if name in FROZEN_SYSTEM_COLUMNS else moving).append(Column(name, type_))
        return cls(tuple(sorted(own)), tuple(sorted(moving)))

    def hashes(self, stored: Mapping[str, Any], salt: bytes, commitment: bytes) -> tuple[bytes, bytes]:
        """(evidence, working) of a row, `stored` being its columns as the database holds them."""
        key = base64.b64encode(commitment).decode()
        return hashed(salt, picked(self.evidence, stored, key)), hashed(
            salt, picked(self.working, stored, key)
        )

    def misfits(self, stored: Mapping[str, Any]) -> list[str]:
        """Columns that hold another type than they may; SQLite would take anything."""
        return [
            name
            for name, type_ in (*self.evidence, *self.working)
            if (value := stored[name]) is not None and type(value) is not type_
        ]


def picked(columns: tuple[Column, ...], stored: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object that is hashed. Both hold the key's commitment: it is nowhere in the database, so
    nobody without the master key can make either hash up."""
    chosen = {
        name: str(value) if type_ is int else value
        for name, type_ in columns
        if (value := stored.get(name)) is not None
    }
    chosen["key"] = key
    return chosen


def hashed(salt: bytes, columns: Mapping[str, Any]) -> bytes:
    """SHA-256(salt ‖ canonical JSON); bytes become base64."""
    return sha256(salt + canonical_json(columns)).digest()


def _type_of(shape: Shape) -> type:
    if shape.sealed or shape.storage is Storage.BYTES:
        return bytes
    return str if shape.storage in (Storage.TEXT, Storage.JSON) else int
