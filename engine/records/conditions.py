"""Form controls and search filters as SQL conditions: one place turns (path, operator, values) into a WHERE.

A condition on a sealed, hidden or unknown field is a Problem, never a silent nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.access.readable import ReadableColumns
from engine.access.viewer import Viewer
from engine.access.ways import Way
from engine.clock import microseconds
from engine.records.program import FormProgram
from engine.records.query import Condition
from engine.records.services import Services
from engine.search.tree import Filter
from engine.values import encode
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Lookup, Storage
from metamodel.problems import Rejected, problem

Column = sa.ColumnElement[Any]
Where = sa.ColumnElement[bool]
FILTER_OPERATORS = {"is": "is", "any_of": "any_of", "lt": "before", "le": "le", "gt": "after", "ge": "ge"}
DAY = re.compile(r"^\d{4}[-/]\d{2}[-/]\d{2}$")


class Conditions:
    """Conditions over one form, for one viewer ("me" is that person)."""

    def __init__(
        self, connection: sa.Connection, services: Services, viewer: Viewer, program: FormProgram
    ) -> None:
        self._services, self._viewer, self._program = services, viewer, program
        self.columns = ReadableColumns(
            connection,
            services.authority,
            services.catalog,
            services.apps(),
            viewer,
            program.app,
            program.form,
        )

    def where(self, condition: Condition) -> sa.ColumnElement[bool]:
        """Rejected (query.*) when the condition makes no sense. `id` is the record itself."""
        if condition.path == "id":
            return self.columns.record_id().in_(
                [int(text) for text in condition.values if is_whole_number(text)]
            )
        path = self._path(condition.path)
        column, field = self._column(path, condition.path)
        many = field.type is not None and field.type.many
        if condition.operator in ("blank", "not_blank"):
            return column.is_(None) if condition.operator == "blank" else column.is_not(None)
        if condition.operator == "contains" and not many:
            return self._services.database.ops.found_in(column, condition.values[0])
        if self._is_days(field, condition):
            return self._on_days(column, condition)
        values = [self._value(field, text) for text in condition.values]
        if many:
            return self._among(path, column, condition.operator, values)
        return _compare(column, condition.operator, values)

    def filter(self, asked: Filter) -> sa.ColumnElement[bool]:
        """A filter of the query language: its values have their type already."""
        if asked.operator == "search":
            return self._search_there(asked)
        column, field = self._column(asked.path, ".".join(asked.path))
        ops = self._services.database.ops
        if asked.operator == "has_any":
            return self._among(asked.path, column, "any_of", [str(value) for value in asked.values])
        if asked.operator == "contains":
            return ops.found_in(column, str(asked.values[0]))
        return _compare(column, FILTER_OPERATORS[asked.operator], [encode(v, field) for v in asked.values])

    def _search_there(self, asked: Filter) -> sa.ColumnElement[bool]:
        """Words of linked records this viewer may see: the link is among those found."""
        column, _ = self._column(asked.path[:-1], ".".join(asked.path))
        target = self._services.programs.get(asked.app, asked.form)
        with self._services.database.read() as connection:
            visible = self._services.authority.visible_rows(connection, self._viewer, target.app, target.form)
        name, word, table = asked.field.id, asked.values[0], target.table

        def found(way: Way) -> Where:
            hidden = target.parted if way.may(name, "read") else ()
            return table.table.c.id.in_(self._services.search.matching(table, word, [name], hidden=hidden))

        return column.in_(visible.reading([name], "part").narrowed(found).ids())

    def field(self, path: str) -> FieldDefinition:
        return self._column(self._path(path), path)[1]

    def _path(self, path: str) -> tuple[str, ...]:
        """A lookup is followed to the field it shows."""
        first, *rest = path.split(".")
        field = self._program.fields.get(first)
        derived = field.field.derived if field else None
        if isinstance(derived, Lookup) and not rest:
            return (derived.through, derived.field)
        return (first, *rest)

    def _column(self, path: tuple[str, ...], text: str) -> tuple[Column, FieldDefinition]:
        try:
            column, field = self.columns.column(path)
        except KeyError:
            raise Rejected([problem("query.unknown_field", field=text)]) from None
        if field.sealed:
            raise Rejected([problem("query.sealed", field=field.text(self._viewer.language))])
        return column, field

    def _is_days(self, field: FieldDefinition, condition: Condition) -> bool:
        """Are these whole days asked of a moment in time?"""
        storage = field.type.storage if field.type else None
        return storage == Storage.TIMESTAMP and all(DAY.match(text) for text in condition.values if text)

    def _on_days(self, column: Column, condition: Condition) -> sa.ColumnElement[bool]:
        """Days of the organisation's calendar; the last one counts to its end."""
        edges = [self._day(text) for text in condition.values]
        first, last = edges[0], edges[-1]
        match condition.operator:
            case "before":
                return column < first[0]
            case "after":
                return column >= first[1]
            case "ge":
                return column >= first[0]
            case "le":
                return column < first[1]
            case "is_not":
                return sa.not_(sa.and_(column >= first[0], column < first[1]))
        low = [column >= first[0]] if condition.values[0] else []
        high = [column < last[1]] if condition.values[-1] else []
        return sa.and_(sa.true(), *low, *high)

    def _day(self, text: str) -> tuple[int, int]:
        """The first microsecond of a day and of the next one."""
        if not text:
            return 0, 0
        try:
            start = datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=self._services.zone)
        except ValueError:
            raise Rejected([problem("query.bad_date", value=text)]) from None
        return microseconds(start), microseconds(start + timedelta(days=1))

    def _value(self, field: FieldDefinition, text: str) -> Any:
        if text == "" or field.type is None:
            return None
        if text == "me" and field.type.type.kind in ("person", "list"):
            return self._viewer.person
        try:
            if field.type.many:
                return text
            return encode(field.type.parse(text, field), field)
        except BadValue as bad:
            raise Rejected([problem(bad.code, **{"field": field.text(), **bad.params})]) from None

    def _among(
        self, path: tuple[str, ...], column: Column, operator: str, values: Sequence[Any]
    ) -> sa.ColumnElement[bool]:
        """Membership in a many-valued field: by its derived index where it has one."""
        index = self.columns.link_table(path[0]) if len(path) == 1 else None
        if index is not None:
            inside: Where = self.columns.record_id().in_(
                sa.select(index.c.record).where(index.c.value.in_(values))
            )
        else:
            inside = sa.or_(*(self._services.database.ops.list_contains(column, v) for v in values))
        return sa.not_(inside) if operator == "is_not" else inside


def _compare(column: Column, operator: str, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    first = values[0] if values else None
    if operator == "between":
        low, high = (*values, None, None)[:2]
        bounds = [column >= low] if low is not None else []
        return sa.and_(sa.true(), *bounds, *([column <= high] if high is not None else []))
    if operator in ("is", "any_of"):
        return column.in_([v for v in values if v is not None])
    if operator == "is_not":
        return sa.or_(column.is_(None), column.not_in([v for v in values if v is not None]))
    compare = {
        "before": column < first,
        "le": column <= first,
        "after": column > first,
        "ge": column >= first,
    }
    if operator not in compare:
        raise Rejected([problem("query.unknown_operator", operator=operator)])
    return compare[operator]
