"""Random operations over random sound flows once more, through the real engine and its database."""

from __future__ import annotations

import random

import pytest

from metamodel.problems import Rejected
from tests.engine.flows.conftest import APP, PEOPLE, Office
from tests.metamodel.flow_makers import sound_flow

OPERATIONS, FLOWS, AT_ONCE = 250, 8, 5
ANSWERS = (
    "approve", "approve", "approve", "reject", "return", "transfer", "add_before", "add_after", "withdraw",
    "resubmit", "remind", "comment",
)  # fmt: skip
APPLICANTS = ("ann", "abe", "ben", "cleo", "eve")


def publish(office: Office, first: int) -> list[str]:
    """An app with many flows on one form, begun by hand."""
    named = [f"flow_{first + number}" for number in range(FLOWS)]
    flows = [
        {
            **sound_flow(900 + first + number, size=3 + number % 6),
            "id": name,
            "label": name,
            "start": "manual",
        }
        for number, name in enumerate(named)
    ]
    office.runtime.applications.publish(None, {**APP, "flows": flows}, "system")
    return named


class Storm:
    """Somebody does something, over and over; clocks strike, people leave, versions come."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, random.Random(seed)
        self.flows = publish(office, 0)
        self.done = 0

    def begin(self) -> None:
        office = self.office
        viewer = office.who(self.random.choice(APPLICANTS))
        values = {
            "amount": self.random.choice(("1", "70", "200000", None)),
            "kind": self.random.choice(("a", "b")),
        }
        values["helper"] = self.random.choice(("ann", "eve", None))
        (record,) = office.runtime.records.create(viewer, "requests", "request", [values])
        flow = self.random.choice(self.flows)
        office.runtime.database.write(lambda unit: office.flows.start(unit, viewer, "requests", flow, record))

    def open(self) -> list[int]:
        with self.office.runtime.database.read() as connection:
            return self.office.flows.store.all_open(connection)

    def act(self) -> None:
        office, instance = self.office, self.random.choice(self.open())
        asked = sorted({one for people in office.waiting(instance).values() for one in people})
        somebody = self.random.choice([*asked * 4, *(person.id for person in PEOPLE)])
        to = self.random.choice(PEOPLE).id
        try:
            office.act(somebody, instance, self.random.choice(ANSWERS), "so", to)
        except Rejected:
            return
        self.done += 1

    def pass_time(self) -> None:
        self.office.wait(hours=self.random.choice((1, 5, 20)))


@pytest.mark.parametrize("seed", [1, 2])
def test_random_operations_leave_everything_whole(office: Office, seed: int) -> None:
    storm = Storm(office, seed)
    for count in range(OPERATIONS):
        while len(storm.open()) < AT_ONCE:
            storm.begin()
        if count % 20 == 10:
            storm.pass_time()
        elif count == OPERATIONS // 2:
            storm.flows = publish(office, 100)  # those that run stay with what they began with
        elif count == OPERATIONS // 3:
            office.leave("cat")
        else:
            storm.act()
        if count % 25 == 24:
            office.is_whole()
    office.is_whole()
    assert storm.done > OPERATIONS / 5
    assert office.runtime.jobs.dead() == []
    for _ in range(40):
        finish(office)
    assert storm.open() == []
    office.is_whole()


def finish(office: Office) -> None:
    """Everybody approves what waits for him, and time passes."""
    office.wait(days=3)
    with office.runtime.database.read() as connection:
        waiting = office.flows.store.all_open(connection)
    for instance in waiting:
        for people in office.waiting(instance).values():
            action = "resubmit" if office.state(instance) == "returned" else "approve"
            office.act(people[0], instance, action)
