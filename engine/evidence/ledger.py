"""The ledger: two append-only logs under signed checkpoints, `records` and `audit`.

Entries are gathered while a unit of work runs, hashed early, and get their positions as the last
thing before the commit. `integrate`, called every second or so, takes audit rows into their log,
grows the tiles and signs a checkpoint; proofs are read from the tiles.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.database import Database, Unit, driver
from engine.evidence import merkle, notes
from engine.evidence.audit_log import Unlogged, audit_entry, audit_place, version_entry
from engine.evidence.keys import MasterKeys, Present
from engine.evidence.leaf import AUDIT, LOGS as LOGS, RECORDS, LeafEntry, entry_bytes, entry_hash
from engine.evidence.notes import BadNote, Checkpoint
from engine.evidence.seals import Box, BrokenSeal
from engine.evidence.static_log import StaticLog
from engine.evidence.tiles import WIDTH, TileReader, TileWriter, leaf_hashes, tile_bytes
from engine.system_tables import app_versions, audit, checkpoints, leaves, settings
from metamodel.problems import Rejected, problem

CHUNK = 64 * WIDTH  # leaves taken into the tree in one unit of work
_POSITION_LOCKS = {log: 0x6D756E690000 + number for number, log in enumerate(sorted(LOGS))}
_TREE_LOCK = 0x6D756E690100


class Ledger:
    """`origin` names the logs to the world, as `origin/records` and `origin/audit`; made up at the
    first start when it is not given, and never changed. Rejected when the keys are another database's."""

    def __init__(self, database: Database, keys: MasterKeys | Present, origin: str = "") -> None:
        self._database, self._present = database, Present.of(keys)
        self.origin = _settle(database, self._keys, origin)
        self._unlogged, self._box = Unlogged(database), Box(self._present)
        self._static = {log: StaticLog(checkpoint_file(database.config.data, log).parent) for log in LOGS}

    @property
    def _keys(self) -> MasterKeys:
        return self._present()

    def origin_of(self, log: str) -> str:
        if log not in LOGS:
            raise Rejected([problem("ledger.unknown_log", log=log)])
        return f"{self.origin}/{log}"

    def verifier_key(self, log: str) -> str:
        """The public key of a log's checkpoints, as note tools take it."""
        return notes.verifier_key(self.origin_of(log), self._keys.public_key)

    def sign(self, statement: bytes) -> bytes:
        """Our Ed25519 signature under what is no checkpoint; the caller's first bytes must say so."""
        return self._keys.signer.sign(statement)

    # -- appending ---------------------------------------------------------------------------------
    def append(self, unit: Unit, log: str, entries: Sequence[LeafEntry]) -> None:
        """Into the log when the unit commits."""
        if not entries:
            return
        pending = unit.notes.setdefault("ledger", {}).setdefault(log, [])
        pending += [(entry_hash(log, entry), *entry) for entry in entries]
        unit.before_commit("ledger", self._take_positions, last=True)

    def append_version(self, unit: Unit, app: str, version: int, digest: bytes) -> None:
        """A publication; its `app_versions` row is there already."""
        query = sa.select(app_versions).where(app_versions.c.app == app, app_versions.c.version == version)
        row = unit.connection.execute(query).mappings().one()
        assert row["hash"] == digest
        self.append(unit, AUDIT, [version_entry(self._keys.audit_at(row["at"]), row)])

    def _take_positions(self, unit: Unit) -> None:
        pending: dict[str, list[tuple[Any, ...]]] = unit.notes.pop("ledger")
        for log in sorted(pending):
            start = self._next_position(unit.connection, log)
            rows = [(log, position, *leaf) for position, leaf in enumerate(pending[log], start)]
            self._database.insert_many(unit.connection, leaves, rows)

    def _next_position(self, connection: sa.Connection, log: str) -> int:
        execute = driver(connection).execute
        if self._database.dialect == "sqlite":
            newest = execute("SELECT max(position) FROM leaves WHERE log = ?", (log,)).fetchone()[0]
        else:  # from here to the commit writers stand in line: nothing may come after this
            execute("SELECT pg_advisory_xact_lock(%s)", (_POSITION_LOCKS[log],))
            newest = execute("SELECT max(position) FROM leaves WHERE log = %s", (log,)).fetchone()[0]
        return 0 if newest is None else newest + 1

    # -- the tree ----------------------------------------------------------------------------------
    def integrate(self) -> None:
        """Everything committed so far under a signed checkpoint. Rejected (ledger.damaged) rather than
        signing on top of a log that was touched."""
        self.log_audit()
        for log in self._grown():
            while (note := self._database.write(partial(self._grow, log=log))) is not None:
                self._publish(log, note)

    def _grown(self) -> list[str]:
        """Logs with entries that no checkpoint covers."""
        with self._database.read() as connection:
            return [log for log in LOGS if size(connection, log) > _covered(connection, log)]

    def log_audit(self) -> int:
        """Give audit rows that have no leaf theirs; how many."""
        done = 0
        for ids in self._unlogged.batches():
            done += self._database.write(partial(self._log_audit, ids=ids))
        return done

    def _log_audit(self, unit: Unit, ids: Sequence[int]) -> int:
        if self._database.dialect == "postgresql":  # nobody else may find the same rows meanwhile
            driver(unit.connection).execute("SELECT pg_advisory_xact_lock(%s)", (_POSITION_LOCKS[AUDIT],))
        missing = self._unlogged.of(unit.connection, ids)
        query = sa.select(audit).where(audit.c.id.in_(missing)).order_by(audit.c.id)
        rows = unit.connection.execute(query).mappings()
        entries = [audit_entry(self._keys.audit_at(row["at"]), row) for row in rows if self._is_ours(row)]
        self.append(unit, AUDIT, entries)
        return len(entries)

    def _is_ours(self, row: sa.RowMapping) -> bool:
        """A row somebody else put there stays out of the log, for `verify` to find."""
        try:
            self._box.open(row["detail_sealed"], audit_place(row))
        except (BrokenSeal, TypeError):
            return False
        return True

    def _grow(self, unit: Unit, log: str) -> str | None:
        """One chunk of new leaves into the tree; the new checkpoint's note, or None."""
        if self._database.dialect == "postgresql":
            driver(unit.connection).execute("SELECT pg_advisory_xact_lock(%s)", (_TREE_LOCK,))
        last = self._checked(unit.connection, log)
        start = (last.size if last else 0) // WIDTH * WIDTH
        hashes = leaf_hashes(unit.connection, log, start, CHUNK)
        size = start + len(hashes)
        if size <= (last.size if last else 0):
            return None
        writer = TileWriter(unit.connection, log)
        for first in range(0, len(hashes) - WIDTH + 1, WIDTH):
            writer.add(0, (start + first) // WIDTH, b"".join(hashes[first : first + WIDTH]))
        writer.save()
        root = merkle.range_root(TileReader(unit.connection, log), 0, size)
        made = Checkpoint(self.origin_of(log), size, root, unit.now, last.size if last else 0)
        note = notes.sign(made, self._keys.signer)
        row = {"log": log, "size": size, "root": root, "note": note, "at": unit.now}
        unit.connection.execute(sa.insert(checkpoints), row)
        return note

    def _checked(self, connection: sa.Connection, log: str) -> Checkpoint | None:
        """The newest checkpoint, still being what the tree says."""
        note = _newest_note(connection, log)
        if note is None:
            return None
        try:
            last = notes.read(note, self.origin_of(log), self._keys.public_key)
            if merkle.range_root(TileReader(connection, log), 0, last.size) == last.root:
                return last
        except (BadNote, LookupError):
            pass
        raise Rejected([problem("ledger.damaged", log=log)])

    def _publish(self, log: str, note: str) -> None:
        """Beside the database: whoever turns that back must also find this. Several processes may come
        here; the newest checkpoint stays."""
        size = int(note.split("\n", 2)[1])
        self._static[log].publish(note, size, partial(self.tile, log))

    @contextmanager
    def unpublished(self) -> Iterator[None]:
        """Nothing is published meanwhile: what lies beside the database can be copied as it fits together."""
        with ExitStack() as held:
            for log in sorted(self._static):
                held.enter_context(self._static[log].alone())
            yield

    # -- asking ------------------------------------------------------------------------------------
    def inclusion(self, log: str, position: int, size: int) -> dict[str, Any]:
        """`proof` for others: the path as base64, and the root it leads to."""
        path = [_text(step) for step in self.proof(log, position, size)]
        return {"log": log, "position": str(position), "size": str(size), "path": path,
                "root": _text(self.root(log, size))}  # fmt: skip

    def checkpoint(self, log: str) -> str | None:
        """The newest signed note; None before the first."""
        self.origin_of(log)
        with self._database.read() as connection:
            return _newest_note(connection, log)

    def covered(self, log: str) -> int:
        """How many entries the newest checkpoint covers."""
        with self._database.read() as connection:
            return _covered(connection, log)

    def root(self, log: str, size: int) -> bytes:
        with self._database.read() as connection:
            self._require(connection, log, size)
            return merkle.range_root(TileReader(connection, log), 0, size)

    def proof(self, log: str, position: int, size: int) -> list[bytes]:
        """Inclusion of a leaf in the tree of that size. Rejected (ledger.bad_size)."""
        with self._database.read() as connection:
            self._require(connection, log, size, position)
            return merkle.inclusion_proof(TileReader(connection, log), position, size)

    def consistency(self, log: str, first: int, second: int) -> list[str]:
        """That the log of size `first` is a beginning of the log of size `second`, base64. Rejected
        (ledger.bad_size)."""
        with self._database.read() as connection:
            self._require(connection, log, second, first - 1)
            path = merkle.consistency_proof(TileReader(connection, log), first, second)
        return [_text(step) for step in path]

    def tile(self, log: str, level: int, number: int, width: int = WIDTH) -> bytes:
        """A tile of the tree under the newest checkpoint, as a static log serves it (`tile_path`).
        Rejected (ledger.bad_size) when it has fewer than `width` hashes."""
        with self._database.read() as connection:
            self._require(connection, log, (number * WIDTH + width) * WIDTH**level)
            return tile_bytes(connection, log, level, number, width)

    def _require(self, connection: sa.Connection, log: str, size: int, position: int = 0) -> None:
        self.origin_of(log)
        if not 0 <= position < size <= _covered(connection, log):
            raise Rejected([problem("ledger.bad_size")])

    def record_proof(
        self, connection: sa.Connection, record: int, revision: int | None = None
    ) -> dict[str, Any] | None:
        """What proves a revision of an archived record, the newest unless one is named: its entry's bytes,
        its place, and, once a checkpoint covers it, the way to the signed root. None where there is no such
        leaf."""
        query = sa.select(leaves).where(leaves.c.record == record, leaves.c.log == RECORDS)
        if revision is not None:
            query = query.where(leaves.c.revision == revision)
        leaf = connection.execute(query.order_by(leaves.c.revision.desc()).limit(1)).mappings().first()
        return None if leaf is None else self._proof_of(connection, leaf)

    def _proof_of(self, connection: sa.Connection, leaf: sa.RowMapping) -> dict[str, Any]:
        log, position, size = leaf["log"], leaf["position"], _covered(connection, leaf["log"])
        entry = LeafEntry(*(leaf[name] for name in LeafEntry._fields))
        found: dict[str, Any] = {
            "format": "muniment proof 1", "log": log, "position": str(position),
            "entry": entry_bytes(log, entry).decode(), "leaf_hash": leaf["hash"].hex(),
            "revision": str(entry.revision), "time": str(entry.time), "key": self.verifier_key(log),
        }  # fmt: skip
        if position < size:
            path = merkle.inclusion_proof(TileReader(connection, log), position, size)
            found["size"], found["inclusion"] = str(size), [_text(step) for step in path]
            found["checkpoint"] = _newest_note(connection, log)
        return found


def checkpoint_file(data: Path, log: str) -> Path:
    """Where the newest note is copied to."""
    return data / "ledger" / log / "checkpoint"


def size(connection: sa.Connection, log: str) -> int:
    """How many entries a log has."""
    newest = connection.scalar(sa.select(sa.func.max(leaves.c.position)).where(leaves.c.log == log))
    return 0 if newest is None else int(newest) + 1


def _newest_note(connection: sa.Connection, log: str) -> str | None:
    query = sa.select(checkpoints.c.note).where(checkpoints.c.log == log)
    return connection.scalar(query.order_by(checkpoints.c.size.desc()).limit(1))


def _covered(connection: sa.Connection, log: str) -> int:
    found = connection.scalar(sa.select(sa.func.max(checkpoints.c.size)).where(checkpoints.c.log == log))
    return int(found or 0)


def _settle(database: Database, keys: MasterKeys, origin: str) -> str:
    """The ledger's name, kept beside the public key so that a wrong key file is noticed at once."""
    public = base64.b64encode(keys.public_key).decode()
    with database.read() as connection:
        known = _setting(connection)
    if "+" in origin or len(origin.split()) > 1:  # it stands in keys and notes as one word
        raise Rejected([problem("ledger.bad_origin", origin=origin)])
    if known is None:
        made = {"origin": origin or f"muniment.invalid/{secrets.token_hex(8)}", "public_key": public}
        known = database.write(lambda unit: _remember(unit, made))
    if known["public_key"] != public:
        raise Rejected([problem("keys.other_installation", file=keys.where)])
    if origin and origin != known["origin"]:
        raise Rejected([problem("ledger.other_origin", origin=known["origin"], wanted=origin)])
    return known["origin"]


def _setting(connection: sa.Connection) -> dict[str, str] | None:
    found = connection.scalar(sa.select(settings.c.value).where(settings.c.name == "ledger"))
    return None if found is None else dict(json.loads(found))


def _remember(unit: Unit, made: dict[str, str]) -> dict[str, str]:
    known = _setting(unit.connection)
    if known is None:
        unit.connection.execute(sa.insert(settings).values(name="ledger", value=json.dumps(made)))
    return known or made


def _text(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
