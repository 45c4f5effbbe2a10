"""Reports: boards of widgets. The interpreter comes with its own issue; the shape is fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.labels import Label


@dataclass(frozen=True, slots=True)
class WidgetDefinition:
    id: str
    type_name: str
    label: Label
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    label: Label
    widgets: tuple[WidgetDefinition, ...] = ()
    path: str = ""
