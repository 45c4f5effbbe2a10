"""Flows: approval graphs over a form. The interpreter comes with its own issue; the shape is fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.labels import Label


@dataclass(frozen=True, slots=True)
class FlowNode:
    id: str
    kind_name: str
    label: Label
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True)
class FlowEdge:
    source: str
    target: str
    condition: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    label: Label
    form: str
    nodes: tuple[FlowNode, ...] = ()
    edges: tuple[FlowEdge, ...] = ()
    path: str = ""
