"""Tiles (C2SP tlog-tiles): 256 hashes of one level each, full ones kept, partial ones computed.

A tile of level L, number n, holds the hashes of the 256 subtrees of 256^L leaves from
leaf n·256^(L+1) on. They are derived: everything can be computed again from the leaves.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence import merkle
from engine.system_tables import leaves, tiles

WIDTH, HEIGHT, HASH = 256, 8, 32


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """`tile/0/x001/067.p/17`: three digits a group, all but the last with an x."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def partial_width(size: int, level: int) -> int:
    """How many hashes the last, partial tile of a level has; 0 where there is none."""
    return int(size // WIDTH**level) % WIDTH


class TileTree:
    """The nodes of a log's tree, read from tiles and, at the edge, from leaves."""

    def __init__(self, connection: sa.Connection, log: str) -> None:
        self._connection, self._log = connection, log
        self._tiles: dict[tuple[int, int], bytes | None] = {}
        self._edge: dict[int, bytes] = {}

    def node(self, height: int, index: int) -> bytes:
        """The hash of the complete subtree over leaves [index·2^height, (index+1)·2^height)."""
        level, above = divmod(height, HEIGHT)
        if above == 0:
            found = self._in_tile(level, index)
            if found is not None:
                return found
            if level == 0:
                return self._leaf(index)
        return merkle.node_hash(self.node(height - 1, 2 * index), self.node(height - 1, 2 * index + 1))

    def _in_tile(self, level: int, index: int) -> bytes | None:
        key = (level, index // WIDTH)
        if key not in self._tiles:
            query = sa.select(tiles.c.hashes).where(
                tiles.c.log == self._log, tiles.c.level == level, tiles.c.number == key[1]
            )
            self._tiles[key] = self._connection.scalar(query)
        hashes, place = self._tiles[key], index % WIDTH * HASH
        return None if hashes is None else bytes(hashes[place : place + HASH])

    def _leaf(self, index: int) -> bytes:
        """A tile's worth of leaves is read at once."""
        if index not in self._edge:
            start = index - index % WIDTH
            query = sa.select(leaves.c.position, leaves.c.hash).where(
                leaves.c.log == self._log, leaves.c.position.between(start, start + WIDTH - 1)
            )
            self._edge.update(
                (position, bytes(digest)) for position, digest in self._connection.execute(query)
            )
        return self._edge[index]


def complete_tiles(database: Database, unit: Unit, log: str, size: int) -> None:
    """Keep every full tile of a tree of this size that is not kept yet."""
    level = 0
    while full := size // WIDTH ** (level + 1):
        kept = sa.select(sa.func.max(tiles.c.number)).where(tiles.c.log == log, tiles.c.level == level)
        newest = unit.connection.scalar(kept)
        tree = TileTree(unit.connection, log)
        for number in range(0 if newest is None else newest + 1, full):
            nodes = (tree.node(HEIGHT * level, number * WIDTH + place) for place in range(WIDTH))
            row = (log, level, number, b"".join(nodes))
            database.insert_many(unit.connection, tiles, [row], ("log", "level", "number", "hashes"))
        level += 1
