"""Taking in: a batch of inbox rows becomes records in one unit of work.

parse → drop what was seen → rules make records → remember what was seen → cursor → state of the
rows, all in one transaction. What cannot be read, or cannot become a record, is quarantined
alone. When the unit itself breaks, halves are tried until the row at fault is found.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from engine.channels.inbox import Arrived, Inbox, Settled
from engine.channels.message_values import message_values
from engine.channels.seen import Candidate, Key, Seen, candidate_of
from engine.database import Unit
from engine.failures import failure
from engine.records.services import Services
from engine.rules import Outcome, Rules
from engine.system_tables import cursors
from metamodel.application import App
from metamodel.channels import Channel
from metamodel.plugin_api import Message, RawMessage
from metamodel.problems import BadValue, Problem, problem

log = logging.getLogger("muniment.channels")
MOST_REASONS = 20
Heard = Callable[[Unit, str, str, Sequence[tuple[Message, str, str, str]]], None]
OPERATIONAL = (sa.exc.OperationalError, sa.exc.InterfaceError, OSError, MemoryError)


@dataclass(slots=True)
class Parsed:
    """One inbox row and what its connector made of it; then what became of that."""

    row: Arrived
    candidates: Sequence[Candidate] = ()
    position: int | None = None
    problems: list[Problem] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)  # records it was made into before
    taken: int = 0
    changed: bool = False

    def settled(self) -> Settled:
        if self.problems:
            code = self.problems[0].code
            told = [_without_words(found) for found in self.problems[:MOST_REASONS]]
            return Settled(self.row.id, "quarantine", code, told, self.records, self.says)
        code = (
            "inbox.changed" if self.changed else "inbox.no_record" if self.taken > len(self.records) else ""
        )
        return Settled(self.row.id, "done", code, (), self.records, self.says)


class TakingIn:
    def __init__(self, services: Services, rules: Rules, inbox: Inbox) -> None:
        self._services, self._rules, self._inbox = services, rules, inbox
        self.heard: list[Heard] = []  # told of every message that became a record

    def work(self, app: App, channel: Channel, rows: Sequence[Arrived]) -> Counter[str]:
        """Counts by what became of the rows, and of `records` made."""
        return self._try([self._parse(channel, row) for row in rows], app, channel)

    def take(
        self, unit: Unit, app: App, channel: Channel, row: int, raw: RawMessage, message: Message
    ) -> Counter[str]:
        """One message that needs no parsing, inside the unit that stored it."""
        arrived = Arrived(row, raw, hashlib.sha256(raw.body).digest())
        candidate = candidate_of(message, self._inbox.fingerprint)
        return self._take_in(unit, app, channel, [Parsed(arrived, [candidate])])

    def _parse(self, channel: Channel, row: Arrived) -> Parsed:
        assert channel.connector is not None
        connector, options = channel.connector, channel.options
        try:
            messages = connector.parse(row.raw, options)
            return Parsed(
                row, [candidate_of(message, self._inbox.fingerprint) for message in messages], row.position
            )
        except BadValue as error:
            return Parsed(row, problems=[problem(error.code, **error.params)])
        except Exception:
            log.error("connector %s\n%s", channel.connector_name, failure())
            return Parsed(row, problems=[problem("inbox.failed")])

    def _try(self, parsed: Sequence[Parsed], app: App, channel: Channel) -> Counter[str]:
        try:
            return self._services.database.write(lambda unit: self._take_in(unit, app, channel, parsed))
        except OPERATIONAL:
            raise  # nobody's fault: the job tries again
        except Exception:
            if len(parsed) == 1:
                return self._give_up(parsed[0])
        middle = len(parsed) // 2
        return self._try(parsed[:middle], app, channel) + self._try(parsed[middle:], app, channel)

    def _give_up(self, one: Parsed) -> Counter[str]:
        log.error("inbox row %s\n%s", one.row.id, failure())
        failed = Settled(one.row.id, "quarantine", "inbox.failed", [problem("inbox.failed")])
        self._services.database.write(lambda unit: self._inbox.settle(unit, [failed]))
        return Counter(quarantine=1)

    # -- one unit ----------------------------------------------------------------------------------

    def _take_in(self, unit: Unit, app: App, channel: Channel, parsed: Sequence[Parsed]) -> Counter[str]:
        held = self._inbox.hold(unit, channel.id, [one.row.id for one in parsed])
        batch = [
            Parsed(one.row, one.candidates, one.position, list(one.problems))
            for one in parsed
            if one.row.id in held
        ]
        seen = Seen(self._services.database, unit, channel.id)
        seen.load([candidate for one in batch for candidate in one.candidates])
        for wave in _waves(batch, seen):
            self._make_records(unit, app, channel, wave, seen)
        seen.save()
        settled = [one.settled() for one in batch]
        self._inbox.settle(unit, settled)
        _advance_cursors(unit, channel.id, batch)
        counts: Counter[str] = Counter(row.state for row in settled)
        counts["records"] = sum(len(one.records) for one in batch)
        return counts

    def _make_records(
        self, unit: Unit, app: App, channel: Channel, wave: Sequence[tuple[Parsed, Candidate]], seen: Seen
    ) -> None:
        people = self._services.people.organisation().people
        values = [
            message_values(
                candidate.message, channel.id, received_at=one.row.received_at, raw_digest=one.row.digest,
                people=people, record=seen.original_of(candidate),
                files=self._files(unit, candidate.message) if candidate.message.attachments else (),
            )
            for one, candidate in wave
        ]  # fmt: skip
        outcomes = self._rules.on_messages(unit, app.id, channel.id, values)
        for (one, candidate), outcome in zip(wave, outcomes, strict=True):
            _settle(one, candidate, outcome, seen)
        came = [
            (
                candidate.message,
                outcome.records[0][1],
                outcome.records[0][2],
                str(seen.original_of(candidate) or ""),
            )
            for (_, candidate), outcome in zip(wave, outcomes, strict=True)
            if outcome.records and outcome.records[0][0] == app.id
        ]
        for hear in self.heard:
            hear(unit, app.id, channel.id, came)

    def _files(self, unit: Unit, message: Message) -> list[str]:
        """Attachments whose bytes came along; the others are fetched later."""
        return [
            self._services.files.store(unit, [media.content], media.name, media.media_type, "system")
            for media in message.attachments
            if media.content is not None
        ]


def _without_words(found: Problem) -> Problem:
    """Reasons are read by people who look after channels and may not read conversations."""
    if found.code.startswith("message."):
        return found  # about the vendor's shape
    return replace(found, params={n: v for n, v in found.params.items() if n not in ("text", "value")})


def _waves(batch: Sequence[Parsed], seen: Seen) -> Iterator[list[tuple[Parsed, Candidate]]]:
    """What is new, in order; a message that refers to one of its own wave begins the next, so that
    the record it refers to has its number by then."""
    wave: list[tuple[Parsed, Candidate]] = []
    keys: set[Key | None] = set()
    for one in batch:
        for known in one.candidates:
            if known.key in keys or (known.refers is not None and known.refers in keys):
                yield wave
                wave, keys = [], set()
            candidate = seen.unseen(known)
            if candidate is not None:
                wave.append((one, candidate))
                keys.add(candidate.key)
            elif record := seen.record_of(known):
                one.says.append(record)
    if wave:
        yield wave


def _settle(one: Parsed, candidate: Candidate, outcome: Outcome, seen: Seen) -> None:
    """A message that should have become a record and could not is not seen: it may be tried again."""
    if outcome.problems and not outcome.records:
        one.problems += outcome.problems
        return
    one.taken += 1
    one.changed = one.changed or candidate.changed
    record = outcome.records[0][2] if outcome.records else ""
    one.records += [record] if record else []
    seen.add(candidate, record)


def _advance_cursors(unit: Unit, channel: str, batch: Sequence[Parsed]) -> None:
    """The vendor's position after these rows, per account, committed with their messages."""
    for account, position in _positions(batch).items():
        where = (cursors.c.channel == channel, cursors.c.account == account)
        known = unit.connection.scalar(sa.select(cursors.c.position).where(*where))
        values = {"position": position, "at": unit.now}
        if known is None:
            unit.connection.execute(cursors.insert().values(channel=channel, account=account, **values))
        elif known < position:
            unit.connection.execute(cursors.update().where(*where).values(**values))


def _positions(batch: Sequence[Parsed]) -> Mapping[str, int]:
    """Rows that could not be read count too: they are kept in quarantine, not lost."""
    found: dict[str, int] = {}
    for one in batch:
        if one.position is not None:
            account = one.candidates[0].message.account if one.candidates else ""
            found[account] = max(found.get(account, 0), one.position)
    return found
