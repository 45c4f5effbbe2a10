"""Flows: the one way to begin a flow, to act in one, and to see where one stands.

Whatever happens to an instance is one operation (`operating.py`) inside one unit of work. Closing an
approval in the to-do centre comes in by the same door as the page's button.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.access.viewer import Viewer
from engine.applications import Applications
from engine.database import Unit
from engine.evidence.seals import Box
from engine.flows.beginning import Beginning, begins_while, may_begin
from engine.flows.following import Following, OpenTask
from engine.flows.hearing import Hearing
from engine.flows.machine import Machine
from engine.flows.operating import Operating
from engine.flows.pinned import Versions
from engine.flows.preview import SupposedWorld, supposed, walk
from engine.flows.state import RETURNED, State
from engine.flows.store import FlowStore, Instance, as_id
from engine.flows.views import FlowView, RequestView, Views
from engine.flows.whom import refused
from engine.flows.world import Calendar, House, LiveWorld
from engine.jobs import Jobs
from engine.notifications import Notifications
from engine.records.drafts import Stages
from engine.records.services import Services
from engine.records.state import parse_values
from engine.rules import Rules
from engine.tasks import Tasks
from metamodel.application import App
from metamodel.plugin_api import StartFlow
from metamodel.problems import Problem, problem

ANSWERED_BY_TASK = ("resubmit", "withdraw")
BESIDE = ("withdraw", "resubmit", "remind", "comment")
LONGEST_COMMENT = 2_000


class Flows:
    def __init__(
        self, services: Services, rules: Rules, tasks: Tasks, notifications: Notifications,
        applications: Applications, jobs: Jobs, box: Box, calendar: Callable[[], Calendar],
    ) -> None:  # fmt: skip
        self._services, self._tasks = services, tasks
        self.store = FlowStore(services.database, box)
        self.versions = Versions(applications, services.programs)
        self.following = Following(services, tasks, notifications, jobs)
        self._house = House(services, rules, calendar)
        self._operating = Operating(services, self._house, self.store, self.versions, self.following)
        self._beginning, self._hearing = Beginning(self._operating), Hearing(self._operating, jobs)
        self._views = Views(services, self.store, self.versions, self.following)
        self.keeps = self._operating.fence.keeps
        self.start, self.startable = self._beginning.start, self._beginning.startable
        rules.register(StartFlow, self._beginning.start_effects)
        applications.checks.append(self._check_running)

    def join(self, stages: Stages) -> None:
        """Become part of the write path, of access, and of what to-dos and people tell."""
        stages.before.append(self._operating.fence.guard)
        stages.created.append(self._beginning.remember_new)
        stages.written.append(self._beginning.begin_new)
        self._services.authority.more_ways.append(self._operating.fence.ways)
        self._services.people.changed.append(self._hearing.people_changed)
        self._tasks.closed.append(self._hearing.task_closed)
        self._tasks.moving.append(self._hearing.task_moving)

    def _check_running(self, app: App) -> list[Problem]:
        """What still runs on a form that is to go would wait for its return."""
        with self._services.database.read() as connection:
            running = self.store.open_by_form(connection, app.id)
        return [
            problem("flow.still_running", "/forms", form=form, count=count)
            for form, count in sorted(running.items())
            if app.form(form) is None
        ]

    # -- acting ------------------------------------------------------------------------------------

    def act(
        self, viewer: Viewer, instance: int | str, action: str, comment: str = "", to: str | Sequence[str] = "",
        unit: Unit | None = None,
    ) -> None:  # fmt: skip
        """What a person does in a flow: `approve reject return transfer add_before add_after resubmit withdraw
        remind comment`; `to`: to whom it is handed over, or who is added."""
        people = (to,) if isinstance(to, str) else tuple(to)
        identifier = as_id(instance)
        self._services.database.write_on(
            unit,
            lambda inside: self._act(
                inside, viewer, identifier, action, comment.strip(), tuple(filter(None, people))
            ),
        )

    def _act(
        self, unit: Unit, viewer: Viewer, identifier: int, action: str, comment: str, to: tuple[str, ...]
    ) -> None:
        if len(comment) > LONGEST_COMMENT:
            raise refused("value.too_long", limit=LONGEST_COMMENT)
        instance = self._operating.visible(unit.connection, viewer, identifier)
        own = self.following.own_task(unit.connection, viewer, instance)
        if own is not None and action == "transfer":
            self._tasks.transfer(unit, viewer, own.id, next(iter(to), ""), comment)
        elif own is not None and self._closes(instance, own, action):
            self._tasks.close(unit, viewer, own.id, action, comment, to)
        else:
            self._operating.operate(
                unit, instance.id, lambda machine: self._directly(unit, machine, viewer, action, comment, to)
            )

    def _closes(self, instance: Instance, own: OpenTask, action: str) -> bool:
        """Is the action an answer to the to-do, rather than something one can do beside it?"""
        return action in ANSWERED_BY_TASK if instance.state == RETURNED else action not in BESIDE

    def _directly(
        self, unit: Unit, machine: Machine, viewer: Viewer, action: str, comment: str, to: tuple[str, ...]
    ) -> None:
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
                machine.transfer(node, person, next(iter(to), ""), comment)
            else:
                machine.answer(node, person, action, comment, to)

    # -- looking -----------------------------------------------------------------------------------

    def view(self, viewer: Viewer, app: str, form: str, record: int | str) -> FlowView | None:
        """The newest flow on a record, for those who may read the record or began the flow."""
        with self._services.database.read() as connection:
            there = self.store.on_record(connection, as_id(record))
            newest = next((one for one in there if (one.app, one.form) == (app, form)), None)
            if newest is None or not self._operating.may_see(connection, viewer, newest):
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
            if (condition := begins_while(found)) and not world.means(condition):
                return []
            walked = list(walk(Machine(pinned.graph(found), State(), world), viewer.person))
        names = self._services.people.organisation().names()
        return [
            (node.text(viewer.language), tuple(names.get(("person", one), one) for one in people))
            for node, people in walked
        ]
