"""Rotation of the master key: every data key wrapped anew, no record touched.

The command line calls `rotate`. It may be stopped and run again (`rewrap` goes on where it was);
processes that are running read the keys again when these changed, or when they meet one they do not know.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from engine.database import Database, Unit
from engine.evidence.keys import MasterKeys
from engine.evidence.seals import Seals
from engine.system_tables import files, record_keys

CHUNK = 500
# (table, whose id is bound into the wrapping, the wrapped key)
_WRAPPED = ((record_keys, "record", "wrapped"), (files, "id", "key_wrapped"))
Progress = Callable[[int, int], object]


def rotate(database: Database, keys: MasterKeys, progress: Progress | None = None) -> int:
    """A new master key becomes current and wraps every data key; how many. The old one stays for
    processes that still wrap with it, until the next rotation; older ones too where nobody can tell a
    process at once. Rejected (keys.read_only)."""
    assert keys.source is not None
    older = [name for name in keys.wrapping if name != keys.current and _waiting(database, name) == 0]
    older = older if keys.source.prompt else []
    rotated = keys.rotated(without=older)
    rotated.save()
    return rewrap(database, rotated, progress)


def rewrap(database: Database, keys: MasterKeys, progress: Progress | None = None) -> int:
    """Wrap what is under another than the current master key; how many data keys."""
    done, total = 0, _waiting(database, None, keys.current)
    for table, owner, column in _WRAPPED:
        while number := database.write(partial(_chunk, keys, table, owner, column)):
            done += number
            if progress is not None:
                progress(done, total)
    return done


def _waiting(database: Database, name: str | None, not_: str = "") -> int:
    """How many data keys are under this master key, or under any but one."""
    with database.read() as connection:
        counts = [
            connection.scalar(
                sa.select(sa.func.count())
                .select_from(table)
                .where(table.c.master == name if name is not None else table.c.master != not_)
            )
            for table, _, _ in _WRAPPED
        ]
    return sum(count or 0 for count in counts)


def _chunk(keys: MasterKeys, table: sa.Table, owner: str, column: str, unit: Unit) -> int:
    seals = Seals(keys)
    query = sa.select(table.c[owner], table.c.master, table.c[column]).where(table.c.master != keys.current)
    rows = unit.connection.execute(query.limit(CHUNK)).all()
    for identifier, master, wrapped in rows:
        name, anew = seals.wrap(seals.unwrap(master, wrapped, identifier), identifier)
        change = sa.update(table).where(table.c[owner] == identifier)
        unit.connection.execute(change.values({"master": name, column: anew}))
    return len(rows)
