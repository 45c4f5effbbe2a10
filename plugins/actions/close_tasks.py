"""Close open to-dos about the record, or about one it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    CloseTasks as CloseTasksEffect,
    Effect,
    Options,
    Registry,
    Texts,
    labelled,
    problem,
)
from plugins.actions.about import AboutOption, check_about
from plugins.actions.assignments import TEXTS
from plugins.actions.linked import linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class CloseTasksOptions(Options, frozen=True):
    outcome: Annotated[str, labelled("以什么结果", "With this outcome")]
    rule: Annotated[str, labelled("由哪条规则产生（空为全部）", "Made by this rule (blank: all)")] = ""
    of: AboutOption = ""


class CloseTasks(Action):
    name = "close_tasks"
    label = {"zh": "关闭待办", "en": "Close to-dos"}
    icon = "check"
    doc = {"zh": "关闭关于本记录或关联记录的待办", "en": "Closes to-dos about this record or a linked one"}
    texts = {**TEXTS, "rule.unknown_rule": Texts("没有规则“{rule}”", "There is no rule “{rule}”")}
    Options = CloseTasksOptions

    def check_options(self, options: CloseTasksOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        known = not options.rule or any(rule.id == options.rule for rule in scope.app.rules)
        unknown = [] if known else [problem("rule.unknown_rule", "/rule", rule=options.rule)]
        return [*unknown, *check_about(scope, options.of, "/of")]

    def plan(self, options: CloseTasksOptions, subject: Subject) -> list[Effect]:
        place = linked_record(subject, options.of)
        return [CloseTasksEffect(*place, options.outcome, options.rule)] if place else []


def register(registry: Registry) -> None:
    registry.add(CloseTasks())
