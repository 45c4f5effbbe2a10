"""Saved filters: a list as somebody set it, under a name; his own, or shared with all who see the list.

Name and query are sealed: they quote what was looked for. What a query finds is decided for whoever opens it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.system_tables import chosen_views, saved_views
from engine.whole_numbers import is_whole_number
from metamodel.problems import Rejected, problem

MOST = 50  # of one person for one form
LONGEST, WIDEST = 60, 4_000  # characters of a name, of a query


@dataclass(frozen=True, slots=True)
class SavedView:
    id: str
    name: str
    query: str
    shared: bool
    own: bool


class SavedViews:
    def __init__(self, database: Database, box: Box, audit: AuditTrail) -> None:
        self._database, self._box, self._audit = database, box, audit

    def all(self, viewer: Viewer, app: str, form: str) -> list[SavedView]:
        """His own and the shared ones, by name; whoever sees as somebody gets the shared ones."""
        own = sa.false() if viewer.looker is not None else saved_views.c.person == viewer.person
        mine = sa.or_(own, saved_views.c.shared)
        query = sa.select(saved_views).where(saved_views.c.app == app, saved_views.c.form == form, mine)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        found = []
        for row in rows:
            name, asked = self._box.open_json(row["view_sealed"], _bound(row["person"], app, form))
            his = row["person"] == viewer.person
            found.append(SavedView(str(row["id"]), name, asked, row["shared"], his))
        return sorted(found, key=lambda view: (view.name, view.id))

    def save(self, viewer: Viewer, app: str, form: str, name: str, query: str, shared: bool = False) -> None:
        """In place of his own of that name. Rejected (view.no_name, view.too_many)."""
        name = name.strip()[:LONGEST]
        if not name or len(query) > WIDEST:
            raise Rejected([problem("view.no_name", "/name")])
        own = [view for view in self.all(viewer, app, form) if view.own]
        if len(own) >= MOST:
            raise Rejected([problem("view.too_many", "/name", limit=MOST)])
        same = [int(view.id) for view in own if view.name == name]
        sealed = self._box.seal_json([name, query], _bound(viewer.person, app, form))

        def write(unit: Unit) -> None:
            unit.connection.execute(sa.delete(saved_views).where(saved_views.c.id.in_(same)))
            row = {"app": app, "form": form, "person": viewer.person, "shared": shared, "at": unit.now}
            unit.connection.execute(sa.insert(saved_views).values({**row, "view_sealed": sealed}))
            if shared:
                self._note(unit, viewer, "filter.share", app, form, name)

        self._database.write(write)

    def remove(self, viewer: Viewer, app: str, form: str, number: str, anybodys: bool = False) -> None:
        """His own; `anybodys`: shared ones of others too."""
        if not is_whole_number(number):
            return
        whose = saved_views.c.person == viewer.person
        gone = sa.delete(saved_views).where(
            saved_views.c.id == int(number), saved_views.c.app == app, saved_views.c.form == form,
            sa.or_(whose, saved_views.c.shared) if anybodys else whose,
        )  # fmt: skip
        ended = next((v for v in self.all(viewer, app, form) if v.id == number and v.shared), None)

        def write(unit: Unit) -> None:
            if unit.connection.execute(gone).rowcount and ended is not None:
                self._note(unit, viewer, "filter.unshare", app, form, ended.name)

        self._database.write(write)

    def _note(self, unit: Unit, viewer: Viewer, action: str, app: str, form: str, name: str) -> None:
        self._audit.add(unit, viewer, [Occurrence(action, app, form, detail={"name": name})])


class ChosenViews:
    """The view a person opened last, of each form: his list opens with it the next time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, viewer: Viewer, app: str, form: str) -> str:
        """'' where he never chose one."""
        query = sa.select(chosen_views.c.view).where(_chosen(viewer, app, form))
        with self._database.read() as connection:
            return connection.scalar(query) or ""

    def count(self, app: str, form: str, view: str) -> int:
        """How many people looked at it last: a number only, for those who design it."""
        own = chosen_views.c
        whose = sa.and_(own.app == app, own.form == form, own.view == view)
        with self._database.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).where(whose)) or 0

    def choose(self, viewer: Viewer, app: str, form: str, view: str) -> None:
        if viewer.looker is not None or self.of(viewer, app, form) == view:
            return

        def write(unit: Unit) -> None:
            unit.connection.execute(sa.delete(chosen_views).where(_chosen(viewer, app, form)))
            row = {"person": viewer.person, "app": app, "form": form, "view": view}
            unit.connection.execute(sa.insert(chosen_views).values(row))

        self._database.write(write)


def _chosen(viewer: Viewer, app: str, form: str) -> sa.ColumnElement[bool]:
    own = chosen_views.c
    return sa.and_(own.person == viewer.person, own.app == app, own.form == form)


def _bound(person: str, app: str, form: str) -> bytes:
    return "\n".join(["saved view", person, app, form]).encode()
