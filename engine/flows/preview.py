"""Who would that be? The machine walks through a flow on values nobody has saved, everybody approving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.database import Unit
from engine.flows.machine import Machine
from engine.flows.pinned import Pinned
from engine.flows.state import RUNNING
from engine.flows.store import Instance
from engine.flows.world import House, LiveWorld
from metamodel.flows import Flow, FlowNode
from metamodel.plugin_api import Effect, SetFields
from metamodel.problems import Rejected

MOST = 50  # questions; flows may go round


class SupposedWorld(LiveWorld):
    """A world in which nothing happens but that fields are set, and only here."""

    def __init__(
        self, house: House, unit: Unit, pinned: Pinned, flow: Flow, instance: Instance,
        values: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(house, unit, pinned, flow, instance)
        self._values = {"id": "", **values}

    def perform(self, node: FlowNode, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SetFields) and self._values is not None:
                self._values.update(effect.values)


def walk(machine: Machine, person: str) -> Iterator[tuple[FlowNode, tuple[str, ...]]]:
    """Each node that asks somebody, and whom; nobody where nobody can be found, and there it ends."""
    try:
        machine.start(person)
        for _ in range(MOST):
            if machine.state.status != RUNNING:
                return
            node, there = next(iter(machine.state.waiting.items()))
            if there.until:
                machine.expire(node, there.visit)
                continue
            found = machine.flow.node(node)
            if found is not None:
                yield found, there.asked
            for one in there.asked if there.mode == "all" else there.asked[:1]:
                machine.answer(node, one, there.answers[0])
    except Rejected as error:
        named = next((p.params["node"] for p in error.problems if p.code == "flow.nobody"), None)
        missing = next((node for node in machine.flow.nodes if node.text() == named), None)
        if missing is None:
            raise
        yield missing, ()


def supposed(flow: Flow, pinned: Pinned, unit: Unit, person: str, record: int = 0) -> Instance:
    """The instance there would be."""
    app = pinned.app.id
    return Instance(0, app, flow.id, pinned.version, flow.form, record, RUNNING, (), 0, person, unit.moment)
