"""What follows from the steps of an instance: to-dos opened and called off, clocks set, people told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.flows.machine import ADDING, Machine
from engine.flows.state import RETURNED, RUNNING, State, Step, Waiting
from engine.flows.store import Instance
from engine.flows.wording import label, titled
from engine.flows.world import LiveWorld
from engine.jobs import Jobs
from engine.notifications import NewNotification, Notifications
from engine.records.references import References
from engine.records.rows import Rows
from engine.records.services import Services
from engine.system_tables import task_people, tasks as task_rows
from engine.tasks import NewTask, Outcome, Tasks
from metamodel.flows import Flow
from metamodel.labels import Label
from metamodel.problems import Rejected

CLOCK_JOB = "flow_clock"
APPROVAL, FILL_IN = "approval", "fill_in"
TO_RESUBMIT = (
    Outcome("resubmit", label("resubmit"), "primary"),
    Outcome("withdraw", label("withdraw"), "danger"),
)


@dataclass(frozen=True, slots=True)
class OpenTask:
    id: int
    node: str
    people: tuple[str, ...]


class Following:
    def __init__(self, services: Services, tasks: Tasks, notifications: Notifications, jobs: Jobs) -> None:
        self._services, self._tasks = services, tasks
        self._notifications, self._jobs = notifications, jobs
        self._rows = Rows(services)
        self.absences = tasks.absences

    def follow(self, unit: Unit, world: LiveWorld, before: State, machine: Machine, moving: bool) -> None:
        """Everything that is to happen now that the state is what it is. `moving`: the task whose people
        changed is being moved by whoever called us."""
        instance, after = world.instance, machine.state
        opened = self.open_tasks(unit.connection, instance.id)
        gone = [task.id for task in opened if _visit(before, task.node) != _visit(after, task.node)]
        if gone:
            self._tasks.cancel(unit, tasks=gone)
        for node, there in after.waiting.items():
            if _visit(before, node) != there.visit:
                self._wait(unit, world, node, there, machine)
            elif not moving:
                tasks = [task for task in opened if task.node == node]
                self._share(unit, world, node, tasks, before.waiting[node], machine)
        if before.is_open and not after.is_open:
            self._tell_end(unit, world, after)

    def open_tasks(self, connection: sa.Connection, instance: int) -> list[OpenTask]:
        """The open tasks of an instance, oldest first."""
        return self.open_tasks_of(connection, [instance]).get(instance, [])

    def open_tasks_of(self, connection: sa.Connection, instances: Iterable[int]) -> dict[int, list[OpenTask]]:
        query = (
            sa.select(task_rows.c.id, task_rows.c.instance, task_rows.c.source, task_people.c.person)
            .outerjoin(task_people, task_people.c.task == task_rows.c.id)
            .where(task_rows.c.instance.in_(list(instances)), task_rows.c.state == "open")
            .order_by(task_rows.c.id, task_people.c.person)
        )
        found: dict[int, dict[int, OpenTask]] = {}
        for row in connection.execute(query):
            known = found.setdefault(row.instance, {})
            people = known[row.id].people if row.id in known else ()
            people = (*people, row.person) if row.person else people
            known[row.id] = OpenTask(row.id, row.source.partition("/")[2], people)
        return {instance: list(tasks.values()) for instance, tasks in found.items()}

    def own_task(self, connection: sa.Connection, viewer: Viewer, instance: Instance) -> OpenTask | None:
        """The open to-do of an instance that is this viewer's, or that he may do for somebody who is away."""
        opened = self.open_tasks(connection, instance.id)
        own = next((task for task in opened if viewer.person in task.people), None)
        if own is not None or instance.state != RUNNING or viewer.person == instance.started_by:
            return own
        away = {*self.absences.stood_for(connection, viewer)}
        return next((task for task in opened if away & {*task.people}), None)

    # -- waiting -----------------------------------------------------------------------------------

    def _wait(self, unit: Unit, world: LiveWorld, node: str, there: Waiting, machine: Machine) -> None:
        if there.until:
            self._set_clock(unit, world.instance, node, there, "expire", datetime.fromisoformat(there.until))
        elif machine.state.status == RETURNED:
            self._open_fill_in(unit, world, node, there, machine.steps)
        elif machine.state.status == RUNNING:
            self._open_approvals(unit, world, node, there, machine.steps)

    def _open_approvals(
        self, unit: Unit, world: LiveWorld, node: str, there: Waiting, steps: Sequence[Step]
    ) -> None:
        """One for all where one is enough, one each where all have to."""
        why = next(
            (s.detail.get("why", "") for s in reversed(steps) if (s.node, s.action) == (node, "ask")), ""
        )
        self._ask(unit, world, node, there, [(group, label(why) if why else "") for group in there.groups])

    def _ask(
        self, unit: Unit, world: LiveWorld, node: str, there: Waiting,
        groups: Sequence[tuple[Sequence[str], Label]],
    ) -> None:  # fmt: skip
        """A to-do for each group, with a note, and the clocks that go with them."""
        found = world.flow.node(node)
        assert found is not None, node
        asked = world.asks(found)
        due = asked.remind_after or asked.escalate_after
        opened = self._tasks.open(
            unit,
            [
                self._task(
                    world, node, APPROVAL, people, asked.title or self._title(unit, world),
                    outcomes=asked.answers, note=note, due_at=world.working(due) if due else None,
                )
                for people, note in groups
            ],
        )  # fmt: skip
        for what, after in (("remind", asked.remind_after), ("escalate", asked.escalate_after)):
            if after is not None:
                self._set_clock(unit, world.instance, node, there, what, world.working(after), opened)

    def _open_fill_in(
        self, unit: Unit, world: LiveWorld, node: str, there: Waiting, steps: Sequence[Step]
    ) -> None:
        said = next((str(s.detail.get("comment", "")) for s in reversed(steps) if s.action == "return"), "")
        title = titled("returned_title", self._title(unit, world))
        self._tasks.open(
            unit, [self._task(world, node, FILL_IN, there.people, title, outcomes=TO_RESUBMIT, note=said)]
        )

    def _task(
        self, world: LiveWorld, node: str, kind: str, people: Iterable[str], title: Label,
        *, outcomes: tuple[Outcome, ...], note: Label = "", due_at: datetime | None = None,
    ) -> NewTask:  # fmt: skip
        instance = world.instance
        return NewTask(
            instance.app, instance.form, instance.record, kind, f"{instance.flow}/{node}",
            tuple(f"person:{one}" for one in people), title, note, outcomes,
            due_at=due_at, instance=instance.id,
        )  # fmt: skip

    def _share(
        self, unit: Unit, world: LiveWorld, node: str, tasks: Sequence[OpenTask], before: Waiting,
        machine: Machine,
    ) -> None:  # fmt: skip
        """People came and went while it waited: whoever is new takes the to-do of who is gone. Whoever was
        added, and whose turn has come by that, gets one of his own."""
        there, left, new = machine.state.waiting[node], list(tasks), []
        for group in there.groups:
            task = next((one for one in left if {*one.people} & {*group}), None)
            if task is None:
                new.append(group)
            else:
                left.remove(task)
                self._become(unit, task, group)
        for group in [one for one in new if not (there.has_added(one[0]) or {*one} & {*before.later})]:
            if left:
                self._become(unit, left.pop(0), group)
                new.remove(group)
        if left:
            self._tasks.cancel(unit, tasks=[task.id for task in left])
        if new:
            notes = [(group, self._why_now(group, machine.steps)) for group in new]
            self._ask(unit, world, node, there, notes)

    def _become(self, unit: Unit, task: OpenTask, people: Sequence[str]) -> None:
        """The to-do is these people's now."""
        new = [one for one in people if one not in task.people]
        gone = [one for one in task.people if one not in people]
        if new or gone:
            self._tasks.share(unit, task.id, new, gone)

    def _why_now(self, people: Sequence[str], steps: Sequence[Step]) -> Label:
        """Who asked for it and in which words, of one who was added; of others, that it is their turn again."""
        for step in steps:
            if step.action in ADDING and people[0] in step.detail["people"]:
                name = self._name(step.person)
                said = titled(f"{step.action}_note", {"zh": name, "en": name})
                words = str(step.detail.get("comment", ""))
                return {language: "\n".join(filter(None, (text, words))) for language, text in said.items()}
        return label("again")

    def _name(self, person: str) -> str:
        return self._services.people.organisation().names().get(("person", person), person)

    def _set_clock(
        self, unit: Unit, instance: Instance, node: str, there: Waiting, what: str, at: datetime,
        tasks: Sequence[int] = (),
    ) -> None:  # fmt: skip
        """`tasks`: the to-dos a reminder is about, whose ever they are when it comes."""
        payload = {"instance": instance.id, "node": node, "visit": there.visit, "what": what}
        payload |= {"tasks": list(tasks)} if tasks else {}
        self._jobs.defer(unit, CLOCK_JOB, payload, run_at=max(at, unit.moment + timedelta(microseconds=1)))

    # -- telling -----------------------------------------------------------------------------------

    def tell_to_hurry(self, unit: Unit, world: LiveWorld, people: Sequence[str], word: str = "hurry") -> None:
        """A reminder to those who are waited for; unread ones are counted, not piled up. Who has read one and
        still does nothing hears the next one."""
        title = titled(word, self._title(unit, world))
        instead = self.absences.delegates(unit.connection, people).values()
        everybody = dict.fromkeys([*people, *(one for one in instead if one not in world.applicants())])
        self._tell(unit, world, list(everybody), title, f"flow/{world.instance.id}/{word}")

    def _tell_end(self, unit: Unit, world: LiveWorld, after: State) -> None:
        """The applicant hears how it ended, unless he ended it himself."""
        if after.status != "withdrawn":
            self._tell(unit, world, world.applicants(), titled(after.status, self._title(unit, world)))

    def _tell(
        self, unit: Unit, world: LiveWorld, people: Sequence[str], title: Label, until_read: str = ""
    ) -> None:
        instance = world.instance
        self._notifications.send(
            unit,
            [
                NewNotification(
                    person, instance.app, instance.form, instance.record, title, once=until_read, again=True
                )
                for person in people
                if world.active(person)
            ],
        )

    def _title(self, unit: Unit, world: LiveWorld) -> Label:
        """The flow's name and what the record is called."""
        return flow_title(world.flow, self.record_title(unit.connection, world.instance))

    def record_title(self, connection: sa.Connection, instance: Instance) -> str:
        return self.record_titles(connection, [instance]).get(instance.record, "")

    def record_titles(self, connection: sa.Connection, instances: Iterable[Instance]) -> dict[int, str]:
        """What the records are called: nothing sealed is in it."""
        groups: dict[tuple[str, str], list[int]] = {}
        for one in instances:
            groups.setdefault((one.app, one.form), []).append(one.record)
        references, found = References(self._services, self._rows), dict[int, str]()
        for place, records in groups.items():
            try:
                program = self._services.programs.get(*place)
            except Rejected:  # the form is gone
                continue
            rows = self._rows.by_ids(connection, SYSTEM, program, records, program.title_fields)
            found.update(references.titles(connection, SYSTEM, program, list(rows.values())))
        return found


def flow_title(flow: Flow, record: str) -> Label:
    return {"zh": f"{flow.text('zh')}：{record}", "en": f"{flow.text('en')}: {record}"}


def _visit(state: State, node: str) -> int:
    there = state.waiting.get(node)
    return there.visit if there else 0
