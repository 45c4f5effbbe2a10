"""Days that a time axis marks: of an expression, or of records that their reader may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from engine.clock import from_microseconds
from engine.expressions import compile_expression
from engine.reports.columns import Found
from engine.reports.ground import Ground
from metamodel.asks import Mark, MarkRows
from metamodel.expressions import check
from metamodel.expressions.types import DATE
from metamodel.labels import label_text
from metamodel.problems import Rejected
from metamodel.report_checks import MeasureScope

MOST = 50
Days = Sequence[tuple[date, str]]


def marked_days(ground: Ground, mark: Mark) -> Days:
    """Each day with its words; () where an expression has no value, or the records are not for this reader."""
    try:
        return _of_rows(ground, mark.rows) if mark.rows is not None else _of_expression(ground, mark)
    except Rejected:
        return ()


def _of_expression(ground: Ground, mark: Mark) -> Days:
    asking = ground.asking
    expression, _ = check(mark.at, MeasureScope(()), asking.house.registry, DATE)
    if expression is None:
        return ()
    found = compile_expression(expression, asking.house.registry)({}, asking.context)
    if isinstance(found, datetime):
        found = found.astimezone(asking.house.zone).date()
    return [(found, label_text(mark.label, asking.language))] if isinstance(found, date) else ()


def _of_rows(ground: Ground, rows: MarkRows) -> Days:
    """The latest of these records, in the order of their days; the board's filters hold for them, too."""
    there = Ground(ground.asking, rows.dataset())
    day, name = there.columns.find(rows.day), there.columns.find(rows.name)
    where = [*there.where(), day.column.is_not(None)]
    if ground.stretch is not None:
        where.append(there.within(ground.stretch))
    query = sa.select(day.column, name.column).select_from(there.columns.source())
    query = query.where(there.visible().condition, *where).order_by(day.column.desc()).limit(MOST)
    found = ground.asking.connection.execute(query).fetchall()
    return sorted((_day(ground, day, at), str(text or "")) for at, text in found)


def _day(ground: Ground, field: Found, at: int) -> date:
    zone = ground.asking.house.zone
    return from_microseconds(at).astimezone(zone).date() if field.is_moment else date.fromordinal(at)
