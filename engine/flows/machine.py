"""The machine: (definition, state, operation) -> steps. It decides who may do what and where tokens go.

It touches no database: what it has to know (conditions, people, the time) and what has to happen
(effects) it asks and tells its `World`. Whatever leads to an answer passes `_allowed`: nobody
decides over his own request, by whichever way it came to him.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from engine.flows.state import OPEN, RETURNED, RUNNING, SYSTEM, State, Step, Waiting, applied
from metamodel.flow_graph import FlowGraph
from metamodel.flows import FlowEdge, FlowNode
from metamodel.plugin_api import AskPeople, Do, Effect, Finish, NodeStep, Pause
from metamodel.problems import Problem, Rejected, problem

AGAIN = timedelta(minutes=1)  # a clock that has passed already, met twice at one go, waits this long

STARTER, ASKED, APPLICANT, ANYONE, ENGINE = "starter", "asked", "applicant", "anyone", "engine"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the published state machine: who may do it, in which states, and what it leads to."""

    action: str
    by: str
    states: tuple[str, ...]
    leads_to: tuple[str, ...]


ON = (RUNNING, "approved", "rejected", "finished")
TRANSITIONS = (
    Transition("start", STARTER, ("",), ON),
    Transition("approve", ASKED, (RUNNING,), ON),
    Transition("reject", ASKED, (RUNNING,), ON),
    Transition("return", ASKED, (RUNNING,), (RETURNED,)),
    Transition("transfer", ASKED, (RUNNING,), (RUNNING,)),
    Transition("resubmit", APPLICANT, (RETURNED,), ON),
    Transition("withdraw", APPLICANT, OPEN, ("withdrawn",)),
    Transition("remind", APPLICANT, (RUNNING,), (RUNNING,)),
    Transition("comment", ANYONE, OPEN, OPEN),
    Transition("expire", ENGINE, (RUNNING,), ON),
    Transition("escalate", ENGINE, (RUNNING,), (RUNNING,)),
    Transition("reassign", ENGINE, OPEN, OPEN),
)


class World(Protocol):
    """What the machine asks about one instance, and tells."""

    now: datetime

    def holds(self, edge: FlowEdge) -> bool:
        """The edge's condition, on the record as it is now."""
        ...

    def enter(self, node: FlowNode) -> Sequence[NodeStep]: ...

    def leave(self, node: FlowNode, outcome: str, person: str) -> Sequence[Do]: ...

    def perform(self, node: FlowNode, effects: Sequence[Effect]) -> None:
        """Rejected: the whole operation does not happen."""
        ...

    def applicants(self) -> Sequence[str]:
        """Whose request it is: who began it, and whom the record names. The first one answers for it."""
        ...

    def people(self, recipients: Iterable[str]) -> list[str]: ...

    def superior(self, person: str) -> str | None: ...

    def owners(self) -> list[str]:
        """Who gets what would reach nobody."""
        ...

    def active(self, person: str) -> bool: ...

    def until(self, pause: Pause) -> datetime: ...


class Machine:
    """One operation on one instance: `state` moves on, `steps` are what to add to the history."""

    def __init__(self, graph: FlowGraph, state: State, world: World) -> None:
        self.graph, self.flow, self.state, self.world = graph, graph.flow, state, world
        self.steps: list[Step] = []
        self._passed: set[str] = set()  # nodes gone through by themselves in this operation

    # -- what people do ----------------------------------------------------------------------------

    def start(self, person: str) -> None:
        self._begin("start", person)

    def answer(self, node: str, person: str, answer: str, comment: str = "") -> None:
        """Approve, reject or send back, as somebody who was asked."""
        there = self._allowed(node, person)
        if answer not in there.answers:
            raise refused("flow.unknown_action", action=answer)
        if answer == "return":
            self._send_back(node, person, comment)
            return
        detail: dict[str, Any] = {"comment": comment} if comment else {}
        if answer == "approve" and there.mode == "all" and len(there.asked) > 1:
            self._take(Step(node, answer, person, detail))
            return
        found = self._node(node)
        self._do(found, self.world.leave(found, answer, person))
        self._move(found, answer, person, answer, **detail)
        self._settle()

    def transfer(self, node: str, person: str, to: str, comment: str = "") -> None:
        """Hand one's own part over to somebody else."""
        there = self._allowed(node, person)
        if not there.transfer:
            raise refused("flow.unknown_action", action="transfer")
        if not self.world.active(to):
            raise refused("flow.unknown_person", person=to)
        if to in self.world.applicants():
            raise refused("flow.own_request")
        if to in there.answered:
            raise refused("flow.unknown_action", action="transfer")
        self._people_become(
            node, "transfer", person, _replaced(there.people, person, [to]), to=to, comment=comment
        )

    def resubmit(self, person: str, comment: str = "") -> None:
        self._by_applicant(person, "resubmit", RETURNED)
        first = self._first
        self._do(first, self.world.leave(first, "resubmit", person))
        self._begin("resubmit", person, comment)

    def withdraw(self, person: str, comment: str = "") -> None:
        self._by_applicant(person, "withdraw", *OPEN)
        first = self._first
        self._do(first, self.world.leave(first, "withdraw", person))
        self._take(Step(first.id, "withdraw", person, {"comment": comment} if comment else {}))

    def remind(self, person: str) -> list[str]:
        """Who is reminded: all that are waited for."""
        self._by_applicant(person, "remind", RUNNING)
        waited = [(node, one) for node, there in self.state.waiting.items() for one in there.asked]
        for node in dict.fromkeys(node for node, _ in waited):
            self._take(Step(node, "remind", person))
        return list(dict.fromkeys(one for _, one in waited))

    def comment(self, person: str, comment: str) -> None:
        if not self.state.is_open:
            raise refused("flow.closed")
        if not comment.strip():
            raise refused("flow.needs_reason")
        node = next(iter(self.state.waiting), self._first.id)
        self._take(Step(node, "comment", person, {"comment": comment}))

    # -- what comes by itself ----------------------------------------------------------------------

    def expire(self, node: str, visit: int) -> None:
        """A clock has come; nothing when the token is no longer there."""
        there = self.state.waiting.get(node)
        if there is not None and there.visit == visit and there.until:
            self._move(self._node(node), "expire", SYSTEM, "")
            self._settle()

    def escalate(self, node: str, visit: int) -> list[str]:
        """Nobody answered: those one level up are asked too. Who was added."""
        there = self.state.waiting.get(node)
        if there is None or there.visit != visit or there.until:
            return []
        above = [found for one in there.asked if (found := self._above(one)) is not None]
        added = [one for one in dict.fromkeys(above or self._owners()) if one not in there.people]
        people = there.people if there.mode == "all" else (*there.people, *added)
        self._people_become(node, "escalate", SYSTEM, people, added=added)
        return added

    def nudge(self, node: str, visit: int) -> list[str]:
        """Nobody answered: they are reminded. Who."""
        there = self.state.waiting.get(node)
        if there is None or there.visit != visit or there.until:
            return []
        self._take(Step(node, "remind"))
        return list(there.asked)

    def hand_on(self, node: str, giver: str, to: str) -> None:
        """What waits for somebody is given to somebody else, by who looks after that."""
        there = self.state.waiting.get(node)
        if there is None or giver not in there.asked:
            raise refused("flow.closed")
        if to in self.world.applicants() and self.state.status == RUNNING:
            raise refused("flow.own_request")
        self._people_become(node, "reassign", SYSTEM, _replaced(there.people, giver, [to]), gone=giver)

    def reassign(self, gone: str) -> None:
        """Somebody has left: what waited for him waits for others."""
        for node, there in list(self.state.waiting.items()):
            if gone in there.asked:
                left = [one for one in there.asked if one != gone and self.world.active(one)]
                heirs = [] if left and there.mode == "any" else self._heirs(gone, there)
                people = _replaced(there.people, gone, heirs)
                if left or heirs:
                    self._people_become(node, "reassign", SYSTEM, people, gone=gone)

    def _heirs(self, gone: str, there: Waiting) -> list[str]:
        above = self._above(gone, deciding=self.state.status == RUNNING)
        free = [one for one in self._owners() if one not in there.answered]
        return [above] if above is not None and above not in there.answered else free[:1]

    # -- moving ------------------------------------------------------------------------------------

    def _begin(self, action: str, person: str, comment: str = "") -> None:
        first = self._first
        detail = {"comment": comment} if comment else {}
        self._move(first, action, person, "", **detail)
        self._settle()

    def _send_back(self, node: str, person: str, comment: str) -> None:
        first = self._first
        self._do(first, self.world.leave(first, "return", person))
        people = self._to_answer_for()
        self._take(Step(node, "return", person, {"comment": comment, "first": first.id, "people": people}))

    def _to_answer_for(self) -> list[str]:
        """Who changes a request that was sent back: the applicant, or who stands in for one that is gone."""
        there = [one for one in self.world.applicants() if self.world.active(one)]
        above = [found for one in self.world.applicants() if (found := self._above(one, deciding=False))]
        return (there or above or self.world.owners())[:1]

    def _settle(self) -> None:
        """Until every token waits, or the flow is over."""
        while self.state.status == RUNNING and (node := self._next()) is not None:
            self._enter(node)

    def _next(self) -> FlowNode | None:
        """A node all of whose places hold a token that has not been looked at; those that wait come last."""
        found = None
        for node in self.flow.nodes:
            arrivals = self.graph.arrivals(node.id)
            if arrivals and arrivals <= self.state.places and node.id not in self.state.waiting:
                if node.kind is not None and not node.kind.waits:
                    return node
                found = found or node
        return found

    def _enter(self, node: FlowNode) -> None:
        again = node.id in self._passed
        self._passed.add(node.id)
        for step in self.world.enter(node):
            if isinstance(step, Do):
                self._do(node, [step])
            elif isinstance(step, AskPeople):
                self._ask(node, step, again)
            elif isinstance(step, Pause):
                self._pause(node, step, again)
            elif isinstance(step, Finish):
                self._take(Step(node.id, "end", SYSTEM, {"state": step.state}))
            else:
                self._move(node, "pass", SYSTEM, step.outcome)

    def _pause(self, node: FlowNode, pause: Pause, again: bool) -> None:
        until = self.world.until(pause)
        if again:
            until = max(until, self.world.now + AGAIN)
        if until <= self.world.now:
            self._move(node, "pass", SYSTEM, "")
        else:
            self._take(Step(node.id, "wait", SYSTEM, {"until": until.isoformat()}))

    def _ask(self, node: FlowNode, ask: AskPeople, again: bool) -> None:
        people, why = self._whom(node, ask)
        if ask.skip_if_approved and not again and "approve" in node.outcomes:
            before = {person for person, where in self.state.approved if where != node.id}
            done = [one for one in people if one in before]
            if done and (ask.mode == "any" or len(done) == len(people)):
                self._do(node, self.world.leave(node, "approve", done[0]))
                self._move(node, "skip", SYSTEM, "approve", people=done)
                return
            people = [one for one in people if one not in done]
        self._take(
            Step(node.id, "ask", SYSTEM, {
                "people": people, "answers": [answer.id for answer in ask.answers], "mode": ask.mode,
                "transfer": ask.transfer, **({"why": why} if why else {}),
            })
        )  # fmt: skip

    def _whom(self, node: FlowNode, ask: AskPeople) -> tuple[list[str], str]:
        """Who is asked, and why it is not who was meant: `nobody` there, or only the applicant `himself`."""
        meant = self.world.people(ask.to)
        people = self._others(meant)
        if people:
            return people, ""
        why = "himself" if meant else "nobody"
        above = [found for one in meant if (found := self._above(one)) is not None]
        instead = self._others(self.world.people(ask.if_nobody)) or above or self._owners()
        if not instead:
            raise refused("flow.nobody", node=node.text())
        return list(dict.fromkeys(instead)), why

    def _move(self, node: FlowNode, action: str, person: str, outcome: str, **detail: Any) -> None:
        """One token leaves the node, by the edges this outcome (or its condition) opens."""
        takes = sorted(self.graph.arrivals(node.id) & self.state.places)
        gives = sorted({self.graph.place(edge) for edge in self._ways(node, outcome)})
        self._take(Step(node.id, action, person, {"takes": takes, "gives": gives, **detail}))

    def _ways(self, node: FlowNode, outcome: str) -> Sequence[FlowEdge]:
        edges = self.flow.leaving(node.id)
        if node.kind is not None and node.kind.way == "all":
            return edges
        if node.kind is not None and node.kind.way == "condition":
            conditional = [edge for edge in edges if edge.condition.strip() and self.world.holds(edge)]
            return (conditional or [edge for edge in edges if not edge.condition.strip()])[:1]
        return [edge for edge in edges if edge.on == outcome][:1]

    def _do(self, node: FlowNode, steps: Sequence[Do]) -> None:
        effects = [effect for step in steps for effect in step.effects]
        if effects:
            self.world.perform(node, effects)

    def _take(self, step: Step) -> None:
        self.steps.append(step)
        self.state = applied(self.state, step)

    def _people_become(
        self, node: str, action: str, person: str, people: Sequence[str], **detail: Any
    ) -> None:
        kept = {name: value for name, value in detail.items() if value}
        self._take(Step(node, action, person, {"people": list(people), **kept}))

    # -- who may -----------------------------------------------------------------------------------

    def _allowed(self, node: str, person: str) -> Waiting:
        """The place this person was asked at; Rejected for everybody else, and for his own request."""
        there = self.state.waiting.get(node)
        if self.state.status != RUNNING or there is None or there.until:
            raise refused("flow.closed")
        if person in self.world.applicants():
            raise refused("flow.own_request")
        if person not in there.asked:
            raise refused("flow.closed" if person in there.answered else "flow.denied")
        return there

    def _by_applicant(self, person: str, action: str, *states: str) -> None:
        if self.state.status not in states:
            raise refused("flow.closed" if not self.state.is_open else "flow.unknown_action", action=action)
        if person not in self.answering():
            raise refused("flow.denied")

    def answering(self) -> list[str]:
        """Who may withdraw the request, and hand it in again."""
        returned = self.state.waiting.values() if self.state.status == RETURNED else ()
        return [*self.world.applicants(), *(one for there in returned for one in there.people)]

    def _others(self, people: Iterable[str]) -> list[str]:
        applicants = self.world.applicants()
        return [one for one in people if one not in applicants]

    def _owners(self) -> list[str]:
        return self._others(self.world.owners())

    def _above(self, person: str, deciding: bool = True) -> str | None:
        """The nearest superior who is there and (`deciding`) whose request it is not."""
        seen, current = {person}, self.world.superior(person)
        while current is not None and current not in seen:
            if self.world.active(current) and not (deciding and current in self.world.applicants()):
                return current
            seen.add(current)
            current = self.world.superior(current)
        return None

    # -- the definition ----------------------------------------------------------------------------

    @property
    def _first(self) -> FlowNode:
        first = self.flow.first
        assert first is not None, self.flow.id  # publishing refuses flows without
        return first

    def _node(self, identifier: str) -> FlowNode:
        found = self.flow.node(identifier)
        assert found is not None, identifier
        return found


def refused(code: str, **params: Any) -> Rejected:
    found: Problem = problem(code, **params)
    return Rejected([found])


def _replaced(people: Sequence[str], gone: str, heirs: Sequence[str]) -> list[str]:
    """The list with somebody's place taken by others, each once."""
    found: list[str] = []
    for one in people:
        found += heirs if one == gone else [one]
    return list(dict.fromkeys(found))
