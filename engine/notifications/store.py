"""Rows of notifications: sealed on the way in; the one row of a key, counted when it is sent again.

The key is unique in the database, so two units at once cannot both make one. Many are kept with a handful of
statements: a capture of messages tells people thousands of times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.notifications.parts import NewNotification
from engine.system_tables import KEYED, notifications

COUNT = "UPDATE notifications SET hits = hits + ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Told:
    """`nobody`: for whom it was meant, had there been anybody. `mailed`: a mail is to follow."""

    what: NewNotification
    nobody: Sequence[str]
    mailed: bool


class NotificationStore:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def keep(self, unit: Unit, told: Sequence[Told]) -> tuple[list[int], set[int]]:
        """Ids in order, and those that are new; the others were there already and are counted."""
        keys = [self._key(one.what) for one in told]
        self._free_read(unit, [key for one, key in zip(told, keys, strict=True) if key and one.what.again])
        counts = Counter(key for key in keys if key is not None)
        known = self._count(unit, counts) if counts else {}
        ids: list[int] = []
        rows: list[dict[str, Any]] = []
        fresh = iter(self._database.take_ids(unit.connection, len(told)) if told else ())
        for one, key in zip(told, keys, strict=True):
            identifier = known.get(key) if key is not None else None
            if identifier is None:
                identifier = next(fresh)
                rows.append(self._row(identifier, unit, one, key, counts[key] if key else 1))
            if key is not None:
                known[key] = identifier
            ids.append(identifier)
        moved = self._insert(unit, rows)
        made = {row["id"] for row in rows} - set(moved)
        return [moved.get(identifier, identifier) for identifier in ids], made

    def _free_read(self, unit: Unit, keys: Sequence[bytes]) -> None:
        """Of these keys a row that was read is done with: the next one is said anew."""
        if keys:
            done = sa.and_(notifications.c.once_key.in_(keys), notifications.c.read_at.is_not(None))
            unit.connection.execute(sa.update(notifications).where(done).values(once_key=None))

    def _count(self, unit: Unit, counts: Mapping[bytes, int]) -> dict[bytes, int]:
        """Ids of the rows of these keys, so many hits more on each. They are locked in order, so that no two
        units wait for each other."""
        c = notifications.c
        query = sa.select(c.once_key, c.id).where(c.once_key.in_(list(counts))).order_by(c.id)
        found = {row.once_key: int(row.id) for row in unit.connection.execute(query.with_for_update())}
        if found:
            rows = [(counts[key], identifier) for key, identifier in found.items()]
            self._database.execute_many(unit.connection, COUNT, rows)
        return found

    def _insert(self, unit: Unit, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
        """Keyed ones one by one in the order of their keys; whose key another unit took meanwhile is that one's."""
        plain = [row for row in rows if row["once_key"] is None]
        if plain:
            unit.connection.execute(sa.insert(notifications), plain)
        moved = {}
        for row in sorted((row for row in rows if row["once_key"] is not None), key=_by_key):
            upsert = _upsert(self._database.dialect, tuple(row))
            there = unit.connection.execute(upsert, row).scalar_one()
            if there != row["id"]:
                moved[row["id"]] = int(there)
        return moved

    def forget(self, unit: Unit, records: Iterable[int]) -> None:
        about = sa.or_(notifications.c.record.in_(list(records)), notifications.c.quoted.in_(list(records)))
        unit.connection.execute(sa.delete(notifications).where(about))

    def _key(self, what: NewNotification) -> bytes | None:
        if not what.once:
            return None
        return self._box.fingerprint("\0".join(("notice", what.person, what.app, what.once)).encode())

    def _row(self, identifier: int, unit: Unit, told: Told, key: bytes | None, hits: int) -> dict[str, Any]:
        what = told.what
        body = {"body": what.body, "quoted": what.quoted, "nobody": list(told.nobody)}
        return {
            "id": identifier, "person": what.person, "app": what.app, "form": what.form,
            "record": what.record, "task": what.task, "hits": hits, "at": unit.now, "once_key": key,
            "title_sealed": self._box.seal_json(what.title, place(identifier, b"title")),
            "body_sealed": self._box.seal_json(body, place(identifier, b"body")),
            "mail": "waiting" if told.mailed else "",
            "quoted": what.quoted.record if what.quoted else None,
        }  # fmt: skip


@cache
def _upsert(dialect: str, names: tuple[str, ...]) -> Any:
    """Made once: building it costs more than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(notifications).values({name: sa.bindparam(name) for name in names})
    counted = {"hits": notifications.c.hits + statement.excluded.hits}
    return statement.on_conflict_do_update(
        index_elements=[notifications.c.once_key], index_where=KEYED, set_=counted
    ).returning(notifications.c.id)


def _by_key(row: Mapping[str, Any]) -> bytes:
    key: bytes = row["once_key"]
    return key


def place(identifier: int, part: bytes) -> bytes:
    """What a sealed part of a notification is bound to."""
    return b"notification %d %s" % (identifier, part)
