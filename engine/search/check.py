"""Deciding on the texts themselves: do these words stand there, and where.

The index finds pieces; for longer phrases the shown candidates are checked here on decrypted text.
`highlight.py` asks the same patterns for the places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from engine.search.folding import SPACELESS, fold
from engine.search.tokens import RUNS, WORDS, has_digit
from engine.search.tree import And, Filter, Node, Not, ParsedQuery, Word

_IN_WORD = rf"[^\W_{SPACELESS}]"


def matches(
    parsed: ParsedQuery, texts: Mapping[str, str], filter_: Callable[[Filter], bool | None] | None = None
) -> bool:
    """Is this candidate what was asked for? `texts` are its readable texts by field id.

    Filters were decided by the database; where one stands beside a word in an OR, `filter_` may
    answer it, and without an answer the candidate stays."""
    if parsed.tree is None:
        return True
    folded = {name: fold(text) for name, text in texts.items()}
    return _decide(parsed.tree, folded, filter_ or (lambda _: None)) is not False


def _decide(node: Node, folded: Mapping[str, str], filter_: Callable[[Filter], bool | None]) -> bool | None:
    """True, False, or None for what only the database knows."""
    if isinstance(node, Word):
        wanted = node.fields or tuple(folded)
        found = pattern(node.text).search
        return any(found(folded[name]) for name in wanted if name in folded)
    if isinstance(node, Filter):
        return filter_(node)
    if isinstance(node, Not):
        inner = _decide(node.node, folded, filter_)
        return None if inner is None else not inner
    parts = {_decide(part, folded, filter_) for part in node.nodes}
    settles = not isinstance(node, And)  # one True settles an OR, one False an AND
    return settles if settles in parts else None if None in parts else not settles


@lru_cache(4096)
def pattern(word: str) -> re.Pattern[str]:
    """What finds a word in folded text, under the rules of `tokens.py`: Latin by whole words,
    what holds a digit by its beginning, all else anywhere."""
    folded = fold(word)
    runs = RUNS.findall(folded)
    if not runs:
        return re.compile(r"(?!)")
    first, last = runs[0], runs[-1]
    before = after = ""
    if WORDS.match(first) and folded.startswith(first):
        before = rf"(?<!{_IN_WORD})"
    if WORDS.match(last) and folded.endswith(last) and not has_digit(last):
        after = rf"(?!{_IN_WORD})|(?={_IN_WORD}*\d)"
    return re.compile(f"{before}{re.escape(folded)}(?:{after})")
