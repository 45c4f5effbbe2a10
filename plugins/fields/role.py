"""A role of the application, by its id: who is meant, whoever has the role that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import TEXT, Display, Examples, Reference, Registry
from plugins.fields.member import Member

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Role(Member):
    name = "role"
    label = {"zh": "角色", "en": "Role"}
    icon = "people"
    doc = {"zh": "本应用的一个角色", "en": "One role of this application"}
    keywords: tuple[str, ...] = ("岗位", "权限组", "group")
    type = TEXT
    input = "role"
    examples: Examples = (("legal", "legal"), ({"id": "legal"}, "legal"))

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name("role", value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("role")


def register(registry: Registry) -> None:
    registry.add(Role())
