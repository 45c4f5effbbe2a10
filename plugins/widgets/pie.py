"""A pie, or a ring: the parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from metamodel.plugin_api import Display, Drawing, GroupAnswer, Registry, labelled
from plugins.widgets.amounts import text_of
from plugins.widgets.charts import is_empty, leading, measure_scales, shares
from plugins.widgets.told import GroupOptions, ToldWidget


class PieOptions(GroupOptions, frozen=True, kw_only=True):
    ring: Annotated[bool, labelled("环形", "As a ring")] = True


class Pie(ToldWidget):
    name = "pie"
    label = {"zh": "饼图", "en": "Pie"}
    icon = "chart-pie"
    doc = {"zh": "各部分占整体多少", "en": "The parts of a whole"}
    least, most = 1, 1
    Options = PieOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"field": "stage"}], "measures": [{"id": "n"}],
    }  # fmt: skip

    def draw(self, options: PieOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        measure, axis = answer.measures[0], answer.axes[0]
        scale = measure_scales(answer, display.language)[measure.id]
        slices = [(key, value) for key in axis.keys if (value := answer.value(measure, key))]
        data = [
            {
                "name": axis.text(key), "value": scale.number(value), "share": share,
                "text": text_of(measure, value, display.language), **leading(measure, key),
            }
            for (key, value), share in zip(slices, shares([v for _, v in slices], measure), strict=True)
        ]  # fmt: skip
        series = {
            "type": "pie", "name": scale.name(measure.label), "data": data,
            "radius": ["48%", "72%"] if options.ring else "72%",
            "label": {"formatter": "{b} {d}%"}, "minShowLabelAngle": 8, "avoidLabelOverlap": True,
        }  # fmt: skip
        model = {
            "aria": {"enabled": True},
            "tooltip": {"trigger": "item", "formatter": "{b}<br>{a}: {c} ({d}%)", "confine": True},
            "legend": {"show": True, "type": "scroll", "bottom": 0},
            "series": [series],
        }
        return Drawing("chart", model, is_empty(answer))


def register(registry: Registry) -> None:
    registry.add(Pie())
