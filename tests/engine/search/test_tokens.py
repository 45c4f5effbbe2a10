"""Tokens, their blind forms and the check on texts: three views of one rule."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, strategies as st

from engine.search.blind import Blinder, field_key
from engine.search.check import pattern
from engine.search.folding import fold, fold_mapped
from engine.search.tokens import index_tokens, query_tokens
from metamodel.plugin_api import match_form

KEY = bytes(32)
SPELLINGS = [
    ("竞品Ａ", "竞品a"),
    ("竞 品 A", "竞品a"),
    ("再　考虑\t一下", "再考虑一下"),
    ("ＨＴ２０２６－０００１", "ht2026-0001"),
    ("报\u200b价", "报价"),
    ("好的\n收到", "好的收到"),
    ("競品Ａ報價", "竞品a报价"),
    ("  Hello\n  World ", "hello world"),
    ("ｶﾞｽ", "ガス"),
    ("", ""),
    (" ", ""),
]
letters = st.text(alphabet="报价再考虑aB1２Ａ9 .，\n-_ｶﾞe\u0301\u200b㎏😀가ᄀ", max_size=12)


@pytest.mark.parametrize(("text", "folded"), SPELLINGS)
def test_spellings_that_mean_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("报价单", {"报", "价", "单", "报价", "价单"}, {"报价单"}),
        ("好，的", {"好", "的"}, {"好的", "，"}),
        ("SJ2026-0001", {"s", "sj", "sj2026", "0001", "00"}, {"sj2026-0001", "2026"}),
        ("Hello world_peace", {"hello", "world", "peace"}, {"h", "he", "world_peace"}),
        ("4.5分", {"4", "5", "分"}, {"4.5"}),
        ("笑😀了", {"笑", "😀", "笑😀"}, set()),
        ("", set(), {""}),
    ],
)
def test_what_a_text_is_found_by(text: str, found: set[str], not_found: set[str]) -> None:
    tokens = index_tokens(text)
    assert found <= tokens
    assert not tokens & not_found


@pytest.mark.parametrize(
    ("word", "tokens", "exact"),
    [
        ("价", ("价",), True),
        ("报价", ("报价",), True),
        ("再考虑", ("再考", "考虑"), False),
        ("SJ2026", ("sj2026",), True),
        ("SJ2026-0001", ("sj2026", "0001"), False),
        ("竞品A", ("竞品", "a"), False),
        ("hello", ("hello",), True),
        ("12345678901234567", ("1234567890123456",), False),
        ("，。", (), False),
    ],
)
def test_what_a_word_is_looked_for_with(word: str, tokens: tuple[str, ...], exact: bool) -> None:
    assert query_tokens(word).tokens == tokens
    assert not tokens or query_tokens(word).exact is exact


@given(letters, letters)
@example("sj2026", "sj")
@example("e\u0301a", "e")
@example("报价 ", "价 ")
def test_the_index_misses_nothing_and_exact_words_need_no_check(text: str, word: str) -> None:
    asked = query_tokens(word)
    if not asked.tokens:
        return
    indexed = set(asked.tokens) <= index_tokens(text)
    stands_there = pattern(word).search(fold(text)) is not None
    assert indexed or not stands_there
    assert stands_there or not (indexed and asked.exact)


@given(letters)
def test_the_fast_path_hashes_just_those_tokens(text: str) -> None:
    blinder = Blinder(KEY, bytes.hex, cached=3)
    assert blinder.tokens(text) == {blinder.token(token) for token in index_tokens(text)}
    assert blinder.tokens(text) == {blinder.token(token) for token in index_tokens(text)}


@given(letters)
@example("\u200be\u0301")
@example("a \u200b b")
@example("报\u200b 价")
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    folded, spans = fold_mapped(text)
    assert folded == fold(text)
    assert len(spans) == len(folded)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_the_same_word_is_another_token_in_another_field() -> None:
    places = [("a", "f", "x"), ("a", "f", "y"), ("a", "g", "x"), ("b", "f", "x")]
    hashed = {Blinder(field_key(KEY, *place), bytes.hex).token("报价") for place in places}
    assert len(hashed) == 4
    assert all(len(token) == 16 for token in hashed)


def test_a_very_long_text_or_word_is_cut_and_not_kept() -> None:
    blinder = Blinder(KEY, bytes.hex)
    assert len(blinder.tokens("a1" * 800_000)) == 16
    assert not blinder._words


@given(
    text=st.text("报价報再考虑一下aＡ \n\u3000\u200b，。", max_size=14),
    word=st.text("报价報再考虑一下aＡ \n，", min_size=1, max_size=5),
)
@example(text="再 考虑\n一下", word="再考虑一下")
@example(text="請發報價", word="发报价")
def test_the_index_finds_whatever_keyword_functions_find(text: str, word: str) -> None:
    """Trying a rule leaves out what the index does not know: it must know all that a rule would find."""
    if match_form(word) and match_form(word) in match_form(text):
        asked = [query_tokens(run) for run in re.findall("[\u4e00-\u9fff]+", match_form(word))]
        assert {token for one in asked for token in one.tokens} <= index_tokens(text)
