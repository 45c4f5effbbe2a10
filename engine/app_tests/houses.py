"""Houses: a runtime with nothing but its own data for every test.

What a test finds when it begins (the apps published, people, rows, a whole sample) is prepared once for
each kind of data and day, then copied: the files of SQLite, a database from a template on
PostgreSQL. No test sees what another one did.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.access.organisation_file import load_organisation
from engine.app_tests.coverage import NOTHING_COVERED, Covered, gone_through
from engine.app_tests.databases import Databases
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from engine.sample_data import (
    Acting,
    Known,
    load_rows,
    load_sample_data,
    read_almanac,
    read_calendar,
    read_object,
)
from metamodel.app_tests import NOTHING, SAMPLE, AppTest

ORGANISATION = "organisation.json"


@dataclass(frozen=True)
class Source:
    """One app as it is on disk: its document and, in a folder, its data."""

    id: str
    document: Mapping[str, Any]
    data: Path | None = None

    @property
    def keyword_forms(self) -> set[str]:
        """Forms whose records are keyword lists: they belong to the rules."""
        return {form["id"] for form in self.document.get("forms", ()) if form.get("keywords")}


@dataclass
class Prepared:
    """What is copied for each test, and the names of the rows in it."""

    config: Config
    known: dict[str, Known] = field(default_factory=dict)
    story: dict[str, Covered] = field(default_factory=dict)  # by app, what was gone through in it
    ours: bool = True  # and gone with us


class Houses:
    """`sources` in the order they are published in; `work` is a folder of ours alone. `samples`: what somebody
    has loaded already, by its moment; on PostgreSQL its database is called as its folder is."""

    def __init__(
        self, sources: Sequence[Source], work: Path, database_url: str = "", *, keep: bool = False,
        samples: Mapping[datetime, Prepared] | None = None,
    ) -> None:  # fmt: skip
        self._sources, self._work, self._keep = sources, work, keep
        self._failed: set[str] = set()
        self._databases = Databases(database_url)
        self._prepared: dict[tuple[Any, ...], Prepared] = {
            (frozenset({SAMPLE}), at): loaded for at, loaded in (samples or {}).items()
        }
        self._numbers = itertools.count(1)

    @contextmanager
    def open(self, app: str, test: AppTest) -> Iterator[Acting]:
        """The house of one test, gone afterwards."""
        at = datetime.fromisoformat(test.at)
        prepared = self._prepare(test.data, at)
        config = self._config()
        shutil.copytree(prepared.config.data, config.data)
        self._databases.create(config, prepared.config)
        runtime = Runtime.open(config, FrozenClock(at))
        try:
            yield Acting(runtime, app, self._almanac(runtime, at), dict(prepared.known))
        finally:
            runtime.close()
            if self._keep and test.id in self._failed:
                config.data.rename(self._work / test.id)
            else:
                self._remove(config)

    def story(self, app: str, test: AppTest, acting: Acting) -> Covered:
        """What of the app was gone through before the first step: looked up once for all tests that begin alike."""
        prepared = self._prepare(test.data, datetime.fromisoformat(test.at))
        if app not in prepared.story:
            prepared.story[app] = (
                gone_through(acting.runtime, app) if SAMPLE in test.data else NOTHING_COVERED
            )
        return prepared.story[app]

    def failed(self, test: AppTest) -> None:
        """Worth keeping, where anything is kept."""
        self._failed.add(test.id)

    def close(self) -> None:
        for prepared in self._prepared.values():
            if prepared.ours:
                self._remove(prepared.config)

    def _remove(self, config: Config) -> None:
        self._databases.drop(config)
        shutil.rmtree(config.data, ignore_errors=True)

    def _config(self) -> Config:
        name = f"muniment_test_{self._work.name}_{next(self._numbers)}".lower().replace("-", "_")
        url = self._databases.url(name)
        return Config(data=self._work / name, database_url=url, synchronous="OFF", shut_in=True)

    # -- preparing ---------------------------------------------------------------------------------

    def _prepare(self, data: tuple[str, ...], at: datetime) -> Prepared:
        """A sample ends at the very moment; rows only know the day."""
        key = (frozenset(data), at if SAMPLE in data else at.date())
        known = self._prepared.get(key)
        if known is None:
            known = self._prepared[key] = Prepared(self._config())
            self._databases.create(known.config)
            runtime = Runtime.open(known.config, FrozenClock(at))
            try:
                self._furnish(runtime, set(data) - {NOTHING}, at, known.known)
            finally:
                runtime.close()
        return known

    def _furnish(self, runtime: Runtime, data: set[str], at: datetime, known: dict[str, Known]) -> None:
        folders = [
            source.data for source in self._sources if source.data is not None and source.data.is_dir()
        ]
        for source in self._sources:
            runtime.applications.publish(None, source.document, "system")
        calendar = read_calendar(folders[0]) if folders else {}
        if calendar:
            runtime.database.write(lambda unit: runtime.set_calendar(unit, calendar))
        if data:
            self._people(runtime, folders, at)
        if SAMPLE in data:
            load_sample_data(runtime, folders, at.astimezone(runtime.config.zone).date(), _silent, known)
            return
        for source in self._sources:
            if source.data is not None and source.data.is_dir() and data:
                almanac = read_almanac(source.data, _day(runtime, at), at, runtime.config.zone)
                only = None if source.id in data else data | source.keyword_forms
                load_rows(Acting(runtime, source.id, almanac, known), source.data, _silent, only)

    def _people(self, runtime: Runtime, folders: Sequence[Path], at: datetime) -> None:
        found = next((folder / ORGANISATION for folder in folders if (folder / ORGANISATION).exists()), None)
        if found is not None:
            document = read_object(found)
            day = _day(runtime, at)
            runtime.database.write(lambda unit: load_organisation(runtime.people, unit, document, day))
            away = document.get("absences", ())
            runtime.database.write(lambda unit: runtime.absences.load(unit, away, day))

    def _almanac(self, runtime: Runtime, at: datetime) -> Any:
        folder = next((source.data for source in self._sources if source.data is not None), self._work)
        return read_almanac(folder, _day(runtime, at), at, runtime.config.zone)


def _day(runtime: Runtime, at: datetime) -> Any:
    return at.astimezone(runtime.config.zone).date()


def _silent(_line: str) -> None:
    return None
