"""Proofs: the checkpoint a package stands on, every entry's way to it, and older witnessed checkpoints."""

from __future__ import annotations

import base64
from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.database import Database
from engine.evidence import merkle
from engine.evidence.leaf import RECORDS
from engine.evidence.ledger import Ledger
from engine.evidence.tiles import TileReader
from engine.packages.origins import Origin, origins
from engine.system_tables import checkpoints, witnesses
from engine.values import canonical_json

BATCH = 500
RECEIPTS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest checkpoint of a log."""

    log: str
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a witness saw a checkpoint; `token` (RFC 3161) where it gave one. `target`: its address, mail or folder."""

    size: int
    kind: str
    witness: str
    at: int
    token: bytes | None
    target: str = ""


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

    def origins(self, records: Iterable[int]) -> list[Origin]:
        """How these records came into the archive."""
        return origins(self._database, records)

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

    def earlier(self, standing: Standing, wanted: Collection[int]) -> list[Standing]:
        """Checkpoints before: those of the sizes that are wanted, the one just before, and one at every tenth
        of the length; newest first."""
        here = sa.and_(checkpoints.c.log == standing.log, checkpoints.c.size < standing.size)
        query = sa.select(checkpoints.c.size, checkpoints.c.note).where(here)
        newest = query.order_by(checkpoints.c.size.desc()).limit(1)
        found: dict[int, str] = {}
        with self._database.read() as connection:
            found.update(
                (row.size, row.note)
                for row in connection.execute(query.where(checkpoints.c.size.in_(wanted)))
            )
            below = standing.size
            while (row := connection.execute(newest.where(checkpoints.c.size < below)).first()) is not None:
                found[row.size] = row.note
                below = min(row.size, below // 10)
        return [Standing(standing.log, size, found[size]) for size in sorted(found, reverse=True)]

    def receipts(self, standing: Standing) -> list[Receipt]:
        """The newest that outside witnesses gave for this checkpoint or one before it."""
        query = sa.select(witnesses).where(
            witnesses.c.log == standing.log, witnesses.c.size <= standing.size, witnesses.c.state == "done"
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(witnesses.c.id.desc()).limit(RECEIPTS)).all()
        return [Receipt(row.size, row.kind, row.witness, row.at, row.receipt, row.target) for row in rows]


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
