"""A funnel: how many come from one stage to the next. Stages are the choices of a field, or the measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Display,
    Drawing,
    GroupAnswer,
    Measured,
    Number,
    Registry,
    drill_key,
    labelled,
)
from plugins.widgets.amounts import text_of
from plugins.widgets.charts import is_empty, measure_scales
from plugins.widgets.told import GroupOptions, ToldWidget, group_ask

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask

Stage = tuple[str, Number, str, Measured]  # name, number, key, measure


class FunnelOptions(GroupOptions, frozen=True, kw_only=True):
    reached: Annotated[bool, labelled("各阶段含其后", "Each stage counts those beyond it too")] = False


class Funnel(ToldWidget):
    name = "funnel"
    label = {"zh": "漏斗图", "en": "Funnel"}
    icon = "chart-funnel"
    doc = {"zh": "各阶段各有多少，走到下一步的有多少", "en": "How many come from stage to stage"}
    least, most = 0, 1
    Options = FunnelOptions
    example_options = {
        "dataset": {"form": "sample"}, "dimensions": [{"field": "stage"}], "measures": [{"id": "n"}],
        "reached": True,
    }  # fmt: skip

    def asks(self, options: FunnelOptions) -> list[Ask]:
        """Stages in the order the field's choices have, those without records too."""
        asked = group_ask(options)
        name = options.dimensions[0].field if options.dimensions else ""
        return [replace(asked, sort=asked.sort or name)]

    def draw(self, options: FunnelOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        stages = _by_choice(answer, options.reached) if answer.axes else _by_measure(answer)
        while stages and not stages[-1][1]:  # where nobody ever comes, or what the filter leaves out
            stages.pop()
        scales = measure_scales(answer, display.language)
        first = next((value for _, value, _, _ in stages if value), None)
        data = [
            {
                "name": name, "value": scales[measure.id].number(value) or 0, "key": key,
                "text": text_of(measure, value, display.language), "rate": _rate(value, first),
            }
            for name, value, key, measure in stages
        ]  # fmt: skip
        series = {
            "type": "funnel", "sort": "none", "gap": 2, "minSize": "8%", "left": "4%", "right": "4%", "top": 8,
            "bottom": 8, "label": {"position": "inside", "formatter": "{b}  {c}"}, "data": data,
            "name": answer.measures[0].label,
        }  # fmt: skip
        model = {
            "aria": {"enabled": True},
            "tooltip": {"trigger": "item", "formatter": "{b}: {c}", "confine": True},
            "series": [series],
        }
        return Drawing("chart", model, is_empty(answer))


def _by_choice(answer: GroupAnswer, reached: bool) -> list[Stage]:
    measure, axis = answer.measures[0], answer.axes[0]
    keys = [key for key in axis.keys if key is not None]  # no stage is no stage
    values = [answer.value(measure, key) for key in keys]
    if reached:
        values = [sum((v or 0 for v in values[place:]), Decimal(0)) for place in range(len(values))]
    return [
        (axis.text(key), value, drill_key(measure.id, key), measure)
        for key, value in zip(keys, values, strict=True)
    ]


def _by_measure(answer: GroupAnswer) -> list[Stage]:
    return [(m.label, answer.value(m), drill_key(m.id), m) for m in answer.measures]


def _rate(value: Number, first: Number) -> str:
    """Its share of the first stage."""
    if value is None or not first:
        return ""
    return f"{Decimal(value) / Decimal(first) * 100:.0f}%"


def register(registry: Registry) -> None:
    registry.add(Funnel())
