"""RuleSet: the rules of one published version, conditions and parameters compiled once.

A rule that no longer makes sense (its plugin is missing, a name is gone) is kept beside its
Problem: it stops, the others run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.expressions import Compiled, EvaluationContext
from engine.records.program import Programs
from metamodel.application import App
from metamodel.plugin_api import Action
from metamodel.problems import Problem, problem
from metamodel.rules import Rule
from metamodel.scope import FormScope, MessageScope


class Broken(Exception):
    """A rule that cannot run, with the Problem that says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


class Expressions(dict[str, Compiled]):
    """Compiled expressions over one scope, each text once; a blank text is blank."""

    def __init__(self, programs: Programs, scope: FormScope | MessageScope) -> None:
        super().__init__()
        self._programs, self._scope = programs, scope
        self._fields = frozenset(scope.names()) - {"me", "record"}

    def __missing__(self, text: str) -> Compiled:
        made = self._programs.compiled(text or "None", self._scope)
        if made is None:
            raise Broken(problem("rule.broken_expression", text=text))
        self[text] = made if made.expression.text not in self._fields else _field(made)
        return self[text]


def _field(compiled: Compiled) -> Compiled:
    """Most parameters are bare fields: what there is of them, at the price of one call."""
    name = compiled.expression.text

    def read(values: Mapping[str, Any], context: EvaluationContext) -> Any:
        return values.get(name)

    read.expression = compiled.expression  # type: ignore[attr-defined]
    return cast(Compiled, read)


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
