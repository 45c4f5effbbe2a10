"""Whom a request comes to. Here is decided that nobody decides over his own, and who stands in for whom.

`World` is what the machine and this ask about one instance; `world.py` answers for the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.flows.state import RUNNING, State, Waiting
from metamodel.flows import FlowEdge, FlowNode
from metamodel.plugin_api import AskPeople, Do, Effect, NodeStep, Pause
from metamodel.problems import Rejected, problem


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


class Whom:
    def __init__(self, world: World) -> None:
        self._world = world

    def asked(self, node: FlowNode, ask: AskPeople) -> tuple[list[str], str]:
        """Who is asked, and why it is not who was meant: `nobody` there, or only the applicant `himself`."""
        meant = self._world.people(ask.to)
        people = self.others(meant)
        if people:
            return people, ""
        why = "himself" if meant else "nobody"
        above = [found for one in meant if (found := self.above(one)) is not None]
        instead = self.others(self._world.people(ask.if_nobody)) or above or self.owners()
        if not instead:
            raise refused("flow.nobody", node=node.text())
        return list(dict.fromkeys(instead)), why

    def others(self, people: Iterable[str]) -> list[str]:
        """Those whose request it is not."""
        applicants = self._world.applicants()
        return [one for one in people if one not in applicants]

    def owners(self) -> list[str]:
        return self.others(self._world.owners())

    def above(self, person: str, deciding: bool = True) -> str | None:
        """The nearest superior who is there and (`deciding`) whose request it is not."""
        seen, current = {person}, self._world.superior(person)
        while current is not None and current not in seen:
            if self._world.active(current) and not (deciding and current in self._world.applicants()):
                return current
            seen.add(current)
            current = self._world.superior(current)
        return None

    def level_up(self, there: Waiting, slow: Iterable[str]) -> list[str]:
        """Whom else to ask when these do not answer."""
        above = [found for one in slow if (found := self.above(one)) is not None]
        return [one for one in dict.fromkeys(above or self.owners()) if not there.has(one)]

    def heirs(self, gone: str, there: Waiting, state: State) -> tuple[list[str], bool]:
        """Who takes over what waits for somebody who has left; nobody, where enough others are asked. And
        whether all who could have a say there anyway."""
        if self.there(there.beside(gone)):
            return [], False
        above = self.above(gone, deciding=state.status == RUNNING)
        meant = [*([above] if above is not None else []), *self.owners()]
        free = [one for one in meant if one not in there.answered and not there.has_added(one)]
        return free[:1], bool(meant) and not free

    def heir(self, gone: str) -> str | None:
        """Who stands in for one who was added and has left; nobody, where there is nobody at all."""
        return self.above(gone) or next(iter(self.owners()), None)

    def there(self, people: Iterable[str]) -> list[str]:
        return [one for one in people if self._world.active(one)]

    def answerable(self) -> list[str]:
        """Who changes a request that was sent back: the applicant, or who stands in for one that is gone."""
        applicants = self._world.applicants()
        there = [one for one in applicants if self._world.active(one)]
        above = [found for one in applicants if (found := self.above(one, deciding=False)) is not None]
        return (there or above or self._world.owners())[:1]


def refused(code: str, **params: Any) -> Rejected:
    return Rejected([problem(code, **params)])
