"""Where the keys of an installation are kept: a file, the environment, or a program that asks a KMS.

All give and take the same JSON text (`keys.py`). A program is called as `COMMAND read`, which writes
the text to its standard output (nothing while there is none), and `COMMAND write`, which reads it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import shlex
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from engine.config import Config
from metamodel.problems import Rejected, problem

log = logging.getLogger("muniment.keys")
ASK_AGAIN = 300.0  # seconds after which a program is asked whether the keys were rotated
PATIENCE = 30.0  # seconds a program may take
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
        return KeyVariable(config.master_key_text)
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
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        write_private(beside, text)
        beside.replace(self.path)

    def stamp(self) -> Stamp | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns)


@dataclass
class KeyVariable:
    """Base64 of the text, put into the environment by whoever starts the processes."""

    encoded: str
    prompt = False
    where = "MUNIMENT_MASTER_KEY"

    def read(self) -> Kept | None:
        try:
            return Kept(base64.b64decode(self.encoded, validate=True).decode(), None)
        except ValueError as error:
            raise Rejected([problem("keys.unreadable", file=self.where, reason=error)]) from None

    def make(self, text: str) -> None:
        raise Rejected([problem("keys.read_only", file=self.where)])

    def write(self, text: str) -> None:
        raise Rejected([problem("keys.read_only", file=self.where)])

    def stamp(self) -> Stamp | None:
        return None


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


def write_private(path: Path, text: str) -> None:
    """A new file for its owner alone, on the disk before this returns. FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
