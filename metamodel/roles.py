"""Roles: who may do what with which forms, rows and fields of an app. Deny by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Literal, cast

from metamodel.labels import Label
from metamodel.parts import Part

FieldAccess = Literal["hide", "mask", "read", "write"]
FormAction = Literal["read", "create", "update", "delete", "export"]


@dataclass(frozen=True, slots=True)
class FormPermission:
    """`rows` is an expression over the record and `me`, 'true' for all; `fields` maps a field id,
    or '*' for the rest, to what may be done with it (default: write where the actions allow
    writing, else read)."""

    rows: str = "true"
    actions: frozenset[FormAction] = frozenset({"read"})
    fields: Mapping[str, FieldAccess] = dataclass_field(default_factory=dict)
    path: str = ""

    def field_access(self, field: str) -> FieldAccess:
        writing = self.actions & {"create", "update"}
        return self.fields.get(field) or self.fields.get("*") or ("write" if writing else "read")


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    label: Label
    forms: Mapping[str, FormPermission] = dataclass_field(default_factory=dict)
    manages: frozenset[str] = frozenset()  # design people channels keys verify audit
    path: str = ""


FORM_ACTIONS = frozenset({"read", "create", "update", "delete", "export"})
FIELD_ACCESSES = frozenset({"hide", "mask", "read", "write"})


def role_from_json(part: Part) -> Role:
    forms = {name: _permission(permission) for name, permission in part.named_parts("forms").items()}
    return Role(part.id, part.label(), forms, frozenset(part.texts("manages")), part.path)


def _permission(part: Part) -> FormPermission:
    actions = (
        frozenset(part.texts("actions")) & FORM_ACTIONS if "actions" in part.raw else frozenset({"read"})
    )
    fields = {
        name: access for name, access in part.text_mapping("fields").items() if access in FIELD_ACCESSES
    }
    return FormPermission(
        rows=part.text("rows", "true"),
        actions=cast(frozenset[FormAction], actions),
        fields=cast(Mapping[str, FieldAccess], fields),
        path=part.path,
    )
