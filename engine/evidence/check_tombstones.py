"""Checks what was shredded: every shred entry has its signed tombstone, every tombstone its entry, and
what remains of the row is what the tombstone says. Called by `verify`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.evidence.findings import Report
from engine.evidence.layout import Layout
from engine.evidence.leaf import RECORDS
from engine.evidence.tombstones import CHUNK, FORMAT, digest_of, remains_hash, signature_fits
from engine.system_tables import audit, leaves, record_keys, tombstones
from engine.tables import FormTable

Stones = dict[int, Any]
STREAM = {"stream_results": True, "yield_per": 1000}


def check_tombstones(
    connection: sa.Connection, tables: Sequence[FormTable], public_key: bytes, report: Report,
    step: Callable[[], object],
) -> None:  # fmt: skip
    """`tables` are those of forms that can be judged; of others only the signature is checked."""
    known = {(table.app, table.form): (table, Layout.of(table)) for table in tables}
    for stones in _chunks(connection):
        entries = _entries(connection, stones)
        rows = {place: _rows(connection, table, stones) for place, (table, _) in known.items()}
        for record, stone in stones.items():
            report.counts["tombstones"] += 1
            step()
            place = (stone.app, stone.form)
            if not _sound(stone, public_key):
                report.add("tombstone_broken", *place, record)
            elif place in known:
                table, layout = known[place]
                _check(report, table, layout, stone, rows[place].get(record), entries.get(record))
    _check_entries(connection, report)
    _check_keys(connection, report)


def _chunks(connection: sa.Connection) -> Iterator[Stones]:
    after = -1
    while True:
        query = sa.select(tombstones).where(tombstones.c.record > after)
        found = {
            row.record: row for row in connection.execute(query.order_by(tombstones.c.record).limit(CHUNK))
        }
        if not found:
            return
        yield found
        after = max(found)


def _entries(connection: sa.Connection, stones: Stones) -> Mapping[int, Any]:
    """The newest entry of each record."""
    query = sa.select(leaves.c.record, leaves.c.kind, leaves.c.revision, leaves.c.working).where(
        leaves.c.record.in_(list(stones)), leaves.c.log == RECORDS
    )
    return {row.record: row for row in connection.execute(query.order_by(leaves.c.record, leaves.c.revision))}


def _rows(connection: sa.Connection, table: FormTable, stones: Stones) -> dict[int, Mapping[str, Any]]:
    own = [record for record, one in stones.items() if (one.app, one.form) == (table.app, table.form)]
    if not own:
        return {}
    query = sa.select(table.table).where(table.table.c.id.in_(own))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _sound(stone: Any, public_key: bytes) -> bool:
    """Signed by us, and the row says what the statement says."""
    try:
        if not signature_fits(stone.statement, stone.signature, public_key):
            return False
        told = json.loads(stone.statement)
        named = (told["format"], told["record"], told["app"], told["form"], told["time"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(named == (FORMAT, str(stone.record), stone.app, stone.form, str(stone.at)))


def _check(
    report: Report, table: FormTable, layout: Layout, stone: Any, row: Mapping[str, Any] | None, entry: Any
) -> None:
    place, told = (stone.app, stone.form, stone.record), json.loads(stone.statement)
    if table.is_archive and not _logged(stone, told, entry):
        report.add("tombstone_unlogged", *place)
    if row is None:
        report.add("row_missing", *place)
    elif not _remains(layout, row, stone.salt, told):
        report.add("remains_changed", *place)


def _logged(stone: Any, told: Mapping[str, Any], entry: Any) -> bool:
    return (
        entry is not None
        and entry.kind == "shred"
        and str(entry.revision) == told["revision"]
        and entry.working == digest_of(stone.statement.encode())
    )


def _remains(layout: Layout, row: Mapping[str, Any], salt: bytes, told: Mapping[str, Any]) -> bool:
    try:
        found = remains_hash(layout, row, salt)
    except (TypeError, ValueError, AttributeError):
        return False
    return bool(base64.b64encode(found).decode() == told["remains"])


def _check_entries(connection: sa.Connection, report: Report) -> None:
    """A record that was shredded without a tombstone: its log says so, or, where it has none, the audit trail."""
    stands = sa.exists().where(tombstones.c.record == leaves.c.record)
    query = sa.select(leaves.c.app, leaves.c.form, leaves.c.record).where(
        leaves.c.log == RECORDS, leaves.c.kind == "shred", ~stands
    )
    stands = sa.exists().where(tombstones.c.record == audit.c.record)
    logged = sa.exists().where(leaves.c.record == audit.c.record, leaves.c.log == RECORDS)
    told = sa.select(audit.c.app, audit.c.form, audit.c.record).where(
        audit.c.action == "record.shred", ~stands, ~logged
    )
    for statement in (query, told):
        for row in connection.execute(statement, execution_options=STREAM):
            report.add("tombstone_missing", row.app, row.form, row.record)


def _check_keys(connection: sa.Connection, report: Report) -> None:
    """A key that is there again, of a record without entries."""
    query = sa.select(tombstones.c.app, tombstones.c.form, tombstones.c.record).join(
        record_keys, record_keys.c.record == tombstones.c.record
    )
    logged = sa.exists().where(leaves.c.record == tombstones.c.record, leaves.c.log == RECORDS)
    for row in connection.execute(query.where(~logged)):
        report.add("key_orphan", row.app, row.form, row.record)
