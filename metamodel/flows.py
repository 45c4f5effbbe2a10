"""Flows: approval graphs over a form. The interpreter comes with its own issue; the shape is fixed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.binding import Binder
from metamodel.checking import Checking, check_ids, check_labels
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Node
from metamodel.problems import Problem, pointer, problem


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


def check_flows(checking: Checking) -> list[Problem]:
    flows = checking.app.flows
    found = check_ids(flows, {"zh": "流程", "en": "flow"}) + check_labels(flows, needed=False)
    for flow in flows:
        found += checking.form_reference(flow.form, flow.path + "/form")
        found += check_ids(flow.nodes, {"zh": "节点", "en": "node"})
        found += _check_edges(flow, checking)
    return found


def _check_edges(flow: Flow, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    nodes, form = {node.id for node in flow.nodes}, checking.app.form(flow.form)
    for edge in flow.edges:
        for key, name in (("from", edge.source), ("to", edge.target)):
            if name not in nodes:
                found.append(problem("flow.unknown_node", edge.path + pointer(key), name=name))
        if form is not None:
            found += checking.condition(edge.condition, edge.path + "/if", checking.scope(form))[1]
    return found
