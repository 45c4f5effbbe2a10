"""RuleSet: the rules of one published version, conditions and parameters compiled once.

A rule that no longer makes sense (its plugin is missing, a name is gone) is kept beside its
Problem: it stops, the others run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from engine.expressions import Compiled
from engine.records.program import Programs
from engine.rules.expressions import Broken, Expressions
from engine.rules.reasons import Objections, Reasons
from engine.rules.sightings import Sightings
from metamodel.application import App
from metamodel.expressions import Scope
from metamodel.plugin_api import Action, Function
from metamodel.problems import Problem, problem
from metamodel.rules import Rule
from metamodel.scope import FormScope, MessageScope, NothingScope

Keywords = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True)
class CompiledRule:
    """`condition` None is always; `broken` says why the rule cannot run; `fields`: it hears only of
    records in which one of them changed."""

    rule: Rule
    expressions: Expressions
    condition: Compiled | None
    actions: tuple[tuple[Action, Any], ...]
    broken: Problem | None = None
    fields: tuple[str, ...] = ()
    reasons: Reasons | None = None


class RuleSet:
    """`keywords`: the words of a list as they are now; a set is made anew when one changes, so that looking
    for them costs no more than looking for words written down."""

    def __init__(self, app: App, programs: Programs, keywords: Keywords | None = None) -> None:
        self.app = app
        self._programs = programs
        self._scopes: dict[str, Expressions] = {}
        self._functions = dict(Sightings().functions(programs.registry))
        if keywords is not None and (function := self._functions.get("KEYWORDS")) is not None:
            self._functions["KEYWORDS"] = _known_now(function, keywords)
        ordered = sorted(app.rules, key=lambda rule: -rule.priority)
        self._rules = [self.compile(rule) for rule in ordered if rule.enabled]

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

    def of_event(self, event: str) -> list[CompiledRule]:
        """The rules whose trigger is of this event."""
        return [
            one for one in self._rules if one.rule.trigger is not None and one.rule.trigger.event == event
        ]

    def get(self, rule: str) -> CompiledRule | None:
        return next((one for one in self._rules if one.rule.id == rule), None)

    def compile(self, rule: Rule) -> CompiledRule:
        on_message = rule.trigger is not None and rule.trigger.on_message
        expressions = self.expressions(rule.form, on_message)
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
        reasons = Reasons(_tree(condition), expressions, self._functions)
        return CompiledRule(rule, expressions, condition, tuple(actions), broken, _fields(rule), reasons)

    def objections(self, rule: CompiledRule) -> Objections:
        return Objections(_tree(rule.condition), rule.expressions, self._functions)

    def expressions(self, form_id: str, on_message: bool = False) -> Expressions:
        """What is said about records of a form; about messages, or about nothing, without one."""
        key = form_id or ("(message)" if on_message else "")
        known = self._scopes.get(key)
        if known is None:
            form = self.app.form(form_id)
            if form is not None:
                scope: Scope = FormScope(self.app, form, self._programs.apps())
            else:
                scope = MessageScope() if on_message else NothingScope()
            known = self._scopes[key] = Expressions(self._programs, scope, self._functions)
        return known


def _known_now(function: Function, keywords: Keywords) -> Function:
    """The function with its context known, which makes its calls constants."""
    context = SimpleNamespace(keywords=keywords)
    return replace(function, call=partial(function.call, context), context=False, volatile=False)


def _tree(condition: Compiled | None) -> ast.expr | None:
    return condition.expression.tree if condition else None


def _fields(rule: Rule) -> tuple[str, ...]:
    known = rule.trigger is not None and rule.trigger_options is not None
    return rule.trigger.fields(rule.trigger_options) if rule.trigger and known else ()
