"""Pieces to mark: the hits where they stand in the original, whatever its spelling."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from engine.search import highlight, snippet

LONG = "前面的话。" * 2_000 + "客户说竞 品 Ａ便宜三成\n" + "后面的话。" * 2_000


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("报价单和报价", ["报价"], ["报价", "报价"]),
        ("竞 品 Ａ便宜", ["竞品a"], ["竞 品 Ａ"]),
        ("报\u200b价", ["报价"], ["报\u200b价"]),
        ("再考虑一下", ["再考虑", "虑一下"], ["再考虑一下"]),
        ("SJ2026-0001 和 XSJ2026", ["sj2026"], ["SJ2026"]),
        ("Hello othello", ["hello"], ["Hello"]),
        ("<b>报价</b>", ["报价", "b"], ["b", "报价", "b"]),
        ("ｶﾞｽ", ["ガ"], ["ｶﾞ"]),
        ("没有", ["报价"], []),
        ("有", [], []),
        ("", ["报价"], []),
    ],
)
def test_hits(text: str, words: list[str], hits: list[str]) -> None:
    pieces = highlight(text, words)
    assert [piece for piece, hit in pieces if hit] == hits
    assert "".join(piece for piece, _ in pieces) == text


def test_a_snippet_is_around_the_first_hit_and_begins_after_a_mark() -> None:
    pieces = snippet(LONG, ["竞品A"], width=30)
    assert pieces[0] == ("…前面的话。客户说", False)
    assert pieces[1] == ("竞 品 Ａ", True)
    assert pieces[2][0].startswith("便宜三成 后面")
    assert pieces[-1][0].endswith("…")
    assert len("".join(piece for piece, _ in pieces)) <= 32


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert snippet("短的", ["报价"]) == [("短的", False)]
    assert snippet("", ["报价"]) == []
    assert snippet("一二三四五", ["报价"], width=3) == [("一二三…", False)]


def test_a_hit_at_the_very_end_keeps_what_stands_before_it() -> None:
    assert snippet("甲" * 50 + "报价", ["报价"], width=10) == [("…" + "甲" * 8, False), ("报价", True)]


@given(
    st.text(alphabet="报价a1 。\n", max_size=80),
    st.sampled_from(["报价", "a", "1", "价报"]),
    st.integers(1, 40),
)
def test_a_snippet_is_part_of_the_text(text: str, word: str, width: int) -> None:
    shown = "".join(piece for piece, _ in snippet(text, [word], width))
    assert shown.strip("…") in text.replace("\n", " ")
    whole = highlight(text, [word])
    assert "".join(piece for piece, _ in whole) == text
    assert all(first[1] is not second[1] for first, second in pairwise(whole))
