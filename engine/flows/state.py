"""The state of a flow's instance, and the steps its history is made of.

A step says all that changes by it, so folding the steps of a history gives the state, always the
same one, without asking the definition, the organisation or the clock. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

RUNNING, RETURNED, WITHDRAWN = "running", "returned", "withdrawn"
ENDS = ("approved", "rejected", "finished")
OPEN = (RUNNING, RETURNED)
SYSTEM = "system"  # whose steps are nobody's


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history. `detail`: `takes` and `gives` places, `people`, `comment`, `why` …"""

    node: str
    action: str
    person: str = SYSTEM
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seat(self) -> str:
        """In whose place it was done: one's own, where one did not stand in."""
        return str(self.detail.get("for", self.person))


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody whom an approver asked to agree as well: before that approver does, or (blank) after."""

    person: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a token waits: for people, or until a moment. `visit` is the number of the step it came by."""

    visit: int
    people: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()  # who has approved already, where that alone moves nothing
    answers: tuple[str, ...] = ()
    mode: str = "any"
    transfer: bool = False
    until: str = ""  # ISO
    added: tuple[Added, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Those who may answer now."""
        return tuple(one for group in self.groups for one in group)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Those who may answer now, a to-do each: of one group the first answer is enough. Whoever was added
        has to agree himself, and holds up whom he was added before: where one is enough, all of them."""
        own = self._own if self.mode == "all" or not self._held & set(self._own) else ()
        mine = tuple((one,) for one in own if one not in self._held) if self.mode == "all" else (own,)
        return (*filter(None, mine), *((one,) for one in self._owing if one not in self._held))

    @property
    def later(self) -> tuple[str, ...]:
        """Those whose turn comes when others have agreed."""
        return tuple(one for one in (*self._own, *self._owing) if one not in self.asked)

    @property
    def _own(self) -> tuple[str, ...]:
        """Of those the node asks, whose answer is still wanted."""
        unanswered = tuple(one for one in self.people if one not in self.answered)
        return unanswered if self.mode == "all" or len(unanswered) == len(self.people) else ()

    @property
    def _owing(self) -> tuple[str, ...]:
        return tuple(one.person for one in self.added if one.person not in self.answered)

    @property
    def _held(self) -> frozenset[str]:
        return frozenset(one.before for one in self.added if one.person in self._owing)

    def has_added(self, person: str) -> bool:
        return any(one.person == person for one in self.added)

    def has(self, person: str) -> bool:
        """Is he asked here, was he, or will he be?"""
        return person in self.people or person in self.answered or self.has_added(person)

    def beside(self, person: str) -> tuple[str, ...]:
        """Who else may give the answer he is asked for."""
        return tuple(one for group in self.groups if person in group for one in group if one != person)

    def with_answer(self, person: str) -> Waiting:
        return replace(self, answered=(*self.answered, person))


@dataclass(frozen=True)
class State:
    """`round` grows with each handing in; `approved` and `taken` are of this round."""

    status: str = ""
    revision: int = 0
    round: int = 0
    starter: str = ""
    places: frozenset[str] = frozenset()
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    approved: tuple[tuple[str, str], ...] = ()  # person, node
    taken: tuple[tuple[str, str], ...] = ()  # edges gone along

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


def replay(steps: Iterable[Step]) -> State:
    """The state a history leads to."""
    return reduce(applied, steps, State())


def applied(state: State, step: Step) -> State:
    """The state after one step more."""
    state = replace(state, revision=state.revision + 1)
    change = CHANGES.get(step.action) or (_moved if "gives" in step.detail else None)
    return change(state, step) if change is not None else state


# -- what each action changes ----------------------------------------------------------------------


def _begun(state: State, step: Step) -> State:
    starter = state.starter or step.person
    cleared = replace(state, places=frozenset(), waiting={}, approved=(), taken=())
    return _moved(replace(cleared, status=RUNNING, round=state.round + 1, starter=starter), step)


def _moved(state: State, step: Step) -> State:
    takes, gives = step.detail.get("takes", ()), step.detail.get("gives", ())
    edges = tuple((step.node, place.rpartition(">")[2]) for place in gives)
    waiting = {node: one for node, one in state.waiting.items() if node != step.node}
    places = (state.places - frozenset(takes)) | frozenset(gives)
    return replace(state, places=places, waiting=waiting, taken=state.taken + edges)


def _waits(state: State, step: Step) -> State:
    detail = step.detail
    waiting = Waiting(
        visit=state.revision,
        people=tuple(detail.get("people", ())),
        answers=tuple(detail.get("answers", ())),
        mode=detail.get("mode", "any"),
        transfer=bool(detail.get("transfer")),
        until=detail.get("until", ""),
    )
    return replace(state, waiting={**state.waiting, step.node: waiting})


def _approved(state: State, step: Step) -> State:
    """Where others have to agree as well, one approval alone moves nothing."""
    state = replace(state, approved=(*state.approved, (step.seat, step.node)))
    if "gives" in step.detail:
        return _moved(state, step)
    return _with(state, step.node, state.waiting[step.node].with_answer(step.seat))


def _added_before(state: State, step: Step) -> State:
    there = state.waiting[step.node]
    new = tuple(Added(one, step.seat) for one in step.detail["people"])
    return _with(state, step.node, replace(there, added=(*there.added, *new)))


def _added_after(state: State, step: Step) -> State:
    """Whoever adds somebody to come after him has agreed by it."""
    there = state.waiting[step.node]
    new = tuple(Added(one) for one in step.detail["people"])
    return _approved(_with(state, step.node, replace(there, added=(*there.added, *new))), step)


def _people_changed(state: State, step: Step) -> State:
    there = state.waiting.get(step.node)
    if there is None:
        return state
    added = there.added
    if "added_become" in step.detail:
        added = tuple(Added(*one) for one in step.detail["added_become"])
    return _with(state, step.node, replace(there, people=tuple(step.detail["people"]), added=added))


def _returned(state: State, step: Step) -> State:
    """Nothing runs until the applicant hands it in again; he waits at the start."""
    first, people = step.detail["first"], tuple(step.detail["people"])
    there = Waiting(state.revision, people, answers=("resubmit", "withdraw"))
    return replace(state, status=RETURNED, places=frozenset(), waiting={first: there})


def _over(state: State, step: Step) -> State:
    status = step.detail.get("state", WITHDRAWN)
    return replace(state, status=status, places=frozenset(), waiting={})


def _with(state: State, node: str, there: Waiting) -> State:
    return replace(state, waiting={**state.waiting, node: there})


CHANGES = {
    "start": _begun,
    "resubmit": _begun,
    "pass": _moved,
    "skip": _moved,
    "expire": _moved,
    "approve": _approved,
    "add_before": _added_before,
    "add_after": _added_after,
    "ask": _waits,
    "wait": _waits,
    "transfer": _people_changed,
    "escalate": _people_changed,
    "reassign": _people_changed,
    "return": _returned,
    "withdraw": _over,
    "end": _over,
}
