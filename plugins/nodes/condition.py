"""The way divides: the first edge whose condition holds, else the one without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from metamodel.plugin_api import Node, NodeStep, Pass, Registry

if TYPE_CHECKING:
    from metamodel.plugin_api import Options, Visit


class Condition(Node):
    name = "condition"
    label = {"zh": "条件", "en": "Condition"}
    icon = "branch"
    doc = {
        "zh": "按连线上的条件选择去向；不写条件的那条是“否则”",
        "en": "Goes the first way whose condition holds; the edge without one is “otherwise”",
    }
    way = "condition"

    def enter(self, options: Options, visit: Visit) -> Sequence[NodeStep]:
        return [Pass()]


def register(registry: Registry) -> None:
    registry.add(Condition())
