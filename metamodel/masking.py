"""What masked values look like, and where in a text the pieces stand that are masked.

Pure. Used by whatever lets values out, by the search index, which keeps such pieces apart, and by functions
that look for them; pattern plugins bring the expressions and the checksums.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import re2

if TYPE_CHECKING:
    from metamodel.plugin_api import Pattern

DOT = "•"
Hide = Callable[[str], str]


def mask_text(text: str) -> str:
    """13812345678 -> 138••••••78, 王磊 -> 王•."""
    if len(text) >= 7:
        return text[:3] + DOT * (len(text) - 5) + text[-2:]
    return text[:1] + DOT * (len(text) - 1)


def mask_ends(text: str, head: int, tail: int) -> str:
    """Letters and digits but the first and last few as dots; what parts them stays. 138 1234 5678 ->
    138 •••• 5678 with 3 and 4."""
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    hidden = set(places[head : len(places) - tail])
    return "".join(DOT if place in hidden else letter for place, letter in enumerate(text))


def mask_value(value: Any, hide: Hide = mask_text) -> Any:
    """A value of the same shape with its texts masked; numbers and dates become blank."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [mask_value(item, hide) for item in value]
    if isinstance(value, dict):
        return {key: mask_value(item, hide) for key, item in value.items()}
    return None


class Piece(NamedTuple):
    """A piece of a text that is a pattern's."""

    start: int
    end: int
    pattern: Pattern


class Patterns:
    """Several patterns, looked for together. A text that has none of them costs one pass of RE2, one without
    a sign of any not even that."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._any = re2.Set.SearchSet()
        for one in self.patterns:
            self._any.Add(one.expression)
        if self.patterns:
            self._any.Compile()
        signs = [one.signs for one in self.patterns]
        self._sign = re.compile(f"[{''.join(signs)}]" if signs and all(signs) else "").search

    def mask(self, text: str) -> str:
        """The text with each piece masked; the very same text where there is none."""
        pieces = self.pieces(text)
        if not pieces:
            return text
        parts, at = [], 0
        for start, end, pattern in pieces:
            parts += [text[at:start], pattern.mask(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])

    def names(self, text: str) -> list[str]:
        """Which of them stand in a text, in the order of the patterns."""
        found = {piece.pattern.name for piece in self.pieces(text)}
        return [one.name for one in self.patterns if one.name in found]

    def pieces(self, text: str) -> list[Piece]:
        """Ascending, none overlapping: of two that do the longer counts, and of equals the first pattern's."""
        if not self.patterns or not text or self._sign(text) is None:
            return []
        there = self._any.Match(_encodable(text)) or ()
        found = [piece for number in sorted(there) for piece in _found(self.patterns[number], text)]
        return _apart(found) if len(found) > 1 else found


@lru_cache(256)
def patterns_of(patterns: tuple[Pattern, ...]) -> Patterns:
    """The same ones prepared once."""
    return Patterns(patterns)


def _found(pattern: Pattern, text: str) -> Iterator[Piece]:
    """A candidate that is none may have begun too early: the next one is looked for inside it."""
    search, at = _compiled(pattern.expression).search, 0
    while (found := search(text, at)) is not None:
        start, end = found.span()
        if end > start and _stands_apart(pattern, text, start, end) and pattern.is_one(_half(found[0])):
            yield Piece(start, end, pattern)
            at = end
        else:
            at = start + 1


def _apart(pieces: list[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: one.start - one.end):  # the longest first; sorting is stable
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return sorted(kept, key=lambda one: one.start)


def _stands_apart(pattern: Pattern, text: str, start: int, end: int) -> bool:
    beside = text[start - 1 : start] + text[end : end + 1]
    if pattern.apart == "digits":
        return not any(map(str.isdigit, beside))
    if pattern.apart == "word":
        return not any(letter.isdigit() or (letter.isalpha() and letter.isascii()) for letter in beside)
    return True


def _encodable(text: str) -> str:
    """Halves of characters are no UTF-8; RE2 wants some."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _half(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@lru_cache(256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)
