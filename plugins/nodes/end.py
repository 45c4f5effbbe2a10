"""Where a flow ends, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from metamodel.plugin_api import Finish, Node, NodeStep, Options, Registry, labelled
from plugins.actions.assignments import Assignments
from plugins.nodes.setting import TEXTS, check_setting, setting

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit

State = Literal["approved", "rejected", "finished"]


class EndOptions(Options, frozen=True):
    state: Annotated[State, labelled("结束时的状态", "It ends as")] = "approved"
    values: Annotated[Assignments, labelled("设置本记录的字段", "Fields of the record it sets")] = {}
    cancels: Annotated[bool, labelled("其余并行分支一并取消", "Gives up what still runs beside it")] = False


class End(Node):
    name = "end"
    label = {"zh": "结束", "en": "End"}
    icon = "flag"
    doc = {"zh": "流程到此结束", "en": "The flow ends here"}
    texts = TEXTS
    ends = True
    Options = EndOptions

    def check_options(self, options: EndOptions, scope: ActionScope) -> list[Problem]:
        return check_setting(scope, options.values, "/values")

    def cancels(self, options: EndOptions) -> bool:
        return options.cancels

    def enter(self, options: EndOptions, visit: Visit) -> Sequence[NodeStep]:
        return [*setting(visit, options.values), Finish(options.state, options.cancels)]


def register(registry: Registry) -> None:
    registry.add(End())
