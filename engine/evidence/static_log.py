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
from pathlib import Path

from engine.evidence.tiles import WIDTH, shape, tile_path

ReadTile = Callable[[int, int, int], bytes]  # (level, number, width) -> its hashes


class StaticLog:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def checkpoint(self) -> Path:
        return self._folder / "checkpoint"

    def publish(self, note: str, size: int, read: ReadTile) -> None:
        """The tree of this checkpoint, and then the checkpoint. Never over a larger one: another process was
        faster, or somebody turned the database back, and this is the proof of it."""
        with self._alone():
            shown = self._shown()
            if size >= shown:
                self._write(note, size, shown, read)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of all processes of this machine. The lock lies beside the folder, which is copied as it is."""
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
        return int(lines[1]) if len(lines) > 1 and lines[1].isascii() and lines[1].isdigit() else 0

    def differing(self, covered: int, read: ReadTile) -> list[tuple[int, int]]:
        """(level, number) of its tiles that are gone or not those of the tree, as far as a database with `covered`
        leaves can tell: another process may have published more meanwhile."""
        with self._alone():
            shown = self._shown()
            return [
                (level, number)
                for level, number, width in _grown(0, min(shown, covered))
                if (width == WIDTH or shown <= covered)
                and _content(self._folder / tile_path(level, number, width)) != read(level, number, width)
            ]

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


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _place(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)
