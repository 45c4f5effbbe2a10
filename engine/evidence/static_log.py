"""A log's tree as static files (C2SP tlog-tiles) beside the database: what any tool of others can read, from
a web server, a stick or a copy elsewhere. All of it can be derived again.

Full tiles are written once; of the growing ones only those of the newest checkpoint stay. The checkpoint
comes last, so what it names is always there. Called by the ledger whenever it signed.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.evidence.tiles import WIDTH, shape, tile_at, tile_path
from engine.whole_numbers import whole_number

ReadTile = Callable[[int, int, int], bytes]  # (level, number, width) -> its hashes


@dataclass(frozen=True, slots=True)
class Flaw:
    """A tile that is gone or not the tree's, or a file that does not belong to this tree."""

    kind: Literal["differs", "stray"]
    path: str
    level: int = 0
    number: int = 0


class StaticLog:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def checkpoint(self) -> Path:
        return self._folder / "checkpoint"

    def publish(self, note: str, size: int, read: ReadTile) -> None:
        """The tree of this checkpoint, and then the checkpoint. Never over a larger one: another process was
        faster, or somebody turned the database back, and this is the proof of it."""
        with self.alone():
            shown = self._shown()
            if size >= shown:
                self._write(note, size, shown, read)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Of all processes of this machine: nobody publishes meanwhile. The lock lies beside the folder, which is
        copied as it is."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._folder.with_suffix(".lock").open("wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _write(self, note: str, size: int, shown: int, read: ReadTile) -> None:
        before = shown if (self._folder / "tile").is_dir() else 0
        for level, number, width in _grown(before, size):
            path = self._folder / tile_path(level, number, width)
            if width == WIDTH or not path.exists():
                _place(path, read(level, number, width))
            if width == WIDTH:
                shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)
        _place(self.checkpoint, note.encode())
        self._forget_older(size)

    def _shown(self) -> int:
        """The size the files tell of; 0 before the first."""
        if not self.checkpoint.exists():
            return 0
        lines = self.checkpoint.read_text("utf-8", "replace").splitlines()
        return whole_number(lines[1], 0) if len(lines) > 1 else 0

    def flaws(self, covered: int, read: ReadTile) -> list[Flaw]:
        """What is wrong with the tiles, as far as a database with `covered` leaves can tell: another process may have
        published more meanwhile. Without a checkpoint only what lies there is looked at."""
        with self.alone():
            shown, there = self._shown(), self._files()
            size = shown or covered
            wrong = [
                Flaw("differs", path, level, number)
                for level, number, width in _grown(0, min(size, covered))
                if (width == WIDTH or size <= covered)
                and ((path := tile_path(level, number, width)) in there or shown)
                and _content(self._folder / path) != read(level, number, width)
            ]
        return wrong + [Flaw("stray", path) for path in sorted(there) if not _belongs(path, size)]

    def _files(self) -> set[str]:
        """But for the checkpoint, and what a process that was killed left half-written."""
        paths = (path for path in self._folder.rglob("*") if path.suffix != ".new" and not path.is_dir())
        return {path.relative_to(self._folder).as_posix() for path in paths if path != self.checkpoint}

    def _forget_older(self, size: int) -> None:
        """Partial tiles of checkpoints before this one."""
        for level, full, width in shape(size):
            if width:
                partial = self._folder / tile_path(level, full, width)
                for other in partial.parent.iterdir():
                    if other != partial:
                        other.unlink(missing_ok=True)


def _grown(before: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of the tiles that came or changed between two sizes."""
    for level, full, width in shape(size):
        for number in range(before // WIDTH ** (level + 1), full):
            yield level, number, WIDTH
        if width:
            yield level, full, width


def _belongs(path: str, size: int) -> bool:
    """Is it a tile of the tree of this size, and not one of a smaller or larger tree?"""
    found = tile_at(path)
    if found is None:
        return False
    level, number, width = found
    full, rest = divmod(size // WIDTH**level, WIDTH)
    return number < full if width == WIDTH else (number, width) == (full, rest)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _place(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
