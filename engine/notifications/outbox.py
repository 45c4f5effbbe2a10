"""The outbox: notifications that wait for their mail, sent by a job for each person.

The job waits a minute for company: many at once become one digest. What a server refuses for good is
marked so; every other failure is tried again by the queue. Only titles leave the house.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from smtplib import SMTPException
from typing import Any

import sqlalchemy as sa

from engine.access.people import People, Person
from engine.config import Config
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.notifications.letters import WORDS, Letter, Line, digest, single
from engine.notifications.smtp import Connection, Refused, Server
from engine.system_tables import notifications
from metamodel.labels import Label, label_text
from metamodel.problems import Rejected, problem

JOB = "send_mail"
LETTER = "send_letter"
GATHER = timedelta(minutes=1)
SINGLE = 5  # so many at once come each in a mail of its own
MOST = 500  # in one run
log = logging.getLogger("muniment.mail")
NEVER = (Refused, MessageError, ValueError, IndexError)  # by the server, or an address that is none


class Outbox:
    def __init__(self, database: Database, box: Box, people: People, jobs: Jobs, config: Config) -> None:
        self._database, self._box, self._people, self._jobs = database, box, people, jobs
        self._server = Server.of(config.smtp_url) if config.smtp_url else None
        self.silent = False  # nobody is to be written to
        self._sender, self._public = config.mail_from, config.public_url.rstrip("/")
        jobs.register(JOB, self._send)
        jobs.register(LETTER, self._send_letter)

    def reaches(self, person: str) -> bool:
        """Is there a server, and an address of this person, and is he to be written to?"""
        known = self._people.organisation().people.get(person)
        return not self.silent and self._server is not None and known is not None and bool(known.email)

    def defer(self, unit: Unit, people: Sequence[str]) -> None:
        for person in people:
            self._jobs.defer(unit, JOB, {"person": person}, f"mail:{person}", unit.moment + GATHER)

    def post(self, unit: Unit, person: str, title: Label, address: str) -> bool:
        """A letter of its own that is no notification: a one-time link stands nowhere but in the mail. False
        where mail does not reach the person."""
        if not self.reaches(person):
            return False
        (number,) = self._database.take_ids(unit.connection, 1)
        said = {"person": person, "title": title, "address": address, "number": number}
        self._jobs.defer(unit, LETTER, said)
        return True

    def try_out(self, address: str, language: str) -> None:
        """A letter at once, and what stood in its way said."""
        now = self._database.clock.now()
        letter = single(Line(label_text(WORDS["trial"], language), self._public), language, 0)
        try:
            message = letter.message(self._sender, "", address, now)
        except NEVER:
            raise Rejected([problem("mail.not_taken", address=address)]) from None
        self.send_now(message)

    def send_now(self, message: EmailMessage) -> None:
        """A mail of somebody else's making. Rejected: mail.no_server, mail.failed, mail.not_taken."""
        if self._server is None or self.silent:
            raise Rejected([problem("mail.no_server")])
        if "From" not in message:
            message["From"] = self._sender
        try:
            with self._server.connect() as connection:
                connection.send(message)
        except NEVER:
            raise Rejected([problem("mail.not_taken", address=message["To"])]) from None
        except (SMTPException, OSError) as error:
            raise Rejected([problem("mail.failed", reason=f"{type(error).__name__}: {error}")]) from None

    # -- the job -----------------------------------------------------------------------------------

    def _send(self, payload: Mapping[str, Any], _job: str) -> None:
        person = self._people.organisation().people.get(str(payload["person"]))
        waiting = self._waiting(str(payload["person"]))
        if not waiting:
            return
        if person is None or not person.active or not person.email or self._server is None:
            self._mark([row["id"] for row in waiting], "refused")
            return
        try:
            with self._server.connect() as connection:
                for letter, ids in self._letters(person, waiting):
                    self._deliver(connection, letter, person, ids)
        except Exception:
            self._mark([row["id"] for row in self._waiting(person.id)], "failed")
            raise
        if len(waiting) == MOST:  # there may be more
            self._database.write(lambda unit: self.defer(unit, [person.id]))

    def _send_letter(self, payload: Mapping[str, Any], _job: str) -> None:
        person = self._people.organisation().people.get(str(payload["person"]))
        if person is None or not person.active or not person.email or self._server is None:
            return
        line = Line(label_text(payload["title"], person.language), str(payload["address"]))
        letter = single(line, person.language, int(payload["number"]))
        with self._server.connect() as connection:
            try:
                now = self._database.clock.now()
                connection.send(letter.message(self._sender, person.name, person.email, now))
            except NEVER as error:
                log.warning("a letter to %s was refused: %s", person.id, type(error).__name__)

    def _deliver(self, connection: Connection, letter: Letter, person: Person, ids: Sequence[int]) -> None:
        """Marked one by one, so that a broken connection sends none of them twice. An address that is none
        is refused by ourselves."""
        now = self._database.clock.now()
        try:
            connection.send(letter.message(self._sender, person.name, person.email, now))
        except NEVER:
            self._mark(ids, "refused")
        else:
            self._mark(ids, "sent")

    def _waiting(self, person: str) -> list[sa.RowMapping]:
        query = sa.select(notifications).where(
            notifications.c.person == person, notifications.c.mail.in_(("waiting", "failed"))
        )
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(notifications.c.id).limit(MOST)).mappings())

    def _letters(self, person: Person, rows: Sequence[sa.RowMapping]) -> list[tuple[Letter, list[int]]]:
        lines = [self._line(person, row) for row in rows]
        ids = [int(row["id"]) for row in rows]
        if len(lines) > SINGLE:
            address = f"{self._public}/notifications" if self._public else ""
            return [(digest(lines, address, person.language, ids[-1]), ids)]
        return [(single(line, person.language, one), [one]) for line, one in zip(lines, ids, strict=True)]

    def _line(self, person: Person, row: sa.RowMapping) -> Line:
        address = f"{self._public}/notifications/{row['id']}" if self._public else ""
        return Line(title_of(self._box, row, person.language), address)

    def _mark(self, ids: Sequence[int], state: str) -> None:
        """What was read meanwhile has no mail waiting and stays as it is."""
        if ids:
            these = sa.and_(notifications.c.id.in_(ids), notifications.c.mail.in_(("waiting", "failed")))
            change = sa.update(notifications).where(these).values(mail=state)
            self._database.write(lambda unit: unit.connection.execute(change).rowcount)


def title_of(box: Box, row: sa.RowMapping, language: str) -> str:
    return label_text(box.open_json(row["title_sealed"], b"notification %d title" % row["id"]), language)
