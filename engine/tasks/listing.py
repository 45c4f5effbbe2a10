"""Reading tasks: a person's list, its counts, one task, the tasks about a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.access.absences import Absences
from engine.access.people import People
from engine.access.quoting import Quoting, quoted_from_json
from engine.access.recipients import only_keeps
from engine.access.viewer import Viewer
from engine.clock import from_microseconds, microseconds
from engine.database import Database
from engine.system_tables import deleted, flow_instances, task_people, tasks
from engine.tasks.parts import Move, TaskCounts, TaskPage, TaskView
from engine.tasks.store import Row, TaskStore, moves_of, outcomes_of
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.application import App
from metamodel.expressions.folding import match_form
from metamodel.labels import Label, label_text
from metamodel.masking import Hide
from metamodel.problems import Rejected, problem

LIMIT = 200
SEARCHED = 5_000  # of one person's tasks, whose titles are opened to find words in them
Apps = Callable[[], Mapping[str, App]]
Where = sa.ColumnElement[bool]
THERE = ~sa.exists().where(deleted.c.record == tasks.c.record)  # what is in the recycle bin waits for nobody


class TaskLists:
    def __init__(
        self, database: Database, store: TaskStore, people: People, quoting: Quoting, apps: Apps, zone: tzinfo,
        absences: Absences,
    ) -> None:  # fmt: skip
        self._database, self._store, self._people, self._absences = database, store, people, absences
        self._quoting, self._apps, self._zone = quoting, apps, zone

    def of(
        self, viewer: Viewer, state: str, kind: str, app: str, text: str, sort: str, limit: int, after: str
    ) -> TaskPage:
        limit = max(1, min(limit, LIMIT))
        order = _order(sort)
        with self._database.read() as connection:
            wanted = self._own(connection, viewer).where(*_filters(state, kind, app))
            if text.strip():
                rows, total = self._found(connection, viewer, wanted.order_by(*order), text)
                rows = _after(rows, after)[: limit + 1]
            else:
                total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
                page = wanted.where(*_beyond(sort, after)).order_by(*order).limit(limit + 1)
                rows = list(connection.execute(page).mappings())
            views = self._views(connection, viewer, rows[:limit])
        following = _cursor(sort, rows[limit - 1]) if len(rows) > limit else ""
        return TaskPage(tuple(views), total, following)

    def counts(self, viewer: Viewer) -> TaskCounts:
        now = self._database.clock.now()
        tomorrow = now.astimezone(self._zone).date() + timedelta(days=1)
        midnight = microseconds(datetime.combine(tomorrow, time(), self._zone))
        due = tasks.c.due_at
        query = sa.select(
            sa.func.count(),
            sa.func.count(sa.case((due <= microseconds(now), 1))),
            sa.func.count(sa.case((sa.and_(due > microseconds(now), due < midnight), 1))),
        )
        with self._database.read() as connection:
            mine = self._mine(connection, viewer)
            query = query.select_from(tasks).where(mine, tasks.c.state == "open", THERE)
            return TaskCounts(*connection.execute(query).one())

    def get(self, viewer: Viewer, task: int | str) -> TaskView:
        this = tasks.c.id == whole_number(task, -1)
        with self._database.read() as connection:
            query = (sa.select(tasks) if viewer.system else self._own(connection, viewer)).where(this)
            rows = list(connection.execute(query).mappings())
            if not rows:
                raise Rejected([problem("task.unknown")])
            return self._views(connection, viewer, rows)[0]

    def about(self, viewer: Viewer, app: str, form: str, record: int | str) -> list[TaskView]:
        if not is_whole_number(record):
            return []
        query = sa.select(tasks).where(
            tasks.c.record == int(record), tasks.c.app == app, tasks.c.form == form
        )
        with self._database.read() as connection:
            if not self._quoting.may_see(connection, viewer, app, form, int(record)):
                return []
            rows = list(connection.execute(query.order_by(tasks.c.id.desc()).limit(LIMIT)).mappings())
            return self._views(connection, viewer, rows)

    def title(self, viewer: Viewer, row: Row) -> Label:
        """As this viewer may know it."""
        known = viewer.system or bool(viewer.roles_in(row["app"]))
        return self._said(
            row, not known and only_keeps(viewer, row["app"], self._store.detail(row)["nobody"])
        )

    def _said(self, row: Row, keeping: bool) -> Label:
        return names_only(self._apps().get(row["app"]), row["source"]) if keeping else self._store.title(row)

    # -- rows --------------------------------------------------------------------------------------

    def _own(self, connection: sa.Connection, viewer: Viewer) -> sa.Select[Any]:
        return sa.select(tasks).where(self._mine(connection, viewer), THERE)

    def _mine(self, connection: sa.Connection, viewer: Viewer) -> Where:
        """What is on his list: his own, and the open ones of those for whom he stands in."""
        own = tasks.c.id.in_(sa.select(task_people.c.task).where(task_people.c.person == viewer.person))
        away = self._absences.stood_for(connection, viewer)
        return sa.or_(own, instead_of(viewer, away)) if away else own

    def _found(
        self, connection: sa.Connection, viewer: Viewer, query: sa.Select[Any], text: str
    ) -> tuple[list[Row], int]:
        """Titles are sealed: they are opened and looked into here."""
        words = [match_form(word) for word in text.split()]

        def has_all(row: Row) -> bool:
            title = match_form(label_text(self.title(viewer, row), viewer.language))
            return all(word in title for word in words)

        rows = [row for row in connection.execute(query.limit(SEARCHED)).mappings() if has_all(row)]
        return rows, len(rows)

    # -- views -------------------------------------------------------------------------------------

    def _views(self, connection: sa.Connection, viewer: Viewer, rows: Sequence[Row]) -> list[TaskView]:
        people = self._store.people(connection, [row["id"] for row in rows])
        names = {
            key: name for (kind, key), name in self._people.organisation().names().items() if kind == "person"
        }
        now = microseconds(self._database.clock.now())
        details = [self._store.detail(row) for row in rows]
        quoted = [quoted_from_json(detail["quoted"]) for detail in details]
        readable = self._quoting.readable(connection, viewer, quoted)
        away = self._absences.stood_for(connection, viewer)
        return [
            self._view(viewer, row, detail, readable.get(quote), people.get(row["id"], []), names, now, away)
            for row, detail, quote in zip(rows, details, quoted, strict=True)
        ]

    def _view(
        self, viewer: Viewer, row: Row, detail: Mapping[str, Any], shows: Hide | None, people: Sequence[str],
        names: Mapping[str, str], now: int, away: Sequence[str],
    ) -> TaskView:  # fmt: skip
        language = viewer.language
        seats = (
            [one for one in away if one in people]
            if viewer.person not in people and may_stand_in(row["kind"], row["source"])
            else []
        )
        outcomes = outcomes_of(detail)
        note = label_text(detail["note"], language)
        keeping = only_keeps(viewer, row["app"], detail["nobody"])
        told = viewer.system or viewer.person in people or not between_two(row["kind"], row["source"])
        shown = not note or (shows is not None and not keeping and told)
        chosen = next((one for one in outcomes if one.id == row["outcome"]), None)
        still_open, due = row["state"] == "open", row["due_at"]
        return TaskView(
            id=str(row["id"]), app=row["app"], form=row["form"], record=str(row["record"] or ""),
            kind=row["kind"], source=row["source"],
            source_label=source_label(self._apps().get(row["app"]), row["source"], language),
            title=label_text(self._said(row, keeping), language), note=shows(note) if shows and shown else "",
            outcomes=outcomes, people=tuple(names.get(one, one) for one in people),
            due_at=_moment(due), overdue=bool(still_open and due is not None and due <= now),
            created_at=from_microseconds(row["created_at"]), hits=row["hits"], state=row["state"],
            closed_at=_moment(row["closed_at"]), closed_by=names.get(row["closed_by"], row["closed_by"] or ""),
            outcome=row["outcome"],
            outcome_label=label_text(chosen.label, language, chosen.id) if chosen else row["outcome"],
            comment=self._store.comment(row), instance=str(row["instance"] or ""),
            node=row["source"].partition("/")[2],
            moves=tuple(
                Move(names.get(m.giver, m.giver), names.get(m.taker, m.taker), m.at, m.comment)
                for m in moves_of(detail)
            ),
            nobody=tuple(detail["nobody"]), mine=bool(still_open and (seats or viewer.person in people)),
            hidden=not shown, keeping=keeping,
            standing_in_for=names.get(seats[0], seats[0]) if still_open and seats else "",
        )  # fmt: skip


def may_stand_in(kind: str, source: str) -> bool:
    """Is it what somebody else may do for one who is away? Approvals and what rules ask; not what only the
    applicant can answer, nor what shows somebody more than he may see."""
    return kind == "approval" or (kind == "rule" and "/" not in source)


def between_two(kind: str, source: str) -> bool:
    """Is its note for who has to answer alone? Why somebody asks to see more is not for whoever reads the record."""
    return kind == "rule" and "/" in source


def instead_of(viewer: Viewer, away: Sequence[str]) -> Where:
    """The open to-dos of those who are away which this viewer may do for them; never about his own request."""
    theirs = tasks.c.id.in_(sa.select(task_people.c.task).where(task_people.c.person.in_(away)))
    his_own = sa.exists().where(
        flow_instances.c.id == tasks.c.instance, flow_instances.c.started_by == viewer.person
    )
    kinds = sa.or_(
        tasks.c.kind == "approval", sa.and_(tasks.c.kind == "rule", tasks.c.source.not_like("%/%"))
    )
    return sa.and_(theirs, tasks.c.state == "open", kinds, ~his_own)


def source_label(app: App | None, source: str, language: str) -> str:
    """The rule's name, or the flow's and its node's."""
    name, _, node = source.partition("/")
    if source.startswith("unmask/"):
        return label_text({"zh": "查看完整信息", "en": "Seeing it in full"}, language)
    parts: Sequence[Any] = (
        () if app is None else (*app.flows, *app.rules) if node else (*app.rules, *app.flows)
    )
    part = next((one for one in parts if one.id == name), None)
    if part is None:
        return source
    inner = next((one for one in getattr(part, "nodes", ()) if one.id == node), None) if node else None
    said = label_text(part.label, language, part.id)
    return f"{said} · {label_text(inner.label, language, node)}" if inner else said


def names_only(app: App | None, source: str) -> Label:
    """What a to-do is called by the definition alone, without a word of the record."""
    return {language: source_label(app, source, language) for language in ("zh", "en")}


def _filters(state: str, kind: str, app: str) -> list[Where]:
    asked = ((tasks.c.state, "" if state == "all" else state), (tasks.c.kind, kind), (tasks.c.app, app))
    return [column == value for column, value in asked if value]


def _order(sort: str) -> list[Any]:
    return [tasks.c.id.desc()] if sort == "new" else [tasks.c.due_at.asc().nulls_last(), tasks.c.id.asc()]


def _cursor(sort: str, row: Row) -> str:
    return (
        str(row["id"]) if sort == "new" else f"{'' if row['due_at'] is None else row['due_at']}_{row['id']}"
    )


def _beyond(sort: str, after: str) -> list[Where]:
    """What stands after the cursor; a cursor nobody made is the beginning."""
    if sort == "new":
        return [tasks.c.id < int(after)] if is_whole_number(after) else []
    due, mark, identifier = after.partition("_")
    if not mark or not is_whole_number(identifier) or (due and not is_whole_number(due.removeprefix("-"))):
        return []
    later = tasks.c.id > int(identifier)
    if not due:
        return [tasks.c.due_at.is_(None), later]
    same = sa.and_(tasks.c.due_at == int(due), later)
    return [sa.or_(tasks.c.due_at > int(due), same, tasks.c.due_at.is_(None))]


def _after(rows: list[Row], after: str) -> list[Row]:
    identifier = after.rpartition("_")[2]
    places = [place for place, row in enumerate(rows) if str(row["id"]) == identifier]
    return rows[places[0] + 1 :] if places else rows


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)
