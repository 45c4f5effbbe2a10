"""The one authority for access: asked before every read and every write, answers from roles and grants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.grants import Grants
from engine.access.people import People
from engine.access.seeing import lesser
from engine.access.unmaskings import Unmaskings
from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.access.ways import Way, ways
from engine.clock import microseconds
from engine.database import Database
from engine.expressions import EvaluationContext
from engine.form_columns import FormColumns
from engine.sql_expressions import ColumnResolver, to_sql
from engine.tables import Catalog
from metamodel.application import App
from metamodel.expressions import Expression, check
from metamodel.expressions.types import BOOLEAN
from metamodel.forms import Form
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from metamodel.scope import FormScope

REMEMBERED = 5_000  # expressions
Apps = Callable[[], Mapping[str, App]]
ContextOf = Callable[[sa.Connection, Viewer], EvaluationContext]
MoreWays = Callable[[sa.Connection, Viewer, App, Form], list[Way]]
Withheld = Callable[[sa.Connection, Viewer, App, Form], sa.Select[Any] | None]


class Authority:
    def __init__(
        self, database: Database, catalog: Catalog, people: People, grants: Grants, unmaskings: Unmaskings,
        registry: Registry, apps: Apps, context: ContextOf,
    ) -> None:  # fmt: skip
        self._database, self._catalog, self._people, self._unmaskings = database, catalog, people, unmaskings
        self._grants, self._registry, self._apps, self._context = grants, registry, apps, context
        self._checked: dict[tuple[int, str, str], Expression] = {}
        self.more_ways: list[MoreWays] = []  # of rooms above, such as that of who is asked to approve
        self.withheld: list[Withheld] = []  # records that are kept and not used any more
        self.deleted: Withheld | None = None  # those in the recycle bin

    def table(self, app: App, form: Form) -> sa.Table:
        return self._catalog.form(app.id, form.id).table

    def ways(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> list[Way]:
        """Every reason this viewer may touch rows of this form; empty: none."""
        if viewer.system:
            return ways(viewer, app, form)
        if viewer.looker is not None:
            return lesser(ways(viewer, app, form), ways(viewer.looker, app, form), form)
        now = microseconds(self._database.clock.now())
        running = self._grants.running(connection, viewer.person, app.id, form.id, now)
        more = [way for find in self.more_ways for way in find(connection, viewer, app, form)]
        found = [*ways(viewer, app, form, running), *more]
        return [*found, *self._unmaskings.ways(connection, viewer, app, form, found)]

    def visible_rows(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> Visible:
        """The start of any read: rows this viewer may read, with the ways that reach them."""
        return self._rows(connection, viewer, app, form, self._finders())

    def kept_back(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form
    ) -> list[sa.Select[Any]]:
        """Ids no way of this viewer leads to: what lies in the recycle bin, what is only kept."""
        return [ids for find in self._finders() if (ids := find(connection, viewer, app, form)) is not None]

    def _finders(self) -> Sequence[Withheld]:
        return [*self.withheld, self.deleted] if self.deleted else self.withheld

    def deleted_rows(self, connection: sa.Connection, viewer: Viewer, app: App, form: Form) -> Visible:
        """Rows of the recycle bin that this viewer might read, were they not in it."""
        binned = self.deleted(connection, viewer, app, form) if self.deleted else None
        rows = self._rows(connection, viewer, app, form, self.withheld)
        own = rows.form_table.table.c.id
        return rows.narrowed(lambda _way: own.in_(binned) if binned is not None else sa.false())

    def _rows(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form, withheld: Sequence[Withheld]
    ) -> Visible:
        table = self._catalog.form(app.id, form.id)
        reading = [way for way in self.ways(connection, viewer, app, form) if "read" in way.actions]
        columns = FormColumns(self._catalog, self._apps(), app.id, form, table)
        context = self._context(connection, viewer)
        conditions = [self._condition(way, app, form, columns, context) for way in reading]
        kept_back = [ids for find in withheld if (ids := find(connection, viewer, app, form)) is not None]
        if kept_back:
            used = sa.and_(*(columns.record_id().not_in(ids) for ids in kept_back))
            conditions = [sa.and_(condition, used) for condition in conditions]
        return Visible(table, reading, conditions)

    def condition(
        self, connection: sa.Connection, viewer: Viewer, app: App, form: Form, text: str,
        columns: ColumnResolver | None = None,
    ) -> tuple[sa.ColumnElement[bool], frozenset[str]]:  # fmt: skip
        """A viewer's own filter expression as SQL, and the fields of this form it reads. `columns` may
        keep from him what he may not read behind links (`readable.py`)."""
        table = self._catalog.form(app.id, form.id)
        columns = columns or FormColumns(self._catalog, self._apps(), app.id, form, table)
        expression = self._expression(app, form, text)
        condition = to_sql(expression, columns, self._database.ops, self._context(connection, viewer))
        return condition, frozenset(path[0] for path in expression.names if form.field(path[0]))

    def checked(self, app: App, form: Form, text: str) -> Expression:
        """An expression over a form's records, checked. Rejected with what is wrong with it."""
        return self._expression(app, form, text)

    def _condition(
        self, way: Way, app: App, form: Form, columns: FormColumns, context: EvaluationContext
    ) -> sa.ColumnElement[bool]:
        conditions: list[Any] = []
        if way.rows not in ("", "true"):
            expression = self._expression(app, form, way.rows)
            conditions.append(to_sql(expression, columns, self._database.ops, context))
        if way.grant is not None:
            conditions.append(columns.record_id() <= way.grant.newest)
        chosen = [ids for ids in (way.records, way.only) if ids is not None]
        conditions += [columns.record_id().in_(ids) for ids in chosen]
        return sa.and_(sa.true(), *conditions)

    def _expression(self, app: App, form: Form, text: str) -> Expression:
        """Checked once. A permission that does not check opens nothing: Rejected."""
        key = (id(app), form.id, text)
        known = self._checked.get(key)
        if known is None:
            if len(self._checked) >= REMEMBERED:  # filters of grants and counts are many
                self._checked.clear()
            scope = FormScope(app, form, self._apps())
            known, problems = check(text, scope, self._registry, BOOLEAN)
            if known is None:
                raise Rejected(problems)
            self._checked[key] = known
        return known
