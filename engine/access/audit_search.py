"""Reading the audit trail: by person, action, record, period and words; the looks at one record; figures.

For those who manage `audit` in an app, of that app's rows; rows about the whole house for any of them.
Values of records are quoted in details and never leave this way: `told` says what does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditEntry, AuditTrail
from engine.access.audit_words import DETAILS
from engine.access.sightings import FOUND, unpacked
from engine.access.viewer import SYSTEM, Viewer
from engine.database import Database
from engine.system_tables import audit, grants
from metamodel.application import App
from metamodel.human_text import fold
from metamodel.problems import Rejected, problem

DUTY = "audit"
READS = ("view", "list", "search", "export", "download", "drill", "report", "unmask", "print")
BY_HAND = ("key.copy",)  # at the machine: under the system's name, and still somebody's act
SHOWING = ("list", "search", "export")  # their details say which records were shown
LOOKED_THROUGH = 20_000  # newest rows whose details are opened when words are looked for
SIGHTINGS = 5_000  # newest lists, searches and exports of a form among which one record is looked for
BATCH = 500
# What of a detail may be shown to an auditor: what somebody asked for and why, no value of a record.
TOLD = frozenset(DETAILS)


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Blank: any. `since` and `until` in microseconds, `until` left out; `words` are looked for in what is told;
    `people`: nothing that the house did by itself."""

    person: str = ""
    actions: tuple[str, ...] = ()
    app: str = ""
    form: str = ""
    record: int | None = None
    grant: int | None = None
    since: int | None = None
    until: int | None = None
    words: str = ""
    people: bool = False


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first. `after`: the id to go on from, None at the end; `searched`: how many rows were opened for
    words, None where none were asked for."""

    entries: list[AuditEntry]
    after: int | None
    searched: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw a record: `entry` is about it, or (`listed`) showed it among others. `purpose`: of the grant."""

    entry: AuditEntry
    listed: bool
    purpose: str = ""


class AuditSearch:
    def __init__(self, database: Database, trail: AuditTrail, apps: Callable[[], Mapping[str, App]]) -> None:
        self._database, self._trail, self._apps = database, trail, apps

    # -- who may -----------------------------------------------------------------------------------

    def apps_of(self, viewer: Viewer) -> frozenset[str]:
        """Apps whose trail this viewer may read; '' (the house itself) beside any. Rejected (access.denied)."""
        audited = {app.id for app in self._apps().values() if audits(viewer, app)}
        if not audited:
            raise Rejected([problem("access.denied")])
        return frozenset({"", *audited})

    # -- pages -------------------------------------------------------------------------------------

    def page(
        self, viewer: Viewer, query: AuditQuery, after: int | None = None, limit: int = 100
    ) -> AuditPage:
        found = _ours(self.apps_of(viewer), query)
        if after is not None:
            found = found.where(audit.c.id < after)
        with self._database.read() as connection:
            if not query.words.strip():
                entries = self._trail.entries(connection, found.limit(limit + 1))
                return AuditPage(entries[:limit], entries[limit - 1].id if len(entries) > limit else None)
            return self._page_with_words(connection, found, query.words, limit)

    def _page_with_words(
        self, connection: sa.Connection, found: sa.Select[Any], words: str, limit: int
    ) -> AuditPage:
        entries: list[AuditEntry] = []
        last, opened = None, 0
        for batch in self._batches(connection, found, LOOKED_THROUGH):
            for entry in batch:
                opened, last = opened + 1, entry.id
                if mentions(entry, words):
                    entries.append(entry)
                    if len(entries) == limit:
                        return AuditPage(entries, last, opened)
        return AuditPage(entries, last if opened == LOOKED_THROUGH else None, opened)

    def everything(self, viewer: Viewer, query: AuditQuery) -> Iterator[AuditEntry]:
        """All that the query finds, newest first, read in batches."""
        found, after = _ours(self.apps_of(viewer), query), None
        while True:
            batch = found if after is None else found.where(audit.c.id < after)
            with self._database.read() as connection:
                entries = self._trail.entries(connection, batch.limit(BATCH))
            yield from (entry for entry in entries if not query.words or mentions(entry, query.words))
            if len(entries) < BATCH:
                return
            after = entries[-1].id

    def _batches(
        self, connection: sa.Connection, found: sa.Select[Any], most: int
    ) -> Iterator[list[AuditEntry]]:
        after = None
        for _ in range(0, most, BATCH):
            batch = found if after is None else found.where(audit.c.id < after)
            entries = self._trail.entries(connection, batch.limit(BATCH))
            yield entries
            if len(entries) < BATCH:
                return
            after = entries[-1].id

    # -- one record --------------------------------------------------------------------------------

    def may_see_looks(self, viewer: Viewer, app: App) -> bool:
        return audits(viewer, app)

    def looks(self, viewer: Viewer, app: str, form: str, record: int, limit: int = 200) -> list[Look]:
        """Who looked at, found, exported or changed a record, newest first. Rejected (access.denied)."""
        if app not in self.apps_of(viewer):
            raise Rejected([problem("access.denied")])
        with self._database.read() as connection:
            own = [Look(entry, False) for entry in self._trail.of_record(connection, record, limit)]
            found = [*own, *self._sightings(connection, app, form, record)]
            found.sort(key=lambda look: look.entry.id, reverse=True)
            return list(self._with_purposes(connection, found[:limit]))

    def _sightings(self, connection: sa.Connection, app: str, form: str, record: int) -> Iterator[Look]:
        rows = (
            sa.select(audit)
            .where(
                audit.c.app == app, audit.c.form == form, audit.c.action.in_(SHOWING), audit.c.id > record,
                audit.c.record.is_(None),
            )
            .order_by(audit.c.id.desc())
        )  # fmt: skip
        for batch in self._batches(connection, rows, SIGHTINGS):
            for entry in batch:
                if record in unpacked(entry.detail.get(FOUND, "")):
                    yield Look(entry, True)

    def _with_purposes(self, connection: sa.Connection, looks: Iterable[Look]) -> Iterator[Look]:
        looks = list(looks)
        wanted = {look.entry.grant_id for look in looks if look.entry.grant_id is not None}
        rows = connection.execute(sa.select(grants.c.id, grants.c.purpose).where(grants.c.id.in_(wanted)))
        purposes = {row.id: row.purpose for row in rows} if wanted else {}
        for look in looks:
            yield Look(look.entry, look.listed, purposes.get(look.entry.grant_id, ""))


def audits(viewer: Viewer, app: App) -> bool:
    """Does a role of this person manage the audit of this app?"""
    held = (app.role(name) for name in viewer.roles_in(app.id))
    return any(role is not None and DUTY in role.manages for role in held)


def told(entry: AuditEntry) -> dict[str, Any]:
    """What of an entry's detail an auditor is told; of changed fields the names only."""
    shown = {
        name: value for name, value in entry.detail.items() if name in TOLD and value not in ("", [], None)
    }
    fields = entry.detail.get("changes", shown.get("fields"))
    if isinstance(fields, Mapping):
        shown["fields"] = sorted(fields)
    if "outcome" in shown and (label := entry.detail.get("outcome_label")):
        shown["outcome_label"] = label  # as it was called then; the definition may say otherwise now
    return shown


def mentions(entry: AuditEntry, words: str) -> bool:
    """Does what is told of an entry contain all these words?"""
    text = fold(" ".join(str(value) for value in told(entry).values())).lower()
    return all(word in text for word in fold(words).lower().split())


def _ours(apps: Collection[str], query: AuditQuery) -> sa.Select[Any]:
    wanted = sa.select(audit).where(audit.c.app.in_(sorted(apps)))
    plain = {"person": query.person, "app": query.app, "form": query.form}
    wanted = wanted.where(*(audit.c[name] == value for name, value in plain.items() if value))
    numbers = {"record": query.record, "grant_id": query.grant}
    wanted = wanted.where(*(audit.c[name] == value for name, value in numbers.items() if value is not None))
    if query.people:
        wanted = wanted.where(sa.or_(audit.c.person != SYSTEM.person, audit.c.action.in_(BY_HAND)))
    if query.actions:
        wanted = wanted.where(audit.c.action.in_(query.actions))
    if query.since is not None:
        wanted = wanted.where(audit.c.at >= query.since)
    if query.until is not None:
        wanted = wanted.where(audit.c.at < query.until)
    return wanted.order_by(audit.c.id.desc())
