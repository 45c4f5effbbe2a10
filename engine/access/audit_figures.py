"""Reports on the audit trail: who read how much, what was read most, reads outside working hours, exports.

Counted over the plain columns of what people did, for those who manage `audit`; nothing sealed is opened but how
many rows an export had.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from engine.access.audit import AuditTrail
from engine.access.audit_search import READS, AuditSearch
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import from_microseconds
from engine.database import Database
from engine.system_tables import audit
from engine.working_time import WorkingCalendar

QUARTER = timedelta(minutes=15) // timedelta(microseconds=1)  # working hours begin and end on one
MOST = 10
FAILED = "user.sign_in_failed"


@dataclass(frozen=True, slots=True)
class Exported:
    """`times` exports of a form by one person, `rows` rows together."""

    person: str
    app: str
    form: str
    times: int
    rows: int


@dataclass(frozen=True)
class Figures:
    """`reads`: by person, then by action; `records`: (app, form, record, reads, people) read most;
    `outside`: reads outside working hours by person; `granted`: reads under a grant by person;
    `failed`: failed sign-ins by who was named."""

    reads: dict[str, Counter[str]] = field(default_factory=dict)
    records: list[tuple[str, str, int, int, int]] = field(default_factory=list)
    outside: Counter[str] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    exports: list[Exported] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


class AuditFigures:
    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        search: AuditSearch,
        calendar: Callable[[], WorkingCalendar],
    ) -> None:
        self._database, self._trail, self._search, self._calendar = database, trail, search, calendar

    def of(self, viewer: Viewer, since: int, until: int) -> Figures:
        """Microseconds, `until` left out. Rejected (access.denied)."""
        apps = self._search.apps_of(viewer)
        span = sa.and_(
            audit.c.app.in_(sorted(apps)),
            audit.c.at >= since,
            audit.c.at < until,
            audit.c.person != SYSTEM.person,
        )
        with self._database.read() as connection:
            return Figures(
                self._reads(connection, span), self._records(connection, span), self._outside(connection, span),
                self._granted(connection, span), self._exports(connection, span), self._failed(connection, span),
            )  # fmt: skip

    def _reads(self, connection: sa.Connection, span: sa.ColumnElement[bool]) -> dict[str, Counter[str]]:
        query = (
            sa.select(audit.c.person, audit.c.action, sa.func.count())
            .where(span, audit.c.action.in_(READS))
            .group_by(audit.c.person, audit.c.action)
        )
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for person, action, number in connection.execute(query):
            found[person][action] = number
        return dict(sorted(found.items(), key=lambda pair: -pair[1].total()))

    def _records(
        self, connection: sa.Connection, span: sa.ColumnElement[bool]
    ) -> list[tuple[str, str, int, int, int]]:
        number, people = sa.func.count().label("number"), sa.func.count(audit.c.person.distinct())
        place = audit.c.app, audit.c.form, audit.c.record
        query = (
            sa.select(*place, number, people)
            .where(span, audit.c.record.is_not(None), audit.c.action.in_(READS))
            .group_by(*place)
            .order_by(number.desc(), audit.c.record.desc())
            .limit(MOST)
        )
        return [tuple(row) for row in connection.execute(query)]

    def _outside(self, connection: sa.Connection, span: sa.ColumnElement[bool]) -> Counter[str]:
        quarter = (audit.c.at // QUARTER).label("quarter")
        query = (
            sa.select(audit.c.person, quarter, sa.func.count())
            .where(span, audit.c.action.in_(READS))
            .group_by(audit.c.person, quarter)
        )
        calendar, found = self._calendar(), Counter[str]()
        for person, number, times in connection.execute(query):
            if not calendar.is_open(from_microseconds(int(number) * QUARTER)):
                found[person] += times
        return found

    def _granted(self, connection: sa.Connection, span: sa.ColumnElement[bool]) -> Counter[str]:
        return _by_person(connection, sa.and_(span, audit.c.grant_id.is_not(None), audit.c.action.in_(READS)))

    def _failed(self, connection: sa.Connection, span: sa.ColumnElement[bool]) -> Counter[str]:
        return _by_person(connection, sa.and_(span, audit.c.action == FAILED))

    def _exports(self, connection: sa.Connection, span: sa.ColumnElement[bool]) -> list[Exported]:
        entries = self._trail.entries(connection, sa.select(audit).where(span, audit.c.action == "export"))
        times, rows = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
        for entry in entries:
            place = entry.person, entry.app, entry.form
            times[place] += 1
            rows[place] += int(entry.detail.get("count") or 0)
        return [Exported(*place, number, rows[place]) for place, number in times.most_common()]


def _by_person(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Counter[str]:
    query = sa.select(audit.c.person, sa.func.count()).where(where).group_by(audit.c.person)
    return Counter({row[0]: row[1] for row in connection.execute(query)})
