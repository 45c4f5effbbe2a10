"""How the evidence stands: sizes and checkpoints of the logs, the last verification, witnesses, and what an
auditor asks for beside them. The evidence page and its report show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger, size
from engine.evidence.verifications import Verification, Verifications
from engine.system_tables import checkpoints, grants, holds, inbox, tombstones, witnesses


@dataclass(frozen=True, slots=True)
class LogStanding:
    """`covered` entries lie under the newest checkpoint, whose root (hex), time and note these are."""

    log: str
    size: int
    covered: int = 0
    root: str = ""
    at: int | None = None
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Times in microseconds. `gaps` counts a vendor's numbers that never arrived; `shown`: of each witness
    and log, what was done last."""

    now: int
    origin: str
    public_key: str
    logs: Sequence[LogStanding]
    verification: Verification | None
    shown: Sequence[sa.Row[Any]]
    gaps: int
    quarantined: int
    grants: int
    holds: int
    shredded: int


def standing(
    connection: sa.Connection, ledger: Ledger, kept: Verifications, public_key: bytes, now: int
) -> Standing:
    running = (grants.c.revoked_at.is_(None), grants.c.expires_at > now)
    return Standing(
        now, ledger.origin, public_key.hex(), [_log(connection, ledger, log) for log in LOGS],
        kept.newest(connection), _shown(connection), _gaps(connection),
        _number(connection, inbox, inbox.c.state == "quarantine"), _number(connection, grants, *running),
        _number(connection, holds, holds.c.released_at.is_(None)), _number(connection, tombstones),
    )  # fmt: skip


def _log(connection: sa.Connection, ledger: Ledger, log: str) -> LogStanding:
    newest = (
        sa.select(checkpoints).where(checkpoints.c.log == log).order_by(checkpoints.c.size.desc()).limit(1)
    )
    row, total = connection.execute(newest).first(), size(connection, log)
    if row is None:
        return LogStanding(log, total, key=ledger.verifier_key(log))
    return LogStanding(log, total, row.size, row.root.hex(), row.at, row.note, ledger.verifier_key(log))


def _shown(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    last = sa.select(sa.func.max(witnesses.c.id)).group_by(witnesses.c.witness, witnesses.c.log)
    return connection.execute(
        sa.select(witnesses).where(witnesses.c.id.in_(last)).order_by(witnesses.c.id)
    ).all()


def _gaps(connection: sa.Connection) -> int:
    """Over all channels."""
    following = sa.func.lead(inbox.c.position).over(partition_by=inbox.c.channel, order_by=inbox.c.position)
    pairs = sa.select(inbox.c.position.label("here"), following.label("next")).where(
        inbox.c.position.is_not(None)
    )
    found = pairs.subquery()
    missing = sa.select(sa.func.sum(found.c.next - found.c.here - 1)).where(found.c.next > found.c.here + 1)
    return int(connection.scalar(missing) or 0)


def _number(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0
