"""The way divides, and all of its branches are gone along at once; a `join` brings them together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from metamodel.plugin_api import Node, NodeStep, Pass, Registry

if TYPE_CHECKING:
    from metamodel.plugin_api import Options, Visit


class Split(Node):
    name = "split"
    label = {"zh": "并行", "en": "Split"}
    icon = "split"
    doc = {
        "zh": "所有连线同时往下走，各办各的；用“汇合”等它们都办完",
        "en": "All ways are gone along at once, each by itself; a “join” waits until all are done",
    }
    way = "all"

    def enter(self, options: Options, visit: Visit) -> Sequence[NodeStep]:
        return [Pass()]


def register(registry: Registry) -> None:
    registry.add(Split())
