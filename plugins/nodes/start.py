"""Where a flow begins, and what it notes on the record when the request comes back or is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, cast

import msgspec

from metamodel.plugin_api import (
    Do,
    Node,
    NodeStep,
    Options,
    Pass,
    Registry,
    Texts,
    labelled,
    pointer,
    problem,
)
from plugins.actions.assignments import Assignments
from plugins.nodes.setting import TEXTS, check_setting, setting

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit

Moment = Literal["return", "withdraw", "resubmit"]


class StartOptions(Options, frozen=True):
    roles: Annotated[
        tuple[str, ...], labelled("哪些角色可以发起（空为不限）", "Who may begin it (blank: any)")
    ] = ()
    condition: Annotated[
        str, labelled("只在此时可以发起（空为不限）", "Only while this holds (blank: always)")
    ] = msgspec.field(name="if", default="")
    set_when: Annotated[
        dict[Moment, Assignments],
        labelled("退回、撤回、重新提交时设置的字段", "Fields set when sent back, withdrawn, handed in again"),
    ] = {}


class Start(Node):
    name = "start"
    label = {"zh": "发起", "en": "Start"}
    icon = "play"
    doc = {"zh": "流程从这里开始", "en": "Where the flow begins"}
    texts = {**TEXTS, "flow.unknown_role": Texts("没有角色“{role}”", "There is no role “{role}”")}
    opens = True
    Options = StartOptions

    def check_options(self, options: StartOptions, scope: ActionScope) -> list[Problem]:
        found = [
            problem("flow.unknown_role", pointer("roles", number), role=role)
            for number, role in enumerate(options.roles)
            if scope.app.role(role) is None
        ]
        found += scope.check_condition(options.condition, "/if") if options.condition else []
        for when, values in options.set_when.items():
            found += check_setting(scope, values, pointer("set_when", when))
        return found

    def begins_for(self, options: StartOptions, roles: frozenset[str]) -> bool:
        return not options.roles or not roles.isdisjoint(options.roles)

    def begins_while(self, options: StartOptions) -> str:
        return options.condition

    def enter(self, options: StartOptions, visit: Visit) -> Sequence[NodeStep]:
        return [Pass()]

    def leave(self, options: StartOptions, visit: Visit, outcome: str) -> Sequence[Do]:
        """Asked with what happened to the request, too."""
        return setting(visit, options.set_when.get(cast(Moment, outcome), {}))


def register(registry: Registry) -> None:
    registry.add(Start())
