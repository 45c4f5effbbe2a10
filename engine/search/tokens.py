"""Text to search tokens and words to the tokens that find them.

Chinese is found by characters and pairs of them, Latin by whole words, whatever holds a digit
by its beginnings (`SJ2026` finds SJ2026-0001). Tokens are a set: no order, no counts.
`blind.py` has the fast path over the same rules; a test holds the two equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.search.folding import SPACELESS, fold

LONGEST_PREFIX = 16
LONGEST_WORD = 64
MOST_CHARACTERS = 1_000_000  # of one text; what stands behind is not found

RUNS = re.compile(rf"[{SPACELESS}]+|[^\W_{SPACELESS}]+")
WORDS = re.compile(rf"[^\W_{SPACELESS}]+")
GRAM = re.compile(rf"[{SPACELESS}]{{1,2}}")
_spaceless = re.compile(f"[{SPACELESS}]")


@dataclass(frozen=True, slots=True)
class WordTokens:
    """All of `tokens` must be there; `exact` when that says the word itself is."""

    tokens: tuple[str, ...]
    exact: bool


def index_tokens(text: str) -> set[str]:
    """Every token a text is found by."""
    found: set[str] = set()
    for run in RUNS.findall(fold(text[:MOST_CHARACTERS])):
        if _spaceless.match(run):
            found.update(run)
            found.update(map("".join, pairwise(run)))
        else:
            found.update(word_tokens(run))
    return found


def word_tokens(word: str) -> tuple[str, ...]:
    """A Latin word is itself; a number or an id is its beginnings too."""
    if not has_digit(word):
        return (word[:LONGEST_WORD],)
    return tuple(word[:end] for end in range(1, min(len(word), LONGEST_PREFIX) + 1))


def has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


@lru_cache(4096)
def query_tokens(word: str) -> WordTokens:
    """What a word or a phrase is looked for with; no tokens at all for punctuation."""
    folded = fold(word)
    runs = RUNS.findall(folded)
    tokens: list[str] = []
    exact = len(runs) == 1 and runs[0] == folded
    for run in runs:
        if not _spaceless.match(run):
            limit = LONGEST_PREFIX if has_digit(run) else LONGEST_WORD
            exact = exact and len(run) <= limit
            tokens.append(run[:limit])
        elif len(run) <= 2:
            tokens.append(run)
        else:
            exact = False
            tokens.extend(map("".join, pairwise(run)))
    return WordTokens(tuple(dict.fromkeys(tokens)), exact)
