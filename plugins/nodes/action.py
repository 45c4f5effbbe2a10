"""Something is done: the same actions that rules have, a grant for example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from metamodel.plugin_api import Do, Node, NodeStep, Options, Pass, Registry, labelled

if TYPE_CHECKING:
    from metamodel.plugin_api import Visit


class Then(Options, frozen=True):
    action: Annotated[str, labelled("动作", "Action")]
    options: Annotated[dict[str, Any], labelled("选项", "Options")] = msgspec.field(name="with", default={})


class ActionNodeOptions(Options, frozen=True):
    then: Annotated[tuple[Then, ...], labelled("做什么", "What is done", min_length=1)]


class ActionNode(Node):
    name = "action"
    label = {"zh": "动作", "en": "Action"}
    icon = "bolt"
    doc = {"zh": "执行动作，如授权、修改字段", "en": "Does what rules can do: grants, sets fields"}
    acts = "then"
    Options = ActionNodeOptions
    example_options = {"then": [{"action": "set_fields", "with": {"values": {"noted": "'x'"}}}]}

    def enter(self, options: ActionNodeOptions, visit: Visit) -> Sequence[NodeStep]:
        return [Do(visit.planned()), Pass()]


def register(registry: Registry) -> None:
    registry.add(ActionNode())
