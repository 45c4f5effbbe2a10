"""Rules: WHEN a trigger, IF an expression, THEN actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metamodel.binding import Binder
from metamodel.checking import Checking, RuleScope, check_ids
from metamodel.constant import constant
from metamodel.expressions import Scope
from metamodel.labels import Label, label_text
from metamodel.parts import Part
from metamodel.plugin_api import Action, Options, Trigger
from metamodel.problems import Problem, pointer, problem

if TYPE_CHECKING:
    from metamodel.application import App
    from metamodel.forms import Form


@dataclass(frozen=True, slots=True)
class RuleAction:
    """One THEN: an action and its options; `action` None for a name nobody registered."""

    action_name: str
    action: Action | None
    options: Options | None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    label: Label
    trigger_name: str
    trigger: Trigger | None
    trigger_options: Options | None
    condition: str = ""  # IF, an expression; '' is always
    actions: tuple[RuleAction, ...] = ()
    priority: int = 0  # higher first, then document order
    enabled: bool = True
    run_as: str = "app"  # or a role's id
    path: str = ""

    @property
    def form(self) -> str:
        """The form whose fields IF and THEN may name; blank for a message, or for nothing at all."""
        known = self.trigger is not None and self.trigger_options is not None
        return self.trigger.form(self.trigger_options) if self.trigger and known else ""


def rule_from_json(part: Part, binder: Binder) -> Rule:
    when = part.part("when")
    trigger, trigger_options = binder.bind("trigger", when, "trigger")
    return Rule(
        id=part.id,
        label=part.label(),
        trigger_name=when.text("trigger"),
        trigger=trigger,
        trigger_options=trigger_options,
        condition=part.text("if"),
        actions=tuple(action_from_json(action, binder) for action in part.parts("then")),
        priority=part.integer("priority"),
        enabled=part.flag("enabled", True),
        run_as=part.text("run_as", "app"),
        path=part.path,
    )


def action_from_json(part: Part, binder: Binder) -> RuleAction:
    action, options = binder.bind("action", part, "action", "with")
    return RuleAction(part.text("action"), action, options, part.path)


def check_rules(checking: Checking) -> list[Problem]:
    rules = checking.app.rules
    found = check_ids(rules, {"zh": "规则", "en": "rule"})
    for rule in rules:
        found += [*_check_trigger(rule, checking), *_check_run_as(rule, checking)]
        scope = _scope(rule, checking)
        if scope is not None:
            found += [*_check_condition(rule, checking, scope), *_check_actions(rule, checking, scope)]
    return found


def _scope(rule: Rule, checking: Checking) -> Scope | None:
    """What IF and THEN may name; None when the trigger or its form is not known."""
    if rule.trigger is None or rule.trigger_options is None:
        return None
    form = checking.app.form(rule.form)
    if form is not None:
        return checking.scope(form)
    if rule.form:
        return None
    return checking.message_scope if rule.trigger.on_message else checking.nothing_scope


def _check_trigger(rule: Rule, checking: Checking) -> list[Problem]:
    if rule.trigger is None or rule.trigger_options is None:
        return []
    place = rule.path + "/when"
    unknown = checking.form_reference(rule.form, place + "/form")
    scope = _scope(rule, checking)
    if unknown or scope is None:
        return unknown
    asking = RuleScope(checking, rule.form, scope, rule.trigger.before_save)
    return [one.under(place) for one in rule.trigger.check_options(rule.trigger_options, asking)]


def _check_run_as(rule: Rule, checking: Checking) -> Iterator[Problem]:
    if rule.run_as != "app" and checking.app.role(rule.run_as) is None:
        yield problem("reference.unknown_role", rule.path + "/run_as", name=rule.run_as)


def _check_condition(rule: Rule, checking: Checking, scope: Scope) -> list[Problem]:
    place = rule.path + "/if"
    checked, found = checking.condition(rule.condition, place, scope)
    if checked is not None and constant(checked) is False:
        found.append(problem("rule.never", place, rule=rule.id))
    return found


def _check_actions(rule: Rule, checking: Checking, scope: Scope) -> list[Problem]:
    before = rule.trigger is not None and rule.trigger.before_save
    event = rule.trigger.event if rule.trigger is not None else ""
    asking = RuleScope(checking, rule.form, scope, before, event)
    return [found for action in rule.actions for found in check_action(action, asking)]


def check_action(action: RuleAction, asking: RuleScope) -> list[Problem]:
    """One THEN, of a rule or of a flow's action node."""
    if action.action is None or action.options is None:
        return []
    if asking.before_save and not action.action.allowed_before(action.options):
        return [problem("rule.too_early", action.path, action=label_text(action.action.label))]
    if action.action.only_on and asking.event not in action.action.only_on:
        return [problem("rule.wrong_event", action.path, action=action.action.label)]
    place = action.path + pointer("with")
    found = [*action.action.check_options(action.options, asking), *_check_filled(action, asking.app)]
    return [one.under(place) for one in found]


def _check_filled(action: RuleAction, app: App) -> Iterator[Problem]:
    """Of a record it makes, the required fields that nothing fills: such a record is never kept. Where a rule
    completes records of the form before they are saved, that cannot be told."""
    filling = action.action.fills(action.options) if action.action is not None else None
    form = app.form(filling.form) if filling is not None and filling.app in ("", app.id) else None
    if filling is None or form is None or any(_completes(rule, form) for rule in app.rules):
        return
    for field in form.fields:
        given = field.id in filling.values or field.id in filling.elsewhere or field.default
        if field.required and not given and not field.visible and field.usable and field.derived is None:
            place = pointer(filling.option, field.id)
            yield problem("rule.unfilled", place, field=field.label, form=form.label)


def _completes(rule: Rule, form: Form) -> bool:
    return rule.trigger is not None and rule.trigger.before_save and rule.form == form.id
