"""A to-do about a record was closed, with one of certain outcomes if you like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Options, Registry, Texts, Trigger, labelled, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem


class TaskClosedOptions(Options, frozen=True):
    form: Annotated[str, labelled("待办所关于的表单", "Form the to-do is about")]
    rule: Annotated[str, labelled("由这条规则产生", "Made by this rule")] = ""
    flow: Annotated[str, labelled("由这个流程产生", "Made by this flow")] = ""
    outcomes: Annotated[
        tuple[str, ...], labelled("以这些结果关闭（空为任意）", "Closed with one of these (blank: any)")
    ] = ()


class TaskClosed(Trigger):
    name = "task_closed"
    label = {"zh": "待办关闭", "en": "To-do closed"}
    icon = "check"
    doc = {"zh": "关于某条记录的待办关闭了", "en": "A to-do about a record was closed"}
    texts = {
        "rule.unknown_rule": Texts("没有规则“{rule}”", "There is no rule “{rule}”"),
        "rule.unknown_flow": Texts("没有流程“{flow}”", "There is no flow “{flow}”"),
    }
    event = "task_closed"
    Options = TaskClosedOptions

    def check_options(self, options: TaskClosedOptions, scope: ActionScope) -> list[Problem]:
        found = []
        if options.rule and all(rule.id != options.rule for rule in scope.app.rules):
            found.append(problem("rule.unknown_rule", "/rule", rule=options.rule))
        if options.flow and all(flow.id != options.flow for flow in scope.app.flows):
            found.append(problem("rule.unknown_flow", "/flow", flow=options.flow))
        return found

    def matches(self, options: TaskClosedOptions, event: Mapping[str, Any]) -> bool:
        """`source` is the rule's id, or the flow's and the node's."""
        wanted = options.rule or options.flow
        return (
            options.form == event["form"]
            and (not wanted or wanted == event["source"].partition("/")[0])
            and (not options.outcomes or event["outcome"] in options.outcomes)
        )


def register(registry: Registry) -> None:
    registry.add(TaskClosed())
