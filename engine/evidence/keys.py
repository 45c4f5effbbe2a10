"""The keys: what an installation must never lose and nobody else may have.

The master keys that wrap data keys, and one key each for the engine's own sealed rows (box), the blind
index, the salts of audit entries, and the signature under checkpoints. All are random and none is derived
from another. All but the last can be rotated: the new one counts, what is under the old ones stays.
Where they are kept: `key_sources.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.evidence.key_sources import KeyFile, KeySource, Stamp
from metamodel.problems import Rejected, problem

KEY_SIZE = 32
MASTER = "master"
SINGLE = ("box", "index", "audit", "signing")
ROTATED = (MASTER, "box", "index", "audit")  # the signature's public half is what others trust: it stays
LOOKED = 0.05  # seconds for which a process takes its keys for the present ones
MOST_BOXES = 255  # a box key's number is one byte


@dataclass(frozen=True, slots=True)
class Aged:
    """A key and since when it counts, in microseconds; of the first of its kind: when it was made, 0 where
    nobody knows. The first counts from the beginning whatever stands there."""

    key: bytes = field(repr=False)
    since: int = field(default=0, compare=False)


Ring = tuple[Aged, ...]  # keys of one kind, oldest first; never empty


@dataclass(frozen=True)
class MasterKeys:
    """Whoever has this and the database can read everything; without it, nothing sealed is ever
    readable again. A copy belongs somewhere else. `made`: when each master key was, where that is known."""

    wrapping: Mapping[str, bytes] = field(repr=False)
    current: str
    rings: Mapping[str, Ring] = field(repr=False)
    made: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    source: KeySource | None = field(default=None, compare=False, repr=False)
    stamp: Stamp | None = field(default=None, compare=False, repr=False)  # of the source when it was read

    @classmethod
    def generate(cls, now: int = 0) -> MasterKeys:
        """Fresh keys, in memory only."""
        rings = {kind: (Aged(os.urandom(KEY_SIZE), now),) for kind in SINGLE}
        return cls({"1": os.urandom(KEY_SIZE)}, "1", rings, {"1": now} if now else {})

    @classmethod
    def open(cls, source: KeySource | Path, now: int = 0) -> MasterKeys:
        """The keys kept there (a path: in a file), made where there are none. Rejected (keys.unreadable,
        keys.exposed, keys.read_only)."""
        source = KeyFile(source) if isinstance(source, Path) else source
        if source.read() is None:
            source.make(cls.generate(now).text())
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
            made = {name: int(moment) for name, moment in content.get("made", {}).items()}
            rings = {kind: _ring(content, kind, made) for kind in SINGLE}
            current = content["current"]
            wrapping[current]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Rejected([problem("keys.unreadable", file=where, reason=type(error).__name__)]) from None
        return cls(wrapping, current, rings, {name: made[name] for name in wrapping if name in made})

    def text(self) -> str:
        """What a source keeps: JSON."""
        later = {
            kind: [{"key": _text(one.key), "since": one.since} for one in ring[1:]]
            for kind, ring in self.rings.items()
        }
        made = {**self.made, **{kind: ring[0].since for kind, ring in self.rings.items()}}
        content = {
            "muniment_keys": 1,
            "current": self.current,
            "wrapping": {name: _text(key) for name, key in self.wrapping.items()},
            **{kind: _text(self.rings[kind][0].key) for kind in SINGLE},
            "later": {kind: ring for kind, ring in later.items() if ring},
            "made": {name: moment for name, moment in made.items() if moment},
        }
        return json.dumps(content, indent=1)

    def save(self) -> None:
        """Into the source they came from. Rejected (keys.read_only)."""
        assert self.source is not None
        self.source.write(self.text())

    def rotated(
        self, without: Collection[str] = (), kinds: Collection[str] = (MASTER,), now: int = 0, ahead: int = 0
    ) -> MasterKeys:
        """With a new key of each of these kinds; the old ones still open what is under them. `without`:
        master keys under which nothing is left. A new audit key counts `ahead` of now, when every process
        has heard of it: by the time of an entry everybody knows which key salts it."""
        wrapping, made, current = dict(self.wrapping), dict(self.made), self.current
        if MASTER in kinds:
            current = str(max(map(int, self.wrapping)) + 1)
            wrapping = {name: key for name, key in wrapping.items() if name not in without}
            wrapping[current], made[current] = os.urandom(KEY_SIZE), now
        rings = dict(self.rings)
        for kind in SINGLE:
            if kind in kinds and kind in ROTATED and len(rings[kind]) < MOST_BOXES:
                since = now + ahead if kind == "audit" else now
                rings[kind] = (*rings[kind], Aged(os.urandom(KEY_SIZE), since))
        return replace(self, wrapping=wrapping, current=current, rings=rings,
                       made={name: moment for name, moment in made.items() if name in wrapping})  # fmt: skip

    def without_old_index(self) -> MasterKeys:
        """Only the newest index key: nothing is found by the others any more."""
        return replace(self, rings={**self.rings, "index": self.rings["index"][-1:]})

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
    def prompt(self) -> bool:
        """Is a rotation noticed by every process at once?"""
        return self.source is None or self.source.prompt

    # -- those that stand alone --------------------------------------------------------------------
    @property
    def box_key(self) -> bytes:
        """The first: fingerprints are made with it for good, or nothing would be known again."""
        return self.rings["box"][0].key

    @cached_property
    def boxes(self) -> Mapping[int, AESGCM]:
        """The box keys by number, from 1."""
        return {number: AESGCM(one.key) for number, one in enumerate(self.rings["box"], 1)}

    @property
    def index_keys(self) -> Sequence[bytes]:
        """Newest last; what is written goes under that one, what is asked for may be under any."""
        return [one.key for one in self.rings["index"]]

    @property
    def audit_key(self) -> bytes:
        """The first: by marks of it entries about the same row are known, whenever they were written."""
        return self.rings["audit"][0].key

    def audit_at(self, moment: int) -> bytes:
        """The key that salts an audit entry of this time (microseconds)."""
        ring = self.rings["audit"]
        for one in reversed(ring[1:]):
            if moment >= one.since:
                return one.key
        return ring[0].key

    @property
    def signing_key(self) -> bytes:
        return self.rings["signing"][-1].key

    def ages(self) -> dict[str, int]:
        """Since when the present key of each kind counts, in microseconds; 0 where nobody knows."""
        return {
            MASTER: self.made.get(self.current, 0),
            **{kind: self.rings[kind][-1].since for kind in SINGLE},
        }

    @cached_property
    def check_code(self) -> str:
        """Eight letters by which a copy of exactly these keys is known; they tell nothing about them. An index
        key that is going does not count: nothing is lost with it."""
        parts = [name.encode() + self.wrapping[name] for name in sorted(self.wrapping, key=int)]
        parts += [self.rings[kind][-1 if kind == "index" else 0].key for kind in SINGLE]
        parts += [one.key for kind in SINGLE if kind != "index" for one in self.rings[kind][1:]]
        digest = hashlib.sha256(b"muniment check code" + b"".join(parts)).digest()
        letters = base64.b32encode(digest).decode()
        return f"{letters[:4]}-{letters[4:8]}"

    @cached_property
    def names(self) -> frozenset[str]:
        """By which each of these keys is known; they tell nothing about it."""
        keys = [*self.wrapping.values(), *(one.key for ring in self.rings.values() for one in ring)]
        return frozenset(map(_name, keys))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Names of those without which something cannot be opened; an index key that is going is none of them."""
        return self.names - {_name(key) for key in self.index_keys[:-1]}

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


class Present:
    """The keys of the moment, for whoever runs long: called as often as one likes."""

    def __init__(self, keys: MasterKeys) -> None:
        self._keys, self._looked = keys, 0.0

    @classmethod
    def of(cls, keys: MasterKeys | Present) -> Present:
        return keys if isinstance(keys, Present) else cls(keys)

    def __call__(self) -> MasterKeys:
        now = time.monotonic()
        if now - self._looked > LOOKED:
            self.look()
        return self._keys

    def look(self) -> MasterKeys:
        """At once: after a rotation, or for a key nobody here knows."""
        self._keys, self._looked = self._keys.latest(), time.monotonic()
        return self._keys


def _ring(content: Mapping[str, Any], kind: str, made: Mapping[str, int]) -> Ring:
    later = content.get("later", {}).get(kind, ())
    return (
        Aged(_key(content[kind]), made.get(kind, 0)),
        *(Aged(_key(one["key"]), int(one["since"])) for one in later),
    )


def _name(key: bytes) -> str:
    return hashlib.sha256(b"muniment key name" + key).hexdigest()[:16]


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_SIZE:
        raise ValueError("a key has the wrong length")
    return key
