"""A ZIP written as it streams: nothing is held but one piece, and every member's digest is remembered."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

LARGE = 1 << 31  # a member that may pass this needs the long form from its beginning


@dataclass(frozen=True, slots=True)
class Member:
    path: str
    size: int
    sha256: str


class _Pipe:
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


@dataclass
class Zipping:
    """`moment` is the time every member bears: the same content gives the same bytes."""

    moment: datetime
    members: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED)

    def add(self, path: str, content: Iterable[bytes], *, large: bool = False) -> Iterator[bytes]:
        """One member; pieces of the ZIP as they come."""
        info = zipfile.ZipInfo(path, self.moment.timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        digest, size = sha256(), 0
        with self._zip.open(info, "w", force_zip64=large) as member:
            for chunk in content:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
                yield self._pipe.take()
        self.members.append(Member(path, size, digest.hexdigest()))
        yield self._pipe.take()

    def finish(self) -> Iterator[bytes]:
        self._zip.close()
        yield self._pipe.take()
