"""Flows: approval graphs over a form. Types, how they are read, and what each part is checked for.

`flow_graph.py` checks the graph they make and proves it sound; `engine/flows` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metamodel.binding import Binder
from metamodel.checking import Checking, RuleScope, check_ids, check_labels
from metamodel.flow_graph import check_graph
from metamodel.labels import Label, label_text
from metamodel.parts import Part
from metamodel.plugin_api import Node, Options
from metamodel.problems import Problem, pointer, problem
from metamodel.rules import RuleAction, action_from_json, check_action


@dataclass(frozen=True, slots=True)
class FlowNode:
    """`kind` and `options` are None where nobody knows the kind or can read its options."""

    id: str
    kind_name: str
    label: Label
    options: Options | None = None
    path: str = ""
    kind: Node | None = None
    actions: tuple[RuleAction, ...] = ()

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)

    @property
    def outcomes(self) -> Mapping[str, Label]:
        """What edges out of it may name with `on`; empty for what cannot be left."""
        if self.kind is None or self.options is None or self.kind.ends:
            return {}
        return self.kind.outcomes(self.options)


@dataclass(frozen=True, slots=True)
class FlowEdge:
    source: str
    target: str
    on: str = ""
    condition: str = ""
    label: Label = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """`start`: `created` begins with every new record, `manual` when somebody says so. `applicant`: the
    field that names whose request it is; blank: who began it."""

    id: str
    label: Label
    form: str
    nodes: tuple[FlowNode, ...] = ()
    edges: tuple[FlowEdge, ...] = ()
    start: str = "created"
    applicant: str = ""
    path: str = ""

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.id)

    def node(self, identifier: str) -> FlowNode | None:
        return next((node for node in self.nodes if node.id == identifier), None)

    def leaving(self, node: str) -> tuple[FlowEdge, ...]:
        return tuple(edge for edge in self.edges if edge.source == node)

    def entering(self, node: str) -> tuple[FlowEdge, ...]:
        return tuple(edge for edge in self.edges if edge.target == node)

    @property
    def first(self) -> FlowNode | None:
        """The node it begins at."""
        return next((node for node in self.nodes if node.kind is not None and node.kind.opens), None)


def flow_from_json(part: Part, binder: Binder) -> Flow:
    return Flow(
        id=part.id,
        label=part.label(),
        form=part.text("form"),
        nodes=tuple(_node(node, binder) for node in part.parts("nodes")),
        edges=tuple(_edge(edge) for edge in part.parts("edges")),
        start=part.text("start", "created"),
        applicant=part.text("applicant"),
        path=part.path,
    )


def _node(part: Part, binder: Binder) -> FlowNode:
    kind, options = binder.bind("node", part, "type", "options")
    acts = kind.acts if kind is not None else ""
    inside = part.part("options").parts(acts) if acts else ()
    actions = tuple(action_from_json(one, binder) for one in inside)
    return FlowNode(part.id, part.text("type"), part.label(), options, part.path, kind, actions)


def _edge(part: Part) -> FlowEdge:
    return FlowEdge(
        part.text("from"), part.text("to"), part.text("on"), part.text("if"), part.label(), part.path
    )


# -- checks ----------------------------------------------------------------------------------------


def check_flows(checking: Checking) -> list[Problem]:
    flows = checking.app.flows
    found = check_ids(flows, {"zh": "流程", "en": "flow"}) + check_labels(flows, needed=False)
    for flow in flows:
        found += checking.form_reference(flow.form, flow.path + "/form")
        found += check_ids(flow.nodes, {"zh": "节点", "en": "node"})
        found += [*_check_applicant(flow, checking), *_check_nodes(flow, checking)]
        found += [*_check_edges(flow, checking), *check_graph(flow)]
    return found + _check_beginnings(flows)


def _check_beginnings(flows: Sequence[Flow]) -> list[Problem]:
    """A record begins one flow by itself; of two, the second would be refused every time."""
    first: dict[str, Flow] = {}
    found = []
    for flow in flows:
        known = first.setdefault(flow.form, flow) if flow.start == "created" else flow
        if known is not flow:
            found.append(
                problem("flow.two_begin", flow.path + "/start", flow=flow.text(), other=known.text())
            )
    return found


def _check_applicant(flow: Flow, checking: Checking) -> list[Problem]:
    form, place = checking.app.form(flow.form), flow.path + "/applicant"
    if not flow.applicant or form is None:
        return []
    found = checking.field_reference(form, flow.applicant, place)
    kind = checking.path_type(form, flow.applicant)
    if not found and kind is not None and kind.kind != "person":
        found = [problem("flow.not_a_person", place, field=flow.applicant)]
    return found


def _check_nodes(flow: Flow, checking: Checking) -> list[Problem]:
    form = checking.app.form(flow.form)
    if form is None:
        return []
    found: list[Problem] = []
    asking = RuleScope(checking, flow.form, checking.scope(form))
    for node in flow.nodes:
        if node.kind is None or node.options is None:
            continue
        place = node.path + "/options"
        found += [one.under(place) for one in node.kind.check_options(node.options, asking)]
        found += [one for action in node.actions for one in check_action(action, asking)]
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
