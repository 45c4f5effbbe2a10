"""Lines: how numbers go over time; filled below as an area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import Display, Drawing, GroupAnswer, Registry, labelled
from plugins.widgets.charts import cartesian, is_empty, marked, names_axis, numbers_axis
from plugins.widgets.series import Drawn, dotless
from plugins.widgets.told import SeriesOptions, ToldWidget

if TYPE_CHECKING:
    from plugins.widgets.charts import Chart


class LineOptions(SeriesOptions, frozen=True, kw_only=True):
    area: Annotated[bool, labelled("填充", "Filled below")] = False
    stacked: Annotated[bool, labelled("堆叠", "Stacked")] = False


class Line(ToldWidget):
    name = "line"
    label = {"zh": "折线图", "en": "Line"}
    icon = "chart-line"
    doc = {"zh": "看数字随时间的变化", "en": "Shows how numbers go over time"}
    Options = LineOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"bucket": "day"}], "average_over": 7, "area": True,
        "measures": [{"id": "sum", "aggregate": "sum", "field": "amount"}],
        "marks": [{"at": "TODAY() - 3", "label": "5.2"}],
    }  # fmt: skip

    def draw(self, options: LineOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        look: Chart = {"showSymbol": not dotless(answer), "connectNulls": False}
        if options.area:
            look["areaStyle"] = {"opacity": 0.15}
        if options.stacked:
            look["stack"] = "all"
        series, scales = Drawn(answer, options, display).series("line", **look)
        marked(series, answer, options.goal, scales[0], display.language)
        model = cartesian(names_axis(answer.axes[0], edges=False), [numbers_axis(scales[0].unit)], series)
        model["tooltip"] = {"trigger": "axis", "confine": True}
        return Drawing("chart", model, is_empty(answer))


def register(registry: Registry) -> None:
    registry.add(Line())
