"""Notifications: the one way to tell somebody something, and everybody's own list of them.

Rules, flows and new tasks send them. A mail follows by job, unless it was read before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.access.people import People
from engine.access.quoting import Quoting, quoted_from_json
from engine.access.recipients import owner_of, people_of
from engine.access.viewer import Viewer
from engine.clock import from_microseconds, microseconds
from engine.config import Config
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.notifications.outbox import Outbox, title_of
from engine.notifications.parts import NewNotification, NotificationPage, NotificationView
from engine.system_tables import KEYED, notifications
from metamodel.application import App
from metamodel.labels import Label, label_text
from metamodel.masking import Hide
from metamodel.problems import Rejected, problem

LIMIT = 200
Where = sa.ColumnElement[bool]


class Notifications:
    def __init__(
        self, database: Database, box: Box, people: People, jobs: Jobs, quoting: Quoting,
        apps: Callable[[], Mapping[str, App]], config: Config,
    ) -> None:  # fmt: skip
        self._database, self._box, self._people = database, box, people
        self._quoting, self._apps = quoting, apps
        self._outbox = Outbox(database, box, people, jobs, config)

    # -- sending -----------------------------------------------------------------------------------

    def send(self, unit: Unit, wanted: Sequence[NewNotification]) -> list[int]:
        """Ids of new ones, and of those that were counted instead; people who left are told nothing."""
        organisation = self._people.organisation()
        told = [one for one in wanted if organisation.active(one.person)]
        return self._send(unit, told, ())

    def tell(self, unit: Unit, to: Sequence[str], what: NewNotification) -> list[int]:
        """`what` to everybody behind planned recipients; where that is nobody, to the app's owner, saying so."""
        organisation = self._people.organisation()
        people = people_of(organisation, to)
        if people:
            return self._send(unit, [replace(what, person=one) for one in people], ())
        owner = owner_of(organisation, self._apps().get(what.app))
        return self._send(unit, [replace(what, person=owner)] if owner else [], tuple(to) or ("",))

    def _send(self, unit: Unit, told: Sequence[NewNotification], nobody: Sequence[str]) -> list[int]:
        ids = self._database.take_ids(unit.connection, len(told)) if told else ()
        rows = [self._row(one, unit, what, nobody) for one, what in zip(ids, told, strict=True)]
        plain = [row for row in rows if row["once_key"] is None]
        if plain:
            unit.connection.execute(sa.insert(notifications), plain)
        kept = [row["id"] if row["once_key"] is None else self._count(unit, row) for row in rows]
        waiting = {
            row["person"] for row, one in zip(rows, kept, strict=True) if row["mail"] and row["id"] == one
        }
        self._outbox.defer(unit, sorted(waiting))
        return kept

    def _count(self, unit: Unit, row: Mapping[str, Any]) -> int:
        """The id of the new one, or of the one there is, counted. Its key is unique in the database, so two
        units at once cannot both make one."""
        same = notifications.c.once_key == row["once_key"]
        counted = sa.update(notifications).where(same).values(hits=notifications.c.hits + 1)
        found = unit.connection.execute(counted.returning(notifications.c.id)).scalar()
        if found is not None:
            return int(found)
        insert = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        upsert = insert(notifications).values(dict(row)).on_conflict_do_update(
            index_elements=[notifications.c.once_key], index_where=KEYED,
            set_={"hits": notifications.c.hits + 1},
        )  # fmt: skip
        return int(unit.connection.execute(upsert.returning(notifications.c.id)).scalar_one())

    def _row(
        self, identifier: int, unit: Unit, what: NewNotification, nobody: Sequence[str]
    ) -> dict[str, Any]:
        body = {"body": what.body, "quoted": what.quoted, "nobody": list(nobody)}
        key = "\0".join(("notice", what.person, what.app, what.once)).encode() if what.once else None
        return {
            "id": identifier, "person": what.person, "app": what.app, "form": what.form,
            "record": what.record, "task": what.task, "hits": 1, "at": unit.now,
            "title_sealed": self._box.seal_json(what.title, _place(identifier, b"title")),
            "body_sealed": self._box.seal_json(body, _place(identifier, b"body")),
            "once_key": self._box.fingerprint(key) if key else None,
            "mail": "waiting" if what.mail and self._outbox.reaches(what.person) else "",
            "quoted": what.quoted.record if what.quoted else None,
        }  # fmt: skip

    def settle(self, unit: Unit, tasks: Iterable[int], person: str = "") -> None:
        """What was said about these tasks needs nobody's attention any more (blank: nobody's at all)."""
        about: list[Where] = [notifications.c.task.in_(list(tasks)), notifications.c.read_at.is_(None)]
        if person:
            about.append(notifications.c.person == person)
        self._mark_read(unit, about)

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: what was said about them, or quotes them, is gone."""
        about = sa.or_(notifications.c.record.in_(records), notifications.c.quoted.in_(records))
        unit.connection.execute(sa.delete(notifications).where(about))

    @contextmanager
    def without_mail(self) -> Iterator[None]:
        """While a story is replayed: what was said then is written to nobody now."""
        self._outbox.silent = True
        try:
            yield
        finally:
            self._outbox.silent = False

    def post(self, unit: Unit, person: str, title: Label, address: str) -> bool:
        """A letter that is no notification, with an address nobody else is shown; False where mail does not
        reach the person."""
        return self._outbox.post(unit, person, title, address)

    def try_mail(self, address: str, language: str) -> None:
        """A mail that says it arrived. Rejected: mail.no_server, mail.failed, mail.not_taken."""
        self._outbox.try_out(address, language)

    def send_now(self, message: EmailMessage) -> None:
        """A mail that is no notification, at once. Rejected: as above."""
        self._outbox.send_now(message)

    # -- reading -----------------------------------------------------------------------------------

    def of(
        self, viewer: Viewer, *, limit: int = 50, after: str = "", unread: bool = False
    ) -> NotificationPage:
        """This viewer's own, newest first."""
        limit = max(1, min(limit, LIMIT))
        query = sa.select(notifications).where(notifications.c.person == viewer.person)
        if after.isdecimal():
            query = query.where(notifications.c.id < int(after))
        if unread:
            query = query.where(notifications.c.read_at.is_(None))
        with self._database.read() as connection:
            rows = (
                connection.execute(query.order_by(notifications.c.id.desc()).limit(limit + 1))
                .mappings()
                .all()
            )
            items = self._views(connection, viewer, rows[:limit])
        return NotificationPage(items, items[-1].id if len(rows) > limit else "")

    def get(self, viewer: Viewer, identifier: int | str) -> NotificationView:
        """One of this viewer's. Rejected: notification.unknown."""
        number = int(identifier) if str(identifier).isdecimal() else -1
        query = sa.select(notifications).where(
            notifications.c.id == number, notifications.c.person == viewer.person
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                raise Rejected([problem("notification.unknown")])
            return self._views(connection, viewer, [row])[0]

    def unread(self, viewer: Viewer) -> int:
        query = sa.select(sa.func.count()).where(
            notifications.c.person == viewer.person, notifications.c.read_at.is_(None)
        )
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def read(self, unit: Unit, viewer: Viewer, ids: Iterable[int | str] | None = None) -> int:
        """Mark these of the viewer's as read (None: all); how many were not."""
        about: list[Where] = [notifications.c.person == viewer.person, notifications.c.read_at.is_(None)]
        if ids is not None:
            about.append(notifications.c.id.in_([int(one) for one in ids if str(one).isdecimal()]))
        return self._mark_read(unit, about)

    def read_before(self, unit: Unit, moment: datetime) -> int:
        """Everybody has seen what came before this moment: the past of a story."""
        return self._mark_read(
            unit, [notifications.c.at < microseconds(moment), notifications.c.read_at.is_(None)]
        )

    def _mark_read(self, unit: Unit, about: Sequence[Where]) -> int:
        """What was read needs no mail either."""
        unsent = notifications.c.mail.in_(("waiting", "failed"))
        values = {"read_at": unit.now, "mail": sa.case((unsent, ""), else_=notifications.c.mail)}
        return unit.connection.execute(sa.update(notifications).where(*about).values(values)).rowcount

    def _views(
        self, connection: sa.Connection, viewer: Viewer, rows: Sequence[sa.RowMapping]
    ) -> tuple[NotificationView, ...]:
        kept = [self._box.open_json(row["body_sealed"], _place(row["id"], b"body")) for row in rows]
        quoted = [quoted_from_json(one["quoted"]) for one in kept]
        readable = self._quoting.readable(connection, viewer, quoted)
        return tuple(
            self._view(viewer, row, one, readable.get(quote))
            for row, one, quote in zip(rows, kept, quoted, strict=True)
        )

    def _view(
        self, viewer: Viewer, row: sa.RowMapping, kept: Mapping[str, Any], shows: Hide | None
    ) -> NotificationView:
        body = shows(label_text(kept["body"], viewer.language)) if shows else ""
        return NotificationView(
            str(row["id"]), row["app"], row["form"], str(row["record"] or ""), str(row["task"] or ""),
            title_of(self._box, row, viewer.language), body, from_microseconds(row["at"]),
            None if row["read_at"] is None else from_microseconds(row["read_at"]), row["hits"], row["mail"],
            tuple(kept["nobody"]),
        )  # fmt: skip


def _place(identifier: int, part: bytes) -> bytes:
    return b"notification %d %s" % (identifier, part)
