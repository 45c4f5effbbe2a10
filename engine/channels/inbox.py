"""The inbox: what arrived, byte for byte and sealed, and what became of it.

A body that is there already (by channel and keyed digest) is not stored again; that is the first
of the two de-duplications, the other one is by vendor's message id (`seen.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import inbox, inbox_records
from metamodel.plugin_api import RawMessage
from metamodel.problems import Problem

State = Literal["new", "done", "quarantine", "dismissed", "shredded"]
COLUMNS = ("id", "channel", "digest", "raw_sealed", "source", "position", "received_at", "state")
CHUNK = 500
NORMALISED = "normalised"  # the source of messages that entered behind the parser
_KNOWN = sa.select(inbox.c.digest).where(
    inbox.c.channel == sa.bindparam("channel"), inbox.c.digest.in_(sa.bindparam("digests", expanding=True))
)
_WAITING = (
    sa.select(
        inbox.c.id, inbox.c.raw_sealed, inbox.c.digest, inbox.c.source, inbox.c.position, inbox.c.received_at
    )
    .where(inbox.c.state == "new", inbox.c.channel == sa.bindparam("channel"))
    .order_by(inbox.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_STILL_NEW = (
    sa.select(inbox.c.id)
    .where(
        inbox.c.state == "new",
        inbox.c.channel == sa.bindparam("channel"),
        inbox.c.id.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    .with_for_update()
)
_SAYS = "INSERT INTO inbox_records (record, inbox) VALUES (?, ?) ON CONFLICT DO NOTHING"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[bytes, dict[str, str]]).decode


@dataclass(frozen=True, slots=True)
class Arrived:
    """A row of the inbox with its raw message opened; `digest` is the SHA-256 of its bytes."""

    id: int
    raw: RawMessage
    digest: bytes
    position: int | None = None

    @property
    def received_at(self) -> datetime:
        assert self.raw.received_at is not None
        return self.raw.received_at


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a row; `reason` is sealed, it may quote what was sent."""

    id: int
    state: State
    code: str = ""
    reason: Sequence[Problem] = ()
    records: Sequence[str] = ()
    says: Sequence[str] = ()  # other records whose content it holds, too


class Inbox:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def fingerprint(self, content: bytes) -> bytes:
        """What the same content is known again by, and says nothing to anybody else."""
        return self._box.fingerprint(content)

    # -- storing -----------------------------------------------------------------------------------

    def store(self, unit: Unit, channel: str, messages: Iterable[tuple[RawMessage, int | None]]) -> list[int]:
        """Rows for what was not there yet, with the vendor's positions; their ids, in order."""
        by_digest = {self.fingerprint(raw.body): (raw, position) for raw, position in messages}
        known = self._known(unit.connection, channel, list(by_digest))
        fresh = [(digest, *found) for digest, found in by_digest.items() if digest not in known]
        ids = self._database.take_ids(unit.connection, len(fresh)) if fresh else ()
        rows = [
            (
                identifier, channel, digest, self._box.seal(_encode((raw.body, dict(raw.headers))), digest),
                raw.source[:300], position,
                microseconds(raw.received_at) if raw.received_at else unit.now, "new",
            )
            for identifier, (digest, raw, position) in zip(ids, fresh, strict=True)
        ]  # fmt: skip
        self._database.insert_many(unit.connection, inbox, rows, COLUMNS)
        return list(ids)

    def _known(self, connection: sa.Connection, channel: str, digests: Sequence[bytes]) -> set[bytes]:
        known: set[bytes] = set()
        for start in range(0, len(digests), CHUNK):
            chunk = digests[start : start + CHUNK]
            found = connection.execute(_KNOWN, {"channel": channel, "digests": chunk})
            known.update(row[0] for row in found)
        return known

    # -- working -----------------------------------------------------------------------------------

    def waiting(self, connection: sa.Connection, channel: str, limit: int) -> list[Arrived]:
        """The oldest rows nobody has parsed, opened."""
        asked = {"channel": channel, "limit": limit}
        return [self._open(row) for row in connection.execute(_WAITING, asked)]

    def _open(self, row: Any) -> Arrived:
        body, headers = _decode(self._box.open(row.raw_sealed, row.digest))
        raw = RawMessage(body, headers, from_microseconds(row.received_at), row.source)
        return Arrived(row.id, raw, hashlib.sha256(body).digest(), row.position)

    def hold(self, unit: Unit, channel: str, ids: Sequence[int]) -> set[int]:
        """Of these rows, the ones that are still to be worked, kept from other workers until the commit."""
        asked = {"channel": channel, "first": min(ids), "last": max(ids)}
        return {row[0] for row in unit.connection.execute(_STILL_NEW, asked)}.intersection(ids)

    def settle(self, unit: Unit, rows: Sequence[Settled]) -> None:
        values = [
            (
                row.state, row.code[:100],
                self._box.seal_json([found.to_json("zh") for found in row.reason]) if row.reason else None,
                msgspec.json.encode(row.records).decode(), row.id,
            )
            for row in rows
        ]  # fmt: skip
        self._database.execute_many(
            unit.connection,
            "UPDATE inbox SET state = ?, code = ?, reason_sealed = ?, records = ? WHERE id = ?",
            values,
        )

        made = sorted({(int(record), row.id) for row in rows for record in row.records})
        self._database.insert_many(unit.connection, inbox_records, made, ("record", "inbox"))
        said = sorted({(int(record), row.id) for row in rows for record in row.says})
        if said:
            self._database.execute_many(unit.connection, _SAYS, said)

    def newest(
        self, connection: sa.Connection, channels: Sequence[str]
    ) -> tuple[str, Arrived, list[str]] | None:
        """(channel, what arrived, records it became) of the last one that became any."""
        asked = (
            sa.select(inbox)
            .where(inbox.c.channel.in_(channels), inbox.c.state == "done", inbox.c.records != "[]")
            .order_by(inbox.c.id.desc())
            .limit(1)
        )
        row = connection.execute(asked).first()
        return None if row is None else (row.channel, self._open(row), msgspec.json.decode(row.records))

    # -- forgetting --------------------------------------------------------------------------------

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: the raw bytes they were made of go with the last of them. The digest
        stays, so that the same bytes do not come in again."""
        mine = sa.select(inbox_records.c.inbox).where(inbox_records.c.record.in_(records))
        raw = sorted(set(unit.connection.scalars(mine)))
        unit.connection.execute(sa.delete(inbox_records).where(inbox_records.c.record.in_(records)))
        for start in range(0, len(raw), CHUNK):
            some = raw[start : start + CHUNK]
            held = sa.select(inbox_records.c.inbox).where(inbox_records.c.inbox.in_(some))
            empty = sa.and_(inbox.c.id.in_(some), inbox.c.id.not_in(held))
            for row in unit.connection.execute(sa.select(inbox.c.id, inbox.c.digest).where(empty)).all():
                nothing = self._box.seal(_encode((b"", {})), row.digest)
                cleared = {"raw_sealed": nothing, "source": "", "reason_sealed": None, "state": "shredded"}
                unit.connection.execute(sa.update(inbox).where(inbox.c.id == row.id).values(cleared))

    # -- figures -----------------------------------------------------------------------------------

    def counts(self, connection: sa.Connection) -> Mapping[str, Mapping[str, int]]:
        """Rows by channel and state."""
        asked = sa.select(inbox.c.channel, inbox.c.state, sa.func.count()).group_by(
            inbox.c.channel, inbox.c.state
        )
        found: dict[str, dict[str, int]] = {}
        for channel, state, count in connection.execute(asked):
            found.setdefault(channel, {})[state] = count
        return found

    def last_arrivals(self, connection: sa.Connection) -> Mapping[str, datetime]:
        asked = sa.select(inbox.c.channel, sa.func.max(inbox.c.received_at)).group_by(inbox.c.channel)
        return {channel: from_microseconds(at) for channel, at in connection.execute(asked)}

    def gaps(self, connection: sa.Connection, channel: str, limit: int = 100) -> list[tuple[int, int]]:
        """Runs of the vendor's numbers that never arrived, first and last, newest first."""
        later = sa.func.lead(inbox.c.position).over(order_by=inbox.c.position)
        pairs = (
            sa.select(inbox.c.position.label("here"), later.label("next"))
            .where(inbox.c.channel == channel, inbox.c.position.is_not(None))
            .subquery()
        )
        asked = (
            sa.select(pairs.c.here, pairs.c.next)
            .where(pairs.c.next > pairs.c.here + 1)
            .order_by(pairs.c.here.desc())
            .limit(limit)
        )
        return [(here + 1, following - 1) for here, following in connection.execute(asked)]
