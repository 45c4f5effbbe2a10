"""Rows of tasks: sealed on the way in, opened on the way out; and the one open task of a key.

The key is unique among open tasks by a partial index, so that two units at once cannot both open it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import OPEN_TASK, task_people, tasks
from engine.tasks.parts import DONE, Move, NewTask, Outcome
from metamodel.labels import Label

Row = sa.RowMapping
SHREDDED = {"zh": "记录已销毁", "en": "The record was shredded"}
COUNT = "UPDATE tasks SET hits = hits + ? WHERE id = ?"


class TaskStore:
    def __init__(self, database: Database, box: Box) -> None:
        self._database, self._box = database, box

    def key(self, task: NewTask) -> bytes | None:
        if not task.once:
            return None
        return self._box.fingerprint("\0".join(("task", task.app, task.source, task.once)).encode())

    # -- one open task of a key --------------------------------------------------------------------

    def count_hits(self, unit: Unit, keys: Mapping[bytes, int]) -> dict[bytes, int]:
        """The open tasks of these keys, by key, so many hits more on each. They are locked, in order, so that
        nobody closes one meanwhile and no two units wait for each other."""
        wanted = sa.and_(tasks.c.once_key.in_(list(keys)), tasks.c.state == "open")
        query = sa.select(tasks.c.once_key, tasks.c.id).where(wanted).order_by(tasks.c.id).with_for_update()
        found = {row.once_key: int(row.id) for row in unit.connection.execute(query)}
        rows = [(keys[key], identifier) for key, identifier in found.items()]
        if rows:
            self._database.execute_many(unit.connection, COUNT, rows)
        return found

    def insert_or_count(self, unit: Unit, row: Mapping[str, Any]) -> int:
        """The new task's id, or that of the one another unit opened meanwhile, counted."""
        upsert = _upsert(self._database.dialect, tuple(row))
        return int(unit.connection.execute(upsert, row).scalar_one())

    # -- rows --------------------------------------------------------------------------------------

    def row(
        self, identifier: int, unit: Unit, task: NewTask, key: bytes | None, hits: int, nobody: Sequence[str]
    ) -> dict[str, Any]:
        detail = {
            "note": task.note,
            "outcomes": [(o.id, o.label, o.style, o.reason, o.people) for o in task.outcomes],
            "quoted": task.quoted,
            "nobody": list(nobody),
        }
        return {
            "id": identifier, "app": task.app, "form": task.form, "record": task.record, "kind": task.kind,
            "source": task.source, "instance": task.instance, "once_key": key, "hits": hits,
            "title_sealed": self._seal(identifier, "title", task.title),
            "detail_sealed": self._seal(identifier, "detail", detail),
            "due_at": microseconds(task.due_at) if task.due_at else None,
            "created_at": unit.now, "state": "open", "quoted": task.quoted.record if task.quoted else None,
        }  # fmt: skip

    def insert(
        self, unit: Unit, rows: Sequence[Mapping[str, Any]], people: Mapping[int, Iterable[str]]
    ) -> None:
        """Rows that have no key, and whose every row's people are."""
        if rows:
            unit.connection.execute(sa.insert(tasks), list(rows))
        belonging = [{"task": task, "person": one} for task, whose in people.items() for one in whose]
        if belonging:
            unit.connection.execute(sa.insert(task_people), belonging)

    def locked(self, unit: Unit, identifier: int) -> Row | None:
        """The row, nobody else's to change until the unit is done."""
        query = sa.select(tasks).where(tasks.c.id == identifier).with_for_update()
        return unit.connection.execute(query).mappings().first()

    def people(self, connection: sa.Connection, ids: Iterable[int]) -> dict[int, list[str]]:
        query = sa.select(task_people).where(task_people.c.task.in_(list(ids))).order_by(task_people.c.person)
        found: dict[int, list[str]] = {}
        for row in connection.execute(query):
            found.setdefault(row.task, []).append(row.person)
        return found

    def close(
        self, unit: Unit, identifier: int, person: str, outcome: str, comment: str, state: str = "done"
    ) -> bool:
        """False when it is not open any more."""
        values: dict[str, Any] = {
            "state": state, "closed_at": unit.now, "closed_by": person, "outcome": outcome,
            "comment_sealed": self._seal(identifier, "comment", comment) if comment else None,
        }  # fmt: skip
        still_open = sa.and_(tasks.c.id == identifier, tasks.c.state == "open")
        return unit.connection.execute(sa.update(tasks).where(still_open).values(values)).rowcount == 1

    def move(self, unit: Unit, row: Row, giver: str, taker: str, comment: str) -> None:
        """From one person to another, who may have it already; the detail remembers."""
        given = sa.and_(task_people.c.task == row["id"], task_people.c.person == giver)
        unit.connection.execute(sa.delete(task_people).where(given))
        has = sa.select(task_people).where(task_people.c.task == row["id"], task_people.c.person == taker)
        if unit.connection.execute(has).first() is None:
            unit.connection.execute(sa.insert(task_people).values(task=row["id"], person=taker))
        detail = self.detail(row)
        moves = [*detail.get("moves", ()), [giver, taker, unit.now, comment]]
        sealed = self._seal(row["id"], "detail", {**detail, "moves": moves})
        unit.connection.execute(sa.update(tasks).where(tasks.c.id == row["id"]).values(detail_sealed=sealed))

    def share(self, unit: Unit, task: int, people: Iterable[str], gone: Iterable[str]) -> None:
        given = sa.and_(task_people.c.task == task, task_people.c.person.in_(list(gone)))
        unit.connection.execute(sa.delete(task_people).where(given))
        there = set(self.people(unit.connection, [task]).get(task, ()))
        added = [{"task": task, "person": one} for one in people if one not in there]
        if added:
            unit.connection.execute(sa.insert(task_people), added)

    def quoting(self, unit: Unit, records: Sequence[int]) -> list[Row]:
        """Tasks about these records, and those whose note quotes one of them."""
        mine = sa.or_(tasks.c.record.in_(records), tasks.c.quoted.in_(records))
        return list(unit.connection.execute(sa.select(tasks).where(mine)).mappings())

    def forget(self, unit: Unit, row: Row, about: bool) -> None:
        """The note goes; of a task `about` the record its title, and what people said of it, too."""
        identifier, detail = row["id"], {**self.detail(row), "note": "", "quoted": None}
        values: dict[str, Any] = {"quoted": None, "once_key": None if about else row["once_key"]}
        if about:
            detail["moves"] = [[giver, taker, at, ""] for giver, taker, at, _ in detail.get("moves", ())]
            values |= {"title_sealed": self._seal(identifier, "title", SHREDDED), "comment_sealed": None}
        values["detail_sealed"] = self._seal(identifier, "detail", detail)
        unit.connection.execute(sa.update(tasks).where(tasks.c.id == identifier).values(values))

    # -- what is sealed ----------------------------------------------------------------------------

    def title(self, row: Row) -> Label:
        title: Label = self._open(row["id"], "title", row["title_sealed"])
        return title

    def detail(self, row: Row) -> dict[str, Any]:
        return dict(self._open(row["id"], "detail", row["detail_sealed"]))

    def comment(self, row: Row) -> str:
        return str(self._open(row["id"], "comment", row["comment_sealed"])) if row["comment_sealed"] else ""

    def _seal(self, identifier: int, part: str, value: Any) -> bytes:
        return self._box.seal_json(value, _place(identifier, part))

    def _open(self, identifier: int, part: str, sealed: bytes) -> Any:
        return self._box.open_json(sealed, _place(identifier, part))


def outcomes_of(detail: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """Those it may be closed with; where nothing was said, it is simply done."""
    return tuple(Outcome(*one) for one in detail["outcomes"]) or DONE


def moves_of(detail: Mapping[str, Any]) -> tuple[Move, ...]:
    return tuple(Move(g, t, from_microseconds(at), comment) for g, t, at, comment in detail.get("moves", ()))


def _place(identifier: int, part: str) -> bytes:
    return b"task %d %s" % (identifier, part.encode())


@cache
def _upsert(dialect: str, names: tuple[str, ...]) -> Any:
    """Made once: building it costs more than running it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(tasks).values({name: sa.bindparam(name) for name in names})
    counted = {"hits": tasks.c.hits + statement.excluded.hits}
    return statement.on_conflict_do_update(
        index_elements=[tasks.c.once_key], index_where=OPEN_TASK, set_=counted
    ).returning(tasks.c.id)
