"""One number that matters, beside the period before and its goal; with its course over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    Dimension,
    Display,
    Drawing,
    GroupAnswer,
    GroupAsk,
    Measured,
    Registry,
    Widget,
    drill_key,
    labelled,
)
from plugins.widgets.amounts import change_of, change_text, scale_of, text_of
from plugins.widgets.charts import along, goal_of
from plugins.widgets.told import NumberOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask

Better = Literal["", "up", "down"]
Stretch = Literal["day", "working_day", "week", "month"]


class KpiOptions(NumberOptions, frozen=True, kw_only=True):
    goal: Annotated[float | int, labelled("目标", "Goal")] | None = None
    better: Annotated[Better, labelled("向上还是向下好", "Which way is better")] = ""


class KpiTrendOptions(KpiOptions, frozen=True, kw_only=True):
    bucket: Annotated[
        Literal["day", "working_day", "week", "month"], labelled("走势粒度", "Stretch of the course")
    ] = "day"


class Kpi(Widget):
    name = "kpi"
    label = {"zh": "指标卡", "en": "Number"}
    icon = "number"
    doc = {"zh": "一个数字，可与上期、目标相比", "en": "One number, beside the period before and a goal"}
    Options = KpiOptions
    example_options: ClassVar[Mapping[str, Any]] = {
        "dataset": {"form": "sample"}, "measures": [{"id": "n"}], "compare": "previous_period", "goal": 3,
    }  # fmt: skip

    def asks(self, options: KpiOptions) -> list[Ask]:
        return [GroupAsk(options.dataset, (), tuple(options.measures), bool(options.compare))]

    def draw(self, options: KpiOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:
        answer = answers[0]
        measure, language = answer.measures[0], display.language
        value = answer.value(measure)
        model: dict[str, Any] = {
            "text": text_of(measure, value, language),
            "value": scale_of(measure, [value], language).number(value),
            "label": measure.label,
            "key": drill_key(measure.id),
            "better": options.better,
            **_before(answer, measure, language),
        }
        if options.goal is not None:
            goal = goal_of(measure, options.goal)
            missed = value is None or (value > goal if options.better == "down" else value < goal)
            model["goal"] = {"text": text_of(measure, goal, language), "reached": not missed}
        return Drawing("number", model, value is None)


class KpiTrend(Kpi):
    name = "kpi_trend"
    label = {"zh": "指标卡与走势", "en": "Number with its course"}
    icon = "number-trend"
    doc = {"zh": "一个数字和它的走势", "en": "One number and its course"}
    Options = KpiTrendOptions
    example_options = {
        "dataset": {"form": "sample"}, "bucket": "week", "better": "up",
        "measures": [{"id": "sum", "aggregate": "sum", "field": "amount"}],
    }  # fmt: skip

    def asks(self, options: KpiTrendOptions) -> list[Ask]:  # type: ignore[override]
        course = GroupAsk(options.dataset, (Dimension(bucket=options.bucket),), tuple(options.measures))
        return [*super().asks(options), course]

    def draw(self, options: KpiTrendOptions, answers: Sequence[GroupAnswer], display: Display) -> Drawing:  # type: ignore[override]
        drawn, course = super().draw(options, answers, display), answers[1]
        measure, axis = course.measures[0], course.axes[0]
        values = along(course, lambda key: course.value(measure, key))
        scale = scale_of(measure, values, display.language)
        trend = {
            "unit": scale.unit,
            "points": [
                {
                    "name": axis.text(key), "value": scale.number(value),
                    "text": text_of(measure, value, display.language), "key": drill_key(measure.id, key),
                }
                for key, value in zip(axis.keys, values, strict=True)
            ],
        }  # fmt: skip
        return Drawing(drawn.kind, {**drawn.model, "trend": trend}, drawn.empty)


def _before(answer: GroupAnswer, measure: Measured, language: str) -> Mapping[str, Any]:
    if not answer.compared:
        return {}
    before = answer.earlier(measure)
    share = change_of(answer.value(measure), before)
    way = "same" if not share else "up" if share > 0 else "down"
    return {
        "before": {"text": text_of(measure, before, language), "label": answer.compared},
        "change": {"text": change_text(share), "direction": way} if share is not None else None,
    }


def register(registry: Registry) -> None:
    registry.add(Kpi(), KpiTrend())
