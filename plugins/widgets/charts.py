"""Pieces of ECharts options: axes, series, tooltips. No script, no colours; sizes and themes are the page's.

A series that shows the period before carries `"role": "before"`, a moving mean `"role": "mean"`, a datum that
stands for the rest `"role": "others"`; every datum its exact `text`, where it is part of a whole its `share`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from metamodel.plugin_api import OTHERS, Axis, GroupAnswer, Key, Measured, Number, drill_key
from plugins.widgets.amounts import Scale, scale_of, text_of

Chart = dict[str, Any]
MANY = 31  # points above which a line has no dots


def cartesian(
    category: Chart, values: Sequence[Chart], series: list[Chart], horizontal: bool = False
) -> Chart:
    """A chart with one axis of names and one or two of numbers."""
    numbers = list(values) if len(values) > 1 else values[0]
    across, up = (numbers, {**category, "inverse": True}) if horizontal else (category, numbers)
    return {
        "aria": {"enabled": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "confine": True},
        "legend": {"show": len(series) > 1, "type": "scroll", "top": 0},
        "grid": {
            "left": 8,
            "right": 16,
            "top": 36 if len(series) > 1 else 20,
            "bottom": 8,
            "containLabel": True,
        },
        "xAxis": across,
        "yAxis": up,
        "series": series,
    }


def names_axis(axis: Axis, *, edges: bool = True) -> Chart:
    """The axis of an answer's keys; `edges`: bars need room at both ends."""
    return {
        "type": "category",
        "data": [axis.text(key) for key in axis.keys],
        "boundaryGap": edges,
        "axisTick": {"show": False},
        "axisLabel": {"hideOverlap": True},
    }


def numbers_axis(unit: str = "", *, right: bool = False) -> Chart:
    made: Chart = {"type": "value", "splitLine": {"show": not right}, "minInterval": 0}
    if unit == "%":
        made["axisLabel"] = {"formatter": "{value}%"}
    elif unit:
        made["name"] = unit
    return made


def points(
    keys: Sequence[tuple[Key, ...]], values: Sequence[Number], measure: Measured, scale: Scale, language: str
) -> list[Chart]:
    """The data of a series, each with its exact text and the key that leads to its records."""
    shown = bare_points(values, measure, scale, language)
    return [{**point, **leading(measure, *key)} for point, key in zip(shown, keys, strict=True)]


def shares(values: Sequence[Number], measure: Measured) -> list[str]:
    """What part of the whole each is; blank where parts do not make up a whole."""
    total = sum((Decimal(value) for value in values if value), Decimal(0))
    if not measure.additive or not total or any(value is not None and value < 0 for value in values):
        return [""] * len(values)
    return [f"{Decimal(value or 0) / total * 100:.1f}%" for value in values]


def leading(measure: Measured, *keys: Key) -> Chart:
    """The way from a datum to its records; what stands for the rest has none."""
    return {"role": "others"} if OTHERS in keys else {"key": drill_key(measure.id, *keys)}


def bare_points(values: Sequence[Number], measure: Measured, scale: Scale, language: str) -> list[Chart]:
    """Data that leads nowhere: the period before, a mean."""
    return [{"value": scale.number(value), "text": text_of(measure, value, language)} for value in values]


def goal_of(measure: Measured, goal: float | int) -> Decimal:
    """A goal as the measure counts: of durations it is told in hours."""
    return Decimal(str(goal)) * (3_600_000_000 if measure.format == "duration" else 1)


def marked(
    series: list[Chart], answer: GroupAnswer, goal: float | int | None, scale: Scale, language: str
) -> None:
    """Marks of days and the goal, drawn on the first series."""
    axis = answer.axes[0]
    lines: list[Chart] = [
        {"xAxis": axis.keys.index(key), "name": text, "label": {"formatter": "{b}"}}
        for key, text in answer.marks
        if key in axis.keys
    ]
    if goal is not None:
        name = "目标" if language.startswith("zh") else "goal"
        number = scale.number(goal_of(answer.measures[0], goal))
        lines.append({"yAxis": number, "name": name, "label": {"formatter": "{b} {c}"}})
    if lines and series:
        series[0]["markLine"] = {"symbol": "none", "silent": True, "data": lines}


def running(values: Sequence[Number]) -> list[Number]:
    """The sum so far; a blank adds nothing."""
    total: Decimal | int = 0
    found: list[Number] = []
    for value in values:
        total = total + value if value is not None else total
        found.append(total)
    return found


def moving_mean(values: Sequence[Number], over: int, weights: Sequence[Number] | None = None) -> list[Number]:
    """The mean of the last `over` values there are; blank where there is none. Weighed by what a rate is
    a rate of, it is the rate of the whole stretch."""
    heavy = [Decimal(1)] * len(values) if weights is None else [Decimal(w or 0) for w in weights]
    found: list[Number] = []
    for place in range(len(values)):
        window = range(max(0, place - over + 1), place + 1)
        known = [(Decimal(v), heavy[at]) for at in window if (v := values[at]) is not None]
        weight = sum((w for _, w in known), Decimal(0))
        found.append(sum((v * w for v, w in known), Decimal(0)) / weight if weight else None)
    return found


def measure_scales(answer: GroupAnswer, language: str) -> Mapping[str, Scale]:
    """A scale for each shown measure, over all its numbers."""
    scales = {}
    for measure in answer.measures:
        numbers = [cell[measure.id] for cell in (*answer.values.values(), *answer.before.values())]
        scales[measure.id] = scale_of(measure, numbers, language)
    return scales


def along(answer: GroupAnswer, value: Callable[[Key], Number]) -> list[Number]:
    """A number for each key of the first axis."""
    return [value(key) for key in answer.axes[0].keys]


def is_empty(answer: GroupAnswer) -> bool:
    """Is there nothing to draw?"""
    return all(
        cell[measure.id] in (None, measure.nothing)
        for cell in answer.values.values()
        for measure in answer.measures
    )
