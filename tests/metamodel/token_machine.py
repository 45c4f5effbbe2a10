"""A token machine of the tests' own, over the plain document of a flow: the proof is held against it.

Slow and simple on purpose: a marking is the sorted tuple of places with repetition, a place is the
edge a token came along (for nodes that do not join: the node itself).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Marking = tuple[str, ...]
OVER: Marking = ("over",)
MOST = 3_000
WAITING = ("approval", "timer")


class TooLarge(Exception):
    """More markings than a test should look at."""


class TokenMachine:
    def __init__(self, flow: dict[str, Any]) -> None:
        self.kinds = {node["id"]: node["type"] for node in flow["nodes"]}
        self.edges = [(edge["from"], edge["to"]) for edge in flow["edges"]]
        self.initial: Marking = ("start",)

    def place(self, edge: tuple[str, str]) -> str:
        return "-".join(edge) if self.kinds[edge[1]] == "join" else edge[1]

    def moves(self, marking: Marking) -> list[tuple[str, Marking, str]]:
        """(node, next marking, what is wrong with it) of everything that can happen next: whoever waits for
        an answer or a moment comes after all that happens by itself."""
        found = list(self.all_moves(marking))
        return [move for move in found if self.kinds[move[0]] not in WAITING] or found

    def all_moves(self, marking: Marking) -> Iterator[tuple[str, Marking, str]]:
        for node, kind in self.kinds.items():
            wanted = (
                sorted({self.place(edge) for edge in self.edges if edge[1] == node})
                if kind == "join"
                else [node]
            )
            if not wanted or any(place not in marking for place in wanted):
                continue
            rest = list(marking)
            for place in wanted:
                rest.remove(place)
            if kind == "end":
                yield node, OVER, "left_behind" if rest else ""
                continue
            ways = [self.place(edge) for edge in self.edges if edge[0] == node]
            for gives in [ways] if kind == "split" else [[way] for way in ways]:
                following = tuple(sorted([*rest, *gives]))
                yield node, following, "twice" if len(set(following)) < len(following) else ""

    def reachable(self, begin: Marking) -> set[Marking]:
        seen, waiting = {begin}, [begin]
        while waiting:
            for _, following, _ in self.moves(waiting.pop()):
                if following not in seen:
                    if len(seen) > MOST or len(following) > 12:
                        raise TooLarge
                    seen.add(following)
                    waiting.append(following)
        return seen

    # -- judging -----------------------------------------------------------------------------------

    def faults(self) -> set[str]:
        """What is wrong, decided by looking at everything that can happen."""
        found = set()
        try:
            known = self.reachable(self.initial)
        except TooLarge:
            return {"twice"}
        fired = set()
        for marking in known:
            for node, _, wrong in self.moves(marking):
                fired.add(node)
                found.update({wrong} - {""})
        if any(OVER not in self.reachable(marking) for marking in known):
            found.add("stuck")
        if set(self.kinds) - fired:
            found.add("dead")
        return found | ({"endless"} if self.endless() else set())

    def endless(self) -> bool:
        busy = {node for node, kind in self.kinds.items() if kind not in WAITING}
        ways = {node: {to for source, to in self.edges if source == node and to in busy} for node in busy}
        while ways:
            last = {node for node, targets in ways.items() if not targets & ways.keys()}
            if not last:
                return True
            ways = {node: targets for node, targets in ways.items() if node not in last}
        return False

    # -- replaying ---------------------------------------------------------------------------------

    def after(self, nodes: list[str]) -> tuple[set[Marking], set[str]]:
        """All markings that firing these nodes in this order can lead to, and what is wrong with the last."""
        markings, wrongs = {self.initial}, set[str]()
        for node in nodes:
            moves = [move for marking in markings for move in self.moves(marking) if move[0] == node]
            markings, wrongs = {move[1] for move in moves}, {move[2] for move in moves}
        return markings, wrongs
