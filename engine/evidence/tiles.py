"""Tiles: the tree in pieces of 256 hashes (C2SP tlog-tiles), so that a proof reads a few rows.

The table keeps level 0 when a tile is full (its leaves stand in `leaves`) and the growing tiles of
higher levels, which get one hash whenever a tile below them fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from engine.evidence.merkle import HASH_SIZE, perfect_root
from engine.system_tables import leaves, tiles

WIDTH = 256
_HEIGHT = 8  # 2^8 hashes in a tile
_PATH = re.compile(r"tile/([0-6])/((?:x\d{3}/){0,4}\d{3})(?:\.p/(\d{1,3}))?")


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile lies in a static log: `tile/1/x001/x234/067`, a partial one `….p/width`."""
    groups: list[str] = []
    rest = number
    while True:
        rest, group = divmod(rest, 1000)
        groups.append(f"{group:03d}" if not groups else f"x{group:03d}")
        if rest == 0:
            break
    path = f"tile/{level}/{'/'.join(reversed(groups))}"
    return path if width == WIDTH else f"{path}.p/{width}"


def tile_at(path: str) -> tuple[int, int, int] | None:
    """(level, number, width) of the tile that lies there; None where none ever does."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    number, width = int(re.sub("[/x]", "", found[2])), int(found[3] or WIDTH)
    place = int(found[1]), number, width
    return place if 0 < width <= WIDTH and tile_path(*place) == path else None


def shape(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, width of the partial one) of a tree, from the leaves up."""
    level = 0
    while size > 0:
        yield level, size // WIDTH, size % WIDTH
        size //= WIDTH
        level += 1


def tile_root(hashes: bytes) -> bytes:
    """The hash of a full tile's subtree: one entry of the tile above."""
    return perfect_root(split(hashes))


def split(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_SIZE] for start in range(0, len(hashes), HASH_SIZE)]


class TileReader:
    """The nodes of a log's tree, read through tiles; each tile is read once."""

    def __init__(self, connection: sa.Connection, log: str) -> None:
        self._connection, self._log = connection, log
        self._known: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        level, above = divmod(height, _HEIGHT)
        start, count = index << above, 1 << above
        number, offset = divmod(start, WIDTH)
        hashes = self._tile(level, number)[offset : offset + count]
        if len(hashes) < count:
            raise LookupError(f"tile {level}/{number} of {self._log} is incomplete")
        return perfect_root(hashes)

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._known:
            self._known[level, number] = self._read(level, number)
        return self._known[level, number]

    def _read(self, level: int, number: int) -> Sequence[bytes]:
        stored = self._connection.scalar(
            sa.select(tiles.c.hashes).where(
                tiles.c.log == self._log, tiles.c.level == level, tiles.c.number == number
            )
        )
        if stored is not None:
            return split(stored)
        return leaf_hashes(self._connection, self._log, number * WIDTH, WIDTH) if level == 0 else ()


def tile_bytes(connection: sa.Connection, log: str, level: int, number: int, width: int = WIDTH) -> bytes:
    """A tile's hashes as a static log serves them. LookupError where the tree has fewer."""
    nodes, start = TileReader(connection, log), number * WIDTH
    return b"".join(nodes(_HEIGHT * level, start + place) for place in range(width))


def leaf_hashes(connection: sa.Connection, log: str, start: int, count: int) -> list[bytes]:
    """Leaf hashes from a position on, in order; fewer where the log ends."""
    query = (
        sa.select(leaves.c.hash)
        .where(leaves.c.log == log, leaves.c.position >= start, leaves.c.position < start + count)
        .order_by(leaves.c.position)
    )
    return list(connection.scalars(query))


class TileWriter:
    """Full tiles of level 0 in, whatever fills above them out; `save` writes it all."""

    def __init__(self, connection: sa.Connection, log: str) -> None:
        self._connection, self._log = connection, log
        self._made: dict[tuple[int, int], bytes] = {}

    def add(self, level: int, number: int, hashes: bytes) -> None:
        """A full tile; its root goes one level up."""
        self._made[level, number] = hashes
        above = (level + 1, number // WIDTH)
        grown = (self._made.get(above) or self._stored(*above)) + tile_root(hashes)
        if len(grown) == WIDTH * HASH_SIZE:
            self.add(*above, grown)
        else:
            self._made[above] = grown

    def _stored(self, level: int, number: int) -> bytes:
        found = self._connection.scalar(sa.select(tiles.c.hashes).where(*self._is(level, number)))
        return found or b""

    def _is(self, level: int, number: int) -> tuple[sa.ColumnElement[bool], ...]:
        return (tiles.c.log == self._log, tiles.c.level == level, tiles.c.number == number)

    def save(self) -> None:
        for (level, number), hashes in self._made.items():
            if level:
                self._connection.execute(sa.delete(tiles).where(*self._is(level, number)))
            row = {"log": self._log, "level": level, "number": number, "hashes": hashes}
            self._connection.execute(sa.insert(tiles), row)
