"""Several departments."""

from __future__ import annotations

from metamodel.plugin_api import DEPARTMENT, Registry, list_of
from plugins.fields.members import Members


class Departments(Members):
    name = "departments"
    label = {"zh": "多个部门", "en": "Departments"}
    icon = "building"
    keywords: tuple[str, ...] = ("组织", "团队", "teams")
    doc = {"zh": "几个部门", "en": "Several departments"}
    type = list_of(DEPARTMENT)
    target = "department"
    input = "departments"
    examples = (("华东销售部、法务合规部", ["华东销售部", "法务合规部"]),)


def register(registry: Registry) -> None:
    registry.add(Departments())
