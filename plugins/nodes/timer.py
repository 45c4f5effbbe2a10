"""The flow waits for a moment, or for a span of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from metamodel.plugin_api import Node, NodeStep, Options, Pass, Pause, Registry, Texts, labelled, problem
from plugins.nodes.setting import TEXTS, span_of

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit


class TimerOptions(Options, frozen=True):
    until: Annotated[str, labelled("等到何时（公式）", "Until (expression)")] = ""
    span: Annotated[str, labelled("等多久，如 PT24H", "For, like PT24H")] = msgspec.field(
        name="for", default=""
    )
    working_time: Annotated[bool, labelled("只算工作时间", "Working time only")] = False


class Timer(Node):
    name = "timer"
    label = {"zh": "等待", "en": "Wait"}
    icon = "clock"
    doc = {"zh": "等到某个时刻，或等一段时间", "en": "Waits for a moment or for some time"}
    texts = {
        **TEXTS,
        "flow.one_wait": Texts(
            "“等到”和“等多久”要且只能填一个", "Either “until” or “for”, and only one of them"
        ),
    }
    waits = True
    Options = TimerOptions
    example_options = {"until": "due"}

    def check_options(self, options: TimerOptions, scope: ActionScope) -> list[Problem]:
        found = [problem("flow.one_wait", "/until")] if bool(options.until) == bool(options.span) else []
        if options.until:
            found += scope.check_expression(options.until, "/until")
        if options.span and span_of(options.span) is None:
            found.append(problem("flow.bad_span", "/for", text=options.span))
        return found

    def enter(self, options: TimerOptions, visit: Visit) -> Sequence[NodeStep]:
        """A blank moment is no reason to wait."""
        if options.span:
            return [Pause(span=span_of(options.span), working_time=options.working_time)]
        until = _moment(visit.evaluate(options.until), visit)
        return [Pause(until=until)] if until is not None else [Pass()]


def _moment(value: Any, visit: Visit) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), visit.zone) if isinstance(value, date) else None


def register(registry: Registry) -> None:
    registry.add(Timer())
