"""Give somebody a to-do about a record; with `once_per`, later hits are counted on the open one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    Action,
    CreateTask as CreateTaskEffect,
    Effect,
    Options,
    Registry,
    TaskOutcome,
    labelled,
    pointer,
    problem,
)
from plugins.actions.about import (
    ABOUT_TEXTS,
    AboutOption,
    Several,
    Words,
    about,
    check_about,
    check_once,
    once_key,
)
from plugins.spans import check_span, span

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class CreateTaskOptions(Options, frozen=True):
    to: Annotated[Several, labelled("给谁", "For whom")]
    title: Annotated[Words, labelled("标题", "Title")]
    note: Annotated[Words, labelled("说明", "Note")] = ""
    of: AboutOption = ""
    due: Annotated[str, labelled("到期（公式）", "Due (expression)")] = ""
    due_in: Annotated[str, labelled("多少工作时间后到期，如 PT8H", "Due after so much working time")] = ""
    once_per: Annotated[Several, labelled("每个什么只有一条未完成的", "One open for each")] = ""
    outcomes: Annotated[tuple[TaskOutcome, ...], labelled("可选的结果", "Outcomes to choose from")] = ()


class CreateTask(Action):
    name = "create_task"
    label = {"zh": "生成待办", "en": "Create a to-do"}
    icon = "check"
    doc = {
        "zh": "给某些人一条待办；可限定每个会话、客户或每天只有一条未完成的",
        "en": "Gives people a to-do; only one open for each conversation, customer or day, if you like",
    }
    texts = ABOUT_TEXTS
    Options = CreateTaskOptions

    def check_options(self, options: CreateTaskOptions, scope: ActionScope) -> list[Problem]:
        return [
            *scope.check_recipients(options.to, "/to"),
            *scope.check_template(options.title, "/title"),
            *scope.check_template(options.note, "/note", plain=False),
            *check_about(scope, options.of, "/of"),
            *check_once(scope, options.once_per, "/once_per"),
            *_check_due(options, scope),
            *_twins(options.outcomes),
        ]

    def plan(self, options: CreateTaskOptions, subject: Subject) -> list[Effect]:
        to = subject.people(options.to)
        due = _moment(subject.evaluate(options.due), subject) if options.due else None
        return [
            CreateTaskEffect(
                *about(subject, options.of),
                to,
                subject.written(options.title),
                subject.written(options.note),
                once_key(subject, options.once_per, to),
                due,
                span(options.due_in),
                options.outcomes,
                subject.quoted(options.note),
            )
        ]


def _check_due(options: CreateTaskOptions, scope: ActionScope) -> list[Problem]:
    if options.due and options.due_in:
        return [problem("rule.two_dues", "/due_in")]
    found = scope.check_expression(options.due, "/due") if options.due else []
    return [*found, *check_span(options.due_in, "/due_in")]


def _twins(outcomes: tuple[TaskOutcome, ...]) -> list[Problem]:
    ids = [outcome.id for outcome in outcomes]
    return [
        problem("rule.twin_outcome", "/outcomes" + pointer(number), outcome=outcome)
        for number, outcome in enumerate(ids)
        if outcome in ids[:number]
    ]


def _moment(value: Any, subject: Subject) -> datetime | None:
    """A day is due at its end."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=1), time(), subject.zone).astimezone(UTC)
    return None


def register(registry: Registry) -> None:
    registry.add(CreateTask())
