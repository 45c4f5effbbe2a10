"""A flow played on paper: the real machine and what follows from it, with a world of plain Python.

No database: people, conditions and moments come from a seeded generator, to-dos and clocks are kept
in lists. Ten thousand operations take seconds.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from engine.flows.following import Following, OpenTask
from engine.flows.machine import Machine
from engine.flows.state import RETURNED, SYSTEM, State, Step, replay
from engine.flows.transitions import TRANSITIONS
from metamodel.flow_graph import FlowGraph
from metamodel.flows import Flow, FlowEdge, FlowNode
from metamodel.plugin_api import AskPeople, Do, Effect, NodeStep, Pause
from metamodel.problems import Rejected

SUPERIORS = {"ann": "ben", "ben": "dan", "cat": "dan", "dan": None, "eve": "cat", "fay": "ann", "zoe": None}
LEGAL = ("cat", "eve")
OWNERS = ("zoe",)
PUBLISHED = {one.action: one for one in TRANSITIONS}


@dataclass(frozen=True)
class Clock:
    node: str
    visit: int
    what: str
    tasks: tuple[int, ...] = ()


class Town:
    """Who there is, shared by all instances; some are away."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.away: set[str] = set()
        self.took: Counter[str] = Counter()  # operations that the machine let happen, by name
        self.done = 0  # all of them

    def here(self) -> list[str]:
        return [one for one in SUPERIORS if one not in self.away]


class PaperVisit:
    """plugin_api.Visit, as far as the nodes of made-up flows ask."""

    app, form, record, zone = "requests", "request", "1", UTC

    def __init__(self, world: PaperWorld) -> None:
        self.world, self.values = world, {}

    @property
    def applicant(self) -> str:
        return self.world.applicant

    def evaluate(self, text: str) -> Any:
        return self.world.now + timedelta(hours=self.world.town.random.randint(-2, 2))

    def evaluate_all(self, texts: Any) -> dict[str, Any]:
        return dict(texts)

    def people(self, to: Iterable[str]) -> tuple[str, ...]:
        return tuple(to)

    def written(self, text: Any) -> Any:
        return text

    def planned(self) -> tuple[Effect, ...]:
        return ()


class PaperWorld:
    def __init__(self, flow: Flow, town: Town, applicant: str, helper: str) -> None:
        self.flow, self.town, self.applicant, self.helper = flow, town, applicant, helper
        self.now = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
        self.asked: dict[str, AskPeople] = {}
        self.instance = SimpleNamespace(id=1, app="requests", form="request", flow=flow.id, record=1)

    def holds(self, edge: FlowEdge) -> bool:
        return self.town.random.random() < 0.5

    def enter(self, node: FlowNode) -> Sequence[NodeStep]:
        assert node.kind is not None
        steps = node.kind.enter(node.options, cast(Any, PaperVisit(self)))
        for step in steps:
            if isinstance(step, AskPeople):
                self.asked[node.id] = step
        return steps

    def asks(self, node: FlowNode) -> AskPeople:
        if node.id not in self.asked:
            self.enter(node)
        return self.asked[node.id]

    def leave(self, node: FlowNode, outcome: str, person: str) -> Sequence[Do]:
        assert node.kind is not None
        return node.kind.leave(node.options, cast(Any, PaperVisit(self)), outcome)

    def perform(self, node: FlowNode, effects: Sequence[Effect]) -> None:
        return None

    def applicants(self) -> list[str]:
        return [self.applicant]

    def people(self, recipients: Iterable[str]) -> list[str]:
        found: list[str] = []
        for text in recipients:
            kind, _, rest = text.partition(":")
            above = SUPERIORS.get(self.applicant)
            found += {
                "person": [rest], "role": LEGAL, "field": [self.helper], "manager": [above] if above else [],
            }[kind]  # fmt: skip
        return [one for one in dict.fromkeys(found) if self.active(one)]

    def superior(self, person: str) -> str | None:
        return SUPERIORS.get(person)

    def owners(self) -> list[str]:
        return [one for one in OWNERS if self.active(one)]

    def active(self, person: str) -> bool:
        return person in SUPERIORS and person not in self.town.away

    def until(self, pause: Pause) -> datetime:
        return pause.until or self.now + (pause.span or timedelta())

    def working(self, span: timedelta) -> datetime:
        return self.now + span


class PaperFollowing(Following):
    """To-dos and clocks in lists; everything else is the real thing."""

    def __init__(self) -> None:
        self.book: dict[int, OpenTask] = {}
        self.clocks: list[Clock] = []
        self._numbers = iter(range(1, 1_000_000))
        self.absences = self
        super().__init__(cast(Any, None), cast(Any, self), cast(Any, self), cast(Any, self))

    def delegates(self, connection: Any, people: Iterable[str]) -> dict[str, str]:
        return {}

    def open(self, unit: Any, wanted: Sequence[Any]) -> list[int]:
        numbers = []
        for task in wanted:
            numbers.append(number := next(self._numbers))
            people = tuple(text.removeprefix("person:") for text in task.to)
            self.book[number] = OpenTask(number, task.source.partition("/")[2], people)
        return numbers

    def cancel(self, unit: Any, tasks: Iterable[int]) -> None:
        for number in tasks:
            del self.book[number]

    def share(self, unit: Any, task: int, people: Sequence[str], gone: Sequence[str] = ()) -> None:
        there = self.book[task]
        kept = [one for one in there.people if one not in gone]
        self.book[task] = replace(there, people=tuple(dict.fromkeys([*kept, *people])))

    def defer(self, unit: Any, name: str, payload: Any, run_at: datetime) -> None:
        about = tuple(payload.get("tasks", ()))
        self.clocks.append(Clock(payload["node"], payload["visit"], payload["what"], about))

    def send(self, unit: Any, told: Sequence[Any]) -> None:
        assert all(one.title["zh"] and one.title["en"] for one in told)

    def open_tasks(self, connection: Any, instance: int) -> list[OpenTask]:
        return sorted(self.book.values(), key=lambda task: task.id)

    def record_title(self, connection: Any, instance: Any) -> str:
        return "SQ0001"

    def _name(self, person: str) -> str:
        return person.title()


class Play:
    """One instance from its beginning to its end."""

    def __init__(self, flow: Flow, town: Town) -> None:
        chance = town.random
        self.town, self.random = town, chance
        applicant, helper = (
            chance.choice([one for one in town.here() if one not in OWNERS]),
            chance.choice(["ann", "ben", "eve"]),
        )
        self.world = PaperWorld(flow, town, applicant, helper)
        self.graph, self.state, self.history = FlowGraph(flow), State(), list[Step]()
        self.following = PaperFollowing()
        self.unit = SimpleNamespace(connection=None, moment=self.world.now)
        self.operate("start", applicant)

    def operate(self, what: str, *told: Any, closes: int = 0, moving: bool = False) -> bool:
        """One operation as `Flows` performs it; False where the machine refused and nothing changed."""
        machine = Machine(self.graph, self.state, self.world)
        closed = self.following.book.pop(closes, None)
        try:
            getattr(machine, what)(*told)
        except Rejected:
            if closed is not None:
                self.following.book[closes] = closed
            return False
        before, self.state = self.state, machine.state
        self.history += [_stored(step) for step in machine.steps]
        self.town.took[what] += bool(machine.steps)
        self.town.done += bool(machine.steps)
        if machine.steps:
            published = PUBLISHED[machine.steps[0].action]
            assert before.status in published.states
            assert self.state.status in published.leads_to
        self.following.follow(cast(Any, self.unit), cast(Any, self.world), before, machine, moving)
        return True

    # -- what happens ------------------------------------------------------------------------------

    def anything(self) -> None:
        """One random operation, sensible or not."""
        others = [self.transfer, self.strike, self.strike, self.applicant_does, self.meddle]
        doings = [*[self.answer] * 6, *others]
        self.random.choice(doings)()

    def answer(self) -> None:
        if self.following.book:
            task = self.random.choice(list(self.following.book.values()))
            person = self.random.choice(task.people)
            answer = self.random.choice(self.state.waiting[task.node].answers)
            if self.state.status == RETURNED:
                self.operate(answer, person, closes=task.id)
            else:
                to = self.random.sample(list(SUPERIORS), self.random.randint(0, 2))
                by = self.random.choice(self.town.here()) if self.random.random() < 0.2 else ""
                told = (task.node, person, answer, "why", to, by if by != person else "")
                done = self.operate("answer", *told, closes=task.id)
                self.town.took[answer] += done
                self.town.took["standing in"] += done and bool(told[-1])

    def transfer(self) -> None:
        if self.following.book:
            task = self.random.choice(list(self.following.book.values()))
            person, to = self.random.choice(task.people), self.random.choice(list(SUPERIORS))
            if self.operate("transfer", task.node, person, to, moving=True):
                self.following.share(None, task.id, [to], [person])

    def strike(self) -> None:
        """A clock, perhaps one that nobody waits for any more, perhaps twice."""
        if self.following.clocks:
            clock = self.random.choice(self.following.clocks)
            book = self.following.book
            late = {one for task in clock.tasks if task in book for one in book[task].people}
            told = (late,) if clock.tasks else ()
            self.operate("nudge" if clock.what == "remind" else clock.what, clock.node, clock.visit, *told)

    def applicant_does(self) -> None:
        applicant = self.world.applicant
        what = self.random.choice(("withdraw", "resubmit", "remind", "comment"))
        if what == "withdraw" and self.random.random() < 0.8:
            return
        closes = next((task.id for task in self.following.book.values() if self.state.status == RETURNED), 0)
        closes = closes if what in ("withdraw", "resubmit") else 0
        self.operate(what, applicant, *(["x"] if what == "comment" else []), closes=closes)

    def meddle(self) -> None:
        """Somebody tries what is not his."""
        person, before = self.random.choice(list(SUPERIORS)), self.state
        for node, there in list(self.state.waiting.items()):
            if person not in there.asked:
                answer = self.random.choice(("approve", "reject", "return", "add_before", "add_after"))
                assert not self.operate("answer", node, person, answer, "x", ["zoe"])
        if person not in (self.world.applicant, *(p for t in self.following.book.values() for p in t.people)):
            assert not self.operate("withdraw", person)
            assert not self.operate("resubmit", person)
        assert self.state == before

    def gone(self, person: str) -> None:
        self.operate("reassign", person)

    def finish(self) -> None:
        """Everybody approves and every clock strikes: it must come to an end."""
        for _ in range(200):
            if not self.state.is_open:
                return
            node, there = next(iter(self.state.waiting.items()))
            if there.until:
                self.operate("expire", node, there.visit)
                continue
            person = there.asked[0]
            task = next(t for t in self.following.book.values() if t.node == node and person in t.people)
            if self.state.status == RETURNED:
                done = self.operate("resubmit", person, closes=task.id)
            else:
                done = self.operate("answer", node, person, "approve", closes=task.id)
            assert done
        raise AssertionError("it does not end")

    # -- what always holds -------------------------------------------------------------------------

    def check(self) -> None:
        state = self.state
        assert replay(self.history) == state
        tasks: dict[str, set[str]] = {}
        for task in self.following.book.values():
            assert task.people
            tasks.setdefault(task.node, set()).update(task.people)
        assert tasks == {node: set(there.asked) for node, there in state.waiting.items() if not there.until}
        assert bool(state.waiting) == state.is_open
        clocks = {(clock.node, clock.visit) for clock in self.following.clocks if clock.what == "expire"}
        for node, there in state.waiting.items():
            assert there.asked or (node, there.visit) in clocks
            assert len(set(there.asked)) == len(there.asked)
            assert not {*there.asked, *there.later} & {*there.answered}
            if state.status != RETURNED:
                assert self.world.applicant not in (*there.people, *(one.person for one in there.added))
        if state.status == "running":
            assert {place.rpartition(">")[2] for place in state.places} >= set(state.waiting)


def _stored(step: Step) -> Step:
    """As it comes back from the database."""
    assert step.person == SYSTEM or step.person in SUPERIORS
    return replace(step, detail=json.loads(json.dumps(dict(step.detail))))
