"""Branches that went along beside each other come together: it goes on when the last one has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from metamodel.plugin_api import Node, NodeStep, Pass, Registry

if TYPE_CHECKING:
    from metamodel.plugin_api import Options, Visit


class Join(Node):
    name = "join"
    label = {"zh": "汇合", "en": "Join"}
    icon = "join"
    doc = {
        "zh": "每条连线都到了才往下走；有一条永远到不了的流程不能发布",
        "en": "Goes on when somebody has come by every way into it; a flow where one never can is not published",
    }
    joins = True

    def enter(self, options: Options, visit: Visit) -> Sequence[NodeStep]:
        return [Pass()]


def register(registry: Registry) -> None:
    registry.add(Join())
