"""The ground of a report: which rows of one form, for one viewer, in which days.

Everything begins at `visible_rows`; only ways that may read every field a widget uses count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

import sqlalchemy as sa

from engine.access.authority import Authority
from engine.access.people import Organisation
from engine.access.readable import Column
from engine.access.viewer import SYSTEM, Viewer
from engine.access.visible import Visible
from engine.access.ways import Least
from engine.clock import microseconds
from engine.dialects.portable import PortableOps
from engine.expressions import EvaluationContext
from engine.reports.buckets import IsWorkingDay
from engine.reports.columns import Columns, Found
from engine.reports.stretches import Stretch, read_stretch, stretch_before
from engine.sql_expressions import to_sql
from engine.tables import Catalog
from engine.values import encode
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.asks import Dataset
from metamodel.expressions import check
from metamodel.expressions.types import BOOLEAN
from metamodel.forms import Form
from metamodel.plugin_api import BadValue, Registry
from metamodel.problems import Problem, Rejected, problem
from metamodel.reports import Report, ReportFilter
from metamodel.scope import FormScope

Where = sa.ColumnElement[bool]


@dataclass(frozen=True)
class House:
    """What every report stands on."""

    authority: Authority
    catalog: Catalog
    registry: Registry
    ops: PortableOps
    zone: tzinfo


@dataclass(frozen=True)
class Asking:
    """One look at one board: by whom, when, with which filters. `totals`: numbers over all rows."""

    house: House
    connection: sa.Connection
    apps: Mapping[str, App]
    organisation: Organisation
    viewer: Viewer
    context: EvaluationContext
    app: App
    report: Report
    values: Mapping[str, str]
    works: IsWorkingDay
    totals: bool = False

    @property
    def seeing(self) -> Viewer:
        """Whose rows count."""
        return SYSTEM if self.totals else self.viewer

    @property
    def today(self) -> date:
        return self.context.today

    @property
    def language(self) -> str:
        return self.viewer.language

    def value(self, one: ReportFilter) -> str:
        """What a filter is set to."""
        return self.values.get(one.id, one.default)


class Ground:
    """The rows of a dataset, before anything is counted. Columns are asked for through `columns`; `rows`
    afterwards, since which rows count depends on what was read."""

    def __init__(self, asking: Asking, dataset: Dataset) -> None:
        self.asking, self.dataset = asking, dataset
        self.app, self.form = _form_of(asking, dataset)
        house = asking.house
        self.columns = Columns(
            asking.connection, house.authority, house.catalog, asking.apps, asking.seeing, self.app, self.form
        )
        self.filters = [
            (one, path)
            for one in asking.report.filters
            if one.id not in dataset.ignore
            and (path := one.field_of(asking.app.id, self.app.id, self.form.id))
        ]
        self.date = self._date()
        self.stretch = self._stretch()
        self.before = stretch_before(self.stretch, asking.today) if self.stretch else None

    # -- time --------------------------------------------------------------------------------------

    def _date(self) -> Found | None:
        """The field the period is about."""
        period = self.asking.report.period
        board = period.field_of(self.asking.app.id, self.app.id, self.form.id) if period else ""
        path = self.dataset.on or board
        return self.columns.find(path) if path else None

    @property
    def period_filter(self) -> ReportFilter | None:
        """The board's filter that decides the days, where it does."""
        period = self.asking.report.period
        ignored = period is None or period.id in self.dataset.ignore
        return None if ignored or self.dataset.period or self.date is None else period

    def _stretch(self) -> Stretch | None:
        if self.date is None:
            return None
        text = self.dataset.period
        if not text and self.period_filter is not None:
            text = self.asking.value(self.period_filter)
        if not text:
            return None
        try:
            return read_stretch(text, self.asking.today)
        except BadValue:
            name = self.period_filter.id if self.period_filter else "period"
            raise Rejected([problem("board.bad_filter", name=name, value=text)]) from None

    def within(self, stretch: Stretch) -> Where:
        """Is a row of these days?"""
        assert self.date is not None
        first, end = self._edges(stretch)
        return sa.and_(self.date.column >= first, self.date.column < end)

    def within_both(self, before: Stretch, stretch: Stretch) -> list[Where]:
        """Is a row of either? Said as one range and a gap in it, which an index can follow."""
        assert self.date is not None
        column = self.date.column
        (first, gap), (after, end) = self._edges(before), self._edges(stretch)
        whole = [column >= first, column < end]
        return whole if before.end == stretch.first else [*whole, sa.or_(column < gap, column >= after)]

    def before_end(self, stretch: Stretch) -> Where:
        """Is a row of these days or earlier?"""
        assert self.date is not None
        end: Where = self.date.column < self._edges(stretch)[1]
        return end

    def _edges(self, stretch: Stretch) -> tuple[Column, Column]:
        ops, assert_date = self.asking.house.ops, self.date
        assert assert_date is not None
        if not assert_date.is_moment:
            return ops.integer(stretch.first.toordinal()), ops.integer(stretch.end.toordinal())
        return ops.integer(self._midnight(stretch.first)), ops.integer(self._midnight(stretch.end))

    def _midnight(self, day: date) -> int:
        return microseconds(datetime(day.year, day.month, day.day, tzinfo=self.asking.house.zone))

    # -- conditions --------------------------------------------------------------------------------

    def condition(self, text: str) -> Where:
        """An expression over the form as SQL, with what lies behind links as far as it may be read."""
        house = self.asking.house
        expression, problems = check(
            text, FormScope(self.app, self.form, self.asking.apps, house.registry), house.registry, BOOLEAN
        )
        if expression is None:
            raise Rejected(problems)
        met: Where = to_sql(expression, self.columns, house.ops, self.asking.context)
        return met

    def where(self) -> list[Where]:
        """The dataset's filter and the board's, but for the period."""
        found = [self.condition(self.dataset.filter)] if self.dataset.filter else []
        for one, path in self.filters:
            if one.kind == "choice" and self.asking.value(one):
                found.append(self._chosen(one, self.columns.find(path)))
        return found

    def _chosen(self, one: ReportFilter, found: Found) -> Where:
        raw = chosen_values(self.asking, found, self.asking.value(one))
        if found.many:
            return _holds(found, raw)
        assert found.field.type is not None
        try:
            values = [encode(found.field.type.parse(text, found.field), found.field) for text in raw]
        except BadValue:
            raise Rejected([problem("board.bad_filter", name=one.id, value=", ".join(raw))]) from None
        return found.column.in_(values)

    def visible(self) -> Visible:
        """The rows that count. Rejected (board.denied_field) where a field may not be read."""
        asking = self.asking
        every = asking.house.authority.visible_rows(asking.connection, asking.seeing, self.app, self.form)
        visible = every.reading(sorted(self.columns.read)).reading(sorted(self.columns.cut), "part")
        if not visible.ways:
            raise Rejected([self._denied(every)])
        return visible

    def _denied(self, every: Visible) -> Problem:
        """Which field it is that may not be read; the form where there is no way to it at all."""
        language = self.asking.language
        for name in sorted(self.columns.read | self.columns.cut):
            field = self.form.field(name)
            least: Least = "part" if name in self.columns.cut else "read"
            if field is not None and every.ways and not every.reading([name], least).ways:
                return problem("board.denied_field", field=field.text(language))
        return problem("board.denied_field", field=self.form.text(language))


def _form_of(asking: Asking, dataset: Dataset) -> tuple[App, Form]:
    app = asking.apps.get(dataset.app or asking.app.id)
    form = app.form(dataset.form) if app else None
    if app is None or form is None:
        raise Rejected([problem("reference.unknown_form", name=dataset.form, known="")])
    return app, form


def chosen_values(asking: Asking, found: Found, text: str) -> list[str]:
    """What a choice filter is set to; a department stands for everything below it too."""
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    if found.reference is not None and found.reference.target == "department":
        return sorted(asking.organisation.below(chosen))
    return chosen


def _holds(found: Found, values: list[str]) -> Where:
    """Has a list one of these? By its derived index."""
    if found.links is None or found.holder is None:
        raise Rejected([problem("report.not_told_by", field=found.field.id)])
    some = [whole_number(v, -1) for v in values] if _numbers(found) else values
    links = found.links.alias()
    inside: Where = found.holder.in_(sa.select(links.c.record).where(links.c.value.in_(some)))
    return sa.and_(found.column.is_not(None), inside)  # the column is blank where it may not be read


def _numbers(found: Found) -> bool:
    return found.links is not None and isinstance(found.links.c.value.type, sa.BigInteger)
