"""Tombstones: what a shredded record leaves behind, signed (docs/evidence.md fixes the format).

A statement says which record went when, why, by whose word, and commits to what remains of its row.
The shred entry in the ledger holds the statement's hash. `records.shredding` makes them, pages and
`verify` read them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.evidence.layout import Layout, hashed, picked
from engine.system_tables import tombstones
from engine.values import canonical_json

FORMAT = "muniment tombstone 1"
SIGNED = FORMAT.encode() + b"\n"  # stands before a statement that is signed: it is no checkpoint
CHUNK = 500
Why = Literal["rule", "request", "person"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody said yes; `at` in microseconds."""

    person: str
    at: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why records are shredded, or used no more. No words of persons: this can never be erased.

    `rule` is `app/form/rule` with the number of its `activation`; `request` is `app/form/record` of what
    was asked for."""

    why: Why
    by: str
    rule: str = ""
    activation: str = ""
    request: str = ""
    approvals: tuple[Approval, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Without what is blank; numbers as decimal strings."""
        told = {name: value for name, value in asdict(self).items() if value and name != "approvals"}
        if self.approvals:
            told["approvals"] = [{"at": str(one.at), "person": one.person} for one in self.approvals]
        return told

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Cause:
        """The inverse; what else stands in a statement is left alone."""
        approvals = tuple(Approval(one["person"], int(one["at"])) for one in raw.get("approvals", ()))
        names = ("why", "by", "rule", "activation", "request")
        return cls(**{name: raw[name] for name in names if name in raw}, approvals=approvals)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """`at` in microseconds. `statement` as it was signed."""

    record: int
    app: str
    form: str
    at: int
    cause: Cause
    statement: str


@dataclass(frozen=True, slots=True)
class Shredded:
    """A record that goes: its place, the revision this is, and of an archive the working hash before. `mark`: which
    record of this number it is, where a database that was put back gave the number away again."""

    record: int
    app: str
    form: str
    version: int
    revision: int
    time: int
    working: bytes = b""
    mark: str = ""


def statement_of(what: Shredded, cause: Cause, remains: bytes) -> bytes:
    """Canonical JSON of what is said of the record."""
    told = {
        "format": FORMAT, "app": what.app, "form": what.form, "record": str(what.record),
        "version": str(what.version), "revision": str(what.revision), "time": str(what.time),
        "remains": base64.b64encode(remains).decode(), **cause.to_json(),
    }  # fmt: skip
    if what.working:
        told["working"] = base64.b64encode(what.working).decode()
    if what.mark:
        told["mark"] = what.mark
    return canonical_json(told)


def remains_hash(layout: Layout, stored: Mapping[str, Any], salt: bytes) -> bytes:
    """SHA-256(salt ‖ canonical JSON) over all columns but the id, as they stand afterwards."""
    columns = picked((*layout.evidence, *layout.working), stored, "")
    del columns["key"]
    return hashed(salt, columns)


def digest_of(statement: bytes) -> bytes:
    """What the shred entry holds of it."""
    return sha256(statement).digest()


def signature_fits(statement: str, signature: bytes, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, SIGNED + statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def tombstones_of(connection: sa.Connection, records: Iterable[int]) -> dict[int, Tombstone]:
    """Those of these records that were shredded."""
    wanted, found = sorted(set(records)), dict[int, Tombstone]()
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        for row in connection.execute(sa.select(tombstones).where(tombstones.c.record.in_(some))):
            found[row.record] = _read(row)
    return found


def latest_tombstones(connection: sa.Connection, limit: int, before: int = 0) -> list[Tombstone]:
    """Newest first; `before` is a moment in microseconds."""
    query = sa.select(tombstones).order_by(tombstones.c.at.desc(), tombstones.c.record.desc()).limit(limit)
    if before:
        query = query.where(tombstones.c.at < before)
    return [_read(row) for row in connection.execute(query)]


def _read(row: Any) -> Tombstone:
    """A statement somebody damaged still says that the record is gone; `verify` says that it is damaged."""
    try:
        cause = Cause.from_json(json.loads(row.statement))
    except (ValueError, KeyError, TypeError, AttributeError):
        cause = Cause("person", "?")
    return Tombstone(row.record, row.app, row.form, row.at, cause, row.statement)
