"""What flows hear of: to-dos that are closed or change hands, people who leave, clocks that strike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access.people import Person
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.flows.following import APPROVAL, CLOCK_JOB
from engine.flows.machine import Machine
from engine.flows.operating import Operating
from engine.flows.world import LiveWorld
from engine.jobs import Jobs
from engine.system_tables import task_people, tasks as task_rows
from engine.tasks import ClosedTask, MovingTask

LEAVER_JOB = "flow_leaver"


class Hearing:
    def __init__(self, operating: Operating, jobs: Jobs) -> None:
        self._operating, self._services, self._jobs = operating, operating.services, jobs
        jobs.register(CLOCK_JOB, self._clock)
        jobs.register(LEAVER_JOB, self._leaver)

    def task_closed(self, unit: Unit, viewer: Viewer, closed: ClosedTask) -> None:
        """Closing an approval is answering it; Rejected leaves it open."""
        if closed.instance is None:
            return
        person, comment = closed.seat or viewer.person, closed.comment
        by = viewer.person if closed.seat else ""

        def work(machine: Machine) -> None:
            if closed.kind == APPROVAL:
                machine.answer(closed.node, person, closed.outcome, comment, closed.to, by)
            elif closed.outcome == "withdraw":
                machine.withdraw(person, comment)
            else:
                machine.resubmit(person, comment)

        self._operating.operate(unit, closed.instance, work)

    def task_moving(self, unit: Unit, viewer: Viewer, moving: MovingTask) -> None:
        """A to-do of ours goes to another person: refused where that would be the applicant."""
        if moving.instance is None:
            return
        node = moving.source.partition("/")[2]

        def work(machine: Machine) -> None:
            if moving.kind == APPROVAL and (moving.standing_in or viewer.person == moving.giver):
                by = viewer.person if moving.standing_in else ""
                machine.transfer(node, moving.giver, moving.taker, moving.comment, by)
            else:
                machine.hand_on(node, moving.giver, moving.taker)

        self._operating.operate(unit, moving.instance, work, moving=True)

    def people_changed(self, unit: Unit, people: Iterable[Person]) -> None:
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
                lambda unit, one=instance: self._operating.operate(
                    unit, one, lambda machine: machine.reassign(gone)
                )  # type: ignore[misc]
            )

    # -- clocks ------------------------------------------------------------------------------------

    def _clock(self, payload: Mapping[str, Any], _job: str) -> None:
        """A moment a node waits for has come. Run twice it does nothing more."""
        node, visit, what = str(payload["node"]), int(payload["visit"]), payload["what"]
        about = payload.get("tasks", ())

        def work(unit: Unit) -> None:
            if self._operating.store.get(unit.connection, int(payload["instance"])) is not None:
                self._operating.operate(unit, int(payload["instance"]), lambda machine: strike(unit, machine))

        def strike(unit: Unit, machine: Machine) -> None:
            assert isinstance(machine.world, LiveWorld)
            following = self._operating.following
            if what == "expire":
                machine.expire(node, visit)
                return
            opened = following.open_tasks(unit.connection, machine.world.instance.id) if about else []
            late = {one for task in opened if task.id in about for one in task.people} if about else None
            if what == "remind":
                following.tell_to_hurry(unit, machine.world, machine.nudge(node, visit, late))
            else:
                following.tell_to_hurry(unit, machine.world, machine.escalate(node, visit, late), "overdue")

        self._services.database.write(work)
