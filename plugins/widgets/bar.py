"""Bars: numbers side by side, by names or by time; lying where names are long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import Display, Drawing, GroupAnswer, Registry, labelled
from plugins.widgets.charts import cartesian, is_empty, marked, names_axis, numbers_axis
from plugins.widgets.series import Drawn
from plugins.widgets.told import SeriesOptions, ToldWidget

if TYPE_CHECKING:
    from plugins.widgets.charts import Chart


class BarOptions(SeriesOptions, frozen=True, kw_only=True):
    stacked: Annotated[bool, labelled("堆叠", "Stacked")] = False
    horizontal: Annotated[bool, labelled("横向", "Lying")] = False


class Bar(ToldWidget):
    name = "bar"
    label = {"zh": "柱状图", "en": "Bars"}
    icon = "chart-bar"
    doc = {"zh": "比较各项的大小", "en": "Compares sizes"}
    Options = BarOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"field": "person", "top": 3}], "compare": "previous_period",
        "measures": [{"id": "n"}],
    }  # fmt: skip

    def draw(self, options: BarOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        look: Chart = {"barMaxWidth": 36}
        if options.stacked:
            look["stack"] = "all"
        series, scales = Drawn(answer, options, display).series("bar", **look)
        marked(series, answer, options.goal, scales[0], display.language)
        axes = [numbers_axis(scales[0].unit)]
        model = cartesian(names_axis(answer.axes[0]), axes, series, options.horizontal)
        return Drawing("chart", model, is_empty(answer))


def register(registry: Registry) -> None:
    registry.add(Bar())
