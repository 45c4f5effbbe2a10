"""Public links: kept with the hash of their token, counted by the day.

The token is shown once; a new one makes the old one worthless. Name, fields and thanks are sealed like all words
that stand in the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.accounts.opaque import fresh, hash_of
from engine.clock import from_microseconds, microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import public_entries, public_forms
from metamodel.problems import Problem, Rejected, problem

LONGEST_NAME, LONGEST_THANKS = 60, 2_000  # characters
MOST_A_DAY = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a link is to be: who made it calls it `name`; `thanks` is said after an entry (blank: the usual)."""

    name: str
    fields: Sequence[str]
    thanks: str = ""
    per_day: int = 200
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def check(self) -> list[Problem]:
        found = []
        if not self.name.strip() or len(self.name) > LONGEST_NAME or len(self.thanks) > LONGEST_THANKS:
            found.append(problem("public.no_name", "/name"))
        if not 1 <= self.per_day <= MOST_A_DAY:
            found.append(problem("public.per_day", "/per_day", most=MOST_A_DAY))
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            found.append(problem("public.dates", "/closes_at"))
        return found


@dataclass(frozen=True, slots=True)
class PublicLink:
    """`today`: how many came in today; `total`: in all."""

    id: int
    app: str
    form: str
    name: str
    fields: tuple[str, ...]
    thanks: str
    person: str
    at: datetime
    per_day: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    revoked: bool = False
    today: int = 0
    total: int = field(default=0)

    def refusal(self, now: datetime) -> Problem | None:
        """Why nobody may fill it in now; None while it is open."""
        if self.revoked:
            return problem("public.unknown")
        if self.opens_at and now < self.opens_at:
            return problem("public.not_open", opens_at=self.opens_at.isoformat())
        if self.closes_at and now >= self.closes_at:
            return problem("public.closed")
        return problem("public.full") if self.today >= self.per_day else None


class Links:
    def __init__(self, database: Database, box: Box, zone: tzinfo) -> None:
        self._database, self._box, self._zone = database, box, zone

    # -- reading -----------------------------------------------------------------------------------

    def of(self, connection: sa.Connection, app: str, form: str) -> list[PublicLink]:
        """Those that were not taken back, newest first."""
        own = sa.and_(
            public_forms.c.app == app, public_forms.c.form == form, public_forms.c.revoked_at.is_(None)
        )
        query = sa.select(public_forms).where(own).order_by(public_forms.c.id.desc())
        return [self._link(connection, row) for row in connection.execute(query).mappings().all()]

    def counted(self, connection: sa.Connection, app: str) -> dict[str, int]:
        """How many links each form of an app has that were not taken back."""
        own = public_forms.c
        query = (
            sa.select(own.form, sa.func.count().label("links"))
            .where(own.app == app, own.revoked_at.is_(None))
            .group_by(own.form)
        )
        return {row.form: row.links for row in connection.execute(query)}

    def by_token(self, connection: sa.Connection, token: str) -> PublicLink | None:
        return self._one(connection, public_forms.c.hash == hash_of(token))

    def by_id(self, connection: sa.Connection, number: int) -> PublicLink | None:
        return self._one(connection, public_forms.c.id == number)

    def _one(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> PublicLink | None:
        row = connection.execute(sa.select(public_forms).where(which)).mappings().first()
        return self._link(connection, row) if row is not None else None

    def _link(self, connection: sa.Connection, row: Mapping[Any, Any]) -> PublicLink:
        told = self._box.open_json(row["settings_sealed"], _bound(row["app"], row["form"]))
        counts = public_entries.c
        counted = sa.select(counts.day, counts.entries).where(counts.link == row["id"])
        by_day = {row.day: row.entries for row in connection.execute(counted)}
        return PublicLink(
            row["id"], row["app"], row["form"], told["name"], tuple(told["fields"]), told["thanks"],
            row["person"], from_microseconds(row["at"]), row["per_day"], _moment(row["opens_at"]),
            _moment(row["closes_at"]), row["revoked_at"] is not None,
            by_day.get(self._day(self._database.clock.now()), 0), sum(by_day.values()),
        )  # fmt: skip

    # -- writing -----------------------------------------------------------------------------------

    def make(self, unit: Unit, app: str, form: str, person: str, wanted: Wanted) -> tuple[int, str]:
        """The new link's id and its token, which cannot be shown again."""
        token = fresh()
        row = {"app": app, "form": form, "person": person, "at": unit.now, "hash": hash_of(token)}
        values = {**row, **self._settings(app, form, wanted)}
        made = unit.connection.execute(sa.insert(public_forms).values(values).returning(public_forms.c.id))
        return int(made.scalar_one()), token

    def change(self, unit: Unit, link: PublicLink, wanted: Wanted) -> None:
        self._set(unit, link, self._settings(link.app, link.form, wanted))

    def renew(self, unit: Unit, link: PublicLink) -> str:
        token = fresh()
        self._set(unit, link, {"hash": hash_of(token)})
        return token

    def revoke(self, unit: Unit, link: PublicLink) -> None:
        self._set(unit, link, {"revoked_at": unit.now})

    def count(self, unit: Unit, link: PublicLink) -> None:
        """One more today. Rejected (public.full) when that would be too many."""
        insert = postgresql.insert if self._database.dialect == "postgresql" else sqlite.insert
        day, own = self._day(unit.moment), public_entries.c
        first = insert(public_entries).values(link=link.id, day=day, entries=0).on_conflict_do_nothing()
        unit.connection.execute(first)
        free = sa.and_(own.link == link.id, own.day == day, own.entries < link.per_day)
        more = sa.update(public_entries).where(free).values(entries=own.entries + 1)
        if unit.connection.execute(more).rowcount == 0:
            raise Rejected([problem("public.full")])

    def _set(self, unit: Unit, link: PublicLink, values: Mapping[str, Any]) -> None:
        unit.connection.execute(sa.update(public_forms).where(public_forms.c.id == link.id).values(values))

    def _settings(self, app: str, form: str, wanted: Wanted) -> dict[str, Any]:
        told = {"name": wanted.name.strip(), "fields": list(wanted.fields), "thanks": wanted.thanks.strip()}
        return {
            "opens_at": microseconds(wanted.opens_at) if wanted.opens_at else None,
            "closes_at": microseconds(wanted.closes_at) if wanted.closes_at else None,
            "per_day": wanted.per_day, "settings_sealed": self._box.seal_json(told, _bound(app, form)),
        }  # fmt: skip

    def _day(self, moment: datetime) -> int:
        return moment.astimezone(self._zone).date().toordinal()


def _moment(at: int | None) -> datetime | None:
    return from_microseconds(at) if at is not None else None


def _bound(app: str, form: str) -> bytes:
    return "\n".join(["public form", app, form]).encode()
