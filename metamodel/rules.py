"""Rules: WHEN a trigger, IF an expression, THEN actions."""

from __future__ import annotations

from dataclasses import dataclass

from metamodel.labels import Label
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
    run_as: str = "app"
    path: str = ""
