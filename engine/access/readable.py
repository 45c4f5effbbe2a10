"""Field paths as columns for one viewer: what lies behind a link is there only where he may read it.

A value of a record he may not see is blank, so that no filter and no total over his own rows tells of
others'. Filters of lists and the numbers of reports go through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.authority import Authority
from engine.access.viewer import Viewer
from engine.form_columns import FormColumns
from engine.tables import Catalog
from metamodel.application import App
from metamodel.expressions.types import Type, record_of
from metamodel.forms import FieldDefinition, Form
from metamodel.scope import FormScope

Column = sa.ColumnElement[Any]
Path = tuple[str, ...]


class ReadableColumns:
    """The columns of one form for one viewer; a ColumnResolver for expressions as well."""

    def __init__(
        self, connection: sa.Connection, authority: Authority, catalog: Catalog, apps: Mapping[str, App],
        viewer: Viewer, app: App, form: Form,
    ) -> None:  # fmt: skip
        self._connection, self._authority, self._catalog = connection, authority, catalog
        self._apps, self._viewer, self.app, self.form = apps, viewer, app, form
        self._plain = FormColumns(catalog, apps, app.id, form, catalog.form(app.id, form.id))
        self._guards: dict[Path, sa.ColumnElement[bool] | None] = {}

    def column(self, path: Path) -> tuple[Column, FieldDefinition]:
        """KeyError when there is no column."""
        found, field = self._plain.column(path)
        guards = [guard for guard in map(self._guard, _longer(path)) if guard is not None]
        return (sa.case((sa.and_(*guards), found), else_=sa.null()) if guards else found), field

    def link_table(self, name: str) -> sa.Table | None:
        return self._plain.link_table(name)

    def record_id(self) -> Column:
        return self._plain.record_id()

    def home(self, path: Path) -> tuple[App, Form]:
        """The form in which the last field of a path stands."""
        app, form = self.app, self.form
        for name in path[:-1]:
            field = form.field(name)
            reference = field.type.reference(field) if field and field.type else None
            assert reference is not None, path
            app = self._apps[reference.app or app.id]
            there = app.form(reference.form)
            assert there is not None, path
            form = there
        return app, form

    def unreadable(self, field: FieldDefinition | None, path: Path) -> sa.ColumnElement[bool]:
        """What to do about a field that this viewer may read by no way at all: it is blank everywhere."""
        return sa.false()

    def _guard(self, path: Path) -> sa.ColumnElement[bool] | None:
        """May the viewer read the last field of this path, on the record that it stands on? None: always."""
        if path not in self._guards:
            self._guards[path] = self._made_guard(path)
        return self._guards[path]

    def _made_guard(self, path: Path) -> sa.ColumnElement[bool] | None:
        if self._viewer.system:
            return None
        app, form = self.home(path)
        visible = self._authority.visible_rows(self._connection, self._viewer, app, form).reading([path[-1]])
        if not visible.ways:
            return self.unreadable(form.field(path[-1]), path)
        if any(way.everything for way in visible.ways):
            return None
        link, _ = self._plain.column(path[:-1])
        return link.in_(visible.ids().correlate(None))


def closed_names(
    connection: sa.Connection, authority: Authority, apps: Mapping[str, App], viewer: Viewer, app: App, form: Form,
    names: Iterable[Path],
) -> list[Path]:  # fmt: skip
    """Those of these paths of an expression with a field in them that this viewer may read by no way at all."""
    scope = FormScope(app, form, apps)

    def may(there: App | None, where: Form | None, name: str) -> bool:
        if there is None or where is None or where.field(name) is None:
            return name == "id"
        return any(way.may(name, "read") for way in authority.ways(connection, viewer, there, where))

    def opens(path: Path) -> bool:
        known: Type | None = record_of(app.id, form.id)
        for name in path[1:] if path[0] == "record" else path:
            of = known.of if known is not None and known.kind == "list" and known.of else known
            if of is None or of.kind != "record" or "/" in of.form:  # a part of what was asked for already
                return True
            there = apps.get(of.app)
            if not may(there, there.form(of.form) if there else None, name):
                return False
            known = scope.attribute(of, name)
        return True

    return [path for path in names if not viewer.system and not opens(path)]


def _longer(path: Path) -> Sequence[Path]:
    """Every part of a path that goes through a link: a.b, a.b.c."""
    return [path[:length] for length in range(2, len(path) + 1)]
