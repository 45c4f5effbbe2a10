"""Bars and lines in one: two kinds of number over the same names, each with its own axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from metamodel.plugin_api import Display, Drawing, GroupAnswer, Registry, labelled
from plugins.widgets.charts import cartesian, is_empty, marked, names_axis, numbers_axis
from plugins.widgets.series import Drawn
from plugins.widgets.told import SeriesOptions, ToldWidget


class ComboOptions(SeriesOptions, frozen=True, kw_only=True):
    lines: Annotated[list[str], labelled("画成线的指标", "Drawn as lines (blank: all but the first)")] = []


class Combo(ToldWidget):
    name = "combo"
    label = {"zh": "组合图", "en": "Bars and lines"}
    icon = "chart-combo"
    doc = {"zh": "柱与线并用，左右两轴", "en": "Bars and lines, two axes"}
    least, most = 1, 1
    Options = ComboOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"field": "person"}],
        "measures": [{"id": "n"}, {"id": "mean", "aggregate": "avg", "field": "amount"}],
    }  # fmt: skip

    def draw(self, options: ComboOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        lines = set(options.lines) or {measure.id for measure in answer.measures[1:]}
        drawn, scales = Drawn(answer, options, display).series("bar")
        per_measure = len(drawn) // len(answer.measures)
        for place, series in enumerate(drawn):
            measure = answer.measures[min(place // per_measure, len(answer.measures) - 1)]
            if measure.id in lines or series["type"] == "line":
                series.update(type="line", yAxisIndex=1, symbolSize=7)
            else:
                series["barMaxWidth"] = 36
        marked(drawn, answer, options.goal, scales[0], display.language)
        right = next((s for m, s in zip(answer.measures, scales, strict=True) if m.id in lines), scales[0])
        axes = [numbers_axis(scales[0].unit), numbers_axis(right.unit, right=True)]
        return Drawing("chart", cartesian(names_axis(answer.axes[0]), axes, drawn), is_empty(answer))


def register(registry: Registry) -> None:
    registry.add(Combo())
