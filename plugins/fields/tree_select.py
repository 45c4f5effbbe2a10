"""One place of a tree of choices, the whole tree shown."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.cascade import Cascade
from plugins.fields.tree_choice import Branch


class TreeSelect(Cascade):
    name = "tree_select"
    label = {"zh": "树形选择", "en": "Tree"}
    icon = "tree"
    keywords: tuple[str, ...] = ("层级", "分类", "category")
    doc = {"zh": "选树上的任意一级", "en": "Any place of a tree"}
    examples = (("east", "east"), ("华东/苏州", "east/suzhou"))

    def _may_end(self, branch: Branch) -> bool:
        return True


def register(registry: Registry) -> None:
    registry.add(TreeSelect())
