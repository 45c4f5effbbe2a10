"""Three-way merge of documents, by id: what two people did to one draft, both kept.

Parts added, removed, moved and changed on either side come together; positions are never
compared. Only where both changed the same thing differently is there a conflict: ours stands,
and a Problem says in words what the other wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from metamodel.keyed_lists import by_name, merged_order, name_key, part_label
from metamodel.problems import Problem, pointer, problem
from metamodel.words import property_words, shown


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()


def merge(base: Any, ours: Any, theirs: Any) -> tuple[Any, list[Problem]]:
    """The merged document and its conflicts; each at its JSON Pointer in the merged document."""
    merged, conflicts, _ = merge_and_others(base, ours, theirs)
    return merged, conflicts


def merge_and_others(base: Any, ours: Any, theirs: Any) -> tuple[Any, list[Problem], list[Any]]:
    """The same, and for each conflict what the other has there; MISSING where one side removed it."""
    merging = _Merging()
    merged = merging.value(base, ours, theirs, "", ())
    return merged, merging.conflicts, merging.others


class _Merging:
    def __init__(self) -> None:
        self.conflicts: list[Problem] = []
        self.others: list[Any] = []

    def value(self, base: Any, ours: Any, theirs: Any, path: str, trail: tuple[Any, ...]) -> Any:
        """`trail`: the parts around, outermost first, for the words of a conflict."""
        if same(ours, theirs) or same(base, theirs):
            return ours
        if same(base, ours):
            return theirs
        if isinstance(ours, dict) and isinstance(theirs, dict):
            return self._objects(base if isinstance(base, dict) else {}, ours, theirs, path, trail)
        if isinstance(ours, list) and isinstance(theirs, list):
            before = base if isinstance(base, list) else []
            key = name_key(before, ours, theirs)
            if key is not None:
                return self._lists(before, ours, theirs, key, path, trail)
        return self._conflict(ours, theirs, path, trail)

    def _objects(
        self, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], path: str,
        trail: tuple[Any, ...],
    ) -> dict[str, Any]:  # fmt: skip
        around = (*trail, ours) if "id" in ours or "label" in ours else trail
        if _types_clash(base, ours, theirs):
            return dict(self._conflict(ours, theirs, path, trail))
        merged = {}
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            before, mine, other = (side.get(key, MISSING) for side in (base, ours, theirs))
            value = self.value(before, mine, other, path + pointer(key), around)
            if value is not MISSING:
                merged[key] = value
        return merged

    def _lists(
        self, base: list[Any], ours: list[Any], theirs: list[Any], key: str, path: str, trail: tuple[Any, ...]
    ) -> list[Any]:
        before, mine, other = (by_name(items, key) for items in (base, ours, theirs))
        kept = {name for name in (mine.keys() | other.keys()) if _survives(name, before, mine, other)}
        merged = []
        for place, name in enumerate(merged_order(before, list(mine), list(other), kept)):
            old, ours_, theirs_ = (items.get(name, MISSING) for items in (before, mine, other))
            merged.append(self.value(old, ours_, theirs_, path + pointer(place), trail))
        return merged

    def _conflict(self, ours: Any, theirs: Any, path: str, trail: tuple[Any, ...]) -> Any:
        where = " › ".join(_text(part) for part in trail)
        if ours is MISSING or theirs is MISSING:
            kept = theirs if ours is MISSING else ours
            name = part_label(kept, property_words(path)["en"])
            self.conflicts.append(problem("merge.removed", path, part=name, where=where))
            self.others.append(MISSING)
            return kept
        words = {"part": property_words(path), "where": where, "ours": shown(ours), "theirs": shown(theirs)}
        self.conflicts.append(problem("merge.conflict", path, **words))
        self.others.append(theirs)
        return ours


def _text(part: Any) -> str:
    label = part_label(part)
    return label if isinstance(label, str) else next(iter(label.values()))


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is not true."""
    if one is MISSING or other is MISSING:
        return one is other
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _types_clash(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """One made it another type while the other set options: options of one type mean nothing to another."""
    before, mine, other = (side.get("type", MISSING) for side in (base, ours, theirs))
    if same(mine, other) or before is MISSING:
        return False
    changed = [not same(base.get("options"), side.get("options")) for side in (ours, theirs)]
    return (not same(before, mine) and changed[1]) or (not same(before, other) and changed[0])


def _survives(
    name: str, before: Mapping[str, Any], mine: Mapping[str, Any], other: Mapping[str, Any]
) -> bool:
    """Removed on one side and untouched on the other: gone. Removed here and changed there: kept."""
    if name in mine and name in other:
        return True
    if name not in before:
        return True
    return not same(before[name], mine.get(name, other.get(name)))
