"""Flows drawn: every box where it can be read, every arrow from foot to head, whatever the graph."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings, strategies as st

from builder_ui.flow_picture import HEIGHT, WIDTH, Arrow, Box, drawn, fitted


def boxes(*names: str) -> list[Box]:
    return [Box(name, name) for name in names]


def arrows(*pairs: str) -> list[Arrow]:
    return [Arrow(source, target) for source, target in (pair.split(">") for pair in pairs)]


def test_a_chain_goes_straight_down() -> None:
    made = drawn(boxes("a", "b", "c"), arrows("a>b", "b>c"))
    assert len({box.x for box in made.boxes}) == 1
    assert all(above.y + HEIGHT < below.y for above, below in pairwise(made.boxes))


def test_branches_stand_beside_each_other_and_meet_below() -> None:
    made = drawn(boxes("a", "b", "c", "d"), arrows("a>b", "a>c", "b>d", "c>d"))
    at = {box.id: box for box in made.boxes}
    assert at["b"].y == at["c"].y
    assert abs(at["b"].x - at["c"].x) >= WIDTH
    assert at["a"].x == at["d"].x == pytest.approx((at["b"].x + at["c"].x) / 2, abs=1)


def test_what_leads_to_the_end_from_everywhere_is_the_lowest() -> None:
    made = drawn(boxes("a", "b", "end"), arrows("a>b", "a>end", "b>end"))
    at = {box.id: box.y for box in made.boxes}
    assert at["end"] > at["b"] > at["a"]


def test_an_arrow_back_is_drawn_and_moves_nothing_up() -> None:
    made = drawn(boxes("a", "b", "c"), arrows("a>b", "b>c", "c>a", "c>c"))
    at = {box.id: box.y for box in made.boxes}
    assert at["a"] < at["b"] < at["c"]
    assert [(each.source, each.target) for each in made.arrows if each.path] == [
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
    ]


@pytest.mark.parametrize("ways", [["a>b", "a>c"], ["a>b", "a>c", "b>c"], ["a>c", "a>b", "b>c", "c>d"]])
def test_words_of_two_ways_do_not_cover_each_other(ways: list[str]) -> None:
    long = "involved_amount > 100000 and need_unmask"
    made = drawn(boxes("a", "b", "c", "d"), [replace(each, label=long) for each in arrows(*ways)])
    one, other = sorted(each.span for each in made.arrows if each.source == "a")
    assert one[1] <= other[0]
    assert one[0] >= made.left
    assert other[1] <= made.left + made.width


@pytest.mark.parametrize(("yes", "no"), [("同意", "驳回"), ("Approve", "Reject")])
def test_words_of_branches_that_meet_do_not_cover_each_other(yes: str, no: str) -> None:
    """Two approvals beside each other: both lead on to a join, both to the rejection below it."""
    ways = ["s>a", "s>b", "a>join", "a>no", "b>join", "b>no", "join>c", "c>end", "c>no"]
    words = {"join": yes, "no": no}
    told = [replace(each, label=words.get(each.target, "")) for each in arrows(*ways)]
    made = drawn(boxes("s", "a", "b", "join", "c", "end", "no"), told)
    said = [each for each in made.arrows if each.label]
    assert len(said) == 5
    for one, other in combinations(said, 2):
        apart = one.span[1] <= other.span[0] or other.span[1] <= one.span[0]
        assert apart or abs(one.y - other.y) >= 13, (one, other)


def test_nothing_at_all_is_a_picture_too() -> None:
    assert drawn([], [Arrow("a", "b")]).arrows == ()


NAMES = [f"n{i}" for i in range(9)]
EDGES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


@settings(max_examples=150, deadline=None)
@given(EDGES)
def test_no_two_boxes_touch_and_all_are_inside(pairs: list[tuple[str, str]]) -> None:
    made = drawn(boxes(*NAMES), [Arrow(*pair) for pair in pairs])
    for box in made.boxes:
        assert box.x >= made.left
        assert box.x + WIDTH <= made.left + made.width
        assert box.y + HEIGHT <= made.height
    for one in made.boxes:
        for other in made.boxes:
            if one.id < other.id:
                assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [("直属上级审批", 116, "直属上级审批"), ("抄送审计员与客户经理", 116, "抄送审计员与客…"), ("", 10, ""),
     ("A", 1, "A")],
)  # fmt: skip
def test_labels_fit_their_box(text: str, room: float, shown: str) -> None:
    assert fitted(text, 13, room) == shown
