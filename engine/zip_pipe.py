"""A ZIP on its way out: what is written of it is taken piece by piece, so that it is never whole anywhere.

Packages and workbooks are written through it.
"""

from __future__ import annotations


class Pipe:
    """What the ZIP writes, until somebody takes it. It cannot seek, so the ZIP will not try."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def take(self) -> bytes:
        taken, self._waiting = b"".join(self._waiting), []
        return taken
