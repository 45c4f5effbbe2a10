"""What of an app its tests went through: the rules that did something, the ways taken in its flows.

Read in the house of each test before it is torn down: from the rule log and the histories of the flows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.runtime import Runtime
from engine.system_tables import flow_instances, rule_runs
from metamodel.application import App
from metamodel.flows import Flow, FlowEdge
from metamodel.rules import Rule


@dataclass(frozen=True, slots=True)
class Covered:
    """Rules by id, ways of flows as (flow, from node, to node)."""

    rules: frozenset[str] = frozenset()
    ways: frozenset[tuple[str, str, str]] = frozenset()

    def __or__(self, other: Covered) -> Covered:
        return Covered(self.rules | other.rules, self.ways | other.ways)


NOTHING_COVERED = Covered()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one app: all there is, and what no test went through. A branch is a way out of a node that has several."""

    rules: int
    branches: int
    missed_rules: tuple[Rule, ...]
    missed_branches: tuple[tuple[Flow, FlowEdge], ...]

    @property
    def percent(self) -> int:
        every = self.rules + self.branches
        missed = len(self.missed_rules) + len(self.missed_branches)
        return 100 * (every - missed) // every if every else 100


def gone_through(runtime: Runtime, app: str) -> Covered:
    """By what happened in this house since it was furnished, and before: the sample's story counts too."""
    flows = sa.select(flow_instances.c.id, flow_instances.c.flow).where(flow_instances.c.app == app)
    done = sa.select(rule_runs.c.rule).where(rule_runs.c.app == app, rule_runs.c.outcome == "done").distinct()
    ways: set[tuple[str, str, str]] = set()
    with runtime.database.read() as connection:
        rules = frozenset(connection.scalars(done))
        for instance in connection.execute(flows).all():
            for told in runtime.flows.store.history(connection, instance.id):
                gives = told.step.detail.get("gives", ())
                ways |= {(instance.flow, told.step.node, place.rpartition(">")[2]) for place in gives}
    return Covered(rules, frozenset(ways))


def coverage(app: App, covered: Covered) -> Coverage:
    """The rules that run and the branches of flows, held against what was gone through."""
    rules = [rule for rule in app.rules if rule.enabled]
    branches = [(flow, edge) for flow in app.flows for edge in branches_of(flow)]
    return Coverage(
        len(rules), len(branches),
        tuple(rule for rule in rules if rule.id not in covered.rules),
        tuple(
            (flow, edge) for flow, edge in branches if (flow.id, edge.source, edge.target) not in covered.ways
        ),
    )  # fmt: skip


def branches_of(flow: Flow) -> Iterable[FlowEdge]:
    """The edges between which something decides."""
    out: dict[str, list[FlowEdge]] = {}
    for edge in flow.edges:
        out.setdefault(edge.source, []).append(edge)
    return [edge for edges in out.values() if len(edges) > 1 for edge in edges]
