"""Checkpoints as C2SP signed notes: what anybody can keep, compare and check offline.

origin, size, base64 root; then two lines of our own, when it was signed and the size of the
checkpoint before (so none can be taken out unnoticed); a blank line; the Ed25519 signature.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"


class BadNote(Exception):
    """Not a checkpoint of this log, or not signed by its key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says."""

    origin: str
    size: int
    root: bytes
    time: int  # microseconds since 1970 UTC
    previous: int  # size of the checkpoint before, 0 for the first

    def body(self) -> str:
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {self.time}\nprevious {self.previous}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key in the notation of note tools: name+id+key."""
    encoded = base64.b64encode(_ED25519 + public_key).decode()
    return f"{name}+{key_id(name, public_key).hex()}+{encoded}"


def sign(checkpoint: Checkpoint, signer: Ed25519PrivateKey) -> str:
    """The signed note; the key is named like the log."""
    body = checkpoint.body()
    identity = key_id(checkpoint.origin, signer.public_key().public_bytes_raw())
    signature = base64.b64encode(identity + signer.sign(body.encode())).decode()
    return f"{body}\n— {checkpoint.origin} {signature}\n"


def read(note: str, origin: str, public_key: bytes) -> Checkpoint:
    """A checkpoint of this log, its signature checked. BadNote otherwise."""
    body, separator, signatures = note.rpartition("\n\n")
    body += "\n"
    if not separator or not any(_signed(body, line, origin, public_key) for line in signatures.split("\n")):
        raise BadNote("signature")
    found = _parse(body)
    if found.origin != origin:
        raise BadNote("origin")
    return found


def _signed(body: str, line: str, origin: str, public_key: bytes) -> bool:
    head = f"— {origin} "
    if not line.startswith(head):
        return False
    try:
        signature = base64.b64decode(line[len(head) :], validate=True)
        if signature[:4] != key_id(origin, public_key):
            return False
        if base64.b64encode(signature).decode() != line[len(head) :]:  # the last letter has bits to spare
            return False
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _parse(body: str) -> Checkpoint:
    try:
        origin, size, root, time, previous = body.splitlines()
        return Checkpoint(
            origin,
            int(size),
            base64.b64decode(root, validate=True),
            int(time.removeprefix("time ")),
            int(previous.removeprefix("previous ")),
        )
    except ValueError as error:
        raise BadNote("lines") from error
