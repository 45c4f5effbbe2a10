"""Figures over records (`RelatedQuery`): asked of all rows when a record is saved or filled in, whoever may
read them.

That is more than the person asking may see, so each time is written into the audit trail with what was
asked, and nobody may ask more often than so many times a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import microseconds
from engine.database import Unit
from engine.expressions import EvaluationContext
from engine.form_columns import FormColumns
from engine.records.drafts import Draft
from engine.records.program import FieldProgram, FormProgram
from engine.records.rows import AGGREGATES as ROLLED_UP
from engine.records.services import Services
from engine.records.state import apply_formulas
from engine.system_tables import audit
from engine.values import decoder
from metamodel.expressions.inline import inlined
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import RelatedQuery, RelatedRows, Rollup
from metamodel.problems import Problem, Rejected, pointer, problem

ACTION = "count"
MOST = 60  # times a person and minute
MINUTE = 60_000_000
REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out, and the conditions it was asked by."""

    field: FieldProgram
    value: Any
    asked: tuple[str, ...]


class Figures:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: dict[tuple[Any, ...], tuple[int, Any]] = {}  # what somebody was told a moment ago
        self._asked: dict[str, list[int]] = {}  # when, by person

    # -- on the way into the database --------------------------------------------------------------

    def fill(
        self, unit: Unit, viewer: Viewer, program: FormProgram, draft: Draft, context: EvaluationContext
    ) -> None:
        """Into a new record, or one whose asking changed. Rejected: query.too_often."""
        new = not draft.id
        due = [
            field
            for field in program.figures
            if new or (field.id not in program.frozen and _moved(field, draft.before, draft.values))
        ]
        if not due:
            return
        if not self._may_ask(unit.connection, viewer, unit.now):
            raise Rejected([problem("query.too_often", pointer(due[0].id), limit=MOST)])
        found = [self._figure(unit.connection, program, field, draft.values, context) for field in due]
        draft.values.update((figure.field.id, figure.value) for figure in found)
        apply_formulas(program, draft.values, context, standing=not new)
        if not viewer.system:
            self._services.audit.add(unit, viewer, [_told(program, found, draft.id or None)])

    def of(
        self, unit: Unit, program: FormProgram, field: FieldProgram, values: Mapping[str, Any],
        context: EvaluationContext,
    ) -> Any:  # fmt: skip
        """What one comes to now, for a record that was there before the field."""
        return self._figure(unit.connection, program, field, values, context).value

    # -- while somebody types ----------------------------------------------------------------------

    def show(
        self, connection: sa.Connection, viewer: Viewer, program: FormProgram, values: dict[str, Any],
        context: EvaluationContext, fields: Iterable[str], before: Mapping[str, Any] | None = None,
    ) -> tuple[list[Figure], list[Problem]]:  # fmt: skip
        """The figures of these fields into `values`, except where they ask as what stood `before` did. Those
        that were asked anew, to be told to the audit trail before the answer leaves; and query.too_often."""
        asked, problems, now = list[Figure](), list[Problem](), microseconds(context.now)
        names = set(fields)
        for field in program.figures:
            if field.id not in names or (before is not None and not _moved(field, before, values)):
                continue
            texts = self._texts(field, values, context)
            key = viewer.person, program.app.id, program.version, program.form.id, field.id, texts
            known = self._known.get(key)
            if known is not None and now - known[0] < MINUTE:
                values[field.id] = known[1]
            elif not asked and not self._may_ask(connection, viewer, now):  # one answer is one time
                problems.append(problem("query.too_often", pointer(field.id), limit=MOST))
            else:
                figure = self._figure(connection, program, field, values, context)
                self._remember(key, now, figure.value)
                values[field.id] = figure.value
                asked.append(figure)
        apply_formulas(program, values, context)
        return asked, problems

    def note(self, viewer: Viewer, program: FormProgram, asked: Sequence[Figure], record: int | None) -> None:
        """Before the answer leaves."""
        if asked and not viewer.system:
            self._services.audit.note(viewer, _told(program, asked, record))

    def _remember(self, key: tuple[Any, ...], now: int, value: Any) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = now, value

    def _may_ask(self, connection: sa.Connection, viewer: Viewer, now: int) -> bool:
        """The audit trail counts, in all processes; and what was asked here and then not saved counts too."""
        if viewer.system:
            return True
        recent = [at for at in self._asked.get(viewer.person, ()) if at > now - MINUTE]
        query = sa.select(sa.func.count()).where(
            audit.c.person == viewer.person, audit.c.at > now - MINUTE, audit.c.action == ACTION
        )
        if max(len(recent), connection.scalar(query) or 0) >= MOST:
            return False
        self._asked[viewer.person] = [*recent, now]
        return True

    # -- asking ------------------------------------------------------------------------------------

    def _figure(
        self, connection: sa.Connection, program: FormProgram, field: FieldProgram,
        values: Mapping[str, Any], context: EvaluationContext,
    ) -> Figure:  # fmt: skip
        query = _query_of(field)
        texts = self._texts(field, values, context)
        pairs = zip(query.queries, texts, strict=True)
        found = [self._ask(connection, program, rows, text) for rows, text in pairs]
        value = _combined(query.combine, [one for one in found if one is not None])
        return Figure(field, None if value is None else field.decode(field.encode(value)), texts)

    def _texts(
        self, field: FieldProgram, values: Mapping[str, Any], context: EvaluationContext
    ) -> tuple[str, ...]:
        """The conditions of the queries, our values written into them."""
        own = {path: run(values, context) for path, run in field.asked.items()}
        return tuple(inlined(rows.where, own, context.zone) for rows in _query_of(field).queries)

    def _ask(self, connection: sa.Connection, program: FormProgram, rows: RelatedRows, text: str) -> Any:
        """A count of nothing is 0; every other aggregate of nothing is blank, and blanks do not count."""
        there = self._services.programs.get(rows.app or program.app.id, rows.form)
        column: sa.ColumnElement[Any] = there.table.table.c.id
        decode: Callable[[Any], Any] = int
        if rows.field:
            column, decode = self._column(connection, there, rows.field)
        visible = self._services.authority.visible_rows(connection, SYSTEM, there.app, there.form)
        statement = sa.select(column).select_from(there.table.table).where(visible.condition)
        if text.strip():
            where, _ = self._services.authority.condition(connection, SYSTEM, there.app, there.form, text)
            statement = statement.where(where)
        if rows.aggregate == "median":
            return _middle(connection, statement, column, decode)
        figures = sa.func.count(column), AGGREGATES[rows.aggregate](column)
        number, raw = connection.execute(statement.with_only_columns(*figures)).one()
        if rows.aggregate == "count":
            return number
        if raw is None:
            return None
        value = decode(int(raw))
        return _share(value, number) if rows.aggregate == "avg" else value

    def _column(
        self, connection: sa.Connection, there: FormProgram, path: str
    ) -> tuple[sa.ColumnElement[Any], Callable[[Any], Any]]:  # fmt: skip
        """A field's column, or one reached through a link, and how its values are read."""
        services = self._services
        columns = FormColumns(services.catalog, services.apps(), there.app.id, there.form, there.table)
        *links, name = path.split(".")
        holder, app, form = columns.record_id(), there.app.id, there.form
        if links:
            holder, link = columns.column(tuple(links))
            app, form = self._behind(app, link)
        field = form.field(name)
        if field is not None and isinstance(field.derived, Rollup):
            return self._rolled_up(connection, there, app, field.derived, holder)
        column, found = columns.column((*links, name))
        return column, decoder(found)

    def _behind(self, app: str, link: FieldDefinition) -> tuple[str, Form]:
        """The app and the form a link points into."""
        reference = link.type.reference(link) if link.type else None
        if reference is None or reference.target != "record":
            raise KeyError(link.id)
        form = self._services.apps()[reference.app or app].form(reference.form)
        if form is None:
            raise KeyError(reference.form)
        return reference.app or app, form

    def _rolled_up(
        self, connection: sa.Connection, there: FormProgram, app: str, rollup: Rollup,
        holder: sa.ColumnElement[Any],
    ) -> tuple[sa.ColumnElement[Any], Callable[[Any], Any]]:  # fmt: skip
        """What a rollup of the record `holder` names comes to: it has no column of its own."""
        source = self._services.programs.get(rollup.app or app, rollup.form)
        authority, table = self._services.authority, source.table.table
        picked = [authority.visible_rows(connection, SYSTEM, source.app, source.form).condition]
        if rollup.where:
            picked.append(authority.condition(connection, SYSTEM, source.app, source.form, rollup.where)[0])
        ids = sa.select(table.c.id).where(*picked).correlate(None)
        one = table.alias()
        via = one.c[source.table.fields[rollup.via].name]
        counted = one.c[source.table.fields[rollup.field].name] if rollup.field else one.c.id
        inner = sa.select(ROLLED_UP[rollup.aggregate](counted)).where(via == holder, one.c.id.in_(ids))
        column = inner.correlate(there.table.table).scalar_subquery()
        field = source.form.field(rollup.field) if rollup.field else None
        return column, decoder(field) if field is not None and rollup.aggregate != "count" else int


AGGREGATES: Mapping[str, Any] = {
    "count": sa.func.count, "sum": sa.func.sum, "avg": sa.func.sum, "min": sa.func.min, "max": sa.func.max,
}  # fmt: skip


def _middle(
    connection: sa.Connection, statement: sa.Select[Any], column: sa.ColumnElement[Any],
    decode: Callable[[Any], Any],
) -> Any:  # fmt: skip
    """The value in the middle, of an even number half way between the two; blanks do not count."""
    number = connection.execute(statement.with_only_columns(sa.func.count(column))).scalar_one()
    if not number:
        return None
    ordered = statement.where(column.is_not(None)).order_by(column)
    middle = ordered.offset((number - 1) // 2).limit(2 - number % 2)
    found = [decode(int(raw)) for raw in connection.scalars(middle)]
    return _share(_combined("sum", found), len(found))


def _query_of(field: FieldProgram) -> RelatedQuery:
    derived = field.field.derived
    assert isinstance(derived, RelatedQuery)
    return derived


def _moved(field: FieldProgram, before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Did anything change that it asks by?"""
    names = {path.partition(".")[0] for path in field.asked}
    return any(values.get(name) != before.get(name) for name in names)


def _combined(way: str, found: Sequence[Any]) -> Any:
    if not found:
        return None
    if way != "sum":
        return max(found) if way == "max" else min(found)
    total = found[0]
    for one in found[1:]:
        total = total + one
    return total


def _share(value: Any, number: int) -> Any:
    return Decimal(value) / number if isinstance(value, (int, Decimal)) else value / number


def _told(program: FormProgram, found: Sequence[Figure], record: int | None) -> Occurrence:
    detail = {figure.field.id: {"asked": list(figure.asked), "found": _plain(figure)} for figure in found}
    return Occurrence(ACTION, program.app.id, program.form.id, record, detail={"fields": detail})


def _plain(figure: Figure) -> Any:
    field = figure.field.field
    if figure.value is None or field.type is None:
        return None
    return field.type.to_json(figure.value, field)
