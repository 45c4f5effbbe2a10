"""The query language: what a person typed becomes a tree of words and filters.

`报价 OR 折扣 NOT 竞品 channel:wecom date:2026-11-01..2026-11-30 "再考虑一下"`: whoosh reads operators,
brackets, quotes and `word:`; what the words mean is ours. Nothing a person types is an error: what
is not understood is searched as text, with a hint. Called by records for lists and the search page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from engine.search.filters import choice_filter, read_filter, text_filter
from engine.search.targets import Scope, find_target, follow
from engine.search.tokens import RUNS, query_tokens
from engine.search.tree import And, Node, Not as Negated, Or, ParsedQuery, Word
from metamodel.plugin_api import Lookup
from metamodel.problems import BadValue, Problem, problem

LONGEST = 500
MOST_LEAVES = 50
DEEPEST = 20

# One character for one: a place in the folded query is the same place in what was typed.
_MARKS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS.update({ord(mark): ord('"') for mark in "“”„‟«»「」『』〝〞"})
_MARKS.update(dict.fromkeys((*range(32), 0x3000, 0xA0), ord(" ")))


def parse(text: str, scope: Scope) -> ParsedQuery:
    """Never raises for what a person typed."""
    reading = _Reading(scope)
    typed = _readable(text, reading.hints)
    tree = reading.node(_parser().parse(typed, normalize=False)) if typed else None
    hints = [hint for at, hint in enumerate(reading.hints) if hint not in reading.hints[:at]]
    return ParsedQuery(text, tree, tuple(hints))


def _readable(text: str, hints: list[Problem]) -> str:
    """Marks folded, length and depth bounded, so that the parser is fast and safe."""
    folded = text.translate(_MARKS).strip()
    if len(folded) > LONGEST:
        hints.append(problem("search.too_long", limit=LONGEST))
        folded = folded[:LONGEST]
    folded, deepest = _paired(folded)
    if deepest > DEEPEST:
        hints.append(problem("search.too_deep", limit=DEEPEST))
        folded = folded.translate({ord("("): " ", ord(")"): " "})
    return _OPERATORS.sub(_one_operator, folded)


def _paired(text: str) -> tuple[str, int]:
    """The text with brackets outside of quotes in pairs, and how deep they go."""
    depth = deepest = 0
    kept: list[str] = []
    for piece in _PIECES.findall(text):
        if piece == ")" and not depth:
            piece = " "
        depth += (piece == "(") - (piece == ")")
        deepest = max(deepest, depth)
        kept.append(piece)
    return "".join(kept) + ")" * depth, deepest


_PIECES = re.compile(r'"[^"]*"|[()"]|[^()"]+')

# Whoosh falls over an operator that stands before another one, or before nothing.
_OPERATORS = re.compile(r"(?<![^\s()])(?:(?:AND|OR|NOT)\s+)+")


def _one_operator(found: re.Match[str]) -> str:
    """Of operators in a row the last AND or OR, if there is something to join, and NOT if an odd
    number of them follows it."""
    words = found[0].split()
    joins = [at for at, word in enumerate(words) if word != "NOT"]
    after = words[joins[-1] + 1 :] if joins else words
    before = found.string[: found.start()].rstrip()
    kept = [words[joins[-1]]] if joins and before and not before.endswith("(") else []
    return " ".join((*kept, *(["NOT"] if len(after) % 2 else []), ""))


@lru_cache(1)
def _parser() -> Any:
    """Whoosh's parser with the plugins of our language and no schema."""
    from whoosh import qparser

    return qparser.QueryParser(
        "",
        schema=None,
        plugins=[
            qparser.FieldsPlugin(expr=r"(?<![^\s()])(?P<text>[^\W\d][\w.]*):(?=[^\s)])"),
            qparser.PhrasePlugin(expr=r'"(?P<text>[^"]*)"(?P<slop>(?!))?'),
            qparser.GroupPlugin(),
            qparser.OperatorsPlugin(AndNot=None, AndMaybe=None, Require=None),
        ],
    )


class _Reading:
    """Turns whoosh's tree into ours, gathering hints."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = MOST_LEAVES
        self.hints: list[Problem] = []

    def node(self, query: Any) -> Node | None:
        from whoosh import query as w

        if isinstance(query, w.And):
            return _joined(And, map(self.node, query.subqueries))
        if isinstance(query, w.Or):
            return _joined(Or, map(self.node, query.subqueries))
        if isinstance(query, w.Not):
            inner = self.node(query.query)
            return None if inner is None else Negated(inner)
        if isinstance(query, w.Phrase):
            return self._leaf(query.fieldname, " ".join(query.words))
        if isinstance(query, w.Term):
            return self._leaf(query.fieldname, query.text)
        return None

    def _leaf(self, name: str, text: str) -> Node | None:
        self._left -= 1
        if self._left < 0:
            self.hints.append(problem("search.too_many", limit=MOST_LEAVES))
            return None
        return self._filter(name, text) if name else self._word(text)

    def _filter(self, name: str, text: str) -> Node | None:
        target = find_target(name, self._scope)
        if target is None:
            if not text.startswith("//"):
                self.hints.append(problem("search.unknown_field", name=name))
            return self._word(f"{name}:{text}")
        try:
            found = read_filter(target, text, self._scope)
        except BadValue as bad:
            self.hints.append(problem(bad.code, **bad.params))
            return self._word(text)
        return found if not isinstance(found, Word) else self._word(text, found.fields)

    def _word(self, text: str, fields: tuple[str, ...] = ()) -> Node | None:
        """Words in the record's own texts, and in those it shows through a link."""
        bare = _without_marks(text)
        if not query_tokens(bare).tokens:
            self.hints.append(problem("search.only_marks", text=text))
            return None
        word = Word(bare, fields)
        beyond = () if fields else tuple(self._beyond(bare))
        return Or((word, *beyond)) if beyond else word

    def _beyond(self, text: str) -> Iterable[Node]:
        scope = self._scope
        for field in scope.form.fields:
            if not field.searchable or not field.usable or not isinstance(field.derived, Lookup):
                continue
            target = follow((field.id,), scope.app, scope.form, scope)
            if target is None:
                continue
            chosen = choice_filter(target, text)
            if chosen is not None:
                yield chosen
            elif target.field.searchable:
                yield text_filter(target, text)


def _joined(kind: Callable[[tuple[Node, ...]], Node], nodes: Iterable[Node | None]) -> Node | None:
    """And or Or of what is there; one alone stands for itself."""
    there = tuple(node for node in nodes if node is not None)
    return None if not there else there[0] if len(there) == 1 else kind(there)


def _without_marks(text: str) -> str:
    """From the first letter to the last: `“价格？”` asks for 价格."""
    found = list(RUNS.finditer(text))
    return text[found[0].start() : found[-1].end()] if found else text
