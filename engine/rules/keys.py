"""Keys: match values made into what the columns hold, each different set of values once a batch.

Hundreds of messages come from a few people, so most of this work would be done again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.records.matching import Key, key_of
from engine.records.program import FormProgram
from engine.rules.run import Run
from metamodel.problems import Problem


class Made(NamedTuple):
    """`key` is None where the values do not fit the fields."""

    key: Key | None
    values: dict[str, Any]
    problems: list[Problem]

    @property
    def is_whole(self) -> bool:
        return self.key is not None and None not in self.key


class Keys:
    def __init__(self, run: Run, program: FormProgram) -> None:
        self._run, self._program = run, program
        self._made: dict[tuple[tuple[str, Any], ...], Made] = {}

    def of(self, match: Mapping[str, Any]) -> Made:
        sent = tuple(match.items())
        try:
            known = self._made.get(sent)
        except TypeError:  # a list among the values
            return self._make(match)
        if known is None:
            known = self._made[sent] = self._make(match)
        return known

    def _make(self, match: Mapping[str, Any]) -> Made:
        values, wrong = self._run.fit(self._program, match)
        return Made(None if wrong else key_of(self._program, values), values, wrong)
