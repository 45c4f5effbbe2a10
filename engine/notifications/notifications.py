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
from engine.notifications.store import NotificationStore, Told, place
from engine.system_tables import notifications
from engine.whole_numbers import is_whole_number, whole_number
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
        self._store = NotificationStore(database, box)
        self._outbox = Outbox(database, box, people, jobs, config)

    # -- sending -----------------------------------------------------------------------------------

    def send(self, unit: Unit, wanted: Sequence[NewNotification]) -> list[int]:
        """Ids of new ones, and of those that were counted instead; people who left are told nothing."""
        organisation = self._people.organisation()
        return self._send(unit, [self._told(one) for one in wanted if organisation.active(one.person)])

    def tell(self, unit: Unit, wanted: Sequence[tuple[Sequence[str], NewNotification]]) -> list[int]:
        """(to, what): each to everybody behind planned recipients; where that is nobody, to the app's owner,
        saying so."""
        told = [one for to, what in wanted for one in self._addressed(to, what)]
        return self._send(unit, told)

    def _addressed(self, to: Sequence[str], what: NewNotification) -> list[Told]:
        organisation = self._people.organisation()
        people = people_of(organisation, to)
        if people:
            return [self._told(replace(what, person=one)) for one in people]
        owner = owner_of(organisation, self._apps().get(what.app))
        return [self._told(replace(what, person=owner), tuple(to) or ("",))] if owner else []

    def _told(self, what: NewNotification, nobody: Sequence[str] = ()) -> Told:
        return Told(what, nobody, what.mail and self._outbox.reaches(what.person))

    def _send(self, unit: Unit, told: Sequence[Told]) -> list[int]:
        ids, made = self._store.keep(unit, told)
        waiting = {one.what.person for one, id_ in zip(told, ids, strict=True) if one.mailed and id_ in made}
        self._outbox.defer(unit, sorted(waiting))
        return ids

    def settle(self, unit: Unit, tasks: Iterable[int], person: str = "") -> None:
        """What was said about these tasks needs nobody's attention any more (blank: nobody's at all)."""
        about: list[Where] = [notifications.c.task.in_(list(tasks)), notifications.c.read_at.is_(None)]
        if person:
            about.append(notifications.c.person == person)
        self._mark_read(unit, about)

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: what was said about them, or quotes them, is gone."""
        self._store.forget(unit, records)

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
        if is_whole_number(after):
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
        number = whole_number(identifier, -1)
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
            about.append(notifications.c.id.in_([int(one) for one in ids if is_whole_number(one)]))
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
        kept = [self._box.open_json(row["body_sealed"], place(row["id"], b"body")) for row in rows]
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
