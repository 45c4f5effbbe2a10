"""A ZIP written as it streams: nothing is held but one piece, and every member's digest is remembered."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from engine.zip_pipe import Pipe

LARGE = 1 << 31  # a member that may pass this needs the long form from its beginning


@dataclass(frozen=True, slots=True)
class Member:
    path: str
    size: int
    sha256: str


@dataclass
class Zipping:
    """`moment` is the time every member bears: the same content gives the same bytes."""

    moment: datetime
    members: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pipe = Pipe()
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
