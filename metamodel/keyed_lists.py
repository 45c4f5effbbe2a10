"""Lists whose items have names of their own: parts by id, choices by value, texts by themselves.

Comparing and merging go by these names, never by position. A list in which not every
item has a name, or two have one, is a value like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NAME_KEYS = ("id", "value", "app", "field", "label")


def name_key(*lists: Sequence[Any]) -> str | None:
    """What names the items of all these lists: a key of objects, '' for plain texts, None for nothing."""
    items = [item for items in lists for item in items]
    if all(isinstance(item, str) for item in items):
        return "" if all(len(set(each)) == len(each) for each in lists) else None
    for key in NAME_KEYS:
        if all(isinstance(item, dict) and key in item for item in items):
            names = [[_name(item[key]) for item in each] for each in lists]
            if all(len(set(each)) == len(each) for each in names):
                return key
    return None


def by_name(items: Iterable[Any], key: str) -> dict[str, Any]:
    return {_name(item[key]) if key else item: item for item in items}


def _name(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def merged_order(
    base: Iterable[str], ours: Sequence[str], theirs: Sequence[str], kept: set[str]
) -> list[str]:
    """The names of `kept` in order: as the side that moved something has them (ours, if both did),
    what only the other side has after its neighbour there."""
    before = list(base)
    moved = [name for name in ours if name in before] != [name for name in before if name in ours]
    first, second = (ours, theirs) if moved else (theirs, ours)
    order = [name for name in first if name in kept]
    for place, name in enumerate(second):
        if name in kept and name not in order:
            ahead = [other for other in reversed(second[:place]) if other in order]
            order.insert(order.index(ahead[0]) + 1 if ahead else 0, name)
    return order


def moved_names(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """The fewest names that must move to bring the common ones from the old into the new order."""
    places = {name: place for place, name in enumerate(old)}
    common = [name for name in new if name in places]
    stay = _longest_rise([places[name] for name in common])
    return [name for name in common if places[name] not in stay]


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """A longest increasing subsequence."""
    best: list[list[int]] = []
    for number in numbers:
        before: list[int] = []
        for run in best:
            if run[-1] < number and len(run) > len(before):
                before = run
        best.append([*before, number])
    return set(best[max(range(len(best)), key=lambda place: len(best[place]))]) if best else set()


def part_label(part: Any, fallback: str = "") -> Mapping[str, str] | str:
    """What people call a part: its label, else its id."""
    if not isinstance(part, dict):
        return str(part) if isinstance(part, str) else fallback
    label = part.get("label")
    if isinstance(label, dict) and label and all(isinstance(text, str) for text in label.values()):
        return label
    return label if isinstance(label, str) and label else str(part.get("id", fallback))
