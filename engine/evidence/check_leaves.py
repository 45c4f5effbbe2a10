"""Checks a stretch of a log's leaves: positions, entries, the tiles over them, the checkpoints among them.

Stretches begin where a tile does and are looked at one by one, by whichever process; what each comes
to (`Stretch`) is put together by `check_trees.py`. Called by `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import repeat
from typing import Any, get_type_hints

import msgspec
import sqlalchemy as sa

from engine.evidence import notes
from engine.evidence.columns import (
    Columns,
    Misfit,
    Row,
    canonical_lines,
    raw_batches,
    raw_rows,
    turned,
    unreadable,
    written,
)
from engine.evidence.findings import Report
from engine.evidence.leaf import KINDS, LeafEntry, entry_hash
from engine.evidence.merkle import HASH_SIZE, Frontier
from engine.evidence.notes import BadNote, Checkpoint
from engine.evidence.tiles import WIDTH, tile_root
from engine.system_tables import checkpoints, leaves, tiles

_NAMES = ("position", "hash", *LeafEntry._fields)
_TYPES: Mapping[str, type] = {"position": int, **get_type_hints(LeafEntry)}
_EMPTY = bytes(HASH_SIZE)


class Point(msgspec.Struct, frozen=True):
    """A signed size, its root, and the subtrees right of the last full tile at that size."""

    size: int
    root: bytes
    edge: list[bytes]


class Stretch(msgspec.Struct, frozen=True):
    """What leaves from `start` on come to: roots of their full tiles, which of those tiles are not
    stored, and the checkpoints that were signed there."""

    start: int
    stop: int
    roots: list[bytes]
    missing: list[int]
    points: list[Point]


class Signer(msgspec.Struct, frozen=True):
    """As whom the checkpoints of a log must be signed."""

    origin: str
    public_key: bytes

    def read(self, note: Any) -> Checkpoint | None:
        try:
            return notes.read(note, self.origin, self.public_key)
        except (BadNote, AttributeError, TypeError):
            return None


class LeafCheck:
    """One stretch of `log`: positions from `start`, a tile's first, up to `stop`; None: to the end,
    whatever stands there."""

    def __init__(
        self,
        connection: sa.Connection,
        log: str,
        start: int,
        stop: int | None,
        signer: Signer,
        report: Report,
    ) -> None:
        self._connection, self._log, self._report, self._signer = connection, log, report, signer
        self._start, self._stop, self._expected = start, stop, start
        self._tail = Frontier()  # of the tile that is growing
        self._leaves: list[bytes] = []
        self._roots: list[bytes] = []
        self._missing: list[int] = []
        self._points: list[Point] = []
        self._notes: list[tuple[Any, Any]] = []  # (size, root) still to come, first one last

    def run(self) -> Stretch:
        self._notes = self._read_checkpoints()[::-1]
        stored = self._stored_tiles()
        for rows in self._batches():
            self._add(self._checked(rows), stored)
        for size, _ in reversed(self._notes):  # they cover more than there is
            self._report.add("log_shortened", log=self._log, size=size)
        return Stretch(self._start, self._expected, self._roots, self._missing, self._points)

    def _batches(self) -> Iterator[Sequence[Row]]:
        """The first takes what stands before every place, the last what stands behind. A leaf that cannot be read
        stands for itself by its position alone."""
        place, done = leaves.c.position, 0
        query = sa.select(*(leaves.c[name] for name in _NAMES)).where(leaves.c.log == self._log)
        if self._start:
            query = query.where(place >= self._start)
        if self._stop is not None:
            query = query.where(place < self._stop)
        query = query.order_by(place)
        try:
            for rows in raw_batches(self._connection, query):
                done += len(rows)
                yield rows
        except unreadable(self._connection):
            there = raw_rows(self._connection, query.with_only_columns(place))
            yield [self._read_one(place) for (place,) in there[done:]]

    def _read_one(self, place: Any) -> Sequence[Any]:
        mine = sa.select(*(leaves.c[name] for name in _NAMES)).where(leaves.c.log == self._log)
        try:
            rows = raw_rows(self._connection, mine.where(leaves.c.position == place))
        except unreadable(self._connection):
            rows = []
        return rows[0] if rows else (place, None, "", 0, 0, "", "", 0, 0, b"", b"")

    # -- entries -------------------------------------------------------------------------------------
    def _checked(self, rows: Sequence[Row]) -> Sequence[bytes]:
        """The hashes these leaves should have."""
        self._report.counts["leaves"] += len(rows)
        there = list(range(self._expected, self._expected + len(rows)))
        columns = turned(rows, _NAMES)
        hashes = self._hashes(columns)
        if hashes == list(columns["hash"]) and list(columns["position"]) == there:
            self._expected += len(rows)
            return hashes
        return [self._one(LeafEntry(*row[2:]), row[0], row[1]) for row in rows]

    def _hashes(self, columns: Columns) -> list[bytes] | None:
        """None when a column holds what it cannot."""
        if not set(columns["kind"]) <= set(KINDS[self._log]):
            return None
        try:
            texts: dict[str, Any] = {name: written(columns[name], type_) for name, type_ in _TYPES.items()}
        except Misfit:
            return None
        fixed = {"alg": repeat("sha256"), "log": repeat(self._log), "v": repeat("1")}
        del texts["position"]
        return [sha256(b"\0" + entry).digest() for entry in canonical_lines(texts | fixed)]

    def _one(self, entry: LeafEntry, position: Any, stored: Any) -> bytes:
        if position != self._expected:
            self._report.add("log_gap", log=self._log, position=self._expected)
        self._expected = position + 1 if type(position) is int else -1
        found = _hash_of(self._log, entry)
        if found is None or found != stored:
            place = (entry.app, entry.form, entry.record)
            self._report.add("leaf_changed", *place, log=self._log, position=position)
        return found or _EMPTY

    # -- the tree ------------------------------------------------------------------------------------
    def _add(self, hashes: Sequence[bytes], stored: dict[int, Any]) -> None:
        """As far at a time as the tile that is growing, or the next signed size, allows."""
        begun, done = 0, self._start + len(self._roots) * WIDTH + len(self._leaves)
        while begun < len(hashes):
            room = WIDTH - len(self._leaves)
            signed = self._notes[-1][0] - done if self._notes else room
            part = hashes[begun : begun + max(min(room, signed), 1)]
            self._leaves += part
            begun, done = begun + len(part), done + len(part)
            if len(self._leaves) == WIDTH:
                self._close_tile(stored)
            while self._notes and self._notes[-1][0] <= done:
                self._point(*self._notes.pop(), done)

    def _close_tile(self, stored: dict[int, Any]) -> None:
        hashes, number = b"".join(self._leaves), self._start // WIDTH + len(self._roots)
        if number not in stored:
            self._missing.append(number)
        elif stored[number] != hashes:
            self._report.add("tile_differs", log=self._log, level=0, number=number)
        self._roots.append(tile_root(hashes))
        self._leaves.clear()

    def _stored_tiles(self) -> dict[int, Any]:
        query = sa.select(tiles.c.number, tiles.c.hashes).where(tiles.c.log == self._log, tiles.c.level == 0)
        query = query.where(tiles.c.number >= self._start // WIDTH)
        if self._stop is not None:
            query = query.where(tiles.c.number < self._stop // WIDTH)
        return {row[0]: row[1] for row in raw_rows(self._connection, query)}

    def _point(self, size: int, root: bytes, done: int) -> None:
        if size != done:  # signed over a size between two places there are not
            self._report.add("root_differs", log=self._log, size=size)
            return
        tail = Frontier()
        tail.extend(self._leaves)
        self._points.append(Point(size, root, tail.edge))

    # -- checkpoints ---------------------------------------------------------------------------------
    def _read_checkpoints(self) -> list[tuple[Any, Any]]:
        """(size, root) of those signed in this stretch, each checked by itself and against the one before."""
        size = checkpoints.c.size
        mine = sa.select(size, checkpoints.c.root, checkpoints.c.note, checkpoints.c.at).where(
            checkpoints.c.log == self._log
        )
        before = mine.where(size <= self._start).order_by(size.desc()).limit(1)
        asked = mine if self._start == 0 else mine.where(size > self._start)
        asked = asked if self._stop is None else asked.where(size <= self._stop)
        earlier = raw_rows(self._connection, before) if self._start else []
        previous = earlier[0][0] if earlier else 0
        found: list[tuple[Any, Any]] = []
        for row in raw_rows(self._connection, asked.order_by(size)):
            self._report.counts["checkpoints"] += 1
            point = self._signer.read(row[2])
            if point is None or (point.size, point.root, point.time) != (row[0], row[1], row[3]):
                self._report.add("checkpoint_broken", log=self._log, size=row[0])
            elif point.previous != previous:
                self._report.add("checkpoint_missing", log=self._log, size=point.previous)
            if type(row[0]) is int:
                previous = row[0]
                found.append((row[0], row[1]))
        return found


def _hash_of(log: str, entry: LeafEntry) -> bytes | None:
    """The leaf its columns come to; None when they cannot be an entry at all."""
    if entry.kind not in KINDS[log]:
        return None
    try:
        return entry_hash(log, entry)
    except (TypeError, ValueError):
        return None
