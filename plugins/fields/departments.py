"""Several departments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import (
    DEPARTMENT,
    Display,
    Reference,
    Registry,
    list_of,
)
from plugins.fields.members import Members

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Departments(Members):
    name = "departments"
    label = {"zh": "多个部门", "en": "Departments"}
    icon = "building"
    keywords: tuple[str, ...] = ("组织", "团队", "teams")
    doc = {"zh": "几个部门", "en": "Several departments"}
    type = list_of(DEPARTMENT)
    input = "departments"
    examples = (("华东销售部、法务合规部", ["华东销售部", "法务合规部"]),)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(display.name("department", item) for item in value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("department", many=True)


def register(registry: Registry) -> None:
    registry.add(Departments())
