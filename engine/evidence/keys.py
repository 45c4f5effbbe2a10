"""The key file: what an installation must never lose and nobody else may have.

It holds the master keys that wrap data keys (by number, so that they can be rotated), and one key
each for the engine's own sealed rows, the blind index, the salts of audit entries, and the signature
under checkpoints. All are random and none is derived from another.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from metamodel.problems import Rejected, problem

KEY_SIZE = 32
Stamp = tuple[int, int] | None
_SINGLE = ("box", "index", "audit", "signing")


@dataclass(frozen=True)
class MasterKeys:
    """Whoever has this and the database can read everything; without it, nothing sealed is ever
    readable again. Mode 0600; a copy belongs somewhere else."""

    wrapping: Mapping[str, bytes] = field(repr=False)
    current: str
    box_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    signing_key: bytes = field(repr=False)
    path: Path | None = None
    stamp: Stamp = field(default=None, compare=False, repr=False)  # of the file when it was read

    @classmethod
    def generate(cls) -> MasterKeys:
        """Fresh keys, in memory only."""
        box, index, audit, signing = (os.urandom(KEY_SIZE) for _ in _SINGLE)
        return cls({"1": os.urandom(KEY_SIZE)}, "1", box, index, audit, signing)

    @classmethod
    def open(cls, path: Path) -> MasterKeys:
        """Read the key file, or make one where there is none. Rejected (keys.unreadable, keys.exposed)."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileExistsError):  # another process was faster
                _write(path, cls.generate()._content(), os.O_EXCL)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> MasterKeys:
        if path.stat().st_mode & 0o077:
            raise Rejected([problem("keys.exposed", file=path)])
        stamp = stamp_of(path)
        try:
            content = json.loads(path.read_text("utf-8"))
            wrapping = {name: _key(text) for name, text in content["wrapping"].items()}
            box, index, audit, signing = (_key(content[name]) for name in _SINGLE)
            current = content["current"]
            wrapping[current]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Rejected([problem("keys.unreadable", file=path, reason=error)]) from error
        return cls(wrapping, current, box, index, audit, signing, path, stamp)

    def save(self) -> None:
        """Replace the file, whole or not at all."""
        assert self.path is not None
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        _write(beside, self._content(), os.O_EXCL)
        beside.replace(self.path)

    def rotated(self, without: Collection[str] = ()) -> MasterKeys:
        """With a new current master key; the old ones still open what they wrapped, `without` those under
        which nothing is left."""
        name = str(max(map(int, self.wrapping)) + 1)
        kept = {old: key for old, key in self.wrapping.items() if old not in without}
        return replace(self, wrapping={**kept, name: os.urandom(KEY_SIZE)}, current=name)

    def _content(self) -> str:
        singles = (self.box_key, self.index_key, self.audit_key, self.signing_key)
        content = {
            "muniment_keys": 1,
            "current": self.current,
            "wrapping": {name: _text(key) for name, key in self.wrapping.items()},
            **{name: _text(key) for name, key in zip(_SINGLE, singles, strict=True)},
        }
        return json.dumps(content, indent=1)

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


def stamp_of(path: Path) -> Stamp:
    """What changes when the key file is replaced; None while it is gone."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns)


def _write(path: Path, content: str, flags: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_SIZE:
        raise ValueError("a key has the wrong length")
    return key
