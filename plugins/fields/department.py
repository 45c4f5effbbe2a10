"""One department."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    DEPARTMENT,
    Display,
    Field,
    Reference,
    Registry,
)
from plugins.fields.member import Member, read_id

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Department(Field):
    name = "department"
    label = {"zh": "部门", "en": "Department"}
    icon = "building"
    keywords: tuple[str, ...] = ("组织", "团队", "team")
    doc = {"zh": "一个部门", "en": "One department"}
    texts = Member.texts
    group = "people"
    type = DEPARTMENT
    operators = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    input = "department"
    examples = (("华东销售部", "华东销售部"),)

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return read_id(raw)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("department", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("department")


def register(registry: Registry) -> None:
    registry.add(Department())
