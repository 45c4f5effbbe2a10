"""The machine: (definition, state, operation) -> steps. It decides who may do what and where tokens go.

It touches no database: what it has to know (conditions, people, the time) and what has to happen
(effects) it asks and tells its `World`. Whatever leads to an answer passes `_allowed`: nobody
decides over his own request, by whichever way it came to him.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine.flows.state import OPEN, RETURNED, RUNNING, SYSTEM, Added, State, Step, Waiting, applied
from engine.flows.whom import Whom, World, refused
from engine.flows.wording import label
from metamodel.flow_graph import FlowGraph
from metamodel.flows import FlowEdge, FlowNode
from metamodel.plugin_api import AskPeople, Do, Finish, Pause

AGAIN = timedelta(minutes=1)  # a clock that has passed already, met twice at one go, waits this long
ADDING = ("add_before", "add_after")
MOST_ADDED = 20  # at one node


class Machine:
    """One operation on one instance: `state` moves on, `steps` are what to add to the history."""

    def __init__(self, graph: FlowGraph, state: State, world: World) -> None:
        self.graph, self.flow, self.state, self.world = graph, graph.flow, state, world
        self.steps: list[Step] = []
        self._whom = Whom(world)
        self._passed: set[str] = set()  # nodes gone through by themselves in this operation

    # -- what people do ----------------------------------------------------------------------------

    def start(self, person: str) -> None:
        self._begin("start", person)

    def answer(
        self, node: str, person: str, answer: str, comment: str = "", to: Sequence[str] = (), by: str = ""
    ) -> None:
        """Approve, reject, send back, or have others (`to`) agree as well, as somebody who was asked; `by`: who
        stands in for him."""
        there = self._allowed(node, person, by)
        if answer not in there.answers:
            raise refused("flow.unknown_action", action=label(answer[:40]))
        if answer == "return":
            self._send_back(node, by or person, {"comment": comment, **_standing(person, by)})
            return
        detail: dict[str, Any] = {**({"comment": comment} if comment else {}), **_standing(person, by)}
        person = by or person
        if answer in ADDING:
            self._take(Step(node, answer, person, {"people": self._addable(there, to), **detail}))
            return
        if answer == "approve" and there.with_answer(detail.get("for", person)).groups:
            self._take(Step(node, answer, person, detail))
            self._look_again(node)
            return
        found = self._node(node)
        self._do(found, self.world.leave(found, answer, person))
        self._move(found, answer, person, answer, **detail)
        self._settle()

    def transfer(self, node: str, person: str, to: str, comment: str = "", by: str = "") -> None:
        """Hand one's own part over to somebody else; `by`: who stands in."""
        there = self._allowed(node, person, by)
        if not there.transfer:
            raise refused("flow.unknown_action", action=label("transfer"))
        if not self.world.active(to):
            raise refused("flow.unknown_person", person=to)
        if to in self.world.applicants():
            raise refused("flow.own_request")
        if to in there.answered:
            raise refused("flow.unknown_action", action=label("transfer"))
        detail = {"to": to, "comment": comment, **_standing(person, by)}
        self._give(node, there, "transfer", by or person, person, to, **detail)

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

    def escalate(self, node: str, visit: int, late: Collection[str] | None = None) -> list[str]:
        """Nobody (of `late`) answered: those one level up are asked too. Who was added."""
        there = self.state.waiting.get(node)
        if there is None or not (slow := _slow(there, visit, late)):
            return []
        added = self._whom.level_up(there, slow)
        sharing = there.mode == "any" and not any(map(there.has_added, slow))
        people = (*there.people, *added) if sharing else there.people
        self._people_become(node, "escalate", SYSTEM, people, added=added)
        return added

    def nudge(self, node: str, visit: int, late: Collection[str] | None = None) -> list[str]:
        """Nobody (of `late`) answered: they are reminded. Who."""
        there = self.state.waiting.get(node)
        if there is None or not (slow := _slow(there, visit, late)):
            return []
        self._take(Step(node, "remind"))
        return slow

    def hand_on(self, node: str, giver: str, to: str) -> None:
        """What waits for somebody is given to somebody else, by who looks after that."""
        there = self.state.waiting.get(node)
        if there is None or giver not in there.asked:
            raise refused("flow.closed")
        if to in self.world.applicants() and self.state.status == RUNNING:
            raise refused("flow.own_request")
        if to in there.answered or not self.world.active(to):
            raise refused("flow.unknown_person", person=to)
        self._give(node, there, "reassign", SYSTEM, giver, to, gone=giver)

    def reassign(self, gone: str) -> None:
        """Somebody has left: what waited for him waits for others."""
        for node in list(self.state.waiting):
            there = self.state.waiting.get(node)
            if there is None:
                continue
            if gone in there.asked and there.has_added(gone):
                self._added_left(node, there, gone)
            elif gone in there.asked:
                heirs, known = self._whom.heirs(gone, there, self.state)
                people = _replaced(there.people, gone, heirs)
                if heirs or known or self._whom.there(one for one in there.asked if one != gone):
                    self._people_become(node, "reassign", SYSTEM, people, gone=gone)
                    self._go_on(node)

    def _added_left(self, node: str, there: Waiting, gone: str) -> None:
        """Somebody who was added has left: his superior agrees in his place. Whose word is given here anyway
        is not asked for another; where all have agreed by that, it goes on."""
        heir = self._whom.heir(gone)
        if heir is None:
            return
        kept = [one for one in there.added if one.person != gone]
        became = [*kept] if there.has(heir) else [_taken_by(one, gone, heir) for one in there.added]
        detail = {"added_become": _plain(became), "to": heir, "gone": gone}
        self._take(Step(node, "reassign", SYSTEM, {"people": list(there.people), **detail}))
        self._go_on(node)

    def _go_on(self, node: str) -> None:
        """Somebody is asked no more: whose turn it is by that, or, where all the others agreed, on it goes."""
        there = self.state.waiting[node]
        if there.groups:
            self._look_again(node)
        else:
            self._agreed(self._node(node), list(there.answered))
            self._settle()

    def _look_again(self, node: str) -> None:
        """Whose turn has come may have left while he waited for it."""
        for one in self.state.waiting[node].asked:
            if not self.world.active(one):
                self.reassign(one)

    # -- moving ------------------------------------------------------------------------------------

    def _begin(self, action: str, person: str, comment: str = "") -> None:
        first = self._first
        detail = {"comment": comment} if comment else {}
        self._move(first, action, person, "", **detail)
        self._settle()

    def _send_back(self, node: str, person: str, detail: Mapping[str, Any]) -> None:
        first = self._first
        self._do(first, self.world.leave(first, "return", person))
        people = self._whom.answerable()
        self._take(Step(node, "return", person, {**detail, "first": first.id, "people": people}))

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
        people, why = self._whom.asked(node, ask)
        if ask.skip_if_approved and not again and "approve" in node.outcomes:
            before = {person for person, where in self.state.approved if where != node.id}
            done = [one for one in people if one in before]
            if done and (ask.mode == "any" or len(done) == len(people)):
                self._agreed(node, done)
                return
            people = [one for one in people if one not in done]
        self._take(
            Step(node.id, "ask", SYSTEM, {
                "people": people, "answers": [answer.id for answer in ask.answers], "mode": ask.mode,
                "transfer": ask.transfer, **({"why": why} if why else {}),
            })
        )  # fmt: skip

    def _agreed(self, node: FlowNode, people: list[str]) -> None:
        """Nobody is left to ask: these have agreed before."""
        self._do(node, self.world.leave(node, "approve", people[0]))
        self._move(node, "skip", SYSTEM, "approve", people=people)

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

    def _give(
        self, node: str, there: Waiting, action: str, person: str, giver: str, heir: str, **detail: Any
    ) -> None:
        """One's part at a node becomes another's."""
        if there.has_added(heir) or (there.has_added(giver) and there.has(heir)):
            raise refused("flow.asked_already", person=heir)
        if there.has_added(giver):
            detail["added_become"] = _plain(_taken_by(one, giver, heir) for one in there.added)
        self._people_become(node, action, person, _replaced(there.people, giver, [heir]), **detail)

    # -- who may -----------------------------------------------------------------------------------

    def _allowed(self, node: str, person: str, by: str = "") -> Waiting:
        """The place this person was asked at; Rejected for everybody else, and for his own request. Who stands in
        for him has no say there himself, and it is not his request either."""
        there = self.state.waiting.get(node)
        if self.state.status != RUNNING or there is None or there.until:
            raise refused("flow.closed")
        if {person, by} & {*self.world.applicants()}:
            raise refused("flow.own_request")
        if by and there.has(by):
            raise refused("flow.asked_already", person=by)
        if person in there.later:
            raise refused("flow.not_yet")
        if person not in there.asked:
            raise refused("flow.closed" if person in there.answered else "flow.denied")
        return there

    def _addable(self, there: Waiting, to: Sequence[str]) -> list[str]:
        """Those who are to agree as well, each once; nobody over his own request, nobody twice."""
        people = list(dict.fromkeys(to))
        if not people:
            raise refused("task.needs_people")
        for one in people:
            if not self.world.active(one):
                raise refused("flow.unknown_person", person=one)
            if one in self.world.applicants():
                raise refused("flow.own_request")
            if there.has(one):
                raise refused("flow.asked_already", person=one)
        if len(there.added) + len(people) > MOST_ADDED:
            raise refused("flow.too_many_added", limit=MOST_ADDED)
        return people

    def _by_applicant(self, person: str, action: str, *states: str) -> None:
        if self.state.status not in states:
            raise refused(
                "flow.closed" if not self.state.is_open else "flow.unknown_action", action=label(action)
            )
        if person not in self.answering():
            raise refused("flow.denied")

    def answering(self) -> list[str]:
        """Who may withdraw the request, and hand it in again."""
        returned = self.state.waiting.values() if self.state.status == RETURNED else ()
        return [*self.world.applicants(), *(one for there in returned for one in there.people)]

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


def _standing(person: str, by: str) -> dict[str, str]:
    return {"for": person} if by else {}


def _slow(there: Waiting, visit: int, late: Collection[str] | None) -> list[str]:
    """Of those a clock was set for, who still has to answer; nobody when the token went on."""
    if there.visit != visit or there.until:
        return []
    return [one for one in there.asked if late is None or one in late]


def _taken_by(added: Added, gone: str, heir: str) -> Added:
    return replace(added, person=heir) if added.person == gone else added


def _plain(added: Iterable[Added]) -> list[list[str]]:
    return [[one.person, one.before] for one in added]


def _replaced(people: Sequence[str], gone: str, heirs: Sequence[str]) -> list[str]:
    """The list with somebody's place taken by others, each once."""
    found: list[str] = []
    for one in people:
        found += heirs if one == gone else [one]
    return list(dict.fromkeys(found))
