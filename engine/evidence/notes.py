"""Signed notes and checkpoints as the C2SP specifications write them, signed by Ed25519."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engine.evidence.seals import MasterKeys

ED25519 = b"\x01"


def key_id(name: str, public_key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def sign_note(keys: MasterKeys, origin: str, size: int, root: bytes) -> str:
    """A checkpoint as a signed note; the signer's name is the origin."""
    text = checkpoint_text(origin, size, root)
    signature = key_id(origin, keys.public_key) + keys.signer.sign(text.encode())
    return f"{text}\n— {origin} {base64.b64encode(signature).decode()}\n"


def verify_note(note: str, public_key: bytes) -> tuple[str, int, bytes] | None:
    """(origin, size, root) of a checkpoint that this key signed under its origin's name, else None."""
    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) < 3 or not lines[1].isdigit():
        return None
    origin, wanted = lines[0], f"— {lines[0]} "
    for line in signatures.splitlines():
        if line.startswith(wanted) and _signed(line[len(wanted) :], origin, text + "\n", public_key):
            return origin, int(lines[1]), base64.b64decode(lines[2])
    return None


def _signed(encoded: str, origin: str, text: str, public_key: bytes) -> bool:
    raw = base64.b64decode(encoded)
    if raw[:4] != key_id(origin, public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(raw[4:], text.encode())
    except InvalidSignature:
        return False
    return True
