"""RuleSet: the rules of one published version, conditions and parameters compiled once.

A rule that no longer makes sense (its plugin is missing, a name is gone) is kept beside its
Problem: it stops, the others run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.expressions import Compiled
from engine.records.program import Programs
from engine.rules.expressions import Broken, Expressions
from metamodel.application import App
from metamodel.plugin_api import Action
from metamodel.problems import Problem, problem
from metamodel.rules import Rule
from metamodel.scope import FormScope, MessageScope


@dataclass(frozen=True)
class CompiledRule:
    """`condition` None is always; `broken` says why the rule cannot run."""

    rule: Rule
    expressions: Expressions
    condition: Compiled | None
    actions: tuple[tuple[Action, Any], ...]
    broken: Problem | None = None


class RuleSet:
    def __init__(self, app: App, programs: Programs) -> None:
        self.app = app
        self._programs = programs
        self._scopes: dict[str, Expressions] = {}
        ordered = sorted(app.rules, key=lambda rule: -rule.priority)
        self._rules = [self._compile(rule) for rule in ordered if rule.enabled]

    def listening(self, event: Mapping[str, Any]) -> list[CompiledRule]:
        """The rules that hear this event (`name`, and what the trigger asks of it), in order."""
        return [
            compiled
            for compiled in self._rules
            if (trigger := compiled.rule.trigger) is not None
            and trigger.event == event["name"]
            and compiled.rule.trigger_options is not None
            and trigger.matches(compiled.rule.trigger_options, event)
        ]

    def _compile(self, rule: Rule) -> CompiledRule:
        expressions = self._expressions(rule.form)
        actions = [
            (a.action, a.options) for a in rule.actions if a.action is not None and a.options is not None
        ]
        broken, condition = None, None
        if len(actions) < len(rule.actions):
            missing = ", ".join(a.action_name for a in rule.actions if a.action is None or a.options is None)
            broken = problem("rule.broken_action", action=missing)
        try:
            condition = expressions[rule.condition] if rule.condition.strip() else None
        except Broken as error:
            broken = error.problem
        return CompiledRule(rule, expressions, condition, tuple(actions), broken)

    def _expressions(self, form_id: str) -> Expressions:
        known = self._scopes.get(form_id)
        if known is None:
            form = self.app.form(form_id)
            scope = FormScope(self.app, form, self._programs.apps()) if form else MessageScope()
            known = self._scopes[form_id] = Expressions(self._programs, scope)
        return known
