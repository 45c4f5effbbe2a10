"""Choosing from a tree, of which cascade (down to a leaf) and tree select (any branch will do) are made.

The value is the way through the tree, `east/suzhou`: a filter “starts with” takes a whole branch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated

import msgspec

from metamodel.plugin_api import Options, Problem, fold, label_text, labelled, problem

BETWEEN = "/"
DEEPEST = 8
LONGEST = 500


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place in the tree, with what is below it."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^/]*$")]
    label: str | dict[str, str] = ""  # blank: the value itself
    children: tuple[Branch, ...] = ()
    condition: str = msgspec.field(default="", name="if")  # it and what is below are offered while it holds

    def text(self, language: str) -> str:
        return label_text(self.label, language, self.value)


class TreeOptions(Options, frozen=True, dict=True):
    tree: Annotated[tuple[Branch, ...], labelled("选项", "Choices", max_length=5000)] = ()

    @cached_property
    def ways(self) -> Mapping[str, tuple[Branch, ...]]:
        """Every way through the tree, with the branches on it."""
        return dict(_ways(self.tree, ()))

    @cached_property
    def by_text(self) -> Mapping[str, str]:
        """What people may write for a way: its labels, joined as they are shown."""
        found: dict[str, str] = {}
        for way, branches in self.ways.items():
            for language in ("zh", "en"):
                found.setdefault(_key(BETWEEN.join(branch.text(language) for branch in branches)), way)
        return found

    def find(self, text: str) -> str | None:
        """The way that is written so, by its values or by its labels."""
        return text if text in self.ways else self.by_text.get(_key(text))


def _ways(
    branches: tuple[Branch, ...], above: tuple[Branch, ...]
) -> Iterator[tuple[str, tuple[Branch, ...]]]:
    for branch in branches:
        way = (*above, branch)
        yield BETWEEN.join(one.value for one in way), way
        if len(way) < DEEPEST:
            yield from _ways(branch.children, way)


def _key(text: str) -> str:
    return BETWEEN.join(part.strip() for part in fold(text).casefold().split(BETWEEN))


def tree_conditions(
    branches: tuple[Branch, ...], path: str, above: str = ""
) -> Iterator[tuple[str, str, str]]:
    """(where in the field, way, expression) of the branches that are not always offered; the tree stands at `path`
    of the field, its ways begin with `above`."""
    for place, branch in enumerate(branches):
        here, way = f"{path}/{place}", above + branch.value
        if branch.condition:
            yield f"{here}/if", way, branch.condition
        yield from tree_conditions(branch.children, f"{here}/children", way + BETWEEN)


def check_tree(branches: tuple[Branch, ...], path: str, depth: int = 1) -> Iterator[Problem]:
    """Values that stand twice beside each other, and levels too deep; `path` is the tree's place in the field."""
    if depth > DEEPEST:
        yield problem("field.tree_too_deep", path, most=DEEPEST)
        return
    seen: set[str] = set()
    for place, branch in enumerate(branches):
        if branch.value in seen:
            yield problem("field.choice_twice", f"{path}/{place}", value=branch.value)
        seen.add(branch.value)
        yield from check_tree(branch.children, f"{path}/{place}/children", depth + 1)
