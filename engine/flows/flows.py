"""Flows: the one way to begin a flow, to act in one, and to hear of what closes its to-dos.

Whatever happens to an instance is one operation of the machine inside one unit of work: its steps
join the history, effects are performed, to-dos follow. Closing an approval in the to-do centre
comes in by the same door as the page's button.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.people import Person
from engine.access.quoting import Quoting
from engine.access.viewer import SYSTEM, Viewer
from engine.applications import Applications
from engine.database import Unit
from engine.evidence.seals import Box
from engine.flows.fence import Fence
from engine.flows.following import APPROVAL, CLOCK_JOB, Following, OpenTask
from engine.flows.machine import Machine, refused
from engine.flows.pinned import Versions
from engine.flows.preview import SupposedWorld, supposed, walk
from engine.flows.state import RETURNED, State
from engine.flows.store import FlowStore, Instance, as_id
from engine.flows.views import FlowView, RequestView, Views
from engine.flows.world import Calendar, House, LiveWorld
from engine.jobs import Jobs
from engine.notifications import Notifications
from engine.records.drafts import Batch, Stages
from engine.records.services import Services
from engine.records.state import parse_values
from engine.rules import Rules
from engine.rules.run import Planned, Run
from engine.system_tables import task_people, tasks as task_rows
from engine.tasks import ClosedTask, MovingTask, Tasks
from metamodel.flows import Flow
from metamodel.plugin_api import StartFlow
from metamodel.problems import Rejected, problem

LEAVER_JOB = "flow_leaver"
ANSWERED_BY_TASK = ("resubmit", "withdraw")
BESIDE = ("withdraw", "resubmit", "remind", "comment")
log = logging.getLogger("muniment.flows")
T = TypeVar("T")


class Flows:
    def __init__(
        self, services: Services, rules: Rules, tasks: Tasks, notifications: Notifications,
        applications: Applications, jobs: Jobs, box: Box, calendar: Callable[[], Calendar],
    ) -> None:  # fmt: skip
        self._services, self._tasks, self._jobs = services, tasks, jobs
        self._house = House(services, rules, calendar)
        self._quoting = Quoting(services.authority, services.apps)
        self.store = FlowStore(services.database, box)
        self.versions = Versions(applications, services.programs)
        self.following = Following(services, tasks, notifications, jobs)
        self._views = Views(services, self.store, self.versions, self.following)
        self._fence = Fence(services, self.store, self.versions)
        rules.register(StartFlow, self._start_effects)
        jobs.register(CLOCK_JOB, self._clock)
        jobs.register(LEAVER_JOB, self._leaver)

    def join(self, stages: Stages) -> None:
        """Become part of the write path, of access, and of what to-dos and people tell."""
        stages.before.append(self._fence.guard)
        stages.created.append(self._remember_new)
        stages.written.append(self._begin_new)
        self._services.authority.more_ways.append(self._fence.ways)
        self._tasks.closed.append(self.task_closed)
        self._tasks.moving.append(self.task_moving)
        self._services.people.changed.append(self._people_changed)

    # -- beginning ---------------------------------------------------------------------------------

    def start(self, unit: Unit, viewer: Viewer, app: str, flow: str, record: int | str) -> int:
        """Begin a flow on a record this viewer may read; the instance's id."""
        pinned = self.versions.newest(app)
        found = pinned.flow(flow)
        identifier = as_id(record)
        if not self._quoting.may_see(unit.connection, viewer, app, found.form, identifier):
            raise Rejected([problem("record.unknown", record=record)])
        if not may_begin(found, viewer, app):
            raise refused("flow.denied")
        return self._start(unit, viewer.person, app, found, identifier)

    def startable(self, viewer: Viewer, app: str, form: str, record: int | str) -> list[tuple[str, str]]:
        """(flow, label) of what this viewer may begin on this record now."""
        with self._services.database.read() as connection:
            if self.store.open_on(connection, [as_id(record)]):
                return []
            if not self._quoting.may_see(connection, viewer, app, form, as_id(record)):
                return []
        flows = self.versions.newest(app).app.flows
        return [
            (f.id, f.text(viewer.language)) for f in flows if f.form == form and may_begin(f, viewer, app)
        ]

    def _start(self, unit: Unit, person: str, app: str, flow: Flow, record: int) -> int:
        pinned = self.versions.newest(app)
        pinned.flow(flow.id)
        instance = self.store.insert(unit, app, flow.id, pinned.version, flow.form, record, person)
        self._fence.runs_on(app, flow.form)
        self._work(unit, instance, lambda machine: machine.start(person))
        return instance.id

    def _start_effects(self, run: Run, planned: Sequence[Planned]) -> None:
        """Flows that rules start: on a record that is still a draft, when it is written. What cannot begin
        is a problem of the rule and stops nobody."""
        for one in planned:
            begin = partial(self._start_effect, run, one)
            if one.subject.draft:
                run.unit.before_commit(f"start {one.effect.flow} {one.effect.record}", begin)
            else:
                begin(run.unit)

    def _start_effect(self, run: Run, planned: Planned, unit: Unit) -> None:
        effect: StartFlow = planned.effect
        try:
            flow = self.versions.newest(effect.app).flow(effect.flow)
            person = _starter(flow, run.actor, planned.subject.values)
            with unit.connection.begin_nested():
                self._start(unit, person, effect.app, flow, int(effect.record or 0))
        except Rejected as error:
            log.warning("flow %s not begun: %s", effect.flow, [found.code for found in error.problems])
            run.fail(planned.subject, error.problems)

    def _remember_new(self, batch: Batch) -> None:
        if any(self._begins(flow, batch) for flow in self._flows_on(batch.app, batch.form)):
            new: set[int] = batch.unit.notes.setdefault("flows", set())
            new.update(draft.id for draft in batch.drafts)

    def _begin_new(self, batch: Batch) -> None:
        """Records that were just created begin the flows of their form."""
        new: set[int] = batch.unit.notes.get("flows", set())
        for draft in batch.drafts if new else ():
            if draft.id in new:
                new.discard(draft.id)
                for flow in self._flows_on(batch.app, batch.form):
                    if self._begins(flow, batch):
                        self._start(
                            batch.unit, _starter(flow, batch.viewer, draft.values), batch.app, flow, draft.id
                        )

    def _begins(self, flow: Flow, batch: Batch) -> bool:
        return flow.start == "created" and may_begin(flow, batch.viewer, batch.app)

    def _flows_on(self, app: str, form: str) -> list[Flow]:
        known = self._services.apps().get(app)
        return [flow for flow in known.flows if flow.form == form] if known else []

    # -- acting ------------------------------------------------------------------------------------

    def act(
        self, viewer: Viewer, instance: int | str, action: str, comment: str = "", to: str = "",
        unit: Unit | None = None,
    ) -> None:  # fmt: skip
        """What a person does in a flow: `approve reject return transfer resubmit withdraw remind comment`."""
        identifier = as_id(instance)
        self._services.database.write_on(
            unit, lambda inside: self._act(inside, viewer, identifier, action, comment.strip(), to)
        )

    def _act(
        self, unit: Unit, viewer: Viewer, identifier: int, action: str, comment: str, to: str
    ) -> None:  # fmt: skip
        instance = self.visible(unit.connection, viewer, identifier)
        own = self._own_task(unit.connection, viewer, instance)
        if own is not None and action == "transfer":
            self._tasks.transfer(unit, viewer, own.id, to, comment)
        elif own is not None and self._closes(instance, own, action):
            self._tasks.close(unit, viewer, own.id, action, comment)
        else:
            self.operate(
                unit, instance.id, lambda machine: self._directly(unit, machine, viewer, action, comment, to)
            )

    def _closes(self, instance: Instance, own: OpenTask, action: str) -> bool:
        """Is the action an answer to the to-do, rather than something one can do beside it?"""
        return action in ANSWERED_BY_TASK if instance.state == RETURNED else action not in BESIDE

    def _directly(
        self, unit: Unit, machine: Machine, viewer: Viewer, action: str, comment: str, to: str
    ) -> None:  # fmt: skip
        person = viewer.person
        if action == "withdraw":
            machine.withdraw(person, comment)
        elif action == "resubmit":
            machine.resubmit(person, comment)
        elif action == "comment":
            machine.comment(person, comment)
        elif action == "remind":
            waited = machine.remind(person)
            assert isinstance(machine.world, LiveWorld)
            self.following.tell_to_hurry(unit, machine.world, waited)
        else:  # not asked, or no longer: the machine says why
            node = next((n for n, there in machine.state.waiting.items() if not there.until), "")
            if action == "transfer":
                machine.transfer(node, person, to, comment)
            else:
                machine.answer(node, person, action, comment)

    def _own_task(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> OpenTask | None:
        tasks = self.following.open_tasks(connection, instance.id)
        return next((task for task in tasks if viewer.person in task.people), None)

    def visible(self, connection: sa.Connection, viewer: Viewer, identifier: int) -> Instance:
        """The instance, for those who may read its record. Rejected: flow.unknown."""
        found = self.store.get(connection, identifier)
        if found is None or not self._may_see(connection, viewer, found):
            raise Rejected([problem("flow.unknown", flow=identifier)])
        return found

    def _may_see(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> bool:
        if viewer.system or instance.started_by == viewer.person:
            return True
        return self._quoting.may_see(connection, viewer, instance.app, instance.form, instance.record)

    # -- looking -----------------------------------------------------------------------------------

    def view(self, viewer: Viewer, app: str, form: str, record: int | str) -> FlowView | None:
        """The newest flow on a record, for those who may read the record or began the flow."""
        with self._services.database.read() as connection:
            there = self.store.on_record(connection, as_id(record))
            newest = next((one for one in there if (one.app, one.form) == (app, form)), None)
            if newest is None or not self._may_see(connection, viewer, newest):
                return None
            return self._views.view(connection, viewer, newest)

    def mine(self, viewer: Viewer, state: str = "", limit: int = 200) -> list[RequestView]:
        """What this viewer asked for, newest first; `state`: `open`, `ended`, one of the states, or all."""
        with self._services.database.read() as connection:
            instances = self.store.started_by(connection, viewer.person, state, limit)
            return self._views.requests(connection, viewer, instances)

    def state_of(self, instance: int | str) -> str:
        with self._services.database.read() as connection:
            found = self.store.get(connection, as_id(instance))
        return found.state if found else ""

    def preview(
        self, viewer: Viewer, app: str, flow: str, values: Mapping[str, Any]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Who would be asked, node by node, if this viewer handed these values in."""
        pinned = self.versions.newest(app)
        found = pinned.flow(flow)
        if not may_begin(found, viewer, app):
            raise refused("flow.denied")
        shown = self._house.rules.records.state(viewer, app, found.form, None, values)  # computed ones too
        known = {name: answer["value"] for name, answer in shown.items() if "value" in answer}
        parsed, _ = parse_values(self._services.programs.get(app, found.form), {**known, **values})
        with self._services.database.read() as connection:
            unit = Unit(connection, self._services.database.clock.now())
            instance = supposed(found, pinned, unit, viewer.person)
            world = SupposedWorld(self._house, unit, pinned, found, instance, parsed)
            walked = list(walk(Machine(pinned.graph(found), State(), world), viewer.person))
        names = self._services.people.organisation().names()
        return [
            (node.text(viewer.language), tuple(names.get(("person", one), one) for one in people))
            for node, people in walked
        ]

    # -- what to-dos and people tell ---------------------------------------------------------------

    def task_closed(self, unit: Unit, viewer: Viewer, closed: ClosedTask) -> None:
        """Closing an approval is answering it; Rejected leaves it open."""
        if closed.instance is None:
            return
        person, comment = viewer.person, closed.comment

        def work(machine: Machine) -> None:
            if closed.kind == APPROVAL:
                machine.answer(closed.node, person, closed.outcome, comment)
            elif closed.outcome == "withdraw":
                machine.withdraw(person, comment)
            else:
                machine.resubmit(person, comment)

        self.operate(unit, closed.instance, work)

    def task_moving(self, unit: Unit, viewer: Viewer, moving: MovingTask) -> None:
        """A to-do of ours goes to another person: refused where that would be the applicant."""
        if moving.instance is None:
            return
        node = moving.source.partition("/")[2]

        def work(machine: Machine) -> None:
            if viewer.person == moving.giver and moving.kind == APPROVAL:
                machine.transfer(node, moving.giver, moving.taker, moving.comment)
            else:
                machine.hand_on(node, moving.giver, moving.taker)

        self.operate(unit, moving.instance, work, moving=True)

    def _people_changed(self, unit: Unit, people: Iterable[Person]) -> None:
        for person in people:
            if not person.active:
                self._jobs.defer(unit, LEAVER_JOB, {"person": person.id}, key=f"{LEAVER_JOB}:{person.id}")

    def _leaver(self, payload: Mapping[str, Any], _job: str) -> None:
        """What waited for somebody who has left waits for others."""
        gone = str(payload["person"])
        if self._services.people.organisation().active(gone):
            return
        query = (
            sa.select(task_rows.c.instance).distinct().join(task_people, task_people.c.task == task_rows.c.id)
            .where(task_people.c.person == gone, task_rows.c.state == "open", task_rows.c.instance.is_not(None))
        )  # fmt: skip
        with self._services.database.read() as connection:
            waiting = sorted(connection.scalars(query))
        for instance in waiting:
            self._services.database.write(
                lambda unit, one=instance: self.operate(unit, one, lambda machine: machine.reassign(gone))  # type: ignore[misc]
            )

    # -- clocks ------------------------------------------------------------------------------------

    def _clock(self, payload: Mapping[str, Any], _job: str) -> None:
        """A moment a node waits for has come. Run twice it does nothing more."""
        node, visit, what = str(payload["node"]), int(payload["visit"]), payload["what"]

        def work(unit: Unit) -> None:
            if self.store.get(unit.connection, int(payload["instance"])) is not None:
                self.operate(unit, int(payload["instance"]), lambda machine: strike(unit, machine))

        def strike(unit: Unit, machine: Machine) -> None:
            assert isinstance(machine.world, LiveWorld)
            if what == "expire":
                machine.expire(node, visit)
            elif what == "remind":
                self.following.tell_to_hurry(unit, machine.world, machine.nudge(node, visit))
            else:
                self.following.tell_to_hurry(unit, machine.world, machine.escalate(node, visit), "overdue")

        self._services.database.write(work)

    # -- one operation -----------------------------------------------------------------------------

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
        self, unit: Unit, instance: Instance, work: Callable[[Machine], T], *, moving: bool = False
    ) -> T:
        pinned = self.versions.of(instance.app, instance.version)
        flow = pinned.flow(instance.flow)
        before = self.store.state(unit.connection, instance.id) if instance.revision else State()
        world = LiveWorld(self._house, unit, pinned, flow, instance)
        machine = Machine(pinned.graph(flow), before, world)
        result = work(machine)
        if machine.steps:
            self.store.append(unit, instance, machine.steps, machine.state)
            self.following.follow(unit, world, before, machine, moving)
            self._note(unit, instance, machine)
        return result

    def _note(self, unit: Unit, instance: Instance, machine: Machine) -> None:
        """What people did, in the audit trail under their names; what came of it by itself needs no line."""
        for step in machine.steps:
            viewer = self._services.people.organisation().viewer(step.person)
            if viewer is not None or step.action in ("start", "end"):
                detail = {"instance": str(instance.id), "flow": instance.flow, "node": step.node}
                what = Occurrence(
                    f"flow.{step.action}", instance.app, instance.form, instance.record, detail=detail
                )
                self._services.audit.add(unit, viewer or SYSTEM, [what])


def may_begin(flow: Flow, viewer: Viewer, app: str) -> bool:
    """Is it this viewer's to begin?"""
    first = flow.first
    if first is None or first.kind is None:
        return False
    return viewer.system or first.kind.begins_for(first.options, viewer.roles_in(app))


def _starter(flow: Flow, viewer: Viewer, values: Mapping[str, Any]) -> str:
    """Who created it; of what the engine created, whom the record names."""
    named = values.get(flow.applicant) if flow.applicant and viewer.system else None
    return str(named or viewer.person)
