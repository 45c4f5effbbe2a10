"""Rotation of the keys while people work: no record is touched.

A new master key wraps every data key anew; the box and the salts of audit entries have a new key from now on,
the index is made anew by jobs (`records/reindexing.py`). The command line calls `rotate`. It may be stopped and
run again (`rewrap` goes on where it was); processes that are running read the keys again when these changed, or
when they meet one they do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from engine.database import Database, Unit, driver
from engine.evidence.key_sources import ASK_AGAIN
from engine.evidence.keys import MASTER, MasterKeys
from engine.evidence.seals import Seals
from engine.system_tables import files, record_keys

CHUNK = 500
# (table, whose id is bound into the wrapping, the wrapped key)
_WRAPPED = ((record_keys, "record", "wrapped"), (files, "id", "key_wrapped"))
_LOCK = 0x6D756E690220
HEARD, HEARD_LATE = timedelta(minutes=1), timedelta(seconds=2 * ASK_AGAIN)  # by when every process knows
Progress = Callable[[int, int], object]


def rotate(
    database: Database, keys: MasterKeys, progress: Progress | None = None,
    kinds: Collection[str] = (MASTER,),
) -> int:  # fmt: skip
    """A new key of each of these kinds; how many data keys were wrapped anew. The old master key stays for
    processes that still wrap with it, until the next rotation; older ones too where nobody can tell a
    process at once. Rejected (keys.read_only)."""
    assert keys.source is not None
    older = [name for name in keys.wrapping if name != keys.current and _waiting(database, name) == 0]
    older = older if keys.source.prompt else []

    def turned(present: MasterKeys, now: int) -> MasterKeys:
        ahead = (HEARD if present.prompt else HEARD_LATE) // timedelta(microseconds=1)
        return present.rotated(without=older, kinds=kinds, now=now, ahead=ahead)

    return rewrap(database, change_keys(database, keys, turned), progress)


def change_keys(
    database: Database, keys: MasterKeys, change: Callable[[MasterKeys, int], MasterKeys]
) -> MasterKeys:
    """What `change` makes of the keys that are kept now, saved; one process at a time, so that none writes over
    what another has just made. Rejected (keys.read_only)."""
    source = keys.source
    assert source is not None

    def work(unit: Unit) -> MasterKeys:
        if database.dialect == "postgresql":
            driver(unit.connection).execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        present = MasterKeys.load(source)
        made = change(present, unit.now)
        if made != present:
            made.save()
        return made

    return database.write(work)


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
