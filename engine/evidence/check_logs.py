"""Checks the two logs by themselves: entries, positions, the tree, tiles, checkpoints, witnesses.

One pass over the leaves of each log in order, with the tree's right edge as the only memory. Called
by `verify`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from engine.evidence import notes
from engine.evidence.findings import Report
from engine.evidence.leaf import KINDS, LOGS, LeafEntry, entry_hash
from engine.evidence.merkle import HASH_SIZE, Frontier
from engine.evidence.notes import BadNote, Checkpoint
from engine.evidence.tiles import WIDTH, tile_root
from engine.system_tables import checkpoints, leaves, tiles

STREAM = {"stream_results": True, "yield_per": 1000}
_EMPTY = bytes(HASH_SIZE)


class LogCheck:
    """`origin` and `public_key` are what checkpoints must be signed as; `witness` is a note of this log
    that was kept elsewhere, '' when there is none."""

    def __init__(
        self, connection: sa.Connection, log: str, origin: str, public_key: bytes, witness: str, report: Report,
        step: Callable[[], object],
    ) -> None:  # fmt: skip
        self._connection, self._log, self._report, self._step = connection, log, report, step
        self._origin, self._public_key, self._witness = origin, public_key, witness
        self._frontier = Frontier()
        self._expected = 0  # the next position
        self._tiles = _TileCheck(connection, log, report)
        self._points = self._checkpoints()
        self._next = next(self._points, None)
        self._last = 0

    def run(self) -> None:
        query = sa.select(leaves).where(leaves.c.log == self._log).order_by(leaves.c.position)
        for row in self._connection.execute(query, execution_options=STREAM):
            self._leaf(row)
            self._step()
        while self._next is not None:  # they cover more than there is
            self._report.add("log_shortened", log=self._log, size=self._next[0])
            self._next = next(self._points, None)
        self._tiles.finish(self._last)
        self._check_witness()

    def _leaf(self, row: Any) -> None:
        if row.position != self._expected:
            self._report.add("log_gap", log=self._log, position=self._expected)
        self._expected = row.position + 1 if type(row.position) is int else -1
        found = _hash_of(self._log, row)
        if found is None or found != row.hash:
            self._report.add(
                "leaf_changed", row.app, row.form, row.record, log=self._log, position=row.position
            )
        self._tiles.add(found or _EMPTY)
        self._frontier.append(found or _EMPTY)
        while self._next is not None and self._next[0] <= self._frontier.size:
            self._compare(*self._next)
            self._next = next(self._points, None)
        self._report.counts["leaves"] += 1

    def _compare(self, size: int, root: bytes) -> None:
        self._last = size
        if size != self._frontier.size or root != self._frontier.root():
            self._report.add("root_differs", log=self._log, size=size)

    # -- checkpoints ---------------------------------------------------------------------------------
    def _checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """(size, root) of every checkpoint, each checked by itself and against the one before."""
        query = sa.select(checkpoints).where(checkpoints.c.log == self._log).order_by(checkpoints.c.size)
        previous = 0
        for row in self._connection.execute(query, execution_options=STREAM):
            self._report.counts["checkpoints"] += 1
            point = self._read(row.note)
            if point is None or (point.size, point.root, point.time) != (row.size, row.root, row.at):
                self._report.add("checkpoint_broken", log=self._log, size=row.size)
            elif point.previous != previous:
                self._report.add("checkpoint_missing", log=self._log, size=point.previous)
            if type(row.size) is int:
                previous = row.size
                yield row.size, row.root

    def _read(self, note: str) -> Checkpoint | None:
        try:
            return notes.read(note, self._origin, self._public_key)
        except (BadNote, AttributeError, TypeError):
            return None

    def _check_witness(self) -> None:
        """What was once signed must still be there."""
        if not self._witness:
            return
        point = self._read(self._witness)
        if point is None:
            self._report.add("witness_broken", log=self._log)
            return
        query = sa.select(checkpoints.c.note).where(
            checkpoints.c.log == self._log, checkpoints.c.size == point.size
        )
        there = self._read(self._connection.scalar(query) or "")
        if there != point:
            self._report.add("checkpoint_missing", log=self._log, size=point.size)


def _hash_of(log: str, row: Any) -> bytes | None:
    """The leaf its columns come to; None when they cannot be an entry at all."""
    if row.kind not in KINDS[log]:
        return None
    try:
        return entry_hash(log, LeafEntry(*row[3:]))
    except (TypeError, ValueError):
        return None


class _TileCheck:
    """Compares stored tiles with those the leaves come to."""

    def __init__(self, connection: sa.Connection, log: str, report: Report) -> None:
        self._connection, self._log, self._report = connection, log, report
        self._leaves: list[bytes] = []
        self._roots: list[bytes] = []  # of the full tiles of level 0
        self._missing: list[int] = []  # those not stored; they may be too young
        self._found = 0

    def add(self, leaf: bytes) -> None:
        self._leaves.append(leaf)
        if len(self._leaves) == WIDTH:
            hashes, number = b"".join(self._leaves), len(self._roots)
            if not self._compare(0, number, hashes):
                self._missing.append(number)
            self._roots.append(tile_root(hashes))
            self._leaves.clear()

    def finish(self, size: int) -> None:
        """The levels above, as far as the newest checkpoint goes; and that there are no others."""
        level, entries = 1, self._roots[: size // WIDTH]
        lost = [(0, number) for number in self._missing if number < size // WIDTH]
        while entries:
            stored = [b"".join(entries[start : start + WIDTH]) for start in range(0, len(entries), WIDTH)]
            lost += [(level, n) for n, hashes in enumerate(stored) if not self._compare(level, n, hashes)]
            entries = [tile_root(hashes) for hashes in stored if len(hashes) == WIDTH * HASH_SIZE]
            level += 1
        for level, number in lost:
            self._report.add("tile_differs", log=self._log, level=level, number=number)
        query = sa.select(sa.func.count()).where(tiles.c.log == self._log)
        if self._connection.scalar(query) != self._found:
            self._report.add("tiles_number", log=self._log)

    def _compare(self, level: int, number: int, hashes: bytes) -> bool:
        """False when it is not stored."""
        query = sa.select(tiles.c.hashes).where(
            tiles.c.log == self._log, tiles.c.level == level, tiles.c.number == number
        )
        stored = self._connection.scalar(query)
        if stored is None:
            return False
        self._found += 1
        if stored != hashes:
            self._report.add("tile_differs", log=self._log, level=level, number=number)
        return True


def unknown_logs(connection: sa.Connection, report: Report) -> None:
    """Rows under a log's name that is none."""
    for table in (leaves, tiles, checkpoints):
        query = sa.select(table.c.log).distinct().where(table.c.log.not_in(LOGS))
        for log in connection.scalars(query):
            report.add("unknown_log", log=log)
