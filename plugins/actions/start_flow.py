"""Start a flow about the record, or about one it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Registry,
    StartFlow as StartFlowEffect,
    Texts,
    labelled,
    problem,
)
from plugins.actions.about import AboutOption, check_about
from plugins.actions.assignments import TEXTS
from plugins.actions.linked import linked_form, linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class StartFlowOptions(Options, frozen=True):
    flow: Annotated[str, labelled("流程", "Flow")]
    of: AboutOption = ""


class StartFlow(Action):
    name = "start_flow"
    label = {"zh": "发起流程", "en": "Start a flow"}
    icon = "flow"
    doc = {"zh": "就本记录或关联记录发起流程", "en": "Starts a flow about this record or a linked one"}
    texts = {
        **TEXTS,
        "rule.unknown_flow": Texts("没有流程“{flow}”", "There is no flow “{flow}”"),
        "rule.flow_of_other_form": Texts(
            "流程“{flow}”不是关于这个表单的", "The flow “{flow}” is not about this form"
        ),
    }
    Options = StartFlowOptions

    def check_options(self, options: StartFlowOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        flow = next((flow for flow in scope.app.flows if flow.id == options.flow), None)
        if flow is None:
            return [problem("rule.unknown_flow", "/flow", flow=options.flow)]
        found = check_about(scope, options.of, "/of")
        if not found and flow.form != linked_form(scope, options.of):
            found = [problem("rule.flow_of_other_form", "/flow", flow=options.flow)]
        return found

    def plan(self, options: StartFlowOptions, subject: Subject) -> list[Effect]:
        place = linked_record(subject, options.of)
        return [StartFlowEffect(subject.app, options.flow, *place[1:])] if place else []


def register(registry: Registry) -> None:
    registry.add(StartFlow())
