"""What the installation knows of itself: what was archived, who looked and exported, what arrived, how it was
verified. For those whose duty it is; nobody else is shown a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    Display,
    Drawing,
    GroupAnswer,
    HouseAsk,
    Measured,
    Registry,
    Widget,
    WidgetOptions,
    drill_key,
    labelled,
)
from plugins.widgets.amounts import scale_of, text_of
from plugins.widgets.charts import cartesian, is_empty, names_axis, numbers_axis, points

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask

NEVER = ("Not yet", "还没有过")
Subject = Literal["captures", "people", "arrivals", "verified", "checkpoints"]


class HouseOptions(WidgetOptions, frozen=True, kw_only=True):
    subject: Annotated[
        Subject,
        labelled(
            "内容（captures 每日存档、people 人员行为、arrivals 渠道接收、verified 核验、checkpoints 检查点）",
            "Subject (captures by day, people, arrivals by channel, verified, checkpoints)",
        ),
    ] = "captures"
    period: Annotated[str, labelled("自定时间段（空为看板的）", "Own period (blank: the board's)")] = ""


class House(Widget):
    name = "house"
    label = {"zh": "存证与审计", "en": "Evidence and audit"}
    icon = "shield"
    doc = {
        "zh": "存档、查阅与导出、渠道接收、核验的数字，只给负有相应职责的人看",
        "en": "Numbers of archiving, looking and exporting, arrivals, verifying; for those whose duty it is",
    }
    Options = HouseOptions
    example_options = {"subject": "captures"}

    def asks(self, options: HouseOptions) -> list[Ask]:
        return [HouseAsk(options.subject, options.period)]

    def draw(self, options: HouseOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        if options.subject == "captures":
            return Drawing("chart", _bars(answer, display), is_empty(answer))
        if options.subject in ("verified", "checkpoints") and not answer.axes[0].keys:
            return Drawing("number", {"text": NEVER[display.language.startswith("zh")]})
        return Drawing("table", _table(answer, display), not answer.axes[0].keys)


def _bars(answer: GroupAnswer, display: Display) -> Any:
    measure, axis = answer.measures[0], answer.axes[0]
    values = [answer.value(measure, key) for key in axis.keys]
    scale = scale_of(measure, values, display.language)
    data = points([(key,) for key in axis.keys], values, measure, scale, display.language)
    series = [{"type": "bar", "name": measure.label, "barMaxWidth": 36, "data": data}]
    return cartesian(names_axis(axis), [numbers_axis(scale.unit)], series)


def _table(answer: GroupAnswer, display: Display) -> dict[str, Any]:
    axis = answer.axes[0]
    head = [{"text": axis.label}, *({"text": measure.label} for measure in answer.measures)]
    rows = [
        {"head": [axis.text(key)], "cells": [_cell(answer, m, key, display) for m in answer.measures]}
        for key in axis.keys
    ]
    return {"head": [head], "rows": rows}


def _cell(answer: GroupAnswer, measure: Measured, key: Any, display: Display) -> dict[str, Any]:
    value = answer.value(measure, key)
    cell: dict[str, Any] = {"text": text_of(measure, value, display.language)}
    return {**cell, "key": drill_key(measure.id, key)} if value else cell


def register(registry: Registry) -> None:
    registry.add(House())
