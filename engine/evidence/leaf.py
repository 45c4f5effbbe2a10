"""Leaf entries: the bytes whose hash stands in the logs (docs/evidence.md fixes the format).

An entry says what was recorded when, and commits to the content by salted hashes. It holds no
position: the hash is computed early, the position is taken last.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

from engine.evidence.merkle import leaf_hash
from engine.values import canonical_json

RECORDS, AUDIT = "records", "audit"
LOGS = (RECORDS, AUDIT)
KINDS = {RECORDS: ("create", "change", "shred"), AUDIT: ("audit", "version", "state", "file", "erased")}


class LeafEntry(NamedTuple):
    """`record` is the id of the row or file in an audit, file or erased entry, 0 in that of a version or a state."""

    kind: str
    record: int
    revision: int
    app: str
    form: str
    version: int
    time: int  # microseconds since 1970 UTC
    evidence: bytes
    working: bytes


def entry_object(log: str, entry: LeafEntry) -> dict[str, str]:
    """The entry as it is published; keys in canonical order, integers as decimal strings."""
    return {
        "alg": "sha256",
        "app": entry.app,
        "evidence": base64.b64encode(entry.evidence).decode(),
        "form": entry.form,
        "kind": entry.kind,
        "log": log,
        "record": str(entry.record),
        "revision": str(entry.revision),
        "time": str(entry.time),
        "v": "1",
        "version": str(entry.version),
        "working": base64.b64encode(entry.working).decode(),
    }


def entry_bytes(log: str, entry: LeafEntry) -> bytes:
    """RFC 8785 of `entry_object`."""
    return canonical_json(entry_object(log, entry))


def entry_hash(log: str, entry: LeafEntry) -> bytes:
    """The leaf: RFC 6962 hash of the entry's bytes."""
    return leaf_hash(entry_bytes(log, entry))
