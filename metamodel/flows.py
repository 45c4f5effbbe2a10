"""Flows: approval graphs over a form. The interpreter comes with its own issue; the shape is fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.binding import Binder
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Node


@dataclass(frozen=True, slots=True)
class FlowNode:
    id: str
    kind_name: str
    label: Label
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)
    path: str = ""
    kind: Node | None = None  # None for a kind nobody registered


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


def flow_from_json(part: Part, binder: Binder) -> Flow:
    nodes = tuple(_node(node, binder) for node in part.parts("nodes"))
    edges = tuple(_edge(edge) for edge in part.parts("edges"))
    return Flow(part.id, part.label(), part.text("form"), nodes, edges, part.path)


def _node(part: Part, binder: Binder) -> FlowNode:
    kind, _ = binder.bind("node", part, "type", "options")
    return FlowNode(part.id, part.text("type"), part.label(), part.mapping("options"), part.path, kind)


def _edge(part: Part) -> FlowEdge:
    return FlowEdge(part.text("from"), part.text("to"), part.text("if"), part.path)
