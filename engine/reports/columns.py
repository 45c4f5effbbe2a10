"""Field paths as columns for one viewer: what lies behind a link counts only where he may read it.

A value of a record he may not see is blank, so that no total over his own rows tells of others'.
A field he may read by no way at all is Rejected: then there is no number rather than a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.access.authority import Authority
from engine.access.viewer import Viewer
from engine.form_columns import FormColumns
from engine.tables import Catalog
from engine.values import scale_of, storage_of
from metamodel.application import App
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import Lookup, Reference, Storage
from metamodel.problems import Rejected, problem

Column = sa.ColumnElement[Any]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A field at the end of a path; `home` is the app and form it stands in, `links` of a list its index."""

    path: Path
    column: Column
    field: FieldDefinition
    home: tuple[App, Form]
    links: sa.Table | None = None
    holder: Column | None = None  # the id of the record that holds a list

    @property
    def storage(self) -> Storage:
        return storage_of(self.field)

    @property
    def scale(self) -> int:
        return scale_of(self.field)

    @property
    def many(self) -> bool:
        return self.field.type is not None and self.field.type.many

    @property
    def type(self) -> Type:
        known = self.field.expression_type()
        return known.of if known.kind == "list" and known.of is not None else known

    @property
    def is_moment(self) -> bool:
        return self.storage is Storage.TIMESTAMP

    @property
    def reference(self) -> Reference | None:
        """With the app it points into said out loud."""
        found = self.field.type.reference(self.field) if self.field.type else None
        own = found is not None and found.target == "record" and not found.app
        return replace(found, app=self.home[0].id) if found is not None and own else found


class Columns:
    """The columns of one form for one viewer; a ColumnResolver for expressions as well."""

    def __init__(
        self, connection: sa.Connection, authority: Authority, catalog: Catalog, apps: Mapping[str, App],
        viewer: Viewer, app: App, form: Form,
    ) -> None:  # fmt: skip
        self._connection, self._authority, self._catalog = connection, authority, catalog
        self._apps, self._viewer, self.app, self.form = apps, viewer, app, form
        self._plain = FormColumns(catalog, apps, app.id, form, catalog.form(app.id, form.id))
        self._guards: dict[Path, sa.ColumnElement[bool] | None] = {}
        self.read: set[str] = set()  # fields of the form itself that were asked for

    def column(self, path: Path) -> tuple[Column, FieldDefinition]:
        """KeyError when there is no column."""
        found, field = self._plain.column(path)
        self.read.add(path[0])
        guards = [guard for guard in map(self._guard, _longer(path)) if guard is not None]
        return (sa.case((sa.and_(*guards), found), else_=sa.null()) if guards else found), field

    def link_table(self, name: str) -> sa.Table | None:
        self.read.add(name)
        return self._plain.link_table(name)

    def record_id(self) -> Column:
        return self._plain.record_id()

    def source(self) -> sa.FromClause:
        return self._plain.source()

    def find(self, text: str) -> Found:
        """The field of a dotted path, lookups followed. Rejected where nothing can be counted by it."""
        path = self._followed(tuple(text.split(".")))
        try:
            column, field = self.column(path)
        except KeyError:
            raise Rejected([problem("query.unknown_field", field=text)]) from None
        if field.sealed:
            raise Rejected([problem("report.sealed", field=field.text(self._viewer.language))])
        home = self._home(path)
        if field.type is None or not field.type.many:
            return Found(path, column, field, home)
        holder = self.column(path[:-1])[0] if len(path) > 1 else self.record_id()
        links = self._catalog.form(home[0].id, home[1].id).links.get(field.id)
        return Found(path, column, field, home, links, holder)

    def _followed(self, path: Path) -> Path:
        """A lookup is the path it looks along."""
        field = self.form.field(path[0])
        derived = field.derived if field else None
        if isinstance(derived, Lookup) and len(path) == 1:
            return (derived.through, *derived.field.split("."))
        return path

    def _home(self, path: Path) -> tuple[App, Form]:
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

    def _guard(self, path: Path) -> sa.ColumnElement[bool] | None:
        """May the viewer read the last field of this path, on the record that it stands on? None: always."""
        if path not in self._guards:
            self._guards[path] = self._made_guard(path)
        return self._guards[path]

    def _made_guard(self, path: Path) -> sa.ColumnElement[bool] | None:
        if self._viewer.system:
            return None
        app, form = self._home(path)
        visible = self._authority.visible_rows(self._connection, self._viewer, app, form).reading([path[-1]])
        if not visible.ways:
            field = form.field(path[-1])
            name = field.text(self._viewer.language) if field else path[-1]
            raise Rejected([problem("board.denied_field", field=name)])
        if any(way.rows == "true" and way.grant is None for way in visible.ways):
            return None
        link, _ = self._plain.column(path[:-1])
        return link.in_(visible.ids().correlate(None))


def _longer(path: Path) -> Sequence[Path]:
    """Every part of a path that goes through a link: a.b, a.b.c."""
    return [path[:length] for length in range(2, len(path) + 1)]
