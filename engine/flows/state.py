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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a token waits: for people, or until a moment. `visit` is the number of the step it came by."""

    visit: int
    people: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()  # who has approved already, where all have to
    answers: tuple[str, ...] = ()
    mode: str = "any"
    transfer: bool = False
    until: str = ""  # ISO

    @property
    def asked(self) -> tuple[str, ...]:
        """Those who have not answered yet."""
        return tuple(one for one in self.people if one not in self.answered)


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
    """Where all have to, one approval alone moves nothing."""
    state = replace(state, approved=(*state.approved, (step.person, step.node)))
    if "gives" in step.detail:
        return _moved(state, step)
    there = state.waiting[step.node]
    return _with(state, step.node, replace(there, answered=(*there.answered, step.person)))


def _people_changed(state: State, step: Step) -> State:
    there = state.waiting.get(step.node)
    if there is None:
        return state
    return _with(state, step.node, replace(there, people=tuple(step.detail["people"])))


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
    "ask": _waits,
    "wait": _waits,
    "transfer": _people_changed,
    "escalate": _people_changed,
    "reassign": _people_changed,
    "return": _returned,
    "withdraw": _over,
    "end": _over,
}
