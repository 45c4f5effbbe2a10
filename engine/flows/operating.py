"""One operation on an instance: the machine's steps join the history, and all that follows from them happens.

Everything that changes an instance comes through here, in the unit of work of whoever caused it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.quoting import Quoting
from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.flows.fence import Fence
from engine.flows.following import Following
from engine.flows.machine import ADDING, Machine
from engine.flows.pinned import Versions
from engine.flows.state import State
from engine.flows.store import FlowStore, Instance
from engine.flows.world import House, LiveWorld
from engine.records.services import Services
from metamodel.flows import Flow
from metamodel.problems import Rejected, problem

T = TypeVar("T")


class Operating:
    def __init__(
        self, services: Services, house: House, store: FlowStore, versions: Versions, following: Following
    ) -> None:
        self.services, self.house = services, house
        self.store, self.versions, self.following = store, versions, following
        self.fence = Fence(services, store, versions, following.absences)
        self._quoting = Quoting(services.authority, services.apps)

    def begin(self, unit: Unit, person: str, app: str, flow: Flow, record: int, by: str = "") -> int:
        """The new instance's id. `by`: how it was begun, `hand` where this person said so, for the audit trail."""
        pinned = self.versions.newest(app)
        pinned.flow(flow.id)
        instance = self.store.insert(unit, app, flow.id, pinned.version, flow.form, record, person)
        self.fence.runs_on(app, flow.form)
        self._work(unit, instance, lambda machine: machine.start(person), by=by)
        return instance.id

    def operate(
        self, unit: Unit, identifier: int, work: Callable[[Machine], T], *, moving: bool = False
    ) -> T:
        """`work` on the instance's machine, and all that follows. Rejected: flow.unknown, and whatever the
        machine refuses."""
        instance = self.store.locked(unit, identifier)
        if instance is None:
            raise Rejected([problem("flow.unknown", flow=identifier)])
        return self._work(unit, instance, work, moving=moving)

    def _work(
        self, unit: Unit, instance: Instance, work: Callable[[Machine], T], *, moving: bool = False, by: str = ""
    ) -> T:  # fmt: skip
        pinned = self.versions.of(instance.app, instance.version)
        flow = pinned.flow(instance.flow)
        before = self.store.state(unit.connection, instance.id) if instance.revision else State()
        world = LiveWorld(self.house, unit, pinned, flow, instance)
        machine = Machine(pinned.graph(flow), before, world)
        result = work(machine)
        if machine.steps:
            self.store.append(unit, instance, machine.steps, machine.state)
            self.following.follow(unit, world, before, machine, moving)
            self._note(unit, instance, machine, by)
        return result

    def _note(self, unit: Unit, instance: Instance, machine: Machine, by: str) -> None:
        """What people did, in the audit trail under their names; what came of it by itself needs no line."""
        for step in machine.steps:
            viewer = self.services.people.organisation().viewer(step.person)
            if viewer is not None or step.action in ("start", "end"):
                detail: dict[str, Any] = {
                    "instance": str(instance.id),
                    "flow": instance.flow,
                    "node": step.node,
                }
                if step.action in ADDING:
                    detail["to"] = list(step.detail["people"])
                if step.action == "start" and by:
                    detail["by"] = by
                if "for" in step.detail:
                    detail["for"] = step.seat
                what = Occurrence(
                    f"flow.{step.action}", instance.app, instance.form, instance.record, detail=detail
                )
                self.services.audit.add(unit, viewer or SYSTEM, [what])

    # -- who may look ------------------------------------------------------------------------------

    def visible(self, connection: sa.Connection, viewer: Viewer, identifier: int) -> Instance:
        """The instance, for those who may read its record. Rejected: flow.unknown."""
        found = self.store.get(connection, identifier)
        if found is None or not self.may_see(connection, viewer, found):
            raise Rejected([problem("flow.unknown", flow=identifier)])
        return found

    def may_see(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> bool:
        if viewer.system or instance.started_by == viewer.person:
            return True
        return self._quoting.may_see(connection, viewer, instance.app, instance.form, instance.record)

    def may_read(self, connection: sa.Connection, viewer: Viewer, app: str, form: str, record: int) -> bool:
        """Is there a way for this viewer to the record?"""
        return self._quoting.may_see(connection, viewer, app, form, record)
