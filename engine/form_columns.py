"""A form's fields as SQL columns, links followed: what `sql_expressions` resolves names with.

`link.field` becomes a scalar subquery on the linked form's table, so a permission or a
filter may reach through links without changing how many rows the outer query has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.system_tables import flow_instances
from engine.tables import Catalog, FormTable
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import HeadValue


def head_column(columns: Any, head: HeadValue) -> sa.ColumnElement[Any]:
    """A part of the record's head among the columns of its table, or of an alias of it; an id is text, as in
    expressions."""
    found: sa.ColumnElement[Any] = columns["id"]
    if head.part != "flow":
        return sa.cast(found, sa.Text) if head.part == "id" else columns[head.part]
    newest = sa.select(flow_instances.c.state).where(flow_instances.c.record == found)
    here = newest.order_by(flow_instances.c.id.desc()).limit(1).correlate(found.table)
    return here.scalar_subquery()


class FormColumns:
    """`table` may be an alias of the form's physical table."""

    def __init__(
        self, catalog: Catalog, apps: Mapping[str, App], app: str, form: Form, table: FormTable,
        columns: Any = None,
    ) -> None:  # fmt: skip
        self._catalog, self._apps, self._app, self._form, self._table = catalog, apps, app, form, table
        self._columns = columns if columns is not None else table.table.c

    def column(self, path: tuple[str, ...]) -> tuple[sa.ColumnElement[Any], FieldDefinition]:
        """The column of a field path; KeyError when there is none (a read-time or unknown field)."""
        name, rest = path[0], path[1:]
        field = self._form.field(name)
        if field is None:
            raise KeyError(name)
        derived = field.derived
        if isinstance(derived, HeadValue):
            column = head_column(self._columns, derived)
        else:
            column = self._columns[self._table.fields[name].name]
        return self._through(field, column, rest) if rest else (column, field)

    def link_table(self, name: str) -> sa.Table | None:
        """The derived index of a many-valued field of this form."""
        return self._table.links.get(name)

    def record_id(self) -> sa.ColumnElement[Any]:
        return self._columns["id"]

    def source(self) -> sa.FromClause:
        """The table, or its alias, that these columns are of."""
        found: sa.FromClause = self._columns["id"].table
        return found

    def _through(
        self, field: FieldDefinition, column: sa.ColumnElement[Any], rest: tuple[str, ...]
    ) -> tuple[sa.ColumnElement[Any], FieldDefinition]:
        reference = field.type.reference(field) if field.type else None
        if reference is None or reference.target != "record" or reference.many:
            raise KeyError(field.id)
        app = reference.app or self._app
        form = self._apps[app].form(reference.form)
        if form is None:
            raise KeyError(reference.form)
        table = self._catalog.form(app, form.id)
        alias = table.table.alias()
        target, found = FormColumns(self._catalog, self._apps, app, form, table, alias.c).column(rest)
        # Said out loud: deeper inside, where a list is unnested, nothing is correlated by itself.
        here = sa.select(target).where(alias.c.id == column).correlate(self._columns["id"].table)
        return here.scalar_subquery(), found
