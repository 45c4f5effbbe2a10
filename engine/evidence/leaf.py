"""What one leaf of the ledger says, and its bytes as `docs/evidence.md` publishes them."""

from __future__ import annotations

import base64
from typing import NamedTuple

NOTHING = bytes(32)


class LeafEntry(NamedTuple):
    """What one leaf says; its bytes are the RFC 8785 form of `entry_bytes`."""

    kind: str
    record: int
    revision: int
    app: str
    form: str
    version: int
    time: int
    evidence: bytes
    working: bytes = NOTHING


def entry_bytes(log: str, entry: LeafEntry) -> bytes:
    """The RFC 8785 object; ids and kinds are plain ASCII, so nothing needs escaping."""
    evidence, working = base64.b64encode(entry.evidence), base64.b64encode(entry.working)
    return (
        f'{{"alg":"sha256","app":"{entry.app}","evidence":"{evidence.decode()}","form":"{entry.form}",'
        f'"kind":"{entry.kind}","log":"{log}","record":"{entry.record}","revision":{entry.revision},'
        f'"time":"{entry.time}","v":1,"version":{entry.version},"working":"{working.decode()}"}}'
    ).encode()
