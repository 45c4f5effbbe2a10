"""Applications: what is published, versions, and publishing.

Publishing is one unit of work: check, plan, migrate, `app_versions` row, ledger leaf, signal. Every
process keeps the Apps it serves and asks one counter (`refresh`, once a request) whether they
are stale. Versions are append-only; the same document published again is the version it was.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from engine.applications.requirements import broken_dependents, in_order_of_need, unmet
from engine.database import Database, Unit
from engine.jobs import Jobs
from engine.migrate import (
    Migration,
    Plan,
    RestoreField,
    RestoreForm,
    begin_copy,
    begin_settling,
    build_later,
    plan_against,
    resume_copies,
)
from engine.system_tables import app_versions
from engine.tables import Catalog, FormTable
from engine.values import canonical_json, parse_json
from metamodel.application import App, load, read
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, Rejected, has_errors, problem

Document = Mapping[str, Any]
NOTED = "applications.noted"  # what is known of this publish, in the notes of its unit
LOCKED = "55P03"  # PostgreSQL: the lock was not to be had in time


@dataclass(frozen=True, slots=True)
class _Served:
    app: App
    version: int
    needs: frozenset[tuple[str, int]]  # the versions of required apps it was loaded beside


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that was read and checked, and how its canonical form is known."""

    app: App
    document: str
    digest: bytes
    problems: tuple[Problem, ...]


class Applications:
    """`on_publish` (unit, app, version, digest, by whom) writes the ledger's leaf; `preparing` are told the
    new form tables inside the unit (search makes its index there); `checks` may add problems (an app's own
    tests)."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        registry: Registry,
        jobs: Jobs,
        on_publish: Callable[[Unit, str, int, bytes, str], None] | None = None,
    ) -> None:
        self._database, self._catalog, self._registry, self._jobs = database, catalog, registry, jobs
        self._on_publish = on_publish
        self.preparing: list[Callable[[Unit, App, Mapping[str, FormTable]], None]] = []
        self.checks: list[Callable[[App], list[Problem]]] = []
        self._served: dict[str, _Served] = {}
        self._publication = -1
        self._lock = threading.Lock()

    # -- what is served ----------------------------------------------------------------------------
    def get(self, app: str) -> App:
        """The published App; Rejected (app.unknown)."""
        return self._find(app).app

    def version(self, app: str) -> int:
        return self._find(app).version

    def all(self) -> list[App]:
        self._ensure()
        return [served.app for served in self._served.values()]

    def served(self) -> frozenset[str]:
        """The ids of what is published."""
        self._ensure()
        return frozenset(self._served)

    def refresh(self) -> None:
        """Notice publications of other processes; one indexed read. Called once per request and job."""
        published = self._database.publication()
        if published != self._publication:
            self._reload(published)

    def document(self, app: str, version: int | None = None) -> Document:
        """A published document as it was published; Rejected (app.unknown)."""
        query = sa.select(app_versions.c.document).where(app_versions.c.app == app)
        query = query.where(app_versions.c.version == version) if version else query
        with self._database.read() as connection:
            found = connection.scalar(query.order_by(app_versions.c.version.desc()).limit(1))
        if found is None:
            raise Rejected([problem("app.unknown", app=app)])
        document: Document = parse_json(found)
        return document

    def at_version(self, app: str, version: int) -> App:
        """The App as it was then, for what is pinned to a version."""
        return self._read(self.document(app, version))

    def versions(self, app: str) -> Iterator[App]:
        """All there were, the newest first, each read when it is asked for."""
        return (self.at_version(app, number) for number in range(self.version(app), 0, -1))

    def _read(self, document: Document) -> App:
        """What was checked when it was published; Rejected when we cannot read it (it is of a newer format)."""
        found = read(document, self._registry)
        if found is None:
            raise Rejected(load(document, self._registry)[1])
        return found

    def _find(self, app: str) -> _Served:
        self._ensure()
        if app not in self._served:
            raise Rejected([problem("app.unknown", app=app)])
        return self._served[app]

    def _ensure(self) -> None:
        if self._publication < 0:
            self.refresh()

    def _apps(self) -> dict[str, App]:
        self._ensure()
        return {identifier: served.app for identifier, served in self._served.items()}

    def _reload(self, published: int) -> None:
        with self._lock, self._database.read() as connection:
            documents = {row.app: row for row in connection.execute(_NEWEST)}
            served: dict[str, _Served] = {}
            for identifier in in_order_of_need(
                {app: parse_json(row.document) for app, row in documents.items()}
            ):
                row = documents[identifier]
                served[identifier] = self._serve(row, served)
            self._catalog.reload()
            self._served = {identifier: served[identifier] for identifier in sorted(served)}
            self._publication = published

    def _serve(self, row: Any, served: Mapping[str, _Served]) -> _Served:
        """The same App object as before where neither it nor what it needs has changed."""
        document = parse_json(row.document)
        wanted = {need.get("app") for need in document.get("requires", ())}
        needs = frozenset((app, one.version) for app, one in served.items() if app in wanted)
        known = self._served.get(row.app)
        if known is not None and (known.version, known.needs) == (row.version, needs):
            return known
        return _Served(self._read(document), row.version, needs)

    # -- checking ----------------------------------------------------------------------------------
    def check(self, document: Document) -> list[Problem]:
        """Everything that publishing this document would say."""
        return list(self.preview(document)[1])

    def preview(self, document: Document) -> tuple[Plan | None, list[Problem]]:
        """The migration plan beside all problems; no plan for an unreadable document."""
        app, problems = self._load(document)
        if app is None:
            return None, problems
        with self._database.read() as connection:
            planned = plan_against(connection, app, self._apps().get(app.id))
        return planned, [*problems, *planned.problems]

    @property
    def publication(self) -> int:
        """Grows with whatever is published here: what was read beside other apps may be stale then."""
        self._ensure()
        return self._publication

    def reading(self, document: Document) -> tuple[App | None, list[Problem]]:
        """The App a document would be beside what its checks say; its own tests are not run for it."""
        apps = self._apps()
        app, problems = load(document, self._registry, apps)
        return app, problems if app is None else [
            *problems, *unmet(app, apps), *broken_dependents(app, apps),
        ]  # fmt: skip

    def _load(self, document: Document) -> tuple[App | None, list[Problem]]:
        app, problems = self.reading(document)
        if app is not None and not has_errors(problems):
            problems += [found for check in self.checks for found in check(app)]
        return app, problems

    # -- publishing --------------------------------------------------------------------------------
    def publish(self, unit: Unit | None, document: Document, by: str, noted: Any = None) -> int:
        """The new version's number; Rejected with every error there is. `noted` stands in the unit's notes for who
        writes the ledger's leaf."""
        prepared = self.prepare(document)
        try:
            return self._database.write_on(
                unit, lambda unit: self.publish_prepared(unit, prepared, by, noted)
            )
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != LOCKED:
                raise
            raise Rejected([problem("app.busy")]) from None

    def prepare(self, document: Document) -> Prepared:
        """The slow half of publishing, outside any unit."""
        app, problems = self._load(document)
        if app is None or has_errors(problems):
            raise Rejected(problems)
        text = canonical_json(document)
        return Prepared(app, text.decode(), hashlib.sha256(text).digest(), tuple(problems))

    def publish_prepared(self, unit: Unit, prepared: Prepared, by: str, noted: Any = None) -> int:
        app = prepared.app
        unit.notes[NOTED] = noted
        newest = _newest(unit.connection, app.id)
        if newest is not None and newest.hash == prepared.digest:
            return int(newest.version)
        self._database.signal_publication(unit)  # first: on PostgreSQL publishers queue up behind it
        newest = _newest(unit.connection, app.id)
        previous = newest.version if newest else 0
        planned = plan_against(unit.connection, app, self._before(app.id, previous))
        if not planned.possible:
            raise Rejected(planned.problems)
        migration = Migration(self._database, unit, planned)
        tables = migration.run()
        unit.connection.execute(
            app_versions.insert().values(
                app=app.id,
                version=previous + 1,
                document=prepared.document,
                hash=prepared.digest,
                at=unit.now,
                by=by,
            )
        )
        for copy in migration.copies:
            payload = {"app": app.id, "version": previous, **asdict(copy)}
            begin_copy(unit, self._jobs, payload)
        back = {step.form for step in planned.steps if isinstance(step, RestoreForm | RestoreField)}
        resume_copies(unit, self._jobs, app.id, back)
        begin_settling(unit, self._jobs, app.id, previous + 1, planned.steps)
        build_later(unit, self._jobs, migration.later)
        if self._on_publish is not None:
            self._on_publish(unit, app.id, previous + 1, prepared.digest, by)
        for prepare in self.preparing:
            prepare(unit, app, tables)
        unit.after_commit(self.refresh)
        return int(previous + 1)

    def _before(self, app: str, version: int) -> App | None:
        """What is published now, to compare with; None: nothing."""
        served = self._served.get(app)
        if served is not None and served.version == version:
            return served.app
        return self.at_version(app, version) if version else None


_LATEST = sa.select(app_versions.c.app, sa.func.max(app_versions.c.version).label("version")).group_by(
    app_versions.c.app
)
_LATEST_ROWS = _LATEST.subquery()
_NEWEST = sa.select(app_versions.c.app, app_versions.c.version, app_versions.c.document).join(
    _LATEST_ROWS,
    sa.and_(app_versions.c.app == _LATEST_ROWS.c.app, app_versions.c.version == _LATEST_ROWS.c.version),
)


def _newest(connection: sa.Connection, app: str) -> Any:
    query = sa.select(app_versions.c.version, app_versions.c.hash).where(app_versions.c.app == app)
    return connection.execute(query.order_by(app_versions.c.version.desc()).limit(1)).first()
