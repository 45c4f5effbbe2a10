"""Lists of choices that other systems keep: fetched by a job, kept sealed, and never forgotten.

Nothing waits for the other system but the first time somebody picks. When it is gone the last list stands; what
left the list keeps its words, so that old records read as they did. Called by records, and by their pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import jmespath
import sqlalchemy as sa
from jmespath.exceptions import JMESPathError

from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.outgoing import Outgoing
from engine.outside.secrets import NamedSecrets
from engine.system_tables import outside_lists as lists
from metamodel.application import App
from metamodel.plugin_api import OutsideSource
from metamodel.problems import Rejected, problem

JOB, FETCH = "refresh_outside_lists", "fetch_outside_lists"
OFTEN = timedelta(minutes=5)
MOST, LONGEST = 10_000, 200  # items of a list, characters of a value or its words
MINUTE = 60_000_000


@dataclass(frozen=True)
class Listed:
    """A list as it is known: `now` in its order, and `all_names` with what once was on it."""

    now: tuple[tuple[str, str], ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    fetched_at: int = 0
    tried_at: int = 0
    problem: str = ""

    @property
    def labels(self) -> dict[str, str]:
        return {**self.gone, **dict(self.now)}


class OutsideLists:
    """`apps`: the published ones, whose fields say what is fetched."""

    def __init__(
        self, database: Database, box: Box, jobs: Jobs, outgoing: Outgoing, secrets: NamedSecrets,
        apps: Callable[[], Iterable[App]],
    ) -> None:  # fmt: skip
        self._secrets = secrets
        self._database, self._box, self._jobs, self._outgoing = database, box, jobs, outgoing
        self._apps = apps
        self._known: dict[bytes, Listed] = {}
        jobs.register(JOB, lambda _payload, _job: self.refresh(), every=OFTEN)
        jobs.register(FETCH, lambda _payload, _job: self.refresh())

    def prepare(self, unit: Unit, app: App, _tables: object) -> None:
        """An app is published: its lists are fetched soon."""
        if sources_of(app):
            self._jobs.defer(unit, FETCH, key=FETCH)

    # -- asking ------------------------------------------------------------------------------------

    def listed(self, connection: sa.Connection, source: OutsideSource) -> Listed:
        """As it was fetched last; nothing where it never was."""
        key = _key(source)
        row = connection.execute(
            sa.select(lists.c.fetched_at, lists.c.tried_at).where(lists.c.source == key)
        ).first()
        if row is None:
            return Listed()
        known = self._known.get(key)
        if known is None or (known.fetched_at, known.tried_at) != tuple(row):
            whole = connection.execute(sa.select(lists).where(lists.c.source == key)).one()
            known = self._known[key] = self._opened(whole)
        return known

    def names(
        self, connection: sa.Connection, sources: Iterable[OutsideSource]
    ) -> dict[tuple[str, str], str]:
        """The words of everything these lists hold or once held, as `Display.names` has them."""
        return {
            (source.names, value): label
            for source in sources
            for value, label in self.listed(connection, source).labels.items()
        }

    def every_name(self) -> dict[tuple[str, str], str]:
        """The same of all published apps."""
        sources = self._sources()
        if not sources:
            return {}
        with self._database.read() as connection:
            return self.names(connection, sources)

    def items(self, source: OutsideSource) -> Sequence[tuple[str, str]]:
        """(value, words) to pick from; fetched now where it never was. Rejected: outgoing.*, outside.*."""
        with self._database.read() as connection:
            found = self.listed(connection, source)
        return found.now if found.fetched_at else self.fetch(source).now

    # -- fetching ----------------------------------------------------------------------------------

    def refresh(self) -> int:
        """Fetch what is older than its source says; how many. What fails is tried again the next time."""
        now, number = int(self._database.clock.now().timestamp() * 1_000_000), 0
        for source in self._sources():
            with self._database.read() as connection:
                known = self.listed(connection, source)
            if known.fetched_at + source.minutes * MINUTE <= now:
                try:
                    self.fetch(source)
                except Rejected:
                    continue
                number += 1
        return number

    def fetch(self, source: OutsideSource) -> Listed:
        """Ask now. Rejected (and noted): outgoing.*, outside.*; the list as it was stands."""
        try:
            items = self._asked(source)
        except Rejected as refused:
            code = refused.problems[0].code
            self._database.write(lambda unit: self._note(unit, source, None, code))
            raise
        return self._database.write(lambda unit: self._note(unit, source, items, ""))

    def _asked(self, source: OutsideSource) -> tuple[tuple[str, str], ...]:
        answer = self._outgoing.send(
            "GET", source.url, {"accept": "application/json", **self._asking(source)}
        )
        unusable = Rejected([problem("outside.no_list", host=urlsplit(source.url).hostname)])
        if answer.status != 200:
            raise unusable
        try:
            found = jmespath.search(source.path or "@", json.loads(answer.body))
            made = [_item(source, one) for one in found] if isinstance(found, list) else []
        except (ValueError, RecursionError, JMESPathError):
            raise unusable from None
        items = dict(one for one in made if one is not None)
        if not items and found != []:
            raise unusable
        return tuple(list(items.items())[:MOST])

    def _asking(self, source: OutsideSource) -> dict[str, str]:
        """The header the other system knows us by. Rejected: outside.no_secret, outside.secret_elsewhere."""
        if not source.secret:
            return {}
        return {source.header: source.prefix + self._secrets.for_address(source.secret, source.url)}

    def _note(
        self, unit: Unit, source: OutsideSource, items: tuple[tuple[str, str], ...] | None, code: str
    ) -> Listed:
        known = self.listed(unit.connection, source)
        if items is None:
            found = Listed(known.now, known.gone, known.fetched_at, unit.now, code)
        else:
            gone = {value: label for value, label in known.labels.items() if value not in dict(items)}
            found = Listed(items, gone, unit.now, unit.now)
        values = {
            "fetched_at": found.fetched_at, "tried_at": found.tried_at, "problem": found.problem,
            "items_sealed": self._box.seal_json([found.now, dict(found.gone)], _key(source)),
        }  # fmt: skip
        here = lists.c.source == _key(source)
        if not unit.connection.execute(sa.update(lists).where(here).values(**values)).rowcount:
            unit.connection.execute(sa.insert(lists).values(source=_key(source), **values))
        return found

    def _opened(self, row: Any) -> Listed:
        now, gone = self._box.open_json(row.items_sealed, bytes(row.source))
        return Listed(tuple((v, label) for v, label in now), gone, row.fetched_at, row.tried_at, row.problem)

    def _sources(self) -> list[OutsideSource]:
        return list(dict.fromkeys(source for app in self._apps() for source in sources_of(app)))


def sources_of(app: App) -> list[OutsideSource]:
    """What the fields of an app, and columns of its sub-forms, choose from outside."""
    fields = (inner for form in app.forms for one in form.fields for inner in (one, *one.fields))
    return [
        source for one in fields if one.usable and one.type is not None
        and (source := one.type.source(one)) is not None
    ]  # fmt: skip


def _key(source: OutsideSource) -> bytes:
    return hashlib.sha256(source.names.encode()).digest()


def _item(source: OutsideSource, one: Any) -> tuple[str, str] | None:
    """Value and words; an item that is a text or a number is both."""
    if isinstance(one, (str, int)) and not isinstance(one, bool):
        value = label = one
    else:
        value, label = jmespath.search(source.value, one), jmespath.search(source.label, one)
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
        return None
    words = str(label) if isinstance(label, (str, int)) and str(label).strip() else str(value)
    return str(value).strip()[:LONGEST], " ".join(words.split())[:LONGEST]
