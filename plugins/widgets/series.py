"""Series of an answer along its first axis: one for each measure, or one for each key of the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from metamodel.plugin_api import Display, GroupAnswer, Measured
from plugins.widgets.amounts import Scale
from plugins.widgets.charts import (
    MANY,
    Chart,
    along,
    bare_points,
    measure_scales,
    moving_mean,
    points,
    running,
    shares,
)


@dataclass(frozen=True)
class Drawn:
    """What all series of one chart have in common."""

    answer: GroupAnswer
    options: Any
    display: Display

    def series(self, kind: str, **look: Any) -> tuple[list[Chart], list[Scale]]:
        """The series and their scales. `look` goes on every one of them."""
        answer, scales = self.answer, measure_scales(self.answer, self.display.language)
        made: list[Chart] = []
        for measure in answer.measures:
            scale = scales[measure.id]
            if len(answer.axes) > 1:
                made += self._split(measure, scale, kind, look)
            else:
                made += self._single(measure, scale, kind, look)
        return made, list(scales.values())

    def _split(self, measure: Measured, scale: Scale, kind: str, look: Chart) -> list[Chart]:
        """One for each key of the second axis."""
        first, second = self.answer.axes[:2]
        made = []
        for other in second.keys:
            values = along(self.answer, lambda key, other=other: self.answer.value(measure, key, other))  # type: ignore[misc]
            keys = [(key, other) for key in first.keys]
            several = len(self.answer.measures) > 1
            name = f"{measure.label} · {second.text(other)}" if several else second.text(other)
            made.append(
                {"type": kind, "name": name, "data": self._points(keys, values, measure, scale), **look}
            )
        return made

    def _single(self, measure: Measured, scale: Scale, kind: str, look: Chart) -> list[Chart]:
        answer = self.answer
        keys = [(key,) for key in answer.axes[0].keys]
        now = along(answer, lambda key: answer.value(measure, key))
        name = scale.name(measure.label)
        data = self._shared(self._points(keys, now, measure, scale), now, measure)
        made = [{"type": kind, "name": name, "data": data, **look}]
        if answer.compared:
            earlier = along(answer, lambda key: self._earlier(measure, key))
            old = self._shaped(earlier)
            label = f"{measure.label} · {answer.compared}"
            made.append(
                {
                    "type": kind,
                    "name": scale.name(label),
                    "role": "before",
                    "data": bare_points(old, measure, scale, self.display.language),
                    **look,
                }
            )
        if self.options.average_over:
            mean = moving_mean(now, self.options.average_over, self._weights(keys))
            made.append(
                {
                    "type": "line", "name": mean_name(self.options.average_over, self.display.language),
                    "role": "mean", "showSymbol": False, "smooth": True,
                    "data": bare_points(mean, measure, scale, self.display.language),
                }
            )  # fmt: skip
        return made

    def _weights(self, keys: list[Any]) -> list[Any] | None:
        by = self.options.average_by
        return [self.answer.values.get(key, {}).get(by) for key in keys] if by else None

    def _earlier(self, measure: Measured, key: Any) -> Any:
        """The number of this key's counterpart in the period before."""
        before = self.answer.axes[0].before
        if not before:
            return self.answer.earlier(measure, key)
        return self.answer.earlier(measure, before[key]) if key in before else None

    def _shaped(self, values: list[Any]) -> list[Any]:
        return running(values) if self.options.running else values

    def _points(self, keys: list[Any], values: list[Any], measure: Measured, scale: Scale) -> list[Chart]:
        return points(keys, self._shaped(values), measure, scale, self.display.language)

    def _shared(self, data: list[Chart], values: list[Any], measure: Measured) -> list[Chart]:
        """With the share of the whole, where parts stand side by side."""
        if self.options.running or self.answer.axes[0].time:
            return data
        told = zip(data, shares(values, measure), strict=True)
        return [{**point, "share": share} if share else point for point, share in told]


def mean_name(over: int, language: str) -> str:
    return f"{over} 期移动平均" if language.startswith("zh") else f"mean of {over}"


def dotless(answer: GroupAnswer) -> bool:
    """Has the axis too many points for a dot each?"""
    return len(answer.axes[0].keys) > MANY
