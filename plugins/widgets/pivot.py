"""A pivot table: dimensions down and across, several numbers in each cell, totals at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Cell, Display, Drawing, GroupAnswer, GroupAsk, Registry, labelled
from plugins.widgets.amounts import text_of
from plugins.widgets.charts import is_empty, leading
from plugins.widgets.told import GroupOptions, ToldWidget, group_ask

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask


class PivotOptions(GroupOptions, frozen=True, kw_only=True):
    across: Annotated[bool, labelled("最后一个维度横放", "The last dimension goes across")] = True
    totals: Annotated[bool, labelled("合计", "Totals")] = True


class Pivot(ToldWidget):
    name = "pivot"
    label = {"zh": "透视表", "en": "Pivot table"}
    icon = "table"
    doc = {"zh": "行列交叉的表，每格可有多个指标", "en": "Rows and columns crossed, several numbers a cell"}
    least, most = 1, 3
    Options = PivotOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"field": "stage"}, {"bucket": "month"}],
        "measures": [{"id": "n"}, {"id": "middle", "aggregate": "median", "field": "amount"}],
    }  # fmt: skip

    def asks(self, options: PivotOptions) -> list[Ask]:
        """The cells; then what each row, each column and everything amounts to, which no sum of
        medians would tell."""
        whole = group_ask(options)
        if not options.totals:
            return [whole]
        down, over = _sides(options)
        edges = [tuple(down), tuple(over), ()] if over else [()]
        return [
            whole,
            *(GroupAsk(whole.dataset, told, whole.measures, False, "", options.limit) for told in edges),
        ]

    def draw(self, options: PivotOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        return Drawing("table", _Table(options, answers, display).model(), is_empty(answers[0]))


def _sides(options: PivotOptions) -> tuple[list[Any], list[Any]]:
    """Dimensions down and across."""
    across = options.across and len(options.dimensions) > 1
    return (options.dimensions[:-1], options.dimensions[-1:]) if across else (options.dimensions, [])


class _Table:
    def __init__(self, options: PivotOptions, answers: Sequence[GroupAnswer], display: Display) -> None:
        self.options, self.answers, self.display = options, answers, display
        self.cells = answers[0]
        self.measures = self.cells.measures
        self.down = len(_sides(options)[0])
        self.across = self.cells.axes[self.down].keys if len(self.cells.axes) > self.down else ()

    def model(self) -> dict[str, Any]:
        return {
            "head": self._head(),
            "rows": [self._row(row) for row in self._row_keys()],
            "foot": self._foot(),
            "down": self.down,
        }

    def _row_keys(self) -> list[Cell]:
        """The combinations that have rows, in the order of their axes."""
        have = {cell[: self.down] for cell in self.cells.values}
        order = [{key: n for n, key in enumerate(axis.keys)} for axis in self.cells.axes[: self.down]]
        return sorted(
            have, key=lambda row: [places.get(key, 0) for places, key in zip(order, row, strict=True)]
        )

    def _head(self) -> list[list[dict[str, Any]]]:
        corner = [{"text": axis.label, "span": 1} for axis in self.cells.axes[: self.down]]
        names = [{"text": measure.label, "span": 1} for measure in self.measures]
        if not self.across:
            return [[*corner, *names]]
        axis, total = self.cells.axes[self.down], self._totals()
        groups = [{"text": axis.text(key), "span": len(names)} for key in axis.keys]
        groups += [{"text": self._word(), "span": len(names)}] if total else []
        if len(names) == 1:
            return [[*corner, *groups]]
        return [[*corner, *groups], [{"text": "", "span": 1} for _ in corner] + names * len(groups)]

    def _row(self, row: Cell) -> dict[str, Any]:
        heads = [axis.text(key) for axis, key in zip(self.cells.axes, row, strict=False)]
        cells = self._numbers(self.cells, row) if not self.across else []
        for key in self.across:
            cells += self._numbers(self.cells, (*row, key))
        if self.across and self._totals():
            cells += self._numbers(self.answers[1], row)
        return {"head": heads, "cells": cells}

    def _foot(self) -> dict[str, Any] | None:
        if not self._totals():
            return None
        cells: list[dict[str, Any]] = []
        for key in self.across:
            cells += self._numbers(self.answers[2], (key,), foot=True)
        return {"head": [self._word()], "cells": cells + self._numbers(self.answers[-1], (), foot=True)}

    def _numbers(self, answer: GroupAnswer, cell: Cell, foot: bool = False) -> list[dict[str, Any]]:
        made = []
        for measure in self.measures:
            value = answer.value(measure, *cell)
            shown: dict[str, Any] = {"text": text_of(measure, value, self.display.language)}
            whole = len(cell) == len(self.cells.axes)
            if value and whole and not foot:
                shown.update(leading(measure, *cell))
            made.append(shown)
        return made

    def _totals(self) -> bool:
        return len(self.answers) > 1

    def _word(self) -> str:
        return "合计" if self.display.language.startswith("zh") else "Total"


def register(registry: Registry) -> None:
    registry.add(Pivot())
