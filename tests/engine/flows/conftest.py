"""Requests of a small office, on a whole runtime, on both databases: who files, who decides, who has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from engine.system_tables import flow_instances, task_people, tasks
from tests.metamodel.flow_makers import REQUEST

MANAGER: dict[str, Any] = {
    "id": "manager", "type": "approval", "label": "主管", "options": {
        "approvers": ["manager:applicant:1"], "if_nobody": ["role:legal"], "facts": ["applicant", "amount"],
        "remind_after": "PT9H", "escalate_after": "PT18H"},
}  # fmt: skip
LEGAL: dict[str, Any] = {
    "id": "legal", "type": "approval", "label": "法务", "options": {
        "approvers": ["role:legal"], "set": {"noted": "me.name"},
        "instead": [{"if": "applicant.department == 'law'", "approvers": ["manager:applicant:2"]}]},
}  # fmt: skip
FLOW: dict[str, Any] = {
    "id": "review", "label": {"zh": "审批", "en": "Review"}, "form": "request", "applicant": "applicant",
    "nodes": [
        {"id": "start", "type": "start", "label": "发起", "options": {
            "set_when": {"return": {"noted": "'returned'"}, "withdraw": {"noted": "'withdrawn'"}}}},
        MANAGER,
        {"id": "amount", "type": "condition", "label": "金额"},
        LEGAL,
        {"id": "note", "type": "action", "label": "登记", "options": {
            "then": [{"action": "set_fields", "with": {"values": {"due": "NOW()"}}}]}},
        {"id": "copy", "type": "cc", "label": "抄送", "options": {"to": ["person:eve"], "title": "{number}"}},
        {"id": "end", "type": "end", "label": "结束", "options": {"state": "approved"}},
        {"id": "rejected", "type": "end", "label": "驳回", "options": {"state": "rejected"}},
    ],
    "edges": [
        {"from": "start", "to": "manager"},
        {"from": "manager", "to": "amount", "on": "approve"},
        {"from": "manager", "to": "rejected", "on": "reject"},
        {"from": "amount", "to": "legal", "if": "amount > 100000"},
        {"from": "amount", "to": "note"},
        {"from": "legal", "to": "note", "on": "approve"},
        {"from": "legal", "to": "rejected", "on": "reject"},
        {"from": "note", "to": "copy"},
        {"from": "copy", "to": "end"},
    ],
}  # fmt: skip
APP: dict[str, Any] = {
    "muniment": 1, "app": {"id": "requests", "label": "申请"}, "forms": [REQUEST], "flows": [FLOW],
    "roles": [
        {"id": "legal", "label": "法务", "forms": {}},
        {"id": "staff", "label": "员工", "forms": {"request": {
            "rows": "applicant == me", "actions": ["read", "create", "update"]}}},
        {"id": "clerk", "label": "文员", "forms": {"request": {"actions": ["read", "create", "update"]}}},
        {"id": "admin", "label": "管理员", "manages": ["people"]},
    ],
}  # fmt: skip

# dan heads all; ben leads sales with ann and abe; cat leads law with cleo; eve is nobody's boss; zoe runs the house.
PEOPLE = [
    Person("dan", "丹", department="board"),
    Person("ben", "本", department="sales", superior="dan"),
    Person("ann", "安", department="sales", superior="ben"),
    Person("abe", "阿贝", department="sales", superior="ben"),
    Person("cat", "凯", department="law", superior="dan"),
    Person("cleo", "克莱", department="law", superior="cat"),
    Person("eve", "伊芙", department="board", superior="dan"),
    Person("zoe", "佐伊", department="board"),
]
ROLES = {
    "legal": ("cat", "cleo"), "staff": ("ann", "abe", "ben", "cat", "cleo", "dan", "eve"), "clerk": ("zoe",),
    "admin": ("zoe",),
}  # fmt: skip


OPEN_OF_FLOWS = (
    sa.select(tasks.c.instance, tasks.c.source, task_people.c.person)
    .join(task_people, task_people.c.task == tasks.c.id)
    .where(tasks.c.state == "open", tasks.c.instance.is_not(None))
)


class Office:
    """The runtime, and what tests say in a word."""

    def __init__(self, runtime: Runtime, clock: FrozenClock) -> None:
        self.runtime, self.clock, self.flows = runtime, clock, runtime.flows

    def who(self, person: str) -> Any:
        return self.runtime.require_viewer(person)

    def publish(self, change: Callable[[dict[str, Any]], None] | None = None) -> None:
        document = deepcopy(APP)
        if change is not None:
            change(document)
        self.runtime.applications.publish(None, document, "system")

    def file(self, person: str, **values: Any) -> int:
        """A new request; the id of the instance that begins with it."""
        (record,) = self.runtime.records.create(self.who(person), "requests", "request", [values])
        with self.runtime.database.read() as connection:
            return self.flows.store.on_record(connection, int(record))[0].id

    def act(
        self, person: str, instance: int, action: str, comment: str = "", to: str | Sequence[str] = ""
    ) -> None:
        self.flows.act(self.who(person), instance, action, comment, to)

    def instance(self, instance: int) -> Any:
        with self.runtime.database.read() as connection:
            found = self.flows.store.get(connection, instance)
        assert found is not None
        return found

    def state(self, instance: int) -> str:
        return str(self.instance(instance).state)

    def waiting(self, instance: int) -> dict[str, list[str]]:
        """Who has open to-dos of the instance, by node."""
        found: dict[str, list[str]] = {}
        with self.runtime.database.read() as connection:
            for task in self.flows.following.open_tasks(connection, instance):
                found[task.node] = sorted([*found.get(task.node, []), *task.people])
        return found

    def history(self, instance: int) -> list[tuple[str, str, str]]:
        with self.runtime.database.read() as connection:
            told = self.flows.store.history(connection, instance)
        return [(one.step.person, one.step.node, one.step.action) for one in told]

    def values(self, instance: int) -> Mapping[str, Any]:
        found = self.instance(instance)
        view = self.runtime.records.get(self.who("zoe"), found.app, found.form, str(found.record))
        return dict(view.values)

    def tasks(self, person: str, state: Any = "open") -> Sequence[Any]:
        return self.runtime.tasks.of(self.who(person), state=state).items

    def told(self, person: str) -> list[str]:
        return [one.title for one in self.runtime.notifications.of(self.who(person)).items]

    def close(self, person: str, task: str, outcome: str, comment: str = "", to: Sequence[str] = ()) -> None:
        """In the to-do centre; nobody: the engine."""
        viewer, close = self.who(person) if person else SYSTEM, self.runtime.tasks.close
        self.runtime.database.write(lambda unit: close(unit, viewer, task, outcome, comment, to))

    def hand(self, person: str, task: str, to: str) -> None:
        viewer = self.who(person)
        self.runtime.database.write(lambda unit: self.runtime.tasks.transfer(unit, viewer, task, to))

    def ever_asked(self, instance: int) -> set[str]:
        """Everybody the instance ever waited for, its start apart."""
        with self.runtime.database.read() as connection:
            told = self.flows.store.history(connection, instance)
        changing = ("ask", "transfer", "escalate", "reassign", "add_before", "add_after")
        return {person for one in told if one.step.action in changing for person in one.step.detail["people"]}

    def is_whole(self) -> None:
        """Nothing stuck, nothing orphaned, and every history leads to the state that is stored."""
        open_tasks: dict[int, dict[str, set[str]]] = {}
        with self.runtime.database.read() as connection:
            for row in connection.execute(OPEN_OF_FLOWS):
                people = open_tasks.setdefault(row.instance, {}).setdefault(
                    row.source.partition("/")[2], set()
                )
                people.add(row.person)
            for (identifier,) in connection.execute(sa.select(flow_instances.c.id)).all():
                instance = self.flows.store.get(connection, identifier)
                state = self.flows.store.state(connection, identifier)
                assert instance is not None
                assert (state.status, tuple(sorted(state.places)), state.revision) == (
                    instance.state, instance.places, instance.revision,
                )  # fmt: skip
                asked = {node: set(there.asked) for node, there in state.waiting.items() if not there.until}
                assert open_tasks.pop(identifier, {}) == asked
                assert bool(state.waiting) == state.is_open
                assert all(there.asked or there.until for there in state.waiting.values())
        assert open_tasks == {}

    def wait(self, **parts: float) -> None:
        self.clock.advance(**parts)
        self.runtime.jobs.run_due()

    def leave(self, *people: str) -> None:
        gone = [Person(p.id, p.name, department=p.department, superior=p.superior, active=False)
                for p in PEOPLE if p.id in people]  # fmt: skip
        self.runtime.database.write(lambda unit: self.runtime.people.save_people(unit, gone))
        self.runtime.jobs.run_due()


def populate(runtime: Runtime) -> None:
    def work(unit: Any) -> None:
        departments = [Department("board", "董事会"), Department("sales", "销售"), Department("law", "法务")]
        runtime.people.save_departments(unit, departments)
        runtime.people.save_people(unit, PEOPLE)
        runtime.people.save_memberships(
            unit,
            [Membership("requests", role, "person", one) for role, people in ROLES.items() for one in people],
        )

    runtime.database.write(work)


@pytest.fixture
def office(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> Iterator[Office]:
    runtime = make_runtime()
    populate(runtime)
    office = Office(runtime, clock)
    office.publish()
    yield office
    runtime.close()
