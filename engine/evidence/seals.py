"""Seals: one data key per record, sealed values, and the box for the engine's own rows.

A sealed value is nonce ‖ AES-256-GCM with the record and the field bound into it, so nothing can be
moved to another place. A data key is wrapped by the current master key; rotating that wraps data
keys anew (`rotation.py`) and touches no record. Called by the write path, reading, verification.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.evidence.keys import KEY_SIZE, MasterKeys as MasterKeys, Present

NONCE, SALT = 12, 16
_COMMITMENT = b"muniment key"
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_REST = b"\x36" * (64 - KEY_SIZE) + _COMMITMENT  # of the block of 64 bytes that a key begins
_OUTER_REST = b"\x5c" * (64 - KEY_SIZE)
ASK_ANEW = 0.1  # seconds


class BrokenSeal(Exception):
    """Sealed bytes that were changed, moved, or sealed by another key."""


@dataclass(slots=True)
class RecordKey:
    """A record's data key, its salt, how it is kept, and what the ledger knows of it."""

    record: int
    key: bytes = field(repr=False)
    salt: bytes
    master: str
    wrapped: bytes
    commitment: bytes
    cipher: AESGCM = field(repr=False)


class Seals:
    """Sealing of values, one data key a record. A rotation of the master key is noticed at once."""

    def __init__(self, keys: MasterKeys) -> None:
        self._keys, self._asked = keys, 0.0

    # -- data keys ---------------------------------------------------------------------------------
    def new_keys(self, records: Sequence[int]) -> list[RecordKey]:
        """Fresh keys for new records; the randomness of a batch is drawn at once."""
        width = KEY_SIZE + SALT + NONCE
        random = os.urandom(width * len(records))
        name, cipher = self._current()
        wrap = cipher.encrypt
        made = []
        for record, start in zip(records, range(0, width * len(records), width), strict=True):
            key = random[start : start + KEY_SIZE]
            salt = random[start + KEY_SIZE : start + KEY_SIZE + SALT]
            nonce = random[start + KEY_SIZE + SALT : start + width]
            wrapped = nonce + wrap(nonce, key, b"muniment key %d" % record)
            made.append(RecordKey(record, key, salt, name, wrapped, commitment(key), AESGCM(key)))
        return made

    def wrap(self, key: bytes, record: int) -> tuple[str, bytes]:
        """(master, wrapped) under the current master key, for this record (or file) alone."""
        nonce = os.urandom(NONCE)
        name, cipher = self._current()
        return name, nonce + cipher.encrypt(nonce, key, b"muniment key %d" % record)

    def unwrap(self, master: str, wrapped: bytes, record: int) -> bytes:
        """The data key of a record. BrokenSeal when it is not its own."""
        return _decrypt(self._master(master), wrapped, b"muniment key %d" % record)

    def unwrap_all(
        self, records: Sequence[int], masters: Sequence[str], wrapped: Sequence[bytes]
    ) -> list[bytes]:
        """Their data keys, in order. BrokenSeal when one is not the record's own."""
        openers = {name: self._master(name).decrypt for name in set(masters)}
        named = zip(records, map(openers.__getitem__, masters), wrapped, strict=True)
        try:
            return [
                decrypt(key[:NONCE], key[NONCE:], b"muniment key %d" % record)
                for record, decrypt, key in named
            ]
        except (InvalidTag, ValueError, TypeError) as error:
            raise BrokenSeal("one of many keys") from error

    def opened(self, row: Mapping[str, Any]) -> RecordKey:
        """The key of a `record_keys` row."""
        record, master, wrapped = row["record"], row["master"], row["wrapped"]
        key = self.unwrap(master, wrapped, record)
        return RecordKey(record, key, row["salt"], master, wrapped, commitment(key), AESGCM(key))

    def _current(self) -> tuple[str, AESGCM]:
        """The master key to wrap with. Wrapping with one that was rotated away could lose data."""
        self._notice_rotation()
        return self._keys.current, self._keys.ciphers[self._keys.current]

    def _notice_rotation(self) -> None:
        self._keys = self._keys.latest()

    def _ask_anew(self) -> None:
        """For a master key nobody here knows; not for every row of a damaged table."""
        if self._keys.source is not None and time.monotonic() - self._asked > ASK_ANEW:
            self._keys, self._asked = MasterKeys.load(self._keys.source), time.monotonic()

    def _master(self, name: str) -> AESGCM:
        if name not in self._keys.ciphers:
            self._ask_anew()
        cipher = self._keys.ciphers.get(name)
        if cipher is None:
            raise BrokenSeal(f"there is no master key {name}")
        return cipher

    # -- values ------------------------------------------------------------------------------------
    def seal(self, key: RecordKey, field: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + key.cipher.encrypt(nonce, plain, _place(key.record, field))

    def open(self, key: bytes | RecordKey, field: str, record: int, sealed: bytes) -> bytes:
        """The plain bytes. BrokenSeal when they were changed or moved."""
        cipher = key.cipher if isinstance(key, RecordKey) else AESGCM(key)
        return _decrypt(cipher, sealed, _place(record, field))

    def open_all(
        self, keys: Sequence[bytes], records: Sequence[int], sealed: Mapping[str, Sequence[bytes | None]]
    ) -> None:
        """Opens sealed values of many records, by field; blanks are none. BrokenSeal when one does not open."""
        if not sealed:
            return
        for key, record, values in zip(keys, records, zip(*sealed.values(), strict=True), strict=True):
            cipher = AESGCM(key)
            for name, value in zip(sealed, values, strict=True):
                if value is not None:
                    _decrypt(cipher, value, _place(record, name))


class Box:
    """Sealing of the engine's own rows: inbox, audit details, job payloads, traces, preferences. What is
    sealed with a `place` opens there only. The first byte says which box key: a rotation leaves rows alone,
    what is sealed from then on is under the new one."""

    def __init__(self, keys: MasterKeys | Present) -> None:
        self._present = Present.of(keys)
        self._fingerprints = hmac.digest(self._present().box_key, b"muniment fingerprints", "sha256")

    def seal(self, plain: bytes, place: bytes = b"") -> bytes:
        boxes, nonce = self._present().boxes, os.urandom(NONCE)
        number = len(boxes)
        return bytes([number]) + nonce + boxes[number].encrypt(nonce, plain, b"muniment box" + place)

    def open(self, sealed: bytes, place: bytes = b"") -> bytes:
        """BrokenSeal when the bytes were changed or moved."""
        if not isinstance(sealed, bytes) or not sealed:
            raise BrokenSeal("not sealed by this box")
        cipher = self._present().boxes.get(sealed[0]) or self._present.look().boxes.get(sealed[0])
        if cipher is None:
            raise BrokenSeal("not sealed by this box")
        return _decrypt(cipher, sealed[1:], b"muniment box" + place)

    def fingerprint(self, plain: bytes) -> bytes:
        """32 bytes by which the same bytes are known again. Keyed: a bare hash of a short text beside
        everything else of the message would be as good as the text."""
        return hmac.digest(self._fingerprints, plain, "sha256")

    def seal_json(self, value: Any, place: bytes = b"") -> bytes:
        return self.seal(msgspec.json.encode(value), place)

    def open_json(self, sealed: bytes, place: bytes = b"") -> Any:
        return msgspec.json.decode(self.open(sealed, place))


def commitment(key: bytes) -> bytes:
    """AES-GCM alone does not bind a text to one key; the ledger's hashes hold this beside it."""
    return hmac.digest(key, _COMMITMENT, "sha256")


def commitments(keys: Sequence[bytes]) -> list[bytes]:
    """The same of many keys, each of KEY_SIZE bytes. RFC 2104 written out: `hmac` sets up a context for every key,
    which takes twice as long as the hashing."""
    return [
        sha256(
            key.translate(_OUTER) + _OUTER_REST + sha256(key.translate(_INNER) + _INNER_REST).digest()
        ).digest()
        for key in keys
    ]


def _place(record: int, field: str) -> bytes:
    return b"muniment value %d %s" % (record, field.encode())


def _decrypt(cipher: AESGCM, sealed: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
    except (InvalidTag, ValueError, TypeError) as error:
        raise BrokenSeal(repr(place)) from error
