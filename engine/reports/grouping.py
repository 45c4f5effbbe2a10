"""The one statement of a group ask.

rows      what is counted, a row each: keys, and what each measure reads of it
ranked    with each value's place among its group's, where a median or percentile is asked for
ranking   which keys of a dimension are among the first, by the measure that sorts
grouped   what the database makes of each group

The period before is asked for in the same statement: `p` is 0 for now and 1 for before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from engine.access.readable import Column
from engine.reports.ground import Ground
from engine.reports.tallies import (
    ORDER_PLACES,
    RANKED,
    Ranks,
    Tally,
    make_calculated,
    make_tally,
)
from engine.reports.told import MICROSECONDS_AN_HOUR, Told, make_told
from engine.sql_expressions import to_sql_value
from metamodel.asks import GroupAsk, Measure
from metamodel.expressions import check
from metamodel.expressions.types import NUMBER
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Storage
from metamodel.problems import Rejected
from metamodel.report_checks import MeasureScope

MOST_GROUPS = 5_000
Group = Callable[[Any, Sequence[Any]], sa.Select[Any]]
BLANK_TEXT, BLANK_NUMBER = "", -(2**62)  # stand for a blank where keys are joined


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as the database answered: raw keys (with whether each is "the others"), raw parts."""

    before: bool
    keys: tuple[tuple[Any, bool], ...]
    parts: tuple[tuple[Any, ...], ...]  # beside the tallies


class Grouping:
    """`name` tells its parts from those of another one in the same statement."""

    def __init__(self, ground: Ground, ask: GroupAsk, name: str = "") -> None:
        self.ground, self.ask, self.ops, self._name = ground, ask, ground.asking.house.ops, name
        self.told = [make_told(ground, dimension) for dimension in _limited(ask)]
        plain = [m for m in ask.measures if m.aggregate != "expression"]
        self.tallies = [make_tally(ground, measure) for measure in plain]
        names = [measure.id for measure in plain]
        self.calculated = [
            make_calculated(ground, m, names) for m in ask.measures if m.aggregate == "expression"
        ]
        self.compares = ask.compare and ground.stretch is not None and ground.before is not None

    def sorting(self, told: Told) -> tuple[str, bool]:
        """What the keys of a dimension are sorted by, its own field or a measure's id, and whether the
        largest come first. Another dimension's field says nothing about this one's."""
        name = self.ask.sort.lstrip("-")
        if name and (name == told.dimension.field or name in {m.id for m in self.ask.measures}):
            return name, self.ask.sort.startswith("-")
        shown = [measure.id for measure in self.ask.measures if not measure.hidden]
        return (shown or [m.id for m in self.ask.measures])[0], True

    # -- the statement -----------------------------------------------------------------------------

    def statement(self) -> sa.Select[Any]:
        rows = self._rows()
        topped = [place for place, told in enumerate(self.told) if told.dimension.top]
        if topped and self._joins():
            whole = rows.subquery("rows")
            grouped = self._grouped(whole, self._keys(whole, folded=False))
            source = self._first_ones(grouped.cte(f"groups{self._name}"), topped, self._joined).subquery(
                "folded"
            )
            keys = self._keys(source)
            made = self._joined(source, keys)
        else:
            if topped:
                rows = self._first_ones(rows.cte(f"rows{self._name}"), topped, self._grouped)
            source = rows.subquery("rows")
            keys = self._keys(source)
            made = self._grouped(source, keys)
        columns = list(made.selected_columns)
        largest = [column.desc().nulls_last() for column in columns if column.name == "a0_0"]
        return made.order_by(*largest, *columns[: len(keys)]).limit(MOST_GROUPS + 1)

    def _joins(self) -> bool:
        """Can small groups be put together to larger ones? Then the rows are looked at once."""
        lists = sum(told.join is not None for told in self.told)
        alone = len(self.told) == 1 or not lists
        return alone and all(tally.kind.joined is not None for tally in self.tallies)

    def read(self, row: Sequence[Any]) -> GroupRow:
        """A row of the statement."""
        values = list(row)
        before = bool(values.pop(0)) if self.compares else False
        keys = []
        for told in self.told:
            key = values.pop(0)
            keys.append((key, bool(values.pop(0)) if told.dimension.top else False))
        parts = []
        for tally in self.tallies:
            size = _parts_of(tally)
            parts.append(tuple(values[:size]))
            del values[:size]
        return GroupRow(before, tuple(keys), tuple(parts))

    def _rows(self, only: int | None = None) -> sa.Select[Any]:
        """A row for each record, and for each item of a list it is told by; `only`: told by this alone."""
        ground = self.ground
        where = ground.where()
        all_told = [(place, told) for place, told in enumerate(self.told) if only in (None, place)]
        columns: list[Any] = [told.key.label(f"d{place}") for place, told in all_told]
        columns += [tally.value.label(f"m{place}") for place, tally in enumerate(self.tallies)]
        if ground.stretch is not None:
            now = ground.within(ground.stretch)
            if self.compares and ground.before is not None:
                columns.insert(0, sa.case((now, 0), else_=1).label("p"))
                where += ground.within_both(ground.before, ground.stretch)
            else:
                where.append(now)
        where += [told.only for told in self.told if told.only is not None]
        source = ground.columns.source()
        for _, told in all_told:
            if told.join is not None:
                links, on = told.join
                source = source.outerjoin(links, on)
        return sa.select(*columns).select_from(source).where(ground.visible().condition, *where)

    # -- the first of many -------------------------------------------------------------------------

    def _first_ones(self, rows: sa.CTE, topped: Sequence[int], group: Group) -> sa.Select[Any]:
        """The same rows (or groups), with the keys that are not among the first folded into one, or left
        out. `group` is how they are grouped."""
        columns: list[Any] = [rows.c.p] if self.compares else []
        source: Any = rows
        where = []
        for place, told in enumerate(self.told):
            key = rows.c[f"d{place}"]
            if place not in topped:
                columns.append(key)
                continue
            ranking = self._ranking(rows, place, group).cte(f"ranking{place}{self._name}")
            blank = sa.literal(BLANK_TEXT, sa.Text) if _is_text(told) else self.ops.integer(BLANK_NUMBER)
            here, there = sa.func.coalesce(key, blank), sa.func.coalesce(ranking.c.key, blank)
            source = source.outerjoin(ranking, here == there)
            first = sa.func.coalesce(ranking.c.place, MOST_GROUPS) <= told.dimension.top
            columns.append(sa.case((first, key)).label(f"d{place}"))
            columns.append(sa.case((first, 0), else_=1).label(f"o{place}"))
            if not told.dimension.others:
                where.append(first)
        columns += [column for column in rows.c if column.name[0] in "am"]  # a part, or what is counted
        return sa.select(*columns).select_from(source).where(*where)

    def _ranking(self, rows: sa.CTE, place: int, group: Group) -> sa.Select[Any]:
        """The keys of one dimension of the present period, in the order that decides who is first."""
        lists = any(told.join is not None for n, told in enumerate(self.told) if n != place)
        # A row that counts under three tags is one row of its customer.
        source: Any = self._rows(place).subquery() if lists else rows
        here = sa.select(source).where(source.c.p == 0).subquery() if self.compares else source
        name, largest = self.sorting(self.told[place])
        grouped = group(here, [here.c[f"d{place}"].label("key")]).subquery()
        key = grouped.c.key
        if name == self.told[place].dimension.field:
            order: Column = self.ops.ordered(key) if _is_text(self.told[place]) else key
        else:
            order = self._order(grouped, name)
        way = order.desc() if largest else order.asc()
        ranked = sa.func.row_number().over(order_by=[key.is_(None), way.nulls_last(), key])
        return sa.select(key.label("key"), ranked.label("place"))

    def _order(self, grouped: Any, name: str) -> Column:
        """A measure as one column that sorts as it does."""
        for place, tally in enumerate(self.tallies):
            if tally.measure.id == name:
                return self._order_of(grouped, place)[0]
        calculated = next(one for one in self.calculated if one.measure.id == name)
        return self._calculated_order(grouped, calculated.measure)

    def _order_of(self, grouped: Any, place: int) -> tuple[Column, int]:
        """The column and its digits after the point."""
        tally = self.tallies[place]
        first = grouped.c[f"a{place}_0"]
        if _parts_of(tally) == 1:
            return sa.func.coalesce(first, 0) if tally.kind.counts else first, tally.scale
        return self.ops.quotient(first, grouped.c[f"a{place}_1"], ORDER_PLACES), tally.scale + ORDER_PLACES

    def _calculated_order(self, grouped: Any, measure: Measure) -> Column:
        registry = self.ground.asking.house.registry
        scope = MeasureScope(tally.measure.id for tally in self.tallies)
        expression, problems = check(measure.expression, scope, registry, NUMBER)
        if expression is None:
            raise Rejected(problems)
        resolver = _Parts(self, grouped)
        return to_sql_value(expression, resolver, self.ops, self.ground.asking.context).column

    # -- groups ------------------------------------------------------------------------------------

    def _keys(self, source: Any, *, folded: bool = True) -> list[Column]:
        keys: list[Column] = [source.c.p] if self.compares else []
        for place, told in enumerate(self.told):
            keys.append(source.c[f"d{place}"])
            if told.dimension.top and folded:
                keys.append(source.c[f"o{place}"])
        return keys

    def _grouped(self, source: Any, keys: Sequence[Any]) -> sa.Select[Any]:
        """What the database makes of each group of `keys`; the parts are called a<tally>_<part>."""
        ranked = [place for place, tally in enumerate(self.tallies) if tally.measure.aggregate in RANKED]
        if ranked:
            source, keys = self._ranked(source, keys, ranked)
        columns: list[Any] = []
        for place, tally in enumerate(self.tallies):
            value = source.c[f"m{place}"]
            ranks = Ranks(source.c[f"r{place}"], source.c[f"n{place}"]) if place in ranked else None
            parts = tally.kind.parts(value, ranks)
            columns += [part.label(f"a{place}_{number}") for number, part in enumerate(parts)]
        return sa.select(*keys, *columns).group_by(*(_bare(key) for key in keys))

    def _joined(self, source: Any, keys: Sequence[Any]) -> sa.Select[Any]:
        """Groups put together to larger ones."""
        columns = [
            tally.kind.joined(source.c[name]).label(name)
            for place, tally in enumerate(self.tallies)
            for name in (f"a{place}_{number}" for number in range(_parts_of(tally)))
        ]
        return sa.select(*keys, *columns).group_by(*(_bare(key) for key in keys))

    def _ranked(self, source: Any, keys: Sequence[Any], places: Sequence[int]) -> tuple[Any, list[Any]]:
        """The rows with each value's place among its group's values, blanks last and not counted."""
        whole = [_bare(key) for key in keys]
        columns: list[Any] = list(source.c)
        for place in places:
            value = source.c[f"m{place}"]
            window: dict[str, Any] = {"partition_by": whole} if whole else {}
            order = [value.is_(None), value]
            columns.append(sa.func.row_number().over(order_by=order, **window).label(f"r{place}"))
            columns.append(sa.func.count(value).over(**window).label(f"n{place}"))
        inner = sa.select(*columns).subquery()
        return inner, [inner.c[_bare(key).name].label(key.name) for key in keys]


class _Parts:
    """The measures of a grouped statement as numbers of an expression: what sorting by one needs."""

    def __init__(self, grouping: Grouping, grouped: Any) -> None:
        self._grouping, self._grouped = grouping, grouped

    def column(self, path: tuple[str, ...]) -> tuple[Column, FieldDefinition]:
        grouping = self._grouping
        for place, tally in enumerate(grouping.tallies):
            if (tally.measure.id,) == path:
                column, scale = grouping._order_of(self._grouped, place)
                if tally.is_duration:
                    size = grouping.ops.integer(MICROSECONDS_AN_HOUR * 10 ** (scale - tally.scale))
                    column, scale = grouping.ops.quotient(column, size, ORDER_PLACES), ORDER_PLACES
                return column, _number_field(grouping, path[0], scale)
        raise KeyError(path[0])


def _number_field(grouping: Grouping, name: str, places: int) -> FieldDefinition:
    kind: Any = grouping.ground.asking.house.registry.get("field", "decimal")
    return FieldDefinition(name, "decimal", kind, name, kind.Options(places=places))


def _limited(ask: GroupAsk) -> list[Any]:
    """`limit` is the first dimension's top, with nothing for the rest."""
    told = list(ask.dimensions)
    if ask.limit and told and not told[0].top:
        told[0] = replace(told[0], top=ask.limit, others=False)
    return told


def _parts_of(tally: Tally) -> int:
    return 2 if tally.measure.aggregate in ("avg", "ratio", "median") else 1


def _is_text(told: Told) -> bool:
    if told.bucket or told.dimension.bins:
        return False
    if told.join is not None:
        return isinstance(told.key.type, sa.Text)
    return told.found.storage is Storage.TEXT


def _bare(key: Any) -> Any:
    """A column without the label it is selected under."""
    return key.element if isinstance(key, sa.Label) else key
