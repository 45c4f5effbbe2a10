"""Several roles."""

from __future__ import annotations

from metamodel.plugin_api import TEXT, Examples, Registry, list_of
from plugins.fields.members import Members
from plugins.fields.role import Role


class Roles(Members):
    name = "roles"
    label = {"zh": "多个角色", "en": "Roles"}
    icon = "people"
    doc = {"zh": "本应用的几个角色", "en": "Several roles of this application"}
    keywords: tuple[str, ...] = Role.keywords
    type = list_of(TEXT)
    target = "role"
    input = "roles"
    examples: Examples = (("legal、sales", ["legal", "sales"]),)


def register(registry: Registry) -> None:
    registry.add(Roles())
