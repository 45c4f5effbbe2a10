"""The keys: what an installation must never lose and nobody else may have.

The master keys that wrap data keys (by number, so that they can be rotated), and one key each for the
engine's own sealed rows, the blind index, the salts of audit entries, and the signature under
checkpoints. All are random and none is derived from another. Where they are kept: `key_sources.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.evidence.key_sources import KeyFile, KeySource, Stamp
from metamodel.problems import Rejected, problem

KEY_SIZE = 32
SINGLE = ("box", "index", "audit", "signing")


@dataclass(frozen=True)
class MasterKeys:
    """Whoever has this and the database can read everything; without it, nothing sealed is ever
    readable again. A copy belongs somewhere else."""

    wrapping: Mapping[str, bytes] = field(repr=False)
    current: str
    box_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    source: KeySource | None = field(default=None, compare=False, repr=False)
    stamp: Stamp | None = field(default=None, compare=False, repr=False)  # of the source when it was read

    @classmethod
    def generate(cls) -> MasterKeys:
        """Fresh keys, in memory only."""
        box, index, audit, signing = (os.urandom(KEY_SIZE) for _ in SINGLE)
        return cls({"1": os.urandom(KEY_SIZE)}, "1", box, index, audit, signing)

    @classmethod
    def open(cls, source: KeySource | Path) -> MasterKeys:
        """The keys kept there (a path: in a file), made where there are none. Rejected (keys.unreadable,
        keys.exposed, keys.read_only)."""
        source = KeyFile(source) if isinstance(source, Path) else source
        if source.read() is None:
            source.make(cls.generate().text())
        return cls.load(source)

    @classmethod
    def load(cls, source: KeySource) -> MasterKeys:
        """The keys kept there. Rejected (keys.unreadable, keys.exposed)."""
        kept = source.read()
        if kept is None:
            raise Rejected([problem("keys.unreadable", file=source.where, reason="-")])
        return replace(cls.parse(kept.text, source.where), source=source, stamp=kept.stamp)

    @classmethod
    def parse(cls, text: str, where: str = "") -> MasterKeys:
        """Keys from their text. Rejected (keys.unreadable)."""
        try:
            content = json.loads(text)
            wrapping = {name: _key(encoded) for name, encoded in content["wrapping"].items()}
            box, index, audit, signing = (_key(content[name]) for name in SINGLE)
            current = content["current"]
            wrapping[current]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Rejected([problem("keys.unreadable", file=where, reason=type(error).__name__)]) from None
        return cls(wrapping, current, box, index, audit, signing)

    def text(self) -> str:
        """What a source keeps: JSON."""
        content = {
            "muniment_keys": 1,
            "current": self.current,
            "wrapping": {name: _text(key) for name, key in self.wrapping.items()},
            **{name: _text(key) for name, key in zip(SINGLE, self.singles, strict=True)},
        }
        return json.dumps(content, indent=1)

    def save(self) -> None:
        """Into the source they came from. Rejected (keys.read_only)."""
        assert self.source is not None
        self.source.write(self.text())

    def rotated(self, without: Collection[str] = ()) -> MasterKeys:
        """With a new current master key; the old ones still open what they wrapped, `without` those under
        which nothing is left."""
        name = str(max(map(int, self.wrapping)) + 1)
        kept = {old: key for old, key in self.wrapping.items() if old not in without}
        return replace(self, wrapping={**kept, name: os.urandom(KEY_SIZE)}, current=name)

    def latest(self) -> MasterKeys:
        """These, or those that a rotation put in their place. Rejected (keys.unreadable, keys.exposed)."""
        if self.source is None or self.source.stamp() in (None, self.stamp):
            return self
        return MasterKeys.load(self.source)

    @property
    def where(self) -> str:
        """Where they are kept, for messages."""
        return self.source.where if self.source else ""

    @property
    def singles(self) -> tuple[bytes, ...]:
        """Those that stand alone, in the order of SINGLE."""
        return (self.box_key, self.index_key, self.audit_key, self.signing_key)

    @cached_property
    def check_code(self) -> str:
        """Eight letters by which a copy of exactly these keys is known; they tell nothing about them."""
        parts = [name.encode() + self.wrapping[name] for name in sorted(self.wrapping, key=int)]
        digest = hashlib.sha256(b"muniment check code" + b"".join([*parts, *self.singles])).digest()
        letters = base64.b32encode(digest).decode()
        return f"{letters[:4]}-{letters[4:8]}"

    @cached_property
    def ciphers(self) -> Mapping[str, AESGCM]:
        """The master keys, ready to wrap and unwrap."""
        return {name: AESGCM(key) for name, key in self.wrapping.items()}

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing_key)

    @cached_property
    def public_key(self) -> bytes:
        """Of the signature under checkpoints; 32 bytes to be told to everybody."""
        return self.signer.public_key().public_bytes_raw()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_SIZE:
        raise ValueError("a key has the wrong length")
    return key
