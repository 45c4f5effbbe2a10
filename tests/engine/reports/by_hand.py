"""The numbers of a report worked out in plain Python over the same rows: what the database must agree with.

Nothing here is shared with the engine but the shapes of the ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from metamodel.asks import OTHERS, Dimension, GroupAsk, Measure

ZONE = ZoneInfo("Asia/Shanghai")
Row = Mapping[str, Any]
Where = Callable[[Row], bool]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Days:
    first: date
    end: date

    def has(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.end


@dataclass(frozen=True)
class ByHand:
    """`conditions` says what each condition text of the ask means; `days` the period, `before` the one
    before it, both of the field `on`."""

    rows: Sequence[Row]
    conditions: Mapping[str, Where]
    on: str = "at"
    days: Days | None = None
    before: Days | None = None
    working: Callable[[date], bool] = lambda day: day.weekday() < 5

    def answer(self, ask: GroupAsk) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """(numbers by cell and measure, those of the period before)."""
        rows = [row for row in self.rows if self._met(ask.dataset.filter, row)]
        now = [row for row in rows if self.days is None or self.days.has(day_of(row.get(self.on)))]
        then = [
            row for row in rows if ask.compare and self.before and self.before.has(day_of(row.get(self.on)))
        ]
        firsts = [self._firsts(ask, place, now) for place in range(len(ask.dimensions))]
        return self._groups(ask, now, firsts), self._groups(ask, then, firsts)

    def nothing(self, ask: GroupAsk) -> dict[str, Any]:
        """The numbers of no rows at all."""
        return self._numbers(ask.measures, [])

    def _met(self, text: str, row: Row) -> bool:
        return not text or self.conditions[text](row)

    # -- groups ------------------------------------------------------------------------------------

    def _groups(self, ask: GroupAsk, rows: Sequence[Row], firsts: Sequence[Any]) -> dict[Any, Any]:
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            for cell in self._cells(ask.dimensions, row):
                folded = [
                    key if first is None or key in first else OTHERS
                    for key, first in zip(cell, firsts, strict=True)
                ]
                if all(
                    key != OTHERS or (d.others and not (n == 0 and _limit(ask)))
                    for n, (key, d) in enumerate(zip(folded, ask.dimensions, strict=True))
                ):
                    groups[tuple(folded)].append(row)
        return {cell: self._numbers(ask.measures, found) for cell, found in groups.items()}

    def _cells(self, dimensions: Sequence[Dimension], row: Row) -> list[tuple[Any, ...]]:
        cells: list[tuple[Any, ...]] = [()]
        for dimension in dimensions:
            keys = self._keys(dimension, row)
            cells = [(*cell, key) for cell in cells for key in keys]
        return cells

    def _keys(self, dimension: Dimension, row: Row) -> list[Any]:
        value = row.get(dimension.field or self.on)
        is_time = isinstance(value, date)
        if dimension.bins:
            return [None if value is None else _class(dimension.bins, value)]
        if isinstance(value, list):
            return value or [None]
        if is_time:
            bucket = dimension.bucket or "day"
            if bucket == "working_day" and not self.working(day_of(value)):  # type: ignore[arg-type]
                return []
            return [bucket_of(bucket, value)]
        if value is None and dimension.bucket == "working_day":
            return []
        return [value]

    def _firsts(self, ask: GroupAsk, place: int, rows: Sequence[Row]) -> set[Any] | None:
        """The keys among the first of one dimension; None where all are."""
        dimension = ask.dimensions[place]
        most = dimension.top or (_limit(ask) if place == 0 else None)
        if most is None:
            return None
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            for key in self._keys(dimension, row):
                groups[key].append(row)
        bare, falling = ask.sort.lstrip("-"), ask.sort.startswith("-")
        if bare not in {dimension.field, *(m.id for m in ask.measures)} - {""}:
            bare, falling = next(m.id for m in ask.measures if not m.hidden), True

        def order(key: Any) -> Any:
            if bare == dimension.field:
                return _falling_text(key, falling)
            number = self._numbers(ask.measures, groups[key])[bare]
            size = (1, 0) if number is None else (0, -number if falling else number)
            return (key is None, size, str(key) if isinstance(key, str) else key)

        with_value = sorted((key for key in groups if key is not None), key=order)
        blank = [key for key in groups if key is None]
        return set([*with_value, *blank][:most])

    # -- numbers -----------------------------------------------------------------------------------

    def _numbers(self, measures: Sequence[Measure], rows: Sequence[Row]) -> dict[str, Any]:
        plain = {m.id: self._number(m, rows) for m in measures if m.aggregate != "expression"}
        hours = {m.id: _in_hours(m, plain[m.id]) for m in measures if m.id in plain}
        for measure in measures:
            if measure.aggregate == "expression":
                plain[measure.id] = _calculated(measure, hours)
        return plain

    def _number(self, measure: Measure, rows: Sequence[Row]) -> Any:
        if measure.aggregate == "ratio":
            counted = [r for r in rows if not measure.field or r.get(measure.field) is not None]
            met = sum(self._met(measure.where, row) for row in counted)
            return _divided(met, len(counted)) if counted else None
        rows = [row for row in rows if self._met(measure.where, row)]
        values = [self._value(measure, row) for row in rows] if measure.field else [1] * len(rows)
        return NUMBERS[measure.aggregate]([value for value in values if value is not None and value != []])

    def _value(self, measure: Measure, row: Row) -> Any:
        value = row.get(measure.field)
        if measure.bucket and value is not None:
            day = day_of(value)
            if measure.bucket == "working_day" and (day is None or not self.working(day)):
                return None
            return bucket_of(measure.bucket, value)
        if isinstance(value, timedelta):
            return value // timedelta(microseconds=1)
        return value


def _in_hours(measure: Measure, value: Any) -> Any:
    if measure.field != "wait" or value is None or measure.aggregate in ("count", "distinct", "ratio"):
        return value
    return Decimal(value) / 3_600_000_000


def _limit(ask: GroupAsk) -> int | None:
    return ask.limit if ask.dimensions and not ask.dimensions[0].top else None


def _falling_text(key: Any, falling: bool) -> Any:
    if isinstance(key, str):
        codes = [ord(letter) for letter in key]
        return [-code for code in codes] + [1] if falling else codes
    return -key if falling else key


def _divided(a: Any, b: Any) -> Decimal:
    return (Decimal(a) / Decimal(b)).quantize(Decimal(1).scaleb(-10), ROUND_HALF_EVEN)


def _mean(values: Sequence[Any]) -> Any:
    return _divided(sum(values), len(values)) if values else None


def _median(values: Sequence[Any]) -> Any:
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    middle = [ordered[half]] if len(ordered) % 2 else ordered[half - 1 : half + 1]
    return _mean(middle)


def _p90(values: Sequence[Any]) -> Any:
    return sorted(values)[ceil(len(values) * 0.9) - 1] if values else None


NUMBERS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "count": len,
    "distinct": lambda values: len(set(values)),
    "sum": lambda values: sum(values),
    "avg": _mean,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "median": _median,
    "p90": _p90,
}


def _calculated(measure: Measure, numbers: Mapping[str, Any]) -> Any:
    """Only what the tests write: `a / b`, `a * 100 / b`, `a - b`."""
    a, b = numbers.get("a"), numbers.get("b")
    if a is None or b is None:
        return None
    if measure.expression == "a - b":
        return Decimal(a) - Decimal(b)
    top = Decimal(a) * (100 if "100" in measure.expression else 1)
    return None if not b else top / Decimal(b)


def day_of(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(ZONE).date()
    return value


def bucket_of(bucket: str, value: Any) -> int:
    day = day_of(value)
    assert day is not None
    local = (
        value.astimezone(ZONE)
        if isinstance(value, datetime)
        else datetime(day.year, day.month, day.day, tzinfo=ZONE)
    )
    return {
        "hour": local.hour,
        "weekday": day.weekday() + 1,
        "day": day.toordinal(),
        "working_day": day.toordinal(),
        "week": (day - timedelta(days=day.weekday())).toordinal(),
        "month": day.year * 12 + day.month - 1,
        "quarter": day.year * 4 + (day.month - 1) // 3,
        "year": day.year,
    }[bucket]


def _class(bins: Sequence[float | int], value: Any) -> int:
    number = value / HOUR if isinstance(value, timedelta) else float(value)
    return sum(number >= bound for bound in bins)


def same_numbers(found: Mapping[Any, Any], expected: Mapping[Any, Any], said: str) -> None:
    assert set(found) == set(expected), said
    for cell, numbers in expected.items():
        assert {name: near(value) for name, value in found[cell].items()} == {
            name: near(value) for name, value in numbers.items()
        }, f"{said} at {cell}"


def near(value: Any) -> Any:
    """What is counted, added and ranked is exact; a quotient may be rounded once more or less on the way."""
    if value is None or value == round(value, 3):
        return value
    return Context(prec=9).plus(round(Decimal(value), 8))
