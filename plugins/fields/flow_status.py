"""How the newest approval of a record stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    Choice,
    Display,
    Examples,
    Registry,
    clean_text,
)
from plugins.fields.record_head import Head

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

STATES: Sequence[Choice] = (
    Choice("running", {"zh": "审批中", "en": "Under way"}, "blue"),
    Choice("returned", {"zh": "已退回", "en": "Returned"}, "amber"),
    Choice("approved", {"zh": "已通过", "en": "Approved"}, "green"),
    Choice("rejected", {"zh": "已拒绝", "en": "Rejected"}, "red"),
    Choice("withdrawn", {"zh": "已撤回", "en": "Withdrawn"}, "grey"),
)


class FlowStatus(Head):
    name, part = "flow_status", "flow"
    label = {"zh": "流程状态", "en": "Flow status"}
    icon = "flow"
    doc = {"zh": "本记录最近一次审批的状态", "en": "How the newest approval of the record stands"}
    keywords: tuple[str, ...] = ("审批状态", "approval")
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    sortable = False
    examples: Examples = (("approved", "approved"), ("已通过", "approved"))

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw, limit=400).strip()
        named = {label: one.value for one in STATES for label in (one.text("zh"), one.text("en"))}
        return named.get(text, text)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return next((one.text(display.language) for one in STATES if one.value == value), value)

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        return STATES


def register(registry: Registry) -> None:
    registry.add(FlowStatus())
