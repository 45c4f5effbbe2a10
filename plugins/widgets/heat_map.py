"""A heat map: two dimensions as a grid, the number as the depth of each square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metamodel.plugin_api import Display, Drawing, GroupAnswer, Registry
from plugins.widgets.amounts import text_of
from plugins.widgets.charts import is_empty, leading, measure_scales, names_axis
from plugins.widgets.told import GroupOptions, ToldWidget


class HeatMap(ToldWidget):
    name = "heat_map"
    label = {"zh": "热力图", "en": "Heat map"}
    icon = "grid"
    doc = {"zh": "两个维度交叉，颜色深浅表示大小", "en": "Two dimensions crossed; depth is size"}
    least, most = 2, 2
    Options = GroupOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"bucket": "weekday"}, {"bucket": "hour"}],
        "measures": [{"id": "n"}],
    }  # fmt: skip

    def draw(self, options: GroupOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        measure, (up, across) = answer.measures[0], answer.axes
        scale = measure_scales(answer, display.language)[measure.id]
        data: list[Any] = [
            {
                "value": [x, y, scale.number(value)], **leading(measure, first, second),
                "name": f"{up.text(first)} · {across.text(second)}",
                "text": text_of(measure, value, display.language),
            }
            for y, first in enumerate(up.keys)
            for x, second in enumerate(across.keys)
            if (value := answer.value(measure, first, second)) is not None
        ]  # fmt: skip
        largest = max((point["value"][2] for point in data), default=0)
        model = {
            "aria": {"enabled": True},
            "tooltip": {"trigger": "item", "formatter": "{b}: {@[2]}", "position": "top", "confine": True},
            "grid": {"left": 8, "right": 8, "top": 8, "bottom": 44, "containLabel": True},
            "xAxis": {**names_axis(across), "splitArea": {"show": True}},
            "yAxis": {**names_axis(up), "inverse": True, "splitArea": {"show": True}},
            "visualMap": {
                "min": 0, "max": max(largest, 1), "calculable": False, "orient": "horizontal",
                "left": "center", "bottom": 0, "itemHeight": 96, "dimension": 2,
            },
            "series": [{"type": "heatmap", "name": scale.name(measure.label), "data": data}],
        }  # fmt: skip
        return Drawing("chart", model, is_empty(answer))


def register(registry: Registry) -> None:
    registry.add(HeatMap())
