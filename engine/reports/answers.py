"""What the database answered, as axes and numbers: keys in the order they are drawn in, none missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.reports.buckets import key_of, keys_between
from engine.reports.ground import Ground
from engine.reports.grouping import MOST_GROUPS, Grouping, GroupRow
from engine.reports.marks import marked_days
from engine.reports.stretches import compared_text
from engine.reports.together import fetched
from engine.reports.told import Told
from metamodel.asks import OTHERS, Axis, Cell, GroupAnswer, GroupAsk, Key, Measured, Number
from metamodel.plugin_api import Reference

Names = Callable[[Reference, list[str]], Mapping[tuple[str, str], str]]
Numbers = Mapping[str, Number]


def answer_groups(ground: Ground, ask: GroupAsk, names: Names) -> GroupAnswer:
    """One statement, and its answer. `names` gives the names behind ids."""
    return answer_several(ground, [ask], names)[0]


def answer_several(ground: Ground, asks: Sequence[GroupAsk], names: Names) -> list[GroupAnswer]:
    """One statement for all of them, over the same rows."""
    groupings = [Grouping(ground, ask, f"_{number}") for number, ask in enumerate(asks)]
    made = []
    for grouping, raw in zip(groupings, fetched(ground.asking.connection, groupings), strict=True):
        rows = [grouping.read(row) for row in raw[:MOST_GROUPS]]
        made.append(_Answer(grouping, grouping.ask, rows, names).made(capped=len(raw) > MOST_GROUPS))
    return made


@dataclass
class _Answer:
    grouping: Grouping
    ask: GroupAsk
    rows: Sequence[GroupRow]
    names: Names

    def made(self, capped: bool) -> GroupAnswer:
        values = self._values(before=False)
        before = self._values(before=True)
        measures = self._measured()
        axes = tuple(self._axis(place, told, values) for place, told in enumerate(self.grouping.told))
        return GroupAnswer(
            axes, tuple(measures), values, before, self._compared(), capped, self._marks(axes)
        )  # fmt: skip

    # -- numbers -----------------------------------------------------------------------------------

    def _values(self, *, before: bool) -> dict[Cell, Numbers]:
        return {self._cell(row): self._numbers(row.parts) for row in self.rows if row.before == before}

    def _cell(self, row: GroupRow) -> Cell:
        told = self.grouping.told
        return tuple(
            OTHERS if others else one.decode(raw) for one, (raw, others) in zip(told, row.keys, strict=True)
        )

    def _numbers(self, parts: Sequence[Sequence[Any]]) -> dict[str, Number]:
        tallies = self.grouping.tallies
        numbers = {tally.measure.id: tally.number(part) for tally, part in zip(tallies, parts, strict=True)}
        return {**numbers, **self._calculated(numbers)}

    def _calculated(self, numbers: Numbers) -> dict[str, Number]:
        return {
            one.measure.id: one.number(numbers, self.grouping.tallies) for one in self.grouping.calculated
        }

    def _measured(self) -> list[Measured]:
        """The shown measures, in the order they were asked for."""
        language = self.grouping.ground.asking.language
        nothing = {tally.measure.id: tally.nothing() for tally in self.grouping.tallies}
        empty = self._calculated(nothing)
        made = {tally.measure.id: tally.measured(language) for tally in self.grouping.tallies}
        for one in self.grouping.calculated:
            made[one.measure.id] = one.measured(empty[one.measure.id], language)
        return [made[measure.id] for measure in self.ask.measures if not measure.hidden]

    # -- axes --------------------------------------------------------------------------------------

    def _axis(self, place: int, told: Told, values: Mapping[Cell, Numbers]) -> Axis:
        have = list(dict.fromkeys(cell[place] for cell in values))
        keys = self._ordered(place, told, have, values)
        ground = self.grouping.ground
        reference, ids = told.found.reference, [key for key in keys if isinstance(key, str) and key != OTHERS]
        names = self.names(reference, ids) if reference is not None and ids else {}
        ordered = told.is_ordered or self._sorted_by_key(told)
        return Axis(
            told.label(ground.asking.language), tuple(keys), told.texts(keys, names), ordered, told.is_time,
            self._counterparts(told),
        )  # fmt: skip

    def _ordered(
        self,
        place: int,
        told: Told,
        have: list[Key],
        values: Mapping[Cell, Numbers],
    ) -> list[Key]:
        dense = told.dense(have, self.grouping.ground.stretch)
        special = [key for key in (None, OTHERS) if key in have]
        rest = [key for key in have if key not in (None, OTHERS)]
        if dense:
            keys: list[Key] = [*dense, *(key for key in rest if key not in dense)]
            return [*(reversed(keys) if self._falling(told) else keys), *special]
        if self._sorted_by_key(told):
            keys = self._by_key(told, rest)
            return [*(reversed(keys) if self._falling(told) else keys), *special]
        if told.is_ordered or (place and told.choice_order()):
            return [*self._by_key(told, rest), *special]
        return [*self._by_size(place, told, rest, values), *special]

    def _sorted_by_key(self, told: Told) -> bool:
        return bool(told.dimension.field) and self.grouping.sorting(told)[0] == told.dimension.field

    def _falling(self, told: Told) -> bool:
        return self._sorted_by_key(told) and self.grouping.sorting(told)[1]

    def _by_key(self, told: Told, keys: Sequence[Key]) -> list[Key]:
        """Choices as they were defined (all of them, where that is the order asked for), others by value."""
        order = told.choice_order()
        if order:
            every = self._sorted_by_key(told) and told.dimension.top is None
            kept = [key for key in order if every or key in keys]
            return [*kept, *(key for key in keys if key not in order)]
        return sorted(keys, key=lambda key: (isinstance(key, str), key))

    def _by_size(
        self, place: int, told: Told, keys: Sequence[Key], values: Mapping[Cell, Numbers]
    ) -> list[Key]:
        """By the measure that sorts, over all the cells of each key."""
        name, largest = self.grouping.sorting(told)
        size: dict[Key, Decimal] = {}
        for cell, numbers in values.items():
            size[cell[place]] = size.get(cell[place], Decimal(0)) + Decimal(numbers[name] or 0)
        return sorted(sorted(keys, key=str), key=lambda key: -size[key] if largest else size[key])

    def _counterparts(self, told: Told) -> dict[Key, Key]:
        """Each key's key in the period before: the first day's is the first day's."""
        ground = self.grouping.ground
        if not self.grouping.compares or not told.is_time or ground.stretch is None or ground.before is None:
            return {}
        if ground.date is None or told.found.path != ground.date.path:
            return {}
        works = ground.asking.works
        now = keys_between(told.bucket, ground.stretch.first, ground.stretch.end, works)
        then = keys_between(told.bucket, ground.before.first, ground.before.end, works)
        return dict(zip(now, then, strict=False))

    def _compared(self) -> str:
        ground = self.grouping.ground
        if not self.grouping.compares or ground.stretch is None or ground.before is None:
            return ""
        return compared_text(ground.stretch, ground.before, ground.asking.today, ground.asking.language)

    def _marks(self, axes: Sequence[Axis]) -> tuple[tuple[Key, str], ...]:
        """By the key of the stretch of time each day falls into."""
        if not axes or not axes[0].time:
            return ()
        bucket = self.grouping.told[0].bucket
        days = (day for mark in self.ask.marks for day in marked_days(self.grouping.ground, mark))
        return tuple((key_of(bucket, day), text) for day, text in days)
