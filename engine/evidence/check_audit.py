"""Checks the audit trail: every row has its entry in the log, and every entry its row.

Rows that are plainly in order are passed by the thousand; the others are looked at one by one. Called by
`verify`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from engine.evidence.audit_log import AUDIT_NUMBERS, SETTLED, audit_entry, audit_place
from engine.evidence.columns import Misfit, canonical_lines, raw_rows, turned, written
from engine.evidence.findings import Report
from engine.evidence.keyed import Only
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import AUDIT, LeafEntry
from engine.evidence.seals import Box, BrokenSeal
from engine.system_tables import audit, leaves

_TYPES: Mapping[str, type] = {
    f"{column.name}": int
    if column.name in AUDIT_NUMBERS
    else bytes
    if column.name == "detail_sealed"
    else str
    for column in audit.columns
}
_FEW = 500


def entries_of(log: str) -> sa.Select[Any]:
    return sa.select(*(leaves.c[name] for name in LeafEntry._fields)).where(leaves.c.log == log)


def check_audit(connection: sa.Connection, keys: MasterKeys, only: Only, now: int, report: Report) -> None:
    """A row of ours may wait for its entry a minute long."""
    rows = raw_rows(connection, sa.select(*(audit.c[name] for name in _TYPES)).where(only(audit.c.id)))
    report.counts["audit"] += len(rows)
    mine = entries_of(AUDIT).where(leaves.c.kind == "audit", only(leaves.c.record))
    logged: dict[Any, list[tuple[Any, ...]]] = {}
    for entry in raw_rows(connection, mine):
        logged.setdefault(entry[1], []).append(entry)
    doubts = [
        row[0] for row, entry in zip(rows, _expected(keys, rows), strict=True)
        if logged.pop(row[0], None) != [entry]
    ]  # fmt: skip
    for identifier in sorted(logged, key=str):
        report.add("audit_missing", record=identifier)
    for start in range(0, len(doubts), _FEW):
        _look_at(connection, keys, doubts[start : start + _FEW], now, report)


def _expected(keys: MasterKeys, rows: Sequence[Sequence[Any]]) -> Sequence[LeafEntry | None]:
    """The entries these rows should have; none where a column holds what it cannot."""
    columns = turned(rows, list(_TYPES))
    try:
        texts = {name: written(columns[name], type_) for name, type_ in _TYPES.items()}
    except Misfit:
        return [None] * len(rows)
    made, key_at = [], keys.audit_at
    named = (columns["id"], columns["app"], columns["form"], columns["at"], canonical_lines(texts))
    for identifier, app, form, at, line in zip(*named, strict=True):
        salt = hmac.digest(key_at(at), b"audit %d" % identifier, "sha256")
        evidence = sha256(salt + line).digest()
        made.append(LeafEntry("audit", identifier, 0, app, form, 0, at, evidence, b""))
    return made


# -- closely -------------------------------------------------------------------------------------------
def _look_at(
    connection: sa.Connection, keys: MasterKeys, ids: Sequence[int], now: int, report: Report
) -> None:
    found = connection.execute(sa.select(audit).where(audit.c.id.in_(ids)).order_by(audit.c.id)).mappings()
    logged: dict[int, list[LeafEntry]] = {}
    mine = entries_of(AUDIT).where(leaves.c.kind == "audit", leaves.c.record.in_(ids))
    for columns in connection.execute(mine):
        logged.setdefault(columns.record, []).append(LeafEntry(*columns))
    for row in found.all():
        if row["id"] not in logged:
            if not _waits(keys, row, now):
                report.add("audit_unlogged", record=row["id"])
        elif logged[row["id"]] != [_entry_of(keys, row)]:
            report.add("audit_changed", record=row["id"])


def _waits(keys: MasterKeys, row: sa.RowMapping, now: int) -> bool:
    try:
        Box(keys).open(row["detail_sealed"], audit_place(row))
        return bool(now - row["at"] < SETTLED)
    except (BrokenSeal, TypeError):
        return False


def _entry_of(keys: MasterKeys, row: sa.RowMapping) -> LeafEntry | None:
    try:
        return audit_entry(keys.audit_at(row["at"]), row)
    except (TypeError, ValueError):
        return None
