"""Several roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import TEXT, Display, Examples, Reference, Registry, list_of
from plugins.fields.members import Members
from plugins.fields.role import Role

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Roles(Members):
    name = "roles"
    label = {"zh": "多个角色", "en": "Roles"}
    icon = "people"
    doc = {"zh": "本应用的几个角色", "en": "Several roles of this application"}
    keywords: tuple[str, ...] = Role.keywords
    type = list_of(TEXT)
    input = "roles"
    examples: Examples = (("legal、sales", ["legal", "sales"]),)

    def display(self, value: list[str], field: FieldDefinition, display: Display) -> str:
        joint = "、" if display.language.startswith("zh") else ", "
        return joint.join(display.name("role", item) for item in value)

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference("role", many=True)


def register(registry: Registry) -> None:
    registry.add(Roles())
