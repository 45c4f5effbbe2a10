"""Proofs: the checkpoint a package stands on, every entry's way to it, and older witnessed checkpoints."""

from __future__ import annotations

import base64
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.database import Database
from engine.evidence import merkle
from engine.evidence.leaf import RECORDS
from engine.evidence.ledger import Ledger
from engine.evidence.tiles import TileReader
from engine.system_tables import checkpoints
from engine.values import canonical_json

BATCH = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest checkpoint of a log."""

    log: str
    size: int
    note: str


class Proofs:
    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database, self._ledger = database, ledger

    def standing(self, log: str = RECORDS) -> Standing | None:
        """After everything committed so far was taken into the tree. Rejected (ledger.damaged)."""
        self._ledger.integrate()
        query = sa.select(checkpoints).where(checkpoints.c.log == log).order_by(checkpoints.c.size.desc())
        with self._database.read() as connection:
            row = connection.execute(query.limit(1)).first()
        return Standing(log, row.size, row.note) if row else None

    def lines(self, positions: array[int], standing: Standing) -> Iterator[bytes]:
        """One line an entry: its way to the root, positions ascending."""
        ordered = sorted(set(positions))
        for start in range(0, len(ordered), BATCH):
            with self._database.read() as connection:
                nodes = TileReader(connection, standing.log)
                for position in ordered[start : start + BATCH]:
                    path = merkle.inclusion_proof(nodes, position, standing.size)
                    line: dict[str, Any] = {"position": str(position), "inclusion": [_text(h) for h in path]}
                    yield canonical_json(line) + b"\n"

    def consistency(self, earlier: int, standing: Standing) -> list[str]:
        """That the log of `earlier` entries is the beginning of this one, base64."""
        with self._database.read() as connection:
            path = merkle.consistency_proof(TileReader(connection, standing.log), earlier, standing.size)
        return [_text(step) for step in path]

    def earlier(self, standing: Standing) -> list[Standing]:
        """Some checkpoints before: the one just before, and at every tenfold of age."""
        query = sa.select(checkpoints.c.size, checkpoints.c.note).where(
            checkpoints.c.log == standing.log, checkpoints.c.size < standing.size
        )
        found, wanted = [], standing.size
        with self._database.read() as connection:
            while wanted > 0:
                row = connection.execute(
                    query.where(checkpoints.c.size < wanted).order_by(checkpoints.c.size.desc()).limit(1)
                ).first()
                if row is None:
                    break
                found.append(Standing(standing.log, row.size, row.note))
                wanted = min(row.size, wanted // 10)
        return found


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
