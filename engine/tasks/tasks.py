"""Tasks: the one way to open, close, hand on and call off a to-do.

Rules and flows open them; whoever closes one first closes it for all it was given to. Those who
must know are told in the same unit (`opened`, `closed`, `moving`), and may refuse it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from engine.access.absences import Absences
from engine.access.audit import AuditTrail, Occurrence
from engine.access.people import People
from engine.access.quoting import Quoting
from engine.access.recipients import keeper_of, only_keeps, owner_of, people_of
from engine.access.viewer import SYSTEM, Viewer
from engine.applications.versions import publisher_of
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import task_people, tasks
from engine.tasks.listing import Apps, TaskLists, may_stand_in, names_only
from engine.tasks.parts import ClosedTask, MovingTask, NewTask, OpenedTask, TaskCounts, TaskPage, TaskView
from engine.tasks.store import Row, TaskStore, outcomes_of
from engine.whole_numbers import is_whole_number
from metamodel.labels import Label, label_text
from metamodel.problems import Rejected, problem

LONGEST_COMMENT = 2_000


class Tasks:
    """`opened` hears of tasks somebody new has, `closed` of closed ones, `moving` of one about to go to another
    person, `gone` of those a person (blank: nobody) has to do no longer, closed or not."""

    def __init__(
        self, database: Database, box: Box, people: People, audit: AuditTrail, quoting: Quoting, apps: Apps,
        zone: Any,
    ) -> None:  # fmt: skip
        self.absences = Absences(database, people, audit, zone)
        self._database, self._people, self._audit, self._apps = database, people, audit, apps
        self._store = TaskStore(database, box)
        self._lists = TaskLists(database, self._store, people, quoting, apps, zone, self.absences)
        self.opened: list[Callable[[Unit, Sequence[OpenedTask]], None]] = []
        self.closed: list[Callable[[Unit, Viewer, ClosedTask], None]] = []
        self.gone: list[Callable[[Unit, Sequence[int], str], None]] = []
        self.moving: list[Callable[[Unit, Viewer, MovingTask], None]] = []

    # -- opening -----------------------------------------------------------------------------------

    def open(self, unit: Unit, wanted: Sequence[NewTask]) -> list[int]:
        """Ids in order; of a task that is open already, that one's, counted once more."""
        keys = [self._store.key(task) for task in wanted]
        counts = Counter(key for key in keys if key is not None)
        known = self._store.count_hits(unit, counts) if counts else {}
        ids: list[int] = []
        made: list[tuple[int, NewTask, bytes | None]] = []
        fresh = iter(self._database.take_ids(unit.connection, len(wanted)))
        for task, key in zip(wanted, keys, strict=True):
            identifier = known.get(key) if key is not None else None
            if identifier is None:
                identifier = next(fresh)
                made.append((identifier, task, key))
            if key is not None:
                known[key] = identifier
            ids.append(identifier)
        moved = self._insert(unit, made, counts)
        return [moved.get(identifier, identifier) for identifier in ids]

    def _insert(
        self, unit: Unit, made: Sequence[tuple[int, NewTask, bytes | None]], counts: Counter[bytes]
    ) -> dict[int, int]:
        """Keyed ones one by one, in the order of their keys so that two units do not wait for each other;
        what another unit opened meanwhile takes the place of ours."""
        plain, moved, told = [], dict[int, int](), []
        for identifier, task, key in sorted(made, key=lambda one: one[2] or b""):
            people, nobody = self._addressed(unit, task)
            row = self._store.row(identifier, unit, task, key, counts[key] if key else 1, nobody)
            if key is None:
                plain.append(row)
            elif (there := self._store.insert_or_count(unit, row)) != identifier:
                moved[identifier] = there
                continue
            told.append(_opened(identifier, task, people, nobody))
        told.sort(key=lambda one: one.id)
        self._store.insert(unit, plain, {one.id: one.people for one in told})
        if told:
            for hear in self.opened:
                hear(unit, told)
        return moved

    def _addressed(self, unit: Unit, task: NewTask) -> tuple[list[str], tuple[str, ...]]:
        """Whom it goes to; where that is nobody, the app's owner, beside whom it was meant for. Of an app that has
        none yet somebody keeps it, unless it is a flow's: who is asked there reads the record."""
        organisation = self._people.organisation()
        people = people_of(organisation, task.to)
        if people:
            return people, ()
        owner = owner_of(organisation, self._apps().get(task.app))
        if owner is None and task.instance is None:
            owner = keeper_of(organisation, publisher_of(unit.connection, task.app))
        return [owner] if owner else [], task.to or ("",)

    def title_for(self, person: str, task: OpenedTask) -> Label:
        """What somebody is told that he has: its title, but to who only keeps it."""
        viewer = self._people.organisation().viewer(person)
        if viewer is None or only_keeps(viewer, task.app, task.nobody):
            return names_only(self._apps().get(task.app), task.source)
        return task.title

    # -- closing -----------------------------------------------------------------------------------

    def close(
        self, unit: Unit, viewer: Viewer, task: int | str, outcome: str, comment: str = "",
        to: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """`to`: whom an outcome asks that asks people. Rejected: task.unknown (not his), task.closed,
        task.unknown_outcome, task.needs_reason, task.needs_people, and whatever those say who hear of it."""
        row, people, seat = self._own(unit, viewer, task)
        self._refuse_closed(row, viewer)
        detail, comment = self._store.detail(row), comment.strip()
        chosen = next((one for one in outcomes_of(detail) if one.id == outcome), None)
        if chosen is None:
            raise Rejected([problem("task.unknown_outcome", "/outcome", outcome=outcome)])
        if chosen.reason and not comment:
            raise Rejected([problem("task.needs_reason", "/comment")])
        to = tuple(to) if chosen.people else ()
        if chosen.people and not to:
            raise Rejected([problem("task.needs_people", "/to")])
        if not self._store.close(unit, row["id"], viewer.person, outcome, _fitting(comment)):
            raise Rejected([self._closed_problem(row, viewer)])
        said = {**({"comment": comment} if comment else {}), **({"to": list(to)} if to else {})}
        if seat:
            said["for"] = seat
            self._store.share(unit, row["id"], [viewer.person], ())  # it is among what he has done
        self._note(unit, viewer, "task.close", row, outcome=outcome, outcome_label=chosen.label, **said)
        self._tell_gone(unit, [row["id"]])
        for hear in self.closed:
            hear(unit, viewer, _closed(row, outcome, comment, people, to, seat))

    def _own(self, unit: Unit, viewer: Viewer, task: int | str) -> tuple[Row, list[str], str]:
        """The row, whose it is, and for whom of them this viewer stands in; '' where it is his own."""
        row = self._store.locked(unit, int(task)) if is_whole_number(task) else None
        people = self._store.people(unit.connection, [row["id"]]).get(row["id"], []) if row else []
        if row is not None and (viewer.system or viewer.person in people):
            return row, people, ""
        away = (
            self.absences.stood_for(unit.connection, viewer)
            if row is not None and may_stand_in(row["kind"], row["source"])
            else ()
        )
        seat = next((one for one in away if one in people), "")
        if row is None or not seat:
            raise Rejected([problem("task.unknown")])
        return row, people, seat

    def _refuse_closed(self, row: Row, viewer: Viewer) -> None:
        if row["state"] != "open":
            raise Rejected([self._closed_problem(row, viewer)])

    def _closed_problem(self, row: Row, viewer: Viewer) -> Any:
        names = self._people.organisation().names()
        person = row["closed_by"] or ""
        title = label_text(self._lists.title(viewer, row), viewer.language)
        return problem("task.closed", title=title, person=names.get(("person", person), person))

    # -- handing on --------------------------------------------------------------------------------

    def transfer(
        self, unit: Unit, viewer: Viewer, task: int | str, to_person: str, comment: str = ""
    ) -> None:
        """To somebody else instead of this viewer. Rejected: task.unknown, task.closed, task.to_yourself,
        task.unknown_person, and whatever those say who must agree."""
        row, _, seat = self._own(unit, viewer, task)
        self._refuse_closed(row, viewer)
        if to_person == (seat or viewer.person):
            raise Rejected([problem("task.to_yourself", "/to")])
        if not self._people.organisation().active(to_person):
            raise Rejected([problem("task.unknown_person", "/to", person=to_person)])
        self._move(unit, viewer, row, seat or viewer.person, to_person, _fitting(comment.strip()), bool(seat))
        self._note(unit, viewer, "task.transfer", row, to=to_person, **({"for": seat} if seat else {}))

    def hand_over(
        self, unit: Unit, giver: str, taker: str, viewer: Viewer = SYSTEM
    ) -> tuple[list[int], list[int]]:
        """All open tasks of one person to another (he leaves): those that went, and those that may not."""
        went, stayed = [], []
        for identifier in self._open_of(unit, giver):
            row, _, _ = self._own(unit, SYSTEM, identifier)
            try:
                self._move(unit, viewer, row, giver, taker, "")
            except Rejected:
                stayed.append(identifier)
                continue
            went.append(identifier)
        detail = {"from": giver, "to": taker, "tasks": len(went)}
        self._audit.add(unit, viewer, [Occurrence("task.hand_over", detail=detail)])
        return went, stayed

    def pass_on(self, unit: Unit, gone: str, heir: Callable[[str, str], str | None]) -> list[int]:
        """Open tasks that only somebody has who left, and that stand in no flow, to who `heir(app, gone)`
        says; which."""
        organisation, went = self._people.organisation(), []
        for identifier in self._open_of(unit, gone):
            row, people, _ = self._own(unit, SYSTEM, identifier)
            taker = None if any(map(organisation.active, people)) else heir(row["app"], gone)
            if taker is not None and row["instance"] is None and row["state"] == "open":
                self._move(unit, SYSTEM, row, gone, taker, "")
                self._note(unit, SYSTEM, "task.transfer", row, to=taker)
                went.append(identifier)
        return went

    def _open_of(self, unit: Unit, person: str) -> Sequence[int]:
        query = sa.select(tasks.c.id).join(task_people, task_people.c.task == tasks.c.id)
        query = query.where(task_people.c.person == person, tasks.c.state == "open").order_by(tasks.c.id)
        return unit.connection.scalars(query).all()

    def _move(
        self,
        unit: Unit,
        viewer: Viewer,
        row: Row,
        giver: str,
        taker: str,
        comment: str,
        standing_in: bool = False,
    ) -> None:
        about = row["id"], row["app"], row["form"], row["record"], row["kind"], row["source"], row["instance"]
        for agree in self.moving:
            agree(unit, viewer, MovingTask(*about, giver, taker, comment, standing_in))
        self._store.move(unit, row, giver, taker, comment)
        self._tell_gone(unit, [row["id"]], giver)
        due = None if row["due_at"] is None else from_microseconds(row["due_at"])
        nobody = tuple(self._store.detail(row)["nobody"])
        for hear in self.opened:
            hear(unit, [OpenedTask(*about, self._store.title(row), (taker,), due, nobody)])

    def share(self, unit: Unit, task: int, people: Sequence[str], gone: Sequence[str] = ()) -> None:
        """An open task is for these people too, and for some no longer: somebody above who does not answer,
        or has left. Nobody is asked whether he agrees; that is for who shares."""
        row = self._store.locked(unit, task)
        if row is None or row["state"] != "open":
            return
        self._store.share(unit, task, people, gone)
        for person in gone:
            self._tell_gone(unit, [task], person)
        self._note(unit, SYSTEM, "task.share", row, to=list(people), without=list(gone))
        about = task, row["app"], row["form"], row["record"], row["kind"], row["source"], row["instance"]
        due = None if row["due_at"] is None else from_microseconds(row["due_at"])
        for hear in self.opened if people else ():
            hear(unit, [OpenedTask(*about, self._store.title(row), tuple(people), due)])

    # -- calling off -------------------------------------------------------------------------------

    def cancel(
        self, unit: Unit, *, tasks: Iterable[int] = (), instance: int | None = None, app: str = "",
        source: str = "", record: int | None = None,
    ) -> list[int]:  # fmt: skip
        """Open tasks nobody has to do any more: these, those of a flow instance, those of a source about a
        record. Returns which."""
        ids = set(tasks)
        if instance is not None or source or record is not None:
            ids.update(
                self.find_open(unit.connection, app=app, source=source, record=record, instance=instance)
            )
        rows = [
            row for one in sorted(ids) if (row := self._store.locked(unit, one)) and row["state"] == "open"
        ]
        for row in rows:
            self._store.close(unit, row["id"], SYSTEM.person, "", "", "cancelled")
            self._note(unit, SYSTEM, "task.cancel", row)
        gone = [int(row["id"]) for row in rows]
        self._tell_gone(unit, gone)
        return gone

    def find_open(
        self, connection: sa.Connection, *, app: str = "", form: str = "", source: str = "",
        record: int | None = None, instance: int | None = None,
    ) -> list[int]:  # fmt: skip
        """Ids of open tasks by where they come from and what they are about."""
        wanted = {
            tasks.c.app: app or None, tasks.c.form: form or None, tasks.c.source: source or None,
            tasks.c.record: record, tasks.c.instance: instance,
        }  # fmt: skip
        conditions = [column == value for column, value in wanted.items() if value is not None]
        query = sa.select(tasks.c.id).where(tasks.c.state == "open", *conditions).order_by(tasks.c.id)
        return list(connection.scalars(query))

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: open tasks about them are called off, no task quotes them any more."""
        about = set(records)
        rows = self._store.quoting(unit, records)
        self.cancel(unit, tasks=[row["id"] for row in rows if row["record"] in about])
        for row in rows:
            self._store.forget(unit, row, row["record"] in about)

    def _tell_gone(self, unit: Unit, ids: Sequence[int], person: str = "") -> None:
        for hear in self.gone:
            hear(unit, ids, person)

    def _note(self, unit: Unit, viewer: Viewer, action: str, row: Row, **detail: Any) -> None:
        about = {"task": str(row["id"]), "source": row["source"], **detail}
        what = Occurrence(action, row["app"], row["form"], row["record"], detail=about)
        self._audit.add(unit, viewer, [what])

    # -- reading -----------------------------------------------------------------------------------

    def of(
        self, viewer: Viewer, *, state: Literal["open", "done", "cancelled", "all"] = "open", kind: str = "",
        app: str = "", text: str = "", sort: Literal["due", "new"] = "due", limit: int = 50, after: str = "",
    ) -> TaskPage:  # fmt: skip
        """This viewer's own tasks: by due date or newest first."""
        return self._lists.of(viewer, state, kind, app, text, sort, limit, after)

    def counts(self, viewer: Viewer) -> TaskCounts:
        return self._lists.counts(viewer)

    def get(self, viewer: Viewer, task: int | str) -> TaskView:
        """One of this viewer's tasks, open or not. Rejected: task.unknown."""
        return self._lists.get(viewer, task)

    def about(self, viewer: Viewer, app: str, form: str, record: int | str) -> list[TaskView]:
        """Tasks about a record, newest first, for those who may read the record."""
        return self._lists.about(viewer, app, form, record)


def _opened(identifier: int, task: NewTask, people: Sequence[str], nobody: tuple[str, ...]) -> OpenedTask:
    return OpenedTask(
        identifier, task.app, task.form, task.record, task.kind, task.source, task.instance, task.title,
        tuple(people), task.due_at, nobody,
    )  # fmt: skip


def _closed(
    row: Row, outcome: str, comment: str, people: Sequence[str], to: tuple[str, ...], seat: str
) -> ClosedTask:
    return ClosedTask(
        row["id"], row["app"], row["form"], row["record"], row["kind"], row["source"], row["instance"],
        outcome, comment, tuple(people), to, seat,
    )  # fmt: skip


def _fitting(comment: str) -> str:
    if len(comment) > LONGEST_COMMENT:
        raise Rejected([problem("value.too_long", "/comment", limit=LONGEST_COMMENT)])
    return comment
