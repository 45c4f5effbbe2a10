"""What of a tree the index can answer, and what must be left to the texts."""

from __future__ import annotations

from typing import Any

import pytest

from engine.search import And, Filter, Not, Or, Word, candidates, fold_tree
from engine.search.tree import is_anchored, required_text

A, B, LONG = Word("报价"), Word("折扣"), Word("再考虑一下")
FILTER = Filter(("tags",), None, "a", "f", "is", ("x",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tree", "left"),
    [
        (A, A),
        (LONG, LONG),
        (Not(A), Not(A)),
        (Not(LONG), None),
        (Not(Not(LONG)), Not(Not(LONG))),
        (And((A, Not(LONG))), A),
        (Or((A, Not(LONG))), None),
        (Not(And((A, LONG))), None),
        (Not(Or((A, LONG))), Not(A)),
        (And((Or((A, Not(LONG))), FILTER)), FILTER),
    ],
)
def test_candidates_are_never_too_few(tree: Any, left: Any) -> None:
    assert candidates(tree) == left


@pytest.mark.parametrize(
    ("tree", "anchored"),
    [
        (A, True),
        (Not(A), False),
        (Not(Not(A)), True),
        (And((A, Not(B))), True),
        (And((Not(A), Not(B))), False),
        (Or((A, Not(B))), False),
        (Not(Or((A, Not(B)))), True),
        (FILTER, False),
    ],
)
def test_an_index_lists_what_has_something(tree: Any, anchored: bool) -> None:
    assert is_anchored(tree) is anchored


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (A, A),
        (FILTER, None),
        (Not(A), None),
        (And((FILTER, A)), A),
        (And((A, FILTER, Not(B))), And((A, Not(B)))),
        (And((Not(A), FILTER)), None),
        (Or((A, FILTER)), None),
        (Or((A, B)), Or((A, B))),
    ],
)
def test_the_text_no_match_can_do_without(tree: Any, text: Any) -> None:
    assert required_text(tree) == text


@pytest.mark.parametrize(
    ("tree", "asked"),
    [
        (And((A, Not(B))), "[报价 -折扣]"),
        (And((FILTER, A, Not(B))), "([报价 -折扣] & f)"),
        (And((FILTER, Not(A), Not(B))), "(f & ![报价] & ![折扣])"),
        (Or((A, FILTER, B)), "([报价|折扣] | f)"),
        (Or((A, Not(B))), "([报价] | ![折扣])"),
        (Not(FILTER), "!f"),
    ],
)
def test_texts_are_asked_for_together(tree: Any, asked: str) -> None:
    def show(node: Any) -> str:
        if isinstance(node, Word):
            return node.text
        if isinstance(node, Not):
            return f"-{show(node.node)}"
        return ("|" if isinstance(node, Or) else " ").join(map(show, node.nodes))

    made = fold_tree(
        tree,
        lambda node: f"[{show(node)}]",
        lambda _: "f",
        lambda parts: f"({' & '.join(parts)})",
        lambda parts: f"({' | '.join(parts)})",
        lambda part: f"!{part}",
    )
    assert made == asked
