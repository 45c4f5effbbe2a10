"""Roles: who may do what with which forms, rows and fields of an app. Deny by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Literal

from metamodel.labels import Label

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
