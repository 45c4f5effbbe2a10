"""Puts the stretches of a log together: the tree over all of them, its upper tiles, every signed root,
and the copy of the newest checkpoint that was kept elsewhere.

Small whatever the size of the log: a hash for every 256 leaves. Called by `verify`, once the leaves
were looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import sqlalchemy as sa

from engine.evidence.check_leaves import Signer, Stretch
from engine.evidence.findings import Report
from engine.evidence.leaf import LOGS
from engine.evidence.merkle import HASH_SIZE, Frontier, fold
from engine.evidence.static_log import StaticLog
from engine.evidence.tiles import WIDTH, split, tile_bytes, tile_root
from engine.system_tables import checkpoints, leaves, tiles


class TreeCheck:
    """`signed`: the newest checkpoint's size before anything was looked at. `roots`: of the full tiles
    before the first stretch, none when that begins at 0."""

    def __init__(
        self, connection: sa.Connection, log: str, signed: int, report: Report, roots: Sequence[bytes] = ()
    ) -> None:
        self._connection, self._log, self._signed, self._report = connection, log, signed, report
        self._roots = list(roots)

    def run(self, stretches: Sequence[Stretch]) -> list[bytes]:
        """The roots of all full tiles, from the log's beginning."""
        tree = Frontier()
        tree.extend(self._roots)
        for stretch in stretches:
            self._follow(tree, stretch)
        self._check_tiles([number for stretch in stretches for number in stretch.missing])
        return self._roots

    def _follow(self, tree: Frontier, stretch: Stretch) -> None:
        """Each signed root, as the tree comes to its size."""
        waiting = list(stretch.roots)
        for size, points in groupby(stretch.points, key=lambda point: point.size // WIDTH):
            while tree.size < size and waiting:
                self._grow(tree, waiting.pop(0))
            for point in points:
                if tree.size != size or fold([*tree.edge, *point.edge]) != point.root:
                    self._report.add("root_differs", log=self._log, size=point.size)
        for root in waiting:
            self._grow(tree, root)

    def _grow(self, tree: Frontier, root: bytes) -> None:
        self._roots.append(root)
        tree.append(root)

    # -- tiles ---------------------------------------------------------------------------------------
    def _check_tiles(self, lost: Sequence[int]) -> None:
        """Levels above the leaves' as far as they were recomputed, and that there are no others."""
        size = _covered(self._connection, self._log)
        differing = [(0, number) for number in lost if number < self._signed // WIDTH]
        expected = {(0, number) for number in range(size // WIDTH)}
        level, hashes = 1, self._roots
        while wanted := size // WIDTH**level:  # hashes of this level under the newest checkpoint
            numbers = range(-(-wanted // WIDTH))
            expected |= {(level, number) for number in numbers}
            known = [b"".join(hashes[number * WIDTH : (number + 1) * WIDTH]) for number in numbers]
            differing += [(level, n) for n in numbers if not self._begins(level, n, known[n], wanted)]
            hashes = [tile_root(tile) for tile in known if len(tile) == WIDTH * HASH_SIZE]
            level += 1
        for level, number in differing:
            self._report.add("tile_differs", log=self._log, level=level, number=number)
        query = sa.select(tiles.c.level, tiles.c.number).where(tiles.c.log == self._log)
        if any((row.level, row.number) not in expected for row in self._connection.execute(query)):
            self._report.add("tiles_number", log=self._log)

    def _begins(self, level: int, number: int, known: bytes, wanted: int) -> bool:
        """The stored tile has as many hashes as it should, and begins with those that are known."""
        query = sa.select(tiles.c.hashes).where(
            tiles.c.log == self._log, tiles.c.level == level, tiles.c.number == number
        )
        stored = self._connection.scalar(query)
        length = min(wanted - number * WIDTH, WIDTH) * HASH_SIZE
        return isinstance(stored, bytes) and len(stored) == length and stored.startswith(known[:length])


def earlier_roots(
    connection: sa.Connection, log: str, number: int, root: bytes, report: Report
) -> list[bytes]:
    """Roots of the first `number` full tiles, as they were when all was in order."""
    query = sa.select(tiles.c.hashes).where(tiles.c.log == log, tiles.c.level == 1).order_by(tiles.c.number)
    stored = b"".join(tile for tile in connection.scalars(query) if isinstance(tile, bytes))
    roots = split(stored)[:number]
    tree = Frontier()
    tree.extend(roots)
    if (tree.size, tree.root()) != (number, root):
        report.add("root_differs", log=log, size=number * WIDTH)
    return roots


# -- what was kept elsewhere ---------------------------------------------------------------------------
def check_copy(connection: sa.Connection, log: str, signer: Signer, note: str, report: Report) -> None:
    """What was once signed must still be there."""
    point = signer.read(note)
    if point is None:
        report.add("witness_broken", log=log)
        return
    query = sa.select(checkpoints.c.note).where(checkpoints.c.log == log, checkpoints.c.size == point.size)
    ours = signer.read(connection.scalar(query) or "")
    if ours is not None and ours.root != point.root:
        report.add("checkpoint_forked", log=log, size=point.size)
    elif ours != point:
        report.add("checkpoint_missing", log=log, size=point.size)


def check_published(connection: sa.Connection, log: str, published: StaticLog, report: Report) -> None:
    """The tiles beside the database are the tree's, and nothing else lies there: others build proofs from them."""

    def read(level: int, number: int, width: int) -> bytes:
        try:
            return tile_bytes(connection, log, level, number, width)
        except (LookupError, TypeError):
            return b""  # that the tree is damaged is said elsewhere

    for flaw in published.flaws(_covered(connection, log), read):
        if flaw.kind == "stray":
            report.add("published_stray", log=log, file=flaw.path)
        else:
            report.add("published_differs", log=log, level=flaw.level, number=flaw.number)


def _covered(connection: sa.Connection, log: str) -> int:
    found = connection.scalar(sa.select(sa.func.max(checkpoints.c.size)).where(checkpoints.c.log == log))
    return found if isinstance(found, int) else 0


def unknown_logs(connection: sa.Connection, report: Report) -> None:
    """Rows under a log's name that is none."""
    for table in (leaves, tiles, checkpoints):
        query = sa.select(table.c.log).distinct().where(table.c.log.not_in(LOGS))
        for log in connection.scalars(query):
            report.add("unknown_log", log=log)
