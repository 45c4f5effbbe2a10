"""The filters above a board: what stands in each, and what could."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.access.readable import Column
from engine.reports.answers import Names
from engine.reports.columns import Found
from engine.reports.drill import choice_text
from engine.reports.ground import Asking, Ground
from engine.reports.stretches import read_stretch, stretch_text
from engine.reports.views import FilterView
from metamodel.asks import Dataset
from metamodel.labels import label_text
from metamodel.plugin_api import BadValue
from metamodel.problems import Rejected, problem
from metamodel.reports import PERIODS, ReportFilter

MOST_CHOICES = 200
Choices = Sequence[tuple[str, str]]


def filter_views(asking: Asking, names: Names) -> tuple[FilterView, ...]:
    """Rejected (board.bad_filter) for a period nobody understands."""
    return tuple(
        _period(asking, one) if one.kind == "period" else _choice(asking, one, names)
        for one in asking.report.filters
    )


def _period(asking: Asking, one: ReportFilter) -> FilterView:
    language, value = asking.language, asking.value(one)
    choices = tuple((name, label_text(label, language)) for name, label in PERIODS.items())
    label = label_text(one.label, language, one.id)
    if not value:
        every = "全部时间" if language.startswith("zh") else "all time"
        return FilterView(one.id, label, "period", "", one.default, every, choices)
    try:
        stretch = read_stretch(value, asking.today)
    except BadValue:
        raise Rejected([problem("board.bad_filter", name=one.id, value=value)]) from None
    days = (stretch.first.isoformat(), stretch.last.isoformat())
    return FilterView(
        one.id, label, "period", value, one.default, stretch_text(stretch, language), choices, days
    )


def _choice(asking: Asking, one: ReportFilter, names: Names) -> FilterView:
    label, value = label_text(one.label, asking.language, one.id), asking.value(one)
    found = _first_field(asking, one)
    if found is None:
        return FilterView(one.id, label, "choice", value, one.default, value)
    ground, field = found
    text = choice_text(ground, field, value) if value else ""
    return FilterView(
        one.id, label, "choice", value, one.default, text, tuple(_choices(ground, field, names))
    )


def _first_field(asking: Asking, one: ReportFilter) -> tuple[Ground, Found] | None:
    """The first field the filter means that this viewer may read."""
    for name, path in one.fields.items():
        app, _, form = name.rpartition(".")
        try:
            ground = Ground(asking, Dataset(form=form, app=app))
            found = ground.columns.find(path)
            ground.visible()
        except Rejected:
            continue
        return ground, found
    return None


def _choices(ground: Ground, found: Found, names: Names) -> Choices:
    """The choices of the field; people and departments; of records and open lists what rows have."""
    asking, type_ = ground.asking, found.field.type
    defined = type_.choices(found.field) if type_ else ()
    if defined:
        return [(c.value, str(c.text(asking.language))) for c in defined if not c.hidden]
    target = found.reference.target if found.reference else ""
    if target == "person":
        people = asking.organisation.people.values()
        return [(person.id, person.name) for person in people if person.active]
    if target == "department":
        return [(one.id, one.name) for one in asking.organisation.departments.values()]
    have = _present(ground, found)
    if found.reference is None:
        return [(value, value) for value in have]
    known = names(found.reference, have)
    return [(value, known.get((target, value), value)) for value in have]


def _present(ground: Ground, found: Found) -> list[str]:
    """The values most rows have, of the rows this viewer may read."""
    source: sa.FromClause = ground.columns.source()
    value: Column = found.column
    if found.many:
        if found.links is None or found.holder is None:
            return []
        links = found.links.alias()
        source, value = source.join(links, links.c.record == found.holder), links.c.value
    where = found.column.is_not(None)
    rows = (
        sa.select(value.label("value"))
        .select_from(source)
        .where(ground.visible().condition, where)
        .subquery()
    )
    counted = sa.select(rows.c.value).group_by(rows.c.value).order_by(sa.func.count().desc(), rows.c.value)
    return [str(row[0]) for row in ground.asking.connection.execute(counted.limit(MOST_CHOICES))]
