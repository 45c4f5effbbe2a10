"""Rules: WHEN a trigger, IF an expression, THEN actions."""

from __future__ import annotations

from dataclasses import dataclass

from metamodel.binding import Binder
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Action, Options, Trigger


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
        """The form whose fields IF and THEN may name; blank for a message."""
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
        actions=tuple(_action(action, binder) for action in part.parts("then")),
        priority=part.integer("priority"),
        enabled=part.flag("enabled", True),
        run_as=part.text("run_as", "app"),
        path=part.path,
    )


def _action(part: Part, binder: Binder) -> RuleAction:
    action, options = binder.bind("action", part, "action", "with")
    return RuleAction(part.text("action"), action, options, part.path)
