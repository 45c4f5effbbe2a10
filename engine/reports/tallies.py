"""One measure of an ask: what is read of each row, what the database makes of a group, and the number.

The database adds, counts and ranks whole numbers; the one division a mean needs is done on what it
gives, exactly. Medians and percentiles come out of row numbers in the same statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access.readable import Column
from engine.expressions import compile_expression
from engine.reports.columns import Found
from engine.reports.ground import Ground
from engine.reports.told import MICROSECONDS_AN_HOUR, bucket_column
from metamodel.asks import Measure, Measured, Number
from metamodel.expressions import check
from metamodel.expressions.types import NUMBER
from metamodel.labels import label_text
from metamodel.plugin_api import BadValue, arithmetic
from metamodel.problems import Rejected, problem
from metamodel.report_checks import MeasureScope

RANKED = frozenset({"median", "p90"})
ORDER_PLACES = 6


@dataclass(frozen=True, slots=True)
class Ranks:
    """Of a measure: the row's place among its group's values, and how many there are."""

    place: Column
    count: Column


@dataclass(frozen=True)
class Kind:
    """`parts(value, ranks)`: aggregates of a group; `number(parts)` the number, unscaled; `joined` what
    becomes of a part when groups become one, None where only the rows themselves can tell."""

    parts: Callable[[Column, Ranks | None], Sequence[Column]]
    number: Callable[[Sequence[Any]], Number]
    counts: bool = False  # a group without rows is 0
    joined: Any = None


def _only(parts: Sequence[Any]) -> Number:
    return None if parts[0] is None else int(parts[0])


def _none_is_nought(parts: Sequence[Any]) -> Number:
    return int(parts[0] or 0)


def _quotient(parts: Sequence[Any]) -> Number:
    if not parts[1]:
        return None
    try:
        return arithmetic.divide(int(parts[0]), int(parts[1]))
    except BadValue:
        return Decimal(int(parts[0])) / Decimal(int(parts[1]))


def _middle(value: Column, ranks: Ranks | None) -> Sequence[Column]:
    """The two middle values, which of an odd number are one."""
    assert ranks is not None
    halves = (ranks.place * 2 >= ranks.count, ranks.place * 2 <= ranks.count + 2)
    middle = sa.case((sa.and_(*halves, value.is_not(None)), value))
    return sa.func.sum(middle), sa.func.count(middle)


def _ninth(value: Column, ranks: Ranks | None) -> Sequence[Column]:
    """The smallest value that nine of ten do not exceed."""
    assert ranks is not None
    reached = sa.and_(ranks.place * 10 >= ranks.count * 9, value.is_not(None))
    return (sa.func.min(sa.case((reached, value))),)


KINDS: Mapping[str, Kind] = {
    "count": Kind(lambda value, _: (sa.func.count(value),), _none_is_nought, True, sa.func.sum),
    "distinct": Kind(lambda value, _: (sa.func.count(sa.distinct(value)),), _none_is_nought, counts=True),
    "sum": Kind(lambda value, _: (sa.func.sum(value),), _none_is_nought, True, sa.func.sum),
    "avg": Kind(lambda value, _: (sa.func.sum(value), sa.func.count(value)), _quotient, joined=sa.func.sum),
    "min": Kind(lambda value, _: (sa.func.min(value),), _only, joined=sa.func.min),
    "max": Kind(lambda value, _: (sa.func.max(value),), _only, joined=sa.func.max),
    "median": Kind(_middle, _quotient),
    "p90": Kind(_ninth, _only),
    "ratio": Kind(lambda value, _: (sa.func.sum(value), sa.func.count(value)), _quotient, joined=sa.func.sum),
}


@dataclass(frozen=True)
class Tally:
    """A measure that the database answers. `value` is what it reads of each row."""

    measure: Measure
    kind: Kind
    value: Column
    found: Found | None

    @property
    def scale(self) -> int:
        counted = self.measure.aggregate in ("count", "distinct", "ratio") or self.found is None
        return 0 if counted or self.found is None else self.found.scale

    @property
    def is_duration(self) -> bool:
        counted = self.measure.aggregate in ("count", "distinct", "ratio")
        return not counted and self.found is not None and self.found.type.kind == "duration"

    def number(self, parts: Sequence[Any]) -> Number:
        """The number of a group: of decimals with their point, of durations in microseconds."""
        found = self.kind.number(parts)
        return found if found is None or not self.scale else Decimal(found).scaleb(-self.scale)

    def nothing(self) -> Number:
        return 0 if self.kind.counts else None

    def measured(self, language: str) -> Measured:
        return _measured(self.measure, self.found, self.nothing(), language)


@dataclass(frozen=True)
class Calculated:
    """A measure made of others by an expression; durations count in hours there."""

    measure: Measure
    run: Callable[[Mapping[str, Any]], Number]

    def number(self, numbers: Mapping[str, Number], tallies: Sequence[Tally]) -> Number:
        known = {tally.measure.id: _in_hours(tally, numbers[tally.measure.id]) for tally in tallies}
        found = self.run(known)
        return (
            found * MICROSECONDS_AN_HOUR if found is not None and self.measure.format == "duration" else found
        )

    def measured(self, nothing: Number, language: str) -> Measured:
        return _measured(self.measure, None, nothing, language)


def _in_hours(tally: Tally, number: Number) -> Number:
    if number is None or not tally.is_duration:
        return number
    return arithmetic.divide(number, MICROSECONDS_AN_HOUR)


def make_tally(ground: Ground, measure: Measure) -> Tally:
    """Rejected (report.*) where there is no such number."""
    found = ground.columns.find(measure.field) if measure.field else None
    ops = ground.asking.house.ops
    if found is not None and found.many and measure.aggregate != "count":
        raise Rejected([problem("report.not_measured", field=measure.field, aggregate=measure.aggregate)])
    value = found.column if found is not None else ops.integer(1)
    only = None
    if found is not None and measure.bucket:
        value, only = bucket_column(ground, measure.bucket, found)
    met = ground.condition(measure.where) if measure.where else None
    if measure.aggregate == "ratio":
        share = sa.case((met, ops.integer(1)), else_=ops.integer(0)) if met is not None else ops.integer(1)
        value = share if found is None else sa.case((value.is_not(None), share))
    else:
        conditions = [one for one in (met, only) if one is not None]
        value = sa.case((sa.and_(*conditions), value)) if conditions else value
    return Tally(measure, KINDS[measure.aggregate], value, found)


def make_calculated(ground: Ground, measure: Measure, names: Sequence[str]) -> Calculated:
    registry = ground.asking.house.registry
    expression, problems = check(measure.expression, MeasureScope(names), registry, NUMBER)
    if expression is None:
        raise Rejected(problems)
    compiled = compile_expression(expression, registry)

    def run(values: Mapping[str, Any]) -> Number:
        try:
            found: Number = compiled(values, ground.asking.context)
        except Rejected:  # divided by nothing
            return None
        return found

    return Calculated(measure, run)


WORDS: Mapping[str, Mapping[str, str]] = {
    "count": {"zh": "记录数", "en": "records"},
    "distinct": {"zh": "{field}（不重复数）", "en": "different {field}"},
    "sum": {"zh": "{field}合计", "en": "sum of {field}"},
    "avg": {"zh": "{field}平均", "en": "mean {field}"},
    "min": {"zh": "{field}最小", "en": "least {field}"},
    "max": {"zh": "{field}最大", "en": "largest {field}"},
    "median": {"zh": "{field}中位数", "en": "median {field}"},
    "p90": {"zh": "{field} 90 分位", "en": "90th percentile of {field}"},
    "ratio": {"zh": "占比", "en": "share"},
    "expression": {"zh": "{expression}", "en": "{expression}"},
}


def measure_label(measure: Measure, found: Found | None, language: str) -> str:
    own = label_text(measure.label, language)
    if own:
        return own
    field = found.field.text(language) if found else ""
    if measure.aggregate == "count" and field:
        return field
    return label_text(WORDS[measure.aggregate], language).format(field=field, expression=measure.expression)


def _measured(measure: Measure, found: Found | None, nothing: Number, language: str) -> Measured:
    counted = measure.aggregate in ("count", "distinct", "expression") or found is None
    shown, unit = ("number", "") if counted or found is None or found.field.type is None else (
        found.field.type.measured_as(found.field)
    )  # fmt: skip
    if measure.aggregate == "ratio":
        shown, unit = "percent", ""
    own_unit = label_text(measure.unit, language)
    if measure.format == "money" and not own_unit and not unit:
        own_unit = "¥"
    return Measured(
        measure.id, measure_label(measure, found, language), measure.format or shown,
        measure.places, own_unit or label_text(unit, language), nothing,
        measure.aggregate in ("count", "sum"),
    )  # fmt: skip
