"""The ledger: two append-only logs of leaves, their trees, signed checkpoints and proofs.

In a record's transaction only (position, leaf) is written, the position as the last statement
before commit; tiles and checkpoints are derived by `integrate`. The audit trail's rows are
taken into their log there too, a batch at a time.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence import merkle
from engine.evidence.audit_log import audit_entries
from engine.evidence.leaf import LeafEntry, entry_bytes
from engine.evidence.notes import sign_note
from engine.evidence.seals import MasterKeys
from engine.evidence.tiles import TileTree, complete_tiles
from engine.system_tables import checkpoints, leaves, settings
from metamodel.problems import Rejected, problem

LOGS = ("records", "audit")
LOCK = 0x6D756E69  # of PostgreSQL's advisory locks, "muni"
COLUMNS = (
    "log", "position", "hash", "kind", "record", "revision", "app", "form", "version", "time", "evidence", "working",
)  # fmt: skip


class Ledger:
    def __init__(self, database: Database, keys: MasterKeys, origin: str = "") -> None:
        self._database, self._keys = database, keys
        self.origin = origin or self._own_origin()

    # -- writing -----------------------------------------------------------------------------------

    def append(self, unit: Unit, log: str, entries: Sequence[LeafEntry]) -> None:
        """These leaves get their positions when the unit ends, after everything else it writes."""
        if entries:
            unit.notes.setdefault("ledger", {}).setdefault(log, []).extend(entries)
            unit.before_commit("ledger", self._flush)

    def append_version(self, unit: Unit, app: str, version: int, digest: bytes) -> None:
        """A publication: its document's hash is a leaf."""
        self.append(unit, "audit", [LeafEntry("version", 0, 1, app, "", version, unit.now, digest)])

    def _flush(self, unit: Unit) -> None:
        for log, entries in unit.notes.pop("ledger").items():
            hashed = [(merkle.leaf_hash(entry_bytes(log, entry)), entry) for entry in entries]
            start = self._next_position(unit.connection, log)
            rows = [(log, start + n, digest, *entry) for n, (digest, entry) in enumerate(hashed)]
            self._database.insert_many(unit.connection, leaves, rows, COLUMNS)

    def _next_position(self, connection: sa.Connection, log: str) -> int:
        if self._database.dialect == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK, LOGS.index(log))))
        return size(connection, log)

    # -- the tree ----------------------------------------------------------------------------------

    def integrate(self) -> None:
        """Take audit rows into their log, complete the tiles, sign a checkpoint where a log has grown."""
        self._database.write(
            lambda unit: self.append(unit, "audit", audit_entries(unit.connection, self._keys))
        )
        for log in LOGS:
            self._database.write(lambda unit, log=log: self._integrate(unit, log))

    def _integrate(self, unit: Unit, log: str) -> None:
        total = size(unit.connection, log)
        if total <= self._checkpointed(unit.connection, log):
            return
        complete_tiles(self._database, unit, log, total)
        root = merkle.root(TileTree(unit.connection, log).node, total)
        note = sign_note(self._keys, self.log_origin(log), total, root)
        values = {"log": log, "size": total, "root": root, "note": note, "at": unit.now}
        unit.connection.execute(sa.insert(checkpoints).values(values))

    def log_origin(self, log: str) -> str:
        return f"{self.origin}/{log}"

    def checkpoint(self, log: str) -> str | None:
        """The newest signed note of a log."""
        with self._database.read() as connection:
            row = self._newest(connection, log)
        return row["note"] if row else None

    def _newest(self, connection: sa.Connection, log: str) -> Mapping[str, Any] | None:
        query = sa.select(checkpoints).where(checkpoints.c.log == log).order_by(checkpoints.c.size.desc())
        return connection.execute(query.limit(1)).mappings().first()  # type: ignore[return-value]

    def _checkpointed(self, connection: sa.Connection, log: str) -> int:
        row = self._newest(connection, log)
        return row["size"] if row else 0

    # -- proofs ------------------------------------------------------------------------------------

    def consistency(self, log: str, first: int, second: int) -> list[str]:
        """The proof in base64. Rejected (ledger.bad_size)."""
        with self._database.read() as connection:
            if not 0 < first <= second <= size(connection, log):
                raise Rejected([problem("ledger.bad_size")])
            return _texts(merkle.consistency_proof(TileTree(connection, log).node, first, second))

    def record_proof(self, connection: sa.Connection, record: int) -> dict[str, Any] | None:
        """A record's newest leaf and, once it is under a checkpoint, the way up to its root."""
        query = sa.select(leaves).where(leaves.c.record == record, leaves.c.log == "records")
        leaf = connection.execute(query.order_by(leaves.c.revision.desc()).limit(1)).mappings().first()
        if leaf is None:
            return None
        entry = LeafEntry(*(leaf[name] for name in LeafEntry._fields))
        found: dict[str, Any] = {
            "log": "records", "position": str(leaf["position"]), "leaf_hash": leaf["hash"].hex(),
            "entry": entry_bytes("records", entry).decode(), "revision": leaf["revision"], "time": str(leaf["time"]),
        }  # fmt: skip
        newest = self._newest(connection, "records")
        if newest and leaf["position"] < newest["size"]:
            tree = TileTree(connection, "records")
            path = merkle.inclusion_proof(tree.node, leaf["position"], newest["size"])
            found |= {"size": str(newest["size"]), "inclusion": _texts(path), "checkpoint": newest["note"]}
        return found

    def _own_origin(self) -> str:
        """Made once, kept for ever: the ledger's name."""
        with self._database.read() as connection:
            known = connection.scalar(sa.select(settings.c.value).where(settings.c.name == "origin"))
        if known is not None:
            return str(known)
        made = f"muniment.invalid/{self._keys.public_key.hex()[:16]}"
        self._database.write(
            lambda unit: (
                unit.connection.execute(sa.insert(settings).values(name="origin", value=made)) and None
            )
        )
        return made


def size(connection: sa.Connection, log: str) -> int:
    """How many leaves the log has; positions have no gaps."""
    newest = connection.scalar(sa.select(sa.func.max(leaves.c.position)).where(leaves.c.log == log))
    return 0 if newest is None else int(newest) + 1


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]
