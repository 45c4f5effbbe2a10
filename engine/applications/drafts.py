"""Drafts: what people are making of an app, as whole documents by revision.

An edit travels as a JSON Patch that names the revision it was made on. On the newest one it is simply
applied; on an older one it is applied *there* and merged with what others did since, by id and never by
position. The builder's undo is a patch like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonpatch
import sqlalchemy as sa

from engine.applications.published import Applications, Document
from engine.database import Database, Unit
from engine.system_tables import app_drafts
from engine.values import canonical_json, parse_json
from metamodel.changes import Change, changes
from metamodel.merge import merge_and_others
from metamodel.problems import Problem, Rejected, problem

LARGEST = 5_000_000  # bytes of a document
MOST_STEPS = 2_000  # of one patch
_LOCK = 0x6D756E690200
STEPS = frozenset({"add", "remove", "replace", "move", "copy", "test"})
Patch = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Draft:
    """Revision 0 is what is published, before anybody changed anything; it is kept as 1 by the first edit."""

    app: str
    revision: int
    document: Document
    at: int = 0
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """The new revision. `others`: what somebody else changed since the revision the edit was made on;
    `conflicts`: where both changed the same, and ours stands; `instead`: what the other has there."""

    draft: Draft
    others: tuple[tuple[str, Change], ...] = ()  # (who saved last, what)
    conflicts: tuple[Problem, ...] = ()
    instead: tuple[Any, ...] = ()


class Drafts:
    def __init__(self, database: Database, applications: Applications) -> None:
        self._database, self._applications = database, applications

    def open(self, app: str) -> Draft:
        """The newest draft, or the published document as the one to begin with. Rejected: app.unknown."""
        with self._database.read() as connection:
            row = _row(connection, app, None)
        return _draft(row) if row is not None else self._published(app)

    def at(self, app: str, revision: int) -> Draft:
        """Rejected: draft.no_revision."""
        with self._database.read() as connection:
            return self._at(connection, app, revision)

    def history(self, app: str, limit: int = 50) -> list[Draft]:
        """The newest revisions, newest first."""
        query = sa.select(app_drafts).where(app_drafts.c.app == app)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(app_drafts.c.revision.desc()).limit(limit)).all()
        return [_draft(row) for row in rows]

    def newer(self, app: str, since: int) -> Edited | None:
        """The newest draft and what was changed since a revision; None where that is the newest.
        Rejected: draft.no_revision."""
        newest = sa.select(sa.func.max(app_drafts.c.revision)).where(app_drafts.c.app == app)
        with self._database.read() as connection:
            if (connection.execute(newest).scalar() or 0) <= since:
                return None
            base, latest = self._at(connection, app, since), _draft(_row(connection, app, None))
        others = changes(base.document, latest.document)
        return Edited(latest, tuple((latest.by, change) for change in others))

    def begin(self, unit: Unit | None, document: Document, by: str, note: str = "") -> Draft:
        """The first revision of an app that is not there yet. Rejected: draft.there_already."""
        app = _id_of(document)

        def work(unit: Unit) -> Draft:
            self._one_at_a_time(unit)
            if app in self._applications.served() or _row(unit.connection, app, None) is not None:
                raise Rejected([problem("draft.there_already", app=app)])
            return self._insert(unit, Draft(app, 1, document, unit.now, by, note))

        return self._database.write_on(unit, work)

    def readable(self, document: Document) -> str:
        """The app's id. Rejected (app.unreadable) for what no draft can be of: no object with an id in it."""
        found = _id_of(document)
        if not found:
            raise Rejected([problem("app.unreadable", "/app/id", reason="app.id")])
        return found

    def newest(self) -> dict[str, Draft]:
        """By app, the newest draft of each that has any, without its document."""
        columns = [app_drafts.c[name] for name in ("app", "revision", "at", "by", "note")]
        last = sa.select(app_drafts.c.app, sa.func.max(app_drafts.c.revision).label("revision"))
        last_rows = last.group_by(app_drafts.c.app).subquery()
        both = (app_drafts.c.app == last_rows.c.app) & (app_drafts.c.revision == last_rows.c.revision)
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).join(last_rows, both)).all()
        return {row.app: Draft(row.app, row.revision, {}, row.at, row.by, row.note) for row in rows}

    def edit(self, unit: Unit | None, app: str, on: int, patch: Patch, by: str, note: str = "") -> Edited:
        """Apply a patch that was made on revision `on`. Rejected: draft.no_revision, draft.bad_patch,
        draft.too_large, draft.other_app."""
        check_patch(patch)
        return self._database.write_on(unit, lambda unit: self._edit(unit, app, on, patch, by, note))

    def _edit(self, unit: Unit, app: str, on: int, patch: Patch, by: str, note: str) -> Edited:
        self._one_at_a_time(unit)
        base = self._at(unit.connection, app, on)
        newest = _row(unit.connection, app, None)
        latest = _draft(newest) if newest is not None else base
        wanted = applied(base.document, patch)
        if latest.revision == 0:
            latest = base = self._insert(unit, Draft(app, 1, base.document, unit.now, by))
        merged: Any = wanted
        conflicts: list[Problem] = []
        instead: list[Any] = []
        if latest.revision != base.revision:
            merged, conflicts, instead = merge_and_others(base.document, wanted, latest.document)
        if _id_of(merged) != app:
            raise Rejected([problem("draft.other_app", app=app)])
        made = self._insert(unit, Draft(app, latest.revision + 1, merged, unit.now, by, note))
        others = changes(base.document, latest.document) if latest.revision != base.revision else []
        return Edited(made, tuple((latest.by, change) for change in others), tuple(conflicts), tuple(instead))

    def _one_at_a_time(self, unit: Unit) -> None:
        """SQLite has one writer anyway."""
        if self._database.dialect == "postgresql":
            unit.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def _insert(self, unit: Unit, draft: Draft) -> Draft:
        text = canonical_json(draft.document)
        if len(text) > LARGEST:
            raise Rejected([problem("draft.too_large", limit=LARGEST // 1_000_000)])
        values = {"app": draft.app, "revision": draft.revision, "document": text.decode()}
        unit.connection.execute(
            sa.insert(app_drafts).values(**values, at=draft.at, by=draft.by, note=draft.note)
        )
        return draft

    def _at(self, connection: sa.Connection, app: str, revision: int) -> Draft:
        row = _row(connection, app, revision or 1)
        if row is None and revision == 0:
            return self._published(app)
        if row is None:
            raise Rejected([problem("draft.no_revision", revision=revision)])
        return _draft(row)

    def _published(self, app: str) -> Draft:
        return Draft(app, 0, self._applications.document(app))


def check_patch(patch: Any) -> None:
    """Is this a JSON Patch (RFC 6902) of bearable length? Rejected: draft.bad_patch."""
    steps = patch if isinstance(patch, list) else []
    sane = all(
        isinstance(step, dict) and step.get("op") in STEPS and isinstance(step.get("path"), str)
        for step in steps
    )
    if not steps or not sane or len(steps) > MOST_STEPS:
        raise Rejected([problem("draft.bad_patch", reason="RFC 6902")])


def applied(document: Document, patch: Patch) -> Any:
    """The document with the patch applied; the one given stays as it is. Rejected: draft.bad_patch."""
    try:
        return jsonpatch.apply_patch(document, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError) as error:
        raise Rejected([problem("draft.bad_patch", reason=str(error)[:200])]) from error


def _id_of(document: Any) -> str:
    app = document.get("app") if isinstance(document, Mapping) else None
    found = app.get("id") if isinstance(app, Mapping) else None
    return found if isinstance(found, str) else ""


def _row(connection: sa.Connection, app: str, revision: int | None) -> Any:
    """One revision, or the newest."""
    query = sa.select(app_drafts).where(app_drafts.c.app == app)
    query = query.where(app_drafts.c.revision == revision) if revision else query
    return connection.execute(query.order_by(app_drafts.c.revision.desc()).limit(1)).first()


def _draft(row: Any) -> Draft:
    return Draft(row.app, row.revision, parse_json(row.document), row.at, row.by, row.note)
