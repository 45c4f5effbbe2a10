"""The graph of a flow, and the proof that it is sound.

Tokens move over the graph: one begins at the start, a parallel split makes several, a join takes one
from every edge into it. All markings (where the tokens are) that can come up are explored; the
flow is sound when the end can be reached from each, nothing is left behind when it ends,
no place ever holds two tokens, no node is dead and none goes round for ever by itself. What is
not is told with a path that shows it. Conditions may turn out either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx

from metamodel.labels import Label
from metamodel.problems import Problem, problem

if TYPE_CHECKING:
    from metamodel.flows import Flow, FlowEdge, FlowNode

MOST_MARKINGS = 20_000
Place = str  # a node's id; for a node that joins, `from>to` for each edge into it
Marking = frozenset[Place]
ENDED: Marking = frozenset({""})  # the flow is over

ONWARD: Label = {"zh": "下一步", "en": "next step"}
REASONS: Mapping[str, Label] = {
    "stuck": {"zh": "从这里再也到不了结束", "en": "from here the end can no longer be reached"},
    "left_behind": {
        "zh": "结束时还有别处没有走完",
        "en": "it ends while something is still waiting elsewhere",
    },
    "twice": {"zh": "同一处会同时到达两次", "en": "the same place is reached twice at once"},
    "dead": {"zh": "这个节点永远走不到", "en": "this node can never be reached"},
    "endless": {"zh": "这里会不停地自动循环", "en": "this goes round for ever by itself"},
}


@dataclass(frozen=True, slots=True)
class Firing:
    """A token leaves a node: what it takes and what it gives."""

    node: str
    takes: Marking
    gives: tuple[Place, ...]
    ends: bool = False
    cancels: bool = False


@dataclass(frozen=True, slots=True)
class CounterExample:
    """What is wrong, and how it comes about: the firings from the start to `marking`. A node that no
    marking reaches, and a circle, have the nodes themselves as their path."""

    reason: str
    path: tuple[str, ...]
    firings: tuple[Firing, ...] = ()
    marking: Marking = frozenset()


class FlowGraph:
    """The flow as a net of firings; `flow` must have passed `structure`."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._joins = {node.id for node in flow.nodes if node.kind is not None and node.kind.joins}
        self._waiting = {node.id for node in flow.nodes if node.kind is not None and node.kind.waits}

    def place(self, edge: FlowEdge) -> Place:
        """Where a token is after it has gone along this edge."""
        return f"{edge.source}>{edge.target}" if edge.target in self._joins else edge.target

    def arrivals(self, node: str) -> Marking:
        """The places that must all hold a token before the node can act."""
        if node not in self._joins:
            return frozenset({node})
        return frozenset(self.place(edge) for edge in self.flow.entering(node))

    @cached_property
    def firings(self) -> tuple[Firing, ...]:
        return tuple(firing for node in self.flow.nodes for firing in self._firings_of(node))

    def _firings_of(self, node: FlowNode) -> Iterator[Firing]:
        takes, edges = self.arrivals(node.id), self.flow.leaving(node.id)
        if node.kind is None or node.options is None:
            return
        if node.kind.ends:
            yield Firing(node.id, takes, (), True, node.kind.cancels(node.options))
        elif node.kind.way == "all":
            yield Firing(node.id, takes, tuple(self.place(edge) for edge in edges))
        else:
            yield from (Firing(node.id, takes, (self.place(edge),)) for edge in edges)

    # -- markings ----------------------------------------------------------------------------------

    @property
    def initial(self) -> Marking:
        first = self.flow.first
        return self.arrivals(first.id) if first else frozenset()

    @cached_property
    def fired_at(self) -> Mapping[Place, Sequence[Firing]]:
        """The firings that one of the places could take part in."""
        found: dict[Place, list[Firing]] = {}
        for firing in self.firings:
            for place in firing.takes:
                found.setdefault(place, []).append(firing)
        return found

    def enabled(self, marking: Marking) -> list[Firing]:
        """What can happen next. Nodes that wait for nobody act at once, before anybody can answer."""
        seen: dict[Firing, None] = {}
        for place in sorted(marking):
            seen.update((firing, None) for firing in self.fired_at.get(place, ()) if firing.takes <= marking)
        at_once = [firing for firing in seen if firing.node not in self._waiting]
        return at_once or list(seen)

    def after(self, marking: Marking, firing: Firing) -> tuple[Marking, str]:
        """The next marking, and what is wrong with getting there ('' nothing)."""
        rest = marking - firing.takes
        if firing.ends:
            return ENDED, "left_behind" if rest and not firing.cancels else ""
        twice = any(count > 1 for count in Counter(firing.gives).values()) or rest & set(firing.gives)
        return rest | frozenset(firing.gives), "twice" if twice else ""


def prove(flow: Flow) -> tuple[list[CounterExample], bool]:
    """What keeps the flow from being sound, and whether all of it was looked at."""
    graph = FlowGraph(flow)
    states: nx.DiGraph[Marking] = nx.DiGraph()
    states.add_node(graph.initial)
    waiting, complete = [graph.initial], True
    fired: set[str] = set()
    while waiting:
        marking = waiting.pop(0)
        for firing in graph.enabled(marking):
            fired.add(firing.node)
            following, wrong = graph.after(marking, firing)
            if wrong:
                return [_shown(states, graph, marking, wrong, firing)], True
            if following not in states:
                complete = states.number_of_nodes() < MOST_MARKINGS
                if not complete:
                    return [], False
                waiting.append(following)
            if not states.has_edge(marking, following):
                states.add_edge(marking, following, firing=firing)
    stuck = _stuck(states, graph)
    return [*_endless(flow), *(stuck or _dead(flow, fired))], complete


def _shown(
    states: nx.DiGraph[Marking], graph: FlowGraph, marking: Marking, reason: str, last: Firing | None = None
) -> CounterExample:
    """The shortest way to a marking, and one firing more."""
    way = nx.shortest_path(states, graph.initial, marking)
    firings = [states.edges[pair]["firing"] for pair in pairwise(way)]
    firings += [last] if last is not None else []
    ahead = sorted(place.rpartition(">")[2] for place in marking) if last is None else []
    path = tuple(firing.node for firing in firings) + tuple(ahead)
    return CounterExample(reason, path, tuple(firings), marking)


def _stuck(states: nx.DiGraph[Marking], graph: FlowGraph) -> list[CounterExample]:
    """The nearest marking where nothing moves any more, else the nearest from which no way leads to the end."""
    hopeful = nx.ancestors(states, ENDED) | {ENDED} if ENDED in states else set()
    distance = nx.single_source_shortest_path_length(states, graph.initial)
    hopeless = [
        (states.out_degree(one) > 0, distance[one], sorted(one)) for one in states if one not in hopeful
    ]
    return [_shown(states, graph, frozenset(min(hopeless)[2]), "stuck")] if hopeless else []


def _dead(flow: Flow, fired: set[str]) -> list[CounterExample]:
    """Nodes that no token ever leaves."""
    return [CounterExample("dead", (node.id,)) for node in flow.nodes if node.id not in fired]


def _endless(flow: Flow) -> list[CounterExample]:
    """A circle in which nobody is asked and no time passes."""
    busy = {node.id for node in flow.nodes if node.kind is not None and not node.kind.waits}
    graph: nx.DiGraph[str] = nx.DiGraph(
        [(edge.source, edge.target) for edge in flow.edges if {edge.source, edge.target} <= busy]
    )
    try:
        circle = [source for source, *_ in nx.find_cycle(graph)]
    except nx.NetworkXNoCycle:
        return []
    return [CounterExample("endless", tuple(circle))]


# -- checks ----------------------------------------------------------------------------------------


def check_graph(flow: Flow) -> list[Problem]:
    """Is every way out of every node there, once, and is the whole sound? Only asked where all nodes and
    edges mean something."""
    if any(node.kind is None or node.options is None for node in flow.nodes) or not flow.nodes:
        return []
    known = {node.id for node in flow.nodes}
    if len(known) < len(flow.nodes) or any({e.source, e.target} - known for e in flow.edges):
        return []
    return structure(flow) or _proof(flow)


def _proof(flow: Flow) -> list[Problem]:
    found, complete = prove(flow)
    if not complete:
        return [problem("flow.too_large", flow.path, limit=MOST_MARKINGS)]
    return [
        problem(
            "flow.unsound", _place(flow, one.path[-1]),
            what=REASONS[one.reason], reason=one.reason, way=_way(flow, one.path), nodes=list(one.path),
        )
        for one in found
    ]  # fmt: skip


def _place(flow: Flow, node: str) -> str:
    found = flow.node(node)
    return found.path if found else flow.path


def _way(flow: Flow, path: Sequence[str]) -> Label:
    def told(language: str) -> str:
        return " → ".join(found.text(language) if (found := flow.node(one)) else one for one in path)

    return {"zh": told("zh"), "en": told("en")}


def structure(flow: Flow) -> list[Problem]:
    """One start, an end, and for every outcome exactly one way on."""
    found = _ends(flow)
    for node in flow.nodes:
        found += _ways(flow, node)
    return found


def _ends(flow: Flow) -> list[Problem]:
    opening = [node for node in flow.nodes if node.kind is not None and node.kind.opens]
    found = [problem("flow.two_starts", node.path, node=node.text()) for node in opening[1:]]
    if not opening:
        found.append(problem("flow.no_start", flow.path))
    if not any(node.kind is not None and node.kind.ends for node in flow.nodes):
        found.append(problem("flow.no_end", flow.path))
    into = {node.id for node in opening}
    return found + [
        problem("flow.into_start", edge.path + "/to") for edge in flow.edges if edge.target in into
    ]


def _ways(flow: Flow, node: FlowNode) -> list[Problem]:
    kind, edges = node.kind, flow.leaving(node.id)
    if kind is None or node.options is None:
        return []
    if kind.ends:
        return [problem("flow.out_of_end", edge.path + "/from") for edge in edges]
    found = [
        problem("flow.no_condition_here", edge.path + "/if", node=node.text())
        for edge in edges
        if edge.condition and kind.way != "condition"
    ]
    known = node.outcomes if kind.way == "outcome" else {"": ""}
    found += [
        problem("flow.unknown_outcome", edge.path + "/on", name=edge.on, known=", ".join(filter(None, known)))
        for edge in edges
        if edge.on not in known
    ]
    by_way = {"outcome": _by_outcome, "condition": _by_condition, "all": _by_all}
    return found + by_way[kind.way](node, edges)


def _by_outcome(node: FlowNode, edges: Sequence[FlowEdge]) -> list[Problem]:
    found: list[Problem] = []
    for outcome, label in node.outcomes.items():
        same = [edge for edge in edges if edge.on == outcome]
        what = label or outcome or ONWARD
        if not same:
            found.append(problem("flow.no_way", node.path, node=node.text(), outcome=what))
        found += [problem("flow.two_ways", e.path, node=node.text(), outcome=what) for e in same[1:]]
    return found


def _by_condition(node: FlowNode, edges: Sequence[FlowEdge]) -> list[Problem]:
    otherwise = [edge for edge in edges if not edge.condition.strip()]
    found = [problem("flow.two_otherwise", edge.path, node=node.text()) for edge in otherwise[1:]]
    return found if otherwise else [*found, problem("flow.no_otherwise", node.path, node=node.text())]


def _by_all(node: FlowNode, edges: Sequence[FlowEdge]) -> list[Problem]:
    targets = Counter(edge.target for edge in edges)
    found = [
        problem("flow.two_ways", edge.path, node=node.text(), outcome=ONWARD)
        for edge in edges
        if targets[edge.target] > 1
    ]
    return found if edges else [*found, problem("flow.no_way", node.path, node=node.text(), outcome=ONWARD)]
