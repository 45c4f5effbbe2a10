"""A value computed from the record's own fields when it is read, lookups and rollups included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import Live, Registry, options_of
from plugins.fields.formula import Formula, FormulaOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import Derived, FieldDefinition


class LiveFormula(Formula):
    """Nothing is kept, so nothing can be found, sorted or counted by it."""

    name = "live_formula"
    label = {"zh": "实时公式", "en": "Live formula"}
    keywords: tuple[str, ...] = ("公式", "计算", "关联", "汇总", "computed", "lookup", "rollup")
    doc = {
        "zh": "读取时由本记录的字段算出，可用关联字段与汇总；不能按它筛选、排序、统计",
        "en": "Computed when it is read, from lookups and rollups too; nothing is filtered, sorted or counted by it",
    }
    sortable = False
    operators = ()
    aggregates = ()

    def derived(self, field: FieldDefinition) -> Derived:
        return Live(options_of(field, FormulaOptions).expression)


def register(registry: Registry) -> None:
    registry.add(LiveFormula(registry))
