"""Before parsing: what is folded, what is refused, and that positions survive."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from metamodel.expressions.parser import MAX_DEPTH, parse
from metamodel.expressions.source import MAX_BRACKETS, MAX_LENGTH, Source, prepare
from metamodel.problems import Problem


def folded(text: str) -> str:
    found = prepare(text)
    assert isinstance(found, Source), found
    return found.text


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("（ａ＋１）", "(a+1)"), ("a≥1", "a>=1"), ("a≠b", "a!=b"), ("１．５", "1.5"), ("a、b，c", "a,b,c"),
        ("2×3÷4−1", "2*3/4-1"),
        ("“（”", '"（" '), ("‘a’", "'a' "), ("「a」", '"a" '), ("'“'", "'“' "), ("“a\"", '"a" '),
        (r"'\d\n\''", r"'\\d\n\'' "),
        ("a\n+\r\n1", "a +  1"), ("【1】", "[1]"), ("！＝", "!="),
    ],
)  # fmt: skip
def test_folding(text: str, expect: str) -> None:
    assert folded(text) == expect


def test_a_quote_inside_other_quotes_is_kept() -> None:
    parsed = parse('“他说\\"好\\"”')
    assert not isinstance(parsed, Problem)
    parsed = parse('「it\'s "it"」')
    assert not isinstance(parsed, Problem)
    assert parsed[0].value == 'it\'s "it"'  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("x" * (MAX_LENGTH + 1), "expression.too_long", None), (" \n ", "expression.empty", None),
        ("(" * (MAX_BRACKETS + 1), "expression.too_deep", MAX_BRACKETS),
        ("a = 1", "expression.single_equals", 2),
        ("a <= 1 = b", "expression.single_equals", 7), ("a => 1", "expression.single_equals", 2),
        ("a == = 1", "expression.single_equals", 5),
        ("(]", "expression.unopened", 1), ("[1", "expression.unclosed", 0),
        ("“abc", "expression.unclosed", 0),
        ("a ? b : c", "expression.habit", 2), ("a ; b", "expression.habit", 2),
        ("a === b", "expression.habit", 2),
        ("`a`", "expression.not_allowed", 0), ("a\x00", "expression.syntax", 1),
        ("a\u200e", "expression.syntax", 1),
    ],
)  # fmt: skip
def test_refusals(text: str, code: str, position: int | None) -> None:
    found = prepare(text, "/x")
    assert isinstance(found, Problem)
    assert (found.code, found.params.get("position"), found.path) == (code, position, "/x")


def test_depth_without_brackets() -> None:
    assert not isinstance(parse("+".join("1" * (MAX_DEPTH - 1))), Problem)
    found = parse("+".join("1" * (MAX_DEPTH + 1)))
    assert isinstance(found, Problem)
    assert found.code == "expression.too_deep"


@given(st.text(max_size=60) | st.text("()[]'\"“”=!<> a1.,+*\\n（）≥", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    found = parse(text)
    if isinstance(found, Problem):
        assert found.text("zh")
        assert 0 <= found.params.get("position", 0) <= len(text)


@given(st.text("a1+ （）＋≥“”x", max_size=30))
def test_places_lead_back(text: str) -> None:
    found = prepare(text)
    if isinstance(found, Source):
        assert len(found.places) == len(found.text) + 1
        assert list(found.places) == sorted(found.places)
        assert found.places[-1] == len(text)
