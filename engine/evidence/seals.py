"""Keys and seals: the master key file, one data key per record, and the box for the engine's own secrets.

A sealed value is nonce ‖ AES-256-GCM; the record and the field are bound into it, so nothing can be
moved to another place. A data key is wrapped by the current master key; rotating the master key
wraps data keys anew and touches no record. Called by the write path, reading, verification.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY, NONCE, SALT = 32, 12, 16
COMMITMENT = b"muniment key"


class BrokenSeal(Exception):
    """Sealed bytes that were changed, moved, or sealed by another key."""


@dataclass(frozen=True)
class MasterKeys:
    """What the key file holds: wrapping keys by id, and the keys of index, box and signature.

    Whoever has this file and the database can read everything; without it, nothing sealed is
    ever readable again. Mode 0600; a copy belongs elsewhere."""

    wrapping: Mapping[str, bytes]
    current: str
    index_key: bytes
    box_key: bytes
    signing_key: bytes

    @classmethod
    def open(cls, path: Path) -> MasterKeys:
        """Read the key file, or make one where there is none."""
        if not path.exists():
            cls._create(path)
        raw = json.loads(path.read_text("utf-8"))
        wrapping = {name: base64.b64decode(key) for name, key in raw["wrapping"].items()}
        others = [base64.b64decode(raw[name]) for name in ("index", "box", "signing")]
        return cls(wrapping, raw["current"], *others)

    @classmethod
    def _create(cls, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = cls({"1": os.urandom(KEY)}, "1", *(os.urandom(KEY) for _ in range(3)))
        made.save(path, os.O_EXCL)

    def save(self, path: Path, flags: int = os.O_TRUNC) -> None:
        """Whole or not at all, readable by its owner only."""

        def text(key: bytes) -> str:
            return base64.b64encode(key).decode()

        content = {
            "format": 1, "current": self.current, "wrapping": {n: text(k) for n, k in self.wrapping.items()},
            "index": text(self.index_key), "box": text(self.box_key), "signing": text(self.signing_key),
        }  # fmt: skip
        beside = path.with_suffix(".new") if flags == os.O_TRUNC else path
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if beside != path:
            beside.replace(path)

    def rotated(self) -> MasterKeys:
        """With a new current wrapping key; the old ones still open what they wrapped."""
        name = str(max(map(int, self.wrapping)) + 1)
        wrapping = {**self.wrapping, name: os.urandom(KEY)}
        return MasterKeys(wrapping, name, self.index_key, self.box_key, self.signing_key)

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing_key)

    @cached_property
    def public_key(self) -> bytes:
        return self.signer.public_key().public_bytes_raw()

    @cached_property
    def ciphers(self) -> Mapping[str, AESGCM]:
        return {name: AESGCM(key) for name, key in self.wrapping.items()}


@dataclass(slots=True)
class RecordKey:
    """A record's data key, its salt, how it is kept, and what the ledger knows of it."""

    record: int
    key: bytes
    salt: bytes
    master: str
    wrapped: bytes
    commitment: bytes
    cipher: AESGCM


class Seals:
    """Sealing of values, one data key a record."""

    def __init__(self, keys: MasterKeys) -> None:
        self._keys = keys

    def new_keys(self, records: Sequence[int]) -> list[RecordKey]:
        """Fresh keys for new records; the randomness of a batch is drawn at once."""
        width = KEY + SALT + NONCE
        random = os.urandom(width * len(records))
        name, master = self._keys.current, self._keys.ciphers[self._keys.current]
        made = []
        for number, record in enumerate(records):
            start = number * width
            key = random[start : start + KEY]
            salt = random[start + KEY : start + KEY + SALT]
            nonce = random[start + KEY + SALT : start + width]
            wrapped = nonce + master.encrypt(nonce, key, b"record %d" % record)
            made.append(RecordKey(record, key, salt, name, wrapped, commitment(key), AESGCM(key)))
        return made

    def unwrap(self, master: str, wrapped: bytes, record: int) -> bytes:
        """The data key of a record. BrokenSeal when it is not its own."""
        cipher = self._keys.ciphers.get(master)
        if cipher is None:
            raise BrokenSeal(f"no master key {master}")
        try:
            return cipher.decrypt(bytes(wrapped[:NONCE]), bytes(wrapped[NONCE:]), b"record %d" % record)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal("data key") from error

    def opened(self, row: Mapping[str, Any]) -> RecordKey:
        """The key of a `record_keys` row."""
        key = self.unwrap(row["master"], row["wrapped"], row["record"])
        return RecordKey(
            row["record"], key, bytes(row["salt"]), row["master"], bytes(row["wrapped"]), commitment(key), AESGCM(key)
        )

    def rewrap(self, row: Mapping[str, Any]) -> tuple[str, bytes]:
        """(master, wrapped) of the same data key under the current master key."""
        key = self.unwrap(row["master"], row["wrapped"], row["record"])
        return self._keys.current, self._wrap(key, row["record"])

    def wrap(self, key: bytes, record: int) -> tuple[str, bytes]:
        """(master, wrapped): a data key as it is kept, for the file or record of this id."""
        return self._keys.current, self._wrap(key, record)

    def _wrap(self, key: bytes, record: int) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._keys.ciphers[self._keys.current].encrypt(nonce, key, b"record %d" % record)

    def seal(self, key: RecordKey, field: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + key.cipher.encrypt(nonce, plain, b"%d %s" % (key.record, field.encode()))

    def open(self, key: bytes | RecordKey, field: str, record: int, sealed: bytes) -> bytes:
        """The plain bytes. BrokenSeal when they were changed or moved."""
        cipher = key.cipher if isinstance(key, RecordKey) else AESGCM(key)
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], b"%d %s" % (record, field.encode()))
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(field) from error


class Box:
    """Sealing of the engine's own rows: inbox, audit details, job payloads, traces, preferences."""

    def __init__(self, keys: MasterKeys) -> None:
        self._cipher = AESGCM(keys.box_key)

    def seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, b"box")

    def open(self, sealed: bytes) -> bytes:
        """BrokenSeal when the bytes were changed."""
        try:
            return self._cipher.decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), b"box")
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal("box") from error

    def seal_json(self, value: Any) -> bytes:
        return self.seal(msgspec.json.encode(value))

    def open_json(self, sealed: bytes) -> Any:
        return msgspec.json.decode(self.open(sealed))


def commitment(key: bytes) -> bytes:
    """AES-GCM alone does not bind a text to one key; the ledger's evidence holds this beside it."""
    return hmac.digest(key, COMMITMENT, hashlib.sha256)

