"""Channels: the room's door, for the web, the command line and the jobs.

Receive: verify on the raw bytes, store them durably, acknowledge; a job takes them in.
Ingest: the same for recorded files, worked before it returns; again it adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.channels.examples import Examples
from engine.channels.inbox import NORMALISED, Inbox
from engine.channels.quarantine import Quarantine, Quarantined
from engine.channels.taking_in import TakingIn
from engine.clock import from_microseconds
from engine.database import Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.records.holding import count_picked
from engine.records.services import Services
from engine.rules import Rules
from engine.system_tables import channel_bindings, cursors, inbox
from metamodel.application import App
from metamodel.channels import Channel
from metamodel.labels import Label
from metamodel.plugin_api import Message, RawMessage
from metamodel.problems import BadValue, Rejected, problem

JOB = "parse_inbox"
BATCH = 500
Progress = Callable[[int, int | None], object]
T = TypeVar("T")


@dataclass
class Report:
    """What an ingest did: raw messages read, of them new; records made; rows by state."""

    read: int = 0
    new: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        return self.counts["records"]

    @property
    def quarantined(self) -> int:
        return self.counts["quarantine"]

    def __str__(self) -> str:
        return (
            f"{self.read:,} read, {self.new:,} new, {self.records:,} records, "
            f"{self.quarantined:,} in quarantine"
        )


@dataclass(frozen=True, slots=True)
class Health:
    """A channel at a glance."""

    app: str
    channel: Channel
    enabled: bool
    has_secret: bool
    counts: Mapping[str, int]
    last_at: datetime | None


class Channels:
    def __init__(self, services: Services, rules: Rules, jobs: Jobs, box: Box) -> None:
        self._services, self._jobs, self._box = services, jobs, box
        self._database = services.database
        self._inbox = Inbox(self._database, box)
        self._quarantine = Quarantine(self._database, box)
        self._taking_in = TakingIn(services, rules, self._inbox)
        self.examples = Examples(services, self._inbox)
        self.heard = self._taking_in.heard
        jobs.register(JOB, lambda payload, _: self.work(payload["channel"]))

    # -- which channels there are ------------------------------------------------------------------

    def find(self, channel: str) -> tuple[App, Channel]:
        """Rejected (channel.unknown) for no such channel, or one whose connector is not installed."""
        for app in self._services.apps().values():
            known = app.channel(channel)
            if known is not None and known.connector is not None and known.options is not None:
                return app, known
        raise Rejected([problem("channel.unknown", channel=channel)])

    def all(self) -> list[Health]:
        with self._database.read() as connection:
            counts = self._inbox.counts(connection)
            last = self._inbox.last_arrivals(connection)
            bound = {row.channel: row for row in connection.execute(sa.select(channel_bindings))}
        return [
            Health(
                app.id, channel, channel.enabled and (channel.id not in bound or bound[channel.id].enabled),
                bool(channel.id in bound and bound[channel.id].secret_sealed),
                counts.get(channel.id, {}), last.get(channel.id),
            )
            for app in self._services.apps().values()
            for channel in app.channels
        ]  # fmt: skip

    def set_secret(self, channel: str, secret: str) -> None:
        """What signatures are checked with; kept sealed, never shown again."""
        self._bind(channel, secret_sealed=self._box.seal(secret.encode()) if secret else None)

    def set_enabled(self, channel: str, enabled: bool) -> None:
        self._bind(channel, enabled=enabled)

    def _bind(self, channel: str, **values: Any) -> None:
        app, known = self.find(channel)

        def write(unit: Unit) -> None:
            own = channel_bindings.c.channel == known.id
            changed = unit.connection.execute(
                channel_bindings.update().where(own).values(app=app.id, **values)
            )
            if changed.rowcount == 0:
                row = {"channel": known.id, "app": app.id, "enabled": True, **values}
                unit.connection.execute(channel_bindings.insert().values(**row))

        self._database.write(write)

    # -- receiving ---------------------------------------------------------------------------------

    def receive(self, channel: str, messages: Sequence[RawMessage]) -> list[int]:
        """Ids of the new inbox rows once they are safe on disk; a job takes them in. Rejected for an
        unknown or disabled channel and for a bad signature: then nothing is kept."""
        _, known = self.find(channel)
        secret = self._admitted(known)
        for raw in messages:
            self._verify(known, raw, secret)
        return self._store(known, messages)

    def _admitted(self, channel: Channel) -> str:
        """The channel's secret, when it is enabled."""
        bound = self._binding(channel)
        if not channel.enabled or (bound is not None and not bound.enabled):
            raise Rejected([problem("channel.disabled", channel=channel.id)])
        return self._secret(bound)

    def _binding(self, channel: Channel) -> Any:
        own = sa.select(channel_bindings).where(channel_bindings.c.channel == channel.id)
        with self._database.read() as connection:
            return connection.execute(own).first()

    def _secret(self, bound: Any) -> str:
        return self._box.open(bound.secret_sealed).decode() if bound and bound.secret_sealed else ""

    def _verify(self, channel: Channel, raw: RawMessage, secret: str) -> None:
        assert channel.connector is not None
        try:
            channel.connector.verify(raw, channel.options, secret, self._database.clock.now())
        except BadValue as error:
            raise Rejected([problem(error.code, **error.params)]) from error

    def _store(self, channel: Channel, messages: Sequence[RawMessage], *, later: bool = True) -> list[int]:
        """`later`: a job takes them in; else the caller does at once, or whoever works the channel next."""
        connector = channel.connector
        assert connector is not None
        placed = [(raw, connector.position(raw, channel.options)) for raw in messages]

        def store(unit: Unit) -> list[int]:
            ids = self._inbox.store(unit, channel.id, placed)
            if ids and later:
                self._jobs.defer(unit, JOB, {"channel": channel.id}, key=f"{JOB}:{channel.id}")
            return ids

        return _twice(lambda: self._database.write(store))

    # -- working -----------------------------------------------------------------------------------

    def work(self, channel: str) -> Counter[str]:
        """Take in everything that waits; counts by what became of it."""
        app, known = self.find(channel)
        counts: Counter[str] = Counter()
        while True:
            with self._database.read() as connection:
                rows = self._inbox.waiting(connection, channel, BATCH)
            if not rows:
                return counts
            counts += self._taking_in.work(app, known, rows)

    def ingest(self, channel: str, files: Sequence[Path], progress: Progress | None = None) -> Report:
        """Recorded traffic: stored and worked batch by batch, so that it may be stopped at any moment
        and begun again. `progress(bytes done, bytes in all)`."""
        _, known = self.find(channel)
        report, total = Report(), sum(path.stat().st_size for path in files)
        read = _Read()
        report.counts += self.work(channel)  # what an earlier run left behind
        for path in files:
            with path.open("rb") as lines:
                assert known.connector is not None
                messages = known.connector.split(read.through(lines), path.name)
                while batch := list(islice(messages, BATCH)):
                    self._ingest_batch(known, batch, report)
                    if progress is not None:
                        progress(read.bytes, total)
        self._jobs.run_due()
        return report

    def take_recorded(self, channel: str, messages: Iterable[RawMessage]) -> Report:
        """Recorded messages as `ingest` takes them, already split and with their own times of arrival."""
        _, known = self.find(channel)
        report, waiting = Report(), iter(messages)
        while batch := list(islice(waiting, BATCH)):
            self._ingest_batch(known, batch, report, later=False)
        self._jobs.run_due()
        return report

    def take(self, channel: str, message: Message) -> list[str]:
        """A message that is normalised already, as an app's tests give it: the inbox keeps it like any other,
        it enters behind the parser. The records it became. Rejected when it came to nothing: then it lies
        in quarantine."""
        app, known = self.find(channel)
        self._admitted(known)
        raw = RawMessage(msgspec.json.encode(message), received_at=message.sent_at, source=NORMALISED)

        def take_in(unit: Unit) -> tuple[list[int], Counter[str]]:
            ids = self._inbox.store(unit, known.id, [(raw, None)])
            return ids, self._taking_in.take(unit, app, known, ids[0], raw, message) if ids else Counter()

        ids, counts = self._database.write(take_in)
        if counts["quarantine"]:
            raise Rejected([problem("channel.quarantined", reasons=self._reasons(ids[0]))])
        self._jobs.run_due()
        return self.records_of(ids)

    def _reasons(self, row: int) -> str:
        return " ".join(one.text() for one in self.quarantine() if one.id == str(row))

    def _ingest_batch(
        self, channel: Channel, batch: Sequence[RawMessage], report: Report, *, later: bool = True
    ) -> None:
        fresh = self._store(channel, batch, later=later)
        report.read += len(batch)
        report.new += len(fresh)
        if fresh:
            report.counts += self.work(channel.id)

    # -- quarantine --------------------------------------------------------------------------------

    def quarantine(self, channel: str = "", limit: int = 200, before: str = "") -> list[Quarantined]:
        return self._quarantine.rows(channel, limit, before)

    def retry(self, viewer: Viewer, ids: Sequence[str]) -> int:
        """Back into the inbox, worked by a job; how many."""
        return self._leave_quarantine(viewer, ids, "new", "retry_message")

    def dismiss(self, viewer: Viewer, ids: Sequence[str]) -> int:
        """Out of sight; the raw bytes stay. How many."""
        return self._leave_quarantine(viewer, ids, "dismissed", "dismiss_message")

    def _leave_quarantine(self, viewer: Viewer, ids: Sequence[str], state: str, action: str) -> int:
        def write(unit: Unit) -> int:
            moved = self._quarantine.move(unit, ids, state)
            for channel in {channel for _, channel in moved} if state == "new" else ():
                self._jobs.defer(unit, JOB, {"channel": channel}, key=f"{JOB}:{channel}")
            self._services.audit.add(
                unit, viewer,
                [Occurrence(action, detail={"channel": channel, "message": row}) for row, channel in moved],
            )  # fmt: skip
            return len(moved)

        return self._database.write(write)

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """Records that are shredded: the raw messages they came from."""
        self._inbox.forget(unit, records)

    # -- figures -----------------------------------------------------------------------------------

    def gaps(self, channel: str, limit: int = 100) -> list[tuple[int, int]]:
        """Runs of the vendor's running number that never arrived; some vendors skip numbers."""
        with self._database.read() as connection:
            return self._inbox.gaps(connection, channel, limit)

    def watched(self, app: str, channel: Channel) -> list[tuple[Label, int]]:
        """The numbers the definition wants to be seen beside the channel: counts, and nothing of the records."""
        with self._database.read() as connection:
            return [
                (
                    watch.label,
                    count_picked(
                        self._services, connection, self._services.programs.get(app, watch.form), watch.filter
                    ),
                )
                for watch in channel.watch
            ]

    def cursors(self, channel: str) -> Mapping[str, tuple[int, datetime]]:
        """The vendor's position taken in so far, by account, and since when."""
        asked = sa.select(cursors).where(cursors.c.channel == channel)
        with self._database.read() as connection:
            return {
                row.account: (row.position, from_microseconds(row.at)) for row in connection.execute(asked)
            }

    def records_of(self, ids: Sequence[int]) -> list[str]:
        """What inbox rows became: the channel page shows it after a test message."""
        asked = sa.select(inbox.c.records).where(inbox.c.id.in_(ids)).order_by(inbox.c.id)
        with self._database.read() as connection:
            return [record for row in connection.execute(asked) for record in msgspec.json.decode(row[0])]

    def sample(self, channel: str) -> RawMessage | None:
        """A message to try the channel with, signed with its secret as the vendor would."""
        _, known = self.find(channel)
        assert known.connector is not None
        raw = known.connector.sample(known.options)
        if raw is None:
            return None
        secret = self._secret(self._binding(known))
        return known.connector.sign(raw, known.options, secret, self._database.clock.now())


class _Read:
    """How many bytes went through."""

    def __init__(self) -> None:
        self.bytes = 0

    def through(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.bytes += len(line)
            yield line


def _twice(work: Callable[[], T]) -> T:
    """Two deliveries of the same bytes at the same moment: the second finds the first's row."""
    try:
        return work()
    except Exception as error:
        if "unique" not in f"{type(error).__name__} {error}".lower():
            raise
        return work()
