"""Sightings: the keywords of all rules looked for in one pass over each text.

Twenty rules with ten words each would look two hundred times. Here every text is folded and walked
once, whatever the number of words, and each rule then asks which of its words were seen. Same
answers as the functions themselves; a test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from metamodel.plugin_api import Function, Registry, match_form

REMEMBERED = 2_000  # texts: rules come one after the other over a batch
NOTHING: frozenset[str] = frozenset()
Words = tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """Every word so far, as comparable forms, and the texts seen with them."""

    forms: frozenset[str] = NOTHING
    pattern: re.Pattern[str] | None = None
    beginnings: Mapping[str, frozenset[str]] = field(default_factory=dict)  # word -> words it begins with
    seen: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, forms: frozenset[str]) -> _Known:
        """The longest word comes first in the pattern: whichever others stand at that place begin it."""
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        return cls(forms, pattern, {form: _beginnings(form, forms) for form in forms})

    def look(self, text: str) -> frozenset[str]:
        """The words that stand in a text."""
        found = self.seen.get(text)
        if found is None:
            if len(self.seen) >= REMEMBERED:
                self.seen.clear()
            found = self.seen[text] = self._look(match_form(text))
        return found

    def _look(self, folded: str) -> frozenset[str]:
        if self.pattern is None:
            return NOTHING
        search = self.pattern.search
        place = search(folded)
        if place is None:
            return NOTHING
        found: set[str] = set()
        while place is not None:
            found |= self.beginnings[place[0]]
            place = search(folded, place.start() + 1)
        return frozenset(found)


class Sightings:
    """For the rules of one published version. Words may be learnt later: keyword lists change."""

    def __init__(self) -> None:
        self._known = _Known()
        self._groups: dict[Words, frozenset[str]] = {}

    def find(self, text: str, words: Words) -> frozenset[str]:
        """The comparable forms of those of the words that stand in the text."""
        group = self._groups.get(words)
        if group is None:
            group = self._learn(words)
        return self._known.look(text) & group

    def _learn(self, words: Words) -> frozenset[str]:
        group = frozenset(form for word in words if (form := match_form(word)))
        if not group <= self._known.forms:
            self._known = _Known.of(self._known.forms | group)
        self._groups[words] = group
        return group

    def functions(self, registry: Registry) -> Mapping[str, Function]:
        """All functions, those that look for words doing it here."""
        return {name: self._here(function) for name, function in registry.all("function").items()}

    def _here(self, function: Function) -> Function:
        if function.sighted is None:
            return function
        call = partial(function.sighted, self.find)
        return replace(function, call=call, bind=partial(_bound, call) if function.bind else None)


def _bound(call: Any, *words: str) -> Any:
    return lambda where: call(where, *words)


def _beginnings(form: str, forms: Iterable[str]) -> frozenset[str]:
    return frozenset({form[:end] for end in range(1, len(form) + 1)} & set(forms))
