"""What every pattern keeps: its examples, its place in a text, nothing of it left, an end on hostile texts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.plugin_loader import load_registry
from metamodel.plugin_api import Pattern, Patterns

PATTERNS: Mapping[str, Pattern] = load_registry().all("pattern")
EXAMPLES = [(name, *example) for name, one in sorted(PATTERNS.items()) for example in one.examples]
HOSTILE = [
    "1" * 50_000, "1 " * 20_000, "a" * 50_000 + "@", "a@" * 20_000, "一" * 50_000, "路1号" * 10_000,
    "6222 " * 10_000, "\0" * 1_000, "\ud800 19900001234", "١٩٩٠٠٠٠١٢٣٤", "苏E" * 10_000, "王" * 20_000 + "先生",
]  # fmt: skip

names = pytest.mark.parametrize("name", sorted(PATTERNS))


@names
def test_it_has_words_and_examples_for_people(name: str) -> None:
    one = PATTERNS[name]
    for text in (one.label, one.doc):
        assert isinstance(text, Mapping)
        assert text["zh"]
        assert text["en"]
    assert any(plain != masked for plain, masked in one.examples)
    assert any(plain == masked for plain, masked in one.examples), "say what it leaves alone, too"


@pytest.mark.parametrize(("name", "text", "masked"), EXAMPLES)
def test_its_examples_hold(name: str, text: str, masked: str) -> None:
    assert Patterns([PATTERNS[name]]).mask(text) == masked


@pytest.mark.parametrize(("name", "text", "masked"), EXAMPLES)
def test_its_examples_hold_inside_a_sentence(name: str, text: str, masked: str) -> None:
    assert Patterns([PATTERNS[name]]).mask(f"您好，{text}，收到请回复") == f"您好，{masked}，收到请回复"


@names
def test_what_is_masked_is_masked_once(name: str) -> None:
    """Masking twice is masking once: what was let out may pass another door."""
    every = Patterns([PATTERNS[name]])
    for _, masked in PATTERNS[name].examples:
        assert every.mask(masked) == masked


@names
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_come_to_an_end(name: str, text: str) -> None:
    assert isinstance(Patterns([PATTERNS[name]]).mask(text), str)
