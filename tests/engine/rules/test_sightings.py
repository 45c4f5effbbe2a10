"""Looking for all rules' words in one pass answers what each function answers by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from engine.plugin_loader import load_registry
from engine.rules.sightings import Sightings
from metamodel.plugin_api import MAX_COMPARISONS
from metamodel.problems import BadValue

LETTERS = st.text("价格报不满意再考虑竞品Aａb Ｂ\n競預　算", max_size=12)
WORDS = st.lists(LETTERS, max_size=5).map(tuple)
NAMES = ("CONTAINS_ANY", "CONTAINS_ALL", "COUNT_WORDS", "FOUND_WORDS")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load_registry(Path(tmp_path_factory.mktemp("data")))


@given(
    texts=st.lists(LETTERS | st.lists(LETTERS, max_size=3), min_size=1, max_size=4),
    lists=st.lists(WORDS, max_size=4),
)
def test_it_answers_what_each_function_answers(
    registry: Any, texts: list[Any], lists: list[tuple[str, ...]]
) -> None:
    sighted = Sightings().functions(registry)
    for text in texts:
        for words in lists:
            for name in NAMES:
                if isinstance(text, str) or name.startswith("CONTAINS"):
                    assert sighted[name].call(text, *words) == registry.get("function", name).call(
                        text, *words
                    ), name


def test_bound_words_answer_alike(registry: Any) -> None:
    sighted = Sightings().functions(registry)["CONTAINS_ANY"]
    assert sighted.bind is not None
    held = sighted.bind("再考虑一下", "竞品A")
    said = ["我们再 考虑\n一下", "競品ａ也在谈", "竞品", "", ["竞品A"], ["竞品A来了"]]
    assert [held(text) for text in said] == [True, True, False, False, True, False]


def test_what_is_too_much_is_refused_alike(registry: Any) -> None:
    sighted, words = Sightings().functions(registry), ("报价",) * 200
    for functions in (sighted, registry.all("function")):
        with pytest.raises(BadValue):
            functions["CONTAINS_ANY"].call("满" * (MAX_COMPARISONS // 200 + 1), *words)


def test_words_learnt_later_are_looked_for_in_texts_seen_before() -> None:
    sightings = Sightings()
    assert sightings.find("先报价再签合同", ("报价",)) == {"报价"}
    assert sightings.find("先报价再签合同", ("合同", "退款")) == {"合同"}
    assert sightings.find("先报价再签合同", ("报价",)) == {"报价"}


def test_a_word_inside_another_is_seen_too() -> None:
    assert Sightings().find("很不满意", ("不满意", "满意", "不满", "满")) == {"不满意", "满意", "不满", "满"}
