"""Where the keys of an installation are kept: a file, the environment, or a program that asks a KMS.

All give and take the same JSON text (`keys.py`). A program is called as `COMMAND read`, which writes
the text to its standard output (nothing while there is none), and `COMMAND write`, which reads it.
The environment is not ours to write: keys that took the place of those in it lie in the data directory,
sealed under them, until the operator puts them there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import shlex
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.config import Config
from metamodel.problems import Rejected, problem

log = logging.getLogger("muniment.keys")
ASK_AGAIN = 300.0  # seconds after which a program is asked whether the keys were rotated
PATIENCE = 30.0  # seconds a program may take
NONCE = 12
Stamp = object


class Kept(NamedTuple):
    """The keys' text, and what will be something else once the text is."""

    text: str
    stamp: Stamp | None


class KeySource(Protocol):
    """`prompt`: a rotation is noticed by every process before it wraps another key."""

    prompt: bool

    @property
    def where(self) -> str:
        """For messages; never a secret."""
        ...

    def read(self) -> Kept | None:
        """The keys; None where there are none yet. Rejected (keys.exposed, keys.unreadable)."""
        ...

    def make(self, text: str) -> None:
        """The first keys, unless another process was faster."""
        ...

    def write(self, text: str) -> None:
        """Other keys, whole or not at all. Rejected (keys.read_only)."""
        ...

    def stamp(self) -> Stamp | None:
        """Of what is kept now; None while nobody can tell."""
        ...


def source_of(config: Config) -> KeySource:
    """As the operator set it up. Rejected (keys.several_sources)."""
    if bool(config.master_key_text) + bool(config.master_key_command) + bool(config.master_key_file) > 1:
        raise Rejected([problem("keys.several_sources")])
    if config.master_key_text:
        return KeyVariable(config.master_key_text, config.rotated_keys)
    if config.master_key_command:
        return KeyCommand(config.master_key_command)
    return KeyFile(config.master_key)


@dataclass
class KeyFile:
    """A file only its owner can read."""

    path: Path
    prompt = True

    @property
    def where(self) -> str:
        return str(self.path)

    def read(self) -> Kept | None:
        stamp = self.stamp()
        try:
            if self.path.stat().st_mode & 0o077:
                raise Rejected([problem("keys.exposed", file=self.path)])
            return Kept(self.path.read_text("utf-8"), stamp)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise Rejected([problem("keys.unreadable", file=self.path, reason=error)]) from error

    def make(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            write_private(self.path, text)

    def write(self, text: str) -> None:
        _replace_private(self.path, text)

    def stamp(self) -> Stamp | None:
        return _stamp_of(self.path)


@dataclass
class KeyVariable:
    """Base64 of the text, put into the environment by whoever starts the processes. `beside`: where keys lie
    that took its place; every process that has the same data directory finds them there."""

    encoded: str
    beside: Path | None = None
    prompt = True
    where = "MUNIMENT_MASTER_KEY"

    def read(self) -> Kept | None:
        stamp = self.stamp()
        try:
            given = base64.b64decode(self.encoded, validate=True)
            return Kept(self._rotated(given).decode(), stamp)
        except (ValueError, OSError, KeyError, InvalidTag) as error:
            reason = type(error).__name__
            raise Rejected([problem("keys.unreadable", file=self.where, reason=reason)]) from None

    def _rotated(self, given: bytes) -> bytes:
        """The keys that took the place of the given ones; these themselves where there are none, or where they
        are those already. Rejected (keys.other_variable) where they took the place of others."""
        if self.beside is None or not self.beside.exists():
            return given
        held = json.loads(self.beside.read_text("utf-8"))
        if held["holds"] == _name_of(given):
            return given
        if held["under"] != _name_of(given):
            raise Rejected([problem("keys.other_variable", file=self.beside)])
        sealed = base64.b64decode(held["sealed"])
        return _cover(given).decrypt(sealed[:NONCE], sealed[NONCE:], held["holds"].encode())

    def make(self, text: str) -> None:
        raise Rejected([problem("keys.read_only", file=self.where)])

    def write(self, text: str) -> None:
        if self.beside is None:
            raise Rejected([problem("keys.read_only", file=self.where)])
        given, content, nonce = base64.b64decode(self.encoded), text.encode(), os.urandom(NONCE)
        holds = _name_of(content)
        sealed = nonce + _cover(given).encrypt(nonce, content, holds.encode())
        told = {"muniment_rotated_keys": 1, "under": _name_of(given), "holds": holds,
                "sealed": base64.b64encode(sealed).decode()}  # fmt: skip
        self.beside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace_private(self.beside, json.dumps(told))

    def stamp(self) -> Stamp | None:
        return None if self.beside is None else (_stamp_of(self.beside) or "none")


def _name_of(text: bytes) -> str:
    """By which a text of keys is known; it tells nothing of them."""
    return hashlib.sha256(b"muniment keys text" + text).hexdigest()[:32]


def _cover(text: bytes) -> AESGCM:
    """The text holds more randomness than a key needs."""
    return AESGCM(hashlib.sha256(b"muniment rotated keys" + text).digest())


class KeyCommand:
    """A program of the operator's; asked again now and then, and what it said last counts while it fails."""

    prompt = False

    def __init__(self, command: str) -> None:
        self._command = shlex.split(command)
        self._stamp: Stamp | None = None
        self._asked = 0.0

    @property
    def where(self) -> str:
        return self._command[0]

    def read(self) -> Kept | None:
        text = self._run("read")
        self._asked, self._stamp = time.monotonic(), hashlib.sha256(text.encode()).digest()
        return Kept(text, self._stamp) if text.strip() else None

    def make(self, text: str) -> None:
        self.write(text)

    def write(self, text: str) -> None:
        self._run("write", text)

    def stamp(self) -> Stamp | None:
        if time.monotonic() - self._asked >= ASK_AGAIN:
            try:
                self.read()
            except Rejected as refused:
                self._asked = time.monotonic()
                log.warning("the keys could not be asked for again: %s", refused.problems[0].text("en"))
        return self._stamp

    def _run(self, verb: str, given: str = "") -> str:
        try:
            done = subprocess.run(
                [*self._command, verb], input=given, capture_output=True, encoding="utf-8", timeout=PATIENCE
            )
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            reason = type(error).__name__  # its text could quote what the program printed
        else:
            if done.returncode == 0:
                return done.stdout
            reason = f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
        raise Rejected([problem("keys.unreadable", file=self.where, reason=reason)])


def _stamp_of(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns)


def _replace_private(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    write_private(beside, text)
    beside.replace(path)


def write_private(path: Path, content: str | bytes) -> None:
    """A new file for its owner alone, on the disk before this returns. FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
