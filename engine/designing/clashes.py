"""Where a file and the draft changed the same: what the draft has stands, and what the file has may take its place.

An edit of the draft like any other, so it can be undone; nothing is published by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.whole_numbers import is_whole_number
from metamodel.merge import MISSING
from metamodel.problems import Problem, Rejected, problem

MOST = 200


@dataclass(frozen=True, slots=True)
class Clash:
    """`found` says in words what both did; `gone`: the file (or the draft) has nothing at that place, so that taking
    the other side removes it; else `value` is what the file has."""

    found: Problem
    gone: bool
    value: Any = None

    @property
    def path(self) -> str:
        return self.found.path


def clashes(found: Sequence[Problem], others: Sequence[Any]) -> tuple[Clash, ...]:
    return tuple(
        Clash(one, other is MISSING, None if other is MISSING else other)
        for one, other in zip(found, others, strict=True)
    )


def taking(document: Mapping[str, Any], wanted: Sequence[tuple[str, bool, Any]]) -> list[dict[str, Any]]:
    """A JSON Patch that puts these (path, gone, value) into the document; what goes from a list goes last and from
    its end, so that no place moves meanwhile. Rejected (draft.bad_patch) for a place that is not there."""
    put = [_put(document, path, value) for path, gone, value in wanted[:MOST] if not gone]
    ways = [_way(path) for path, gone, _ in wanted[:MOST] if gone]
    for way in ways:
        _holder(document, way)
    return [
        *put,
        *({"op": "remove", "path": _pointer(way)} for way in sorted(ways, key=_place, reverse=True)),
    ]


def _place(way: Sequence[str]) -> list[tuple[int, str]]:
    return [(int(part), "") if is_whole_number(part) else (-1, part) for part in way]


def _put(document: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    way = _way(path)
    holder, key = _holder(document, way), way[-1]
    there = is_whole_number(key) and int(key) < len(holder) if isinstance(holder, list) else key in holder
    return {"op": "replace" if there else "add", "path": path, "value": value}


def _holder(document: Any, way: Sequence[str]) -> Any:
    """The object or list that holds the last key."""
    found = document
    for key in way[:-1]:
        if isinstance(found, list) and is_whole_number(key) and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, dict) and key in found:
            found = found[key]
        else:
            found = None
    if not way or not isinstance(found, dict | list):
        raise Rejected([problem("request.unreadable", _pointer(way), reason="no such place")])
    return found


def _way(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _pointer(way: Sequence[str]) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in way)
