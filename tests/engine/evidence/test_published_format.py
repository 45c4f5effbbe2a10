"""docs/evidence.md: its worked example computed anew, without our code and with it, and its verifier run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence import merkle, notes
from engine.evidence.layout import hashed
from engine.evidence.leaf import LeafEntry, entry_bytes
from engine.evidence.seals import commitment
from engine.evidence.tombstones import Cause, Shredded, digest_of, signature_fits, statement_of
from engine.runtime import Runtime
from tests.engine.evidence.archive import fill

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text("utf-8")


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", PAGE, re.M | re.S)
    assert found is not None
    return found[1]


VECTORS: dict[str, str] = json.loads(block("json vectors"))
PROOF: dict[str, Any] = json.loads(block("json proof"))
STONE: dict[str, str] = json.loads(block("json tombstone"))


def raw(name: str) -> bytes:
    return bytes.fromhex(VECTORS[name])


@pytest.fixture(scope="module")
def check() -> Callable[[Any, str], Any]:
    """The verifier as it stands in the page."""
    module: dict[str, Any] = {"__name__": "verifier"}
    exec(block("python"), module)
    return module["check"]  # type: ignore[no-any-return]


def test_keys_and_seals() -> None:
    wrapped, sealed = raw("wrapped"), raw("sealed")
    opened = AESGCM(raw("master_key")).decrypt(wrapped[:12], wrapped[12:], VECTORS["wrapped_for"].encode())
    assert opened == raw("data_key")
    plain = AESGCM(opened).decrypt(sealed[:12], sealed[12:], VECTORS["sealed_for"].encode())
    assert plain.decode() == VECTORS["plain"]
    mine = hmac.digest(opened, b"muniment key", "sha256")
    assert mine == raw("commitment") == commitment(opened)


@pytest.mark.parametrize("part", ["evidence", "working"])
def test_the_two_hashes(part: str) -> None:
    text = VECTORS[f"{part}_columns"]
    columns = json.loads(text)
    assert rfc8785.dumps(columns).decode() == text
    assert hashlib.sha256(raw("salt") + text.encode()).digest() == raw(part) == hashed(raw("salt"), columns)
    assert base64.b64decode(columns["key"]) == raw("commitment")
    assert part == "working" or base64.b64decode(columns["c_3_content"]) == raw("sealed")


def test_the_entry_and_the_tree() -> None:
    said = json.loads(VECTORS["entry"])
    assert rfc8785.dumps(said).decode() == VECTORS["entry"] == PROOF["entry"]
    numbers = {name: int(said[name]) for name in ("record", "revision", "version", "time")}
    ours = LeafEntry(
        kind="create", app="conversation_archive", form="message", **numbers,
        evidence=raw("evidence"), working=raw("working"),
    )  # fmt: skip
    assert entry_bytes("records", ours).decode() == VECTORS["entry"]
    leaf = hashlib.sha256(b"\0" + VECTORS["entry"].encode()).digest()
    assert leaf == raw("leaf")
    before, after = (hashlib.sha256(b"\0" + text).digest() for text in (b"before", b"after"))
    assert (before, after) == (raw("leaf_before"), raw("leaf_after"))
    pair = hashlib.sha256(b"\1" + before + leaf).digest()
    assert hashlib.sha256(b"\1" + pair + after).digest() == raw("root") == merkle.root([before, leaf, after])


def test_the_checkpoint() -> None:
    signer = Ed25519PrivateKey.from_private_bytes(raw("signing_seed"))
    public = signer.public_key().public_bytes_raw()
    origin = "example.org/archive/records"
    point = notes.read(VECTORS["checkpoint"], origin, public)
    assert (point.size, point.root, point.previous) == (3, raw("root"), 2)
    assert notes.sign(point, signer) == VECTORS["checkpoint"] == PROOF["checkpoint"]
    assert notes.verifier_key(origin, public) == VECTORS["verifier_key"] == PROOF["key"]


def test_the_tombstone() -> None:
    said, entry = json.loads(STONE["statement"]), json.loads(STONE["entry"])
    columns = json.loads(STONE["remaining_columns"])
    for text, value in (
        (STONE["statement"], said),
        (STONE["entry"], entry),
        (STONE["remaining_columns"], columns),
    ):
        assert rfc8785.dumps(value).decode() == text
    salt = bytes.fromhex(STONE["salt"])
    remains = hashlib.sha256(salt + STONE["remaining_columns"].encode()).digest()
    assert remains.hex() == STONE["remains"]
    what = Shredded(
        1001, "conversation_archive", "message", 3, 2, int(said["time"]), base64.b64decode(said["working"])
    )
    statement = statement_of(what, Cause.from_json(said), remains)
    assert statement.decode() == STONE["statement"]
    signer = Ed25519PrivateKey.from_private_bytes(raw("signing_seed"))
    signature = bytes.fromhex(STONE["signature"])
    assert signer.sign(b"muniment tombstone 1\n" + statement) == signature
    assert signature_fits(STONE["statement"], signature, signer.public_key().public_bytes_raw())
    assert base64.b64decode(entry["working"]) == hashlib.sha256(statement).digest() == digest_of(statement)
    assert entry["evidence"] == json.loads(VECTORS["entry"])["evidence"]
    assert hashlib.sha256(b"\0" + STONE["entry"].encode()).hexdigest() == STONE["leaf"]


def test_the_pages_verifier(check: Callable[[Any, str], Any]) -> None:
    assert check(PROOF, PROOF["key"])["record"] == "1001"
    changes = {
        "position": "0",
        "entry": PROOF["entry"].replace("1001", "1002"),
        "inclusion": PROOF["inclusion"][::-1],
        "checkpoint": PROOF["checkpoint"].replace("\n3\n", "\n4\n"),
    }
    for name, value in changes.items():
        with pytest.raises((ValueError, InvalidSignature)):
            check({**PROOF, name: value}, PROOF["key"])
    with pytest.raises((ValueError, InvalidSignature)):
        check(PROOF, notes.verifier_key("example.org/archive/records", bytes(32)))


def test_a_real_proof_passes_the_pages_verifier(
    config: Config, clock: FrozenClock, check: Callable[[Any, str], Any]
) -> None:
    runtime = Runtime.open(config, clock)
    fill(runtime, clock, 30)
    key = runtime.ledger.verifier_key("records")
    with runtime.database.read() as connection:
        table = runtime.catalog.form("vault", "message").table
        records = [row.id for row in connection.execute(table.select())]
    proofs = [runtime.records.proof(SYSTEM, "vault", "message", str(record)) for record in records]
    runtime.close()
    assert [check(proof, key)["record"] for proof in proofs] == [str(record) for record in records]
