"""What of an app its tests went through: the rules that did something, the ways taken in its flows.

Read in the house of each test before it is torn down: from the rule log and the histories of the flows. What the
test itself set off is one thing; what was done before its first step, in the sample's story, another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.database import Unit
from engine.runtime import Runtime
from engine.system_tables import flow_instances, rule_runs
from metamodel.application import App
from metamodel.flows import Flow, FlowEdge
from metamodel.rules import Rule

Way = tuple[
    str, str, str
]  # flow, from node, to node; or, where several lead there, to node and by which answer


@dataclass(frozen=True, slots=True)
class Covered:
    """Rules by id, and ways of flows."""

    rules: frozenset[str] = frozenset()
    ways: frozenset[Way] = frozenset()

    def __or__(self, other: Covered) -> Covered:
        return Covered(self.rules | other.rules, self.ways | other.ways)


NOTHING_COVERED = Covered()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one app: all there is, what no test went through, and what only the story of the sample did. A branch is a
    way out of a node that decides between several."""

    rules: int
    branches: int
    missed_rules: tuple[Rule, ...]
    missed_branches: tuple[tuple[Flow, FlowEdge], ...]
    told_rules: tuple[Rule, ...] = ()
    told_branches: tuple[tuple[Flow, FlowEdge], ...] = ()

    @property
    def percent(self) -> int:
        every = self.rules + self.branches
        missed = len(self.missed_rules) + len(self.missed_branches)
        return 100 * (every - missed) // every if every else 100


def gone_through(runtime: Runtime, app: str, since: int = 0) -> Covered:
    """By what happened in this house after the id `since`."""
    flows = sa.select(flow_instances.c.id, flow_instances.c.flow).where(flow_instances.c.app == app)
    done = sa.select(rule_runs.c.rule).where(
        rule_runs.c.app == app, rule_runs.c.outcome == "done", rule_runs.c.id > since
    )
    ways: set[Way] = set()
    with runtime.database.read() as connection:
        rules = frozenset(connection.scalars(done.distinct()))
        for instance in connection.execute(flows).all():
            for told in runtime.flows.store.history(connection, instance.id):
                ends = [place.rpartition(">")[2] for place in told.step.detail.get("gives", ())]
                if told.id > since:
                    ways |= {(instance.flow, told.step.node, end) for end in ends}
                    ways |= {(instance.flow, told.step.node, f"{end} {told.step.action}") for end in ends}
    return Covered(rules, frozenset(ways))


def begun_at(runtime: Runtime) -> int:
    """The newest id there is: what happens from now on has higher ones."""

    def take(unit: Unit) -> int:
        (number,) = runtime.database.take_ids(unit.connection, 1)
        return number

    return runtime.database.write(take)


def coverage(app: App, covered: Covered, story: Covered = NOTHING_COVERED) -> Coverage:
    """The rules that run and the branches of flows, held against what the tests and the story went through."""
    rules = [rule for rule in app.rules if rule.enabled]
    branches = [(flow, edge) for flow in app.flows for edge in branches_of(flow)]
    left = [rule for rule in rules if rule.id not in covered.rules]
    untaken = [(flow, edge) for flow, edge in branches if _way(flow, edge) not in covered.ways]
    return Coverage(
        len(rules), len(branches),
        tuple(rule for rule in left if rule.id not in story.rules),
        tuple((flow, edge) for flow, edge in untaken if _way(flow, edge) not in story.ways),
        tuple(rule for rule in left if rule.id in story.rules),
        tuple((flow, edge) for flow, edge in untaken if _way(flow, edge) in story.ways),
    )  # fmt: skip


def branches_of(flow: Flow) -> Iterable[FlowEdge]:
    """The edges between which something decides: not those that are all taken at once."""
    out: dict[str, list[FlowEdge]] = {}
    for edge in flow.edges:
        out.setdefault(edge.source, []).append(edge)
    return [
        edge for node, edges in out.items() if len(edges) > 1 and not _splits(flow, node) for edge in edges
    ]


def _splits(flow: Flow, name: str) -> bool:
    node = flow.node(name)
    return node is not None and node.kind is not None and node.kind.way == "all"


def _way(flow: Flow, edge: FlowEdge) -> Way:
    twins = [one for one in flow.edges if (one.source, one.target) == (edge.source, edge.target)]
    return flow.id, edge.source, f"{edge.target} {edge.on}" if len(twins) > 1 and edge.on else edge.target
