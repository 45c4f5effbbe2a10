"""Who is alive: each process that works jobs holds a lock on a file of its own.

The system lets go of the lock when the process dies, however it dies, so its jobs can be taken
over at once: no leases to renew, no waiting for one to run out. For SQLite, one machine.
"""

from __future__ import annotations

import fcntl
import uuid
from pathlib import Path


class Presence:
    """`name` is this process's owner mark in the jobs table, as long as it lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self.name = folder, uuid.uuid4().hex
        fresh = folder / f"{self.name}.new"
        self._file = fresh.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fresh.rename(folder / self.name)  # nobody sees it unlocked, and takes it for a dead one's
        for other in folder.iterdir():
            if not other.suffix:
                self.is_alive(other.name)  # sweeps out who is not

    def is_alive(self, name: str) -> bool:
        """Does a process of this name still hold its file? The file of a dead one is removed."""
        if name == self.name:
            return True
        path = self._folder / name
        try:
            with path.open("r") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
        return False

    def leave(self) -> None:
        self._file.close()
        (self._folder / self.name).unlink(missing_ok=True)
