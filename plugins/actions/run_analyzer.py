"""Let an analyzer look at the record, or at one it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Registry,
    RunAnalyzer as RunAnalyzerEffect,
    labelled,
    problem,
)
from plugins.actions.about import AboutOption, check_about
from plugins.actions.assignments import TEXTS
from plugins.actions.linked import linked_form, linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class RunAnalyzerOptions(Options, frozen=True):
    analyzer: Annotated[str, labelled("分析器", "Analyzer")]
    options: Annotated[dict[str, Any], labelled("它的设置", "Its settings")] = {}
    of: AboutOption = ""


class RunAnalyzer(Action):
    name = "run_analyzer"
    label = {"zh": "运行分析器", "en": "Run an analyzer"}
    icon = "chart"
    doc = {"zh": "让分析器计算本记录或关联记录", "en": "Lets an analyzer work on this record or a linked one"}
    texts = TEXTS
    Options = RunAnalyzerOptions

    def check_options(self, options: RunAnalyzerOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        return [
            *scope.check_analyzer(options.analyzer, options.options, linked_form(scope, options.of), ""),
            *check_about(scope, options.of, "/of"),
        ]

    def plan(self, options: RunAnalyzerOptions, subject: Subject) -> list[Effect]:
        place = linked_record(subject, options.of)
        return [RunAnalyzerEffect(options.analyzer, *place, options.options)] if place else []


def register(registry: Registry) -> None:
    registry.add(RunAnalyzer())
