"""Requirements: what an app relies on in other apps, so that checking it needs only its own document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.parts import Part


@dataclass(frozen=True, slots=True)
class RequiredField:
    """A field of another app as far as we rely on it; a link's target where it matters."""

    type_name: str
    sealed: bool = False
    app: str = ""  # of a link; blank: the required app itself
    form: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What this app relies on in another: its forms and their fields' types, by id."""

    app: str
    forms: Mapping[str, Mapping[str, str]] = dataclass_field(default_factory=dict)
    path: str = ""
    details: Mapping[str, Mapping[str, RequiredField]] = dataclass_field(default_factory=dict)


def requirement_from_json(part: Part) -> Requirement:
    details = {
        form: {name: _field(raw) for name, raw in fields.raw.items()}
        for form, fields in part.named_parts("forms").items()
    }
    forms = {
        form: {name: field.type_name for name, field in fields.items()} for form, fields in details.items()
    }
    return Requirement(part.text("app"), forms, part.path, details)


def _field(raw: Any) -> RequiredField:
    """`"text"`, or `{"type": "link", "form": "customer", "sealed": true}`."""
    if not isinstance(raw, dict):
        return RequiredField(raw if isinstance(raw, str) else "")
    part = Part(raw)
    return RequiredField(part.text("type"), part.flag("sealed"), part.text("app"), part.text("form"))
