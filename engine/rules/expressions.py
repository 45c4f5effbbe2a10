"""Compiled expressions of rules, over one scope, each text once.

Conditions and the parameters of actions come from here; this runs for every message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from engine.expressions import Compiled, EvaluationContext
from engine.records.program import Programs
from metamodel.problems import Problem, problem
from metamodel.scope import FormScope, MessageScope


class Broken(Exception):
    """A rule that cannot run, with the Problem that says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


class Expressions(dict[str, Compiled]):
    """Compiled expressions over one scope, each text once; a blank text is blank."""

    def __init__(self, programs: Programs, scope: FormScope | MessageScope) -> None:
        super().__init__()
        self._programs, self._scope = programs, scope
        self._several: dict[int, tuple[Mapping[str, str], Sequence[tuple[str, Compiled]]]] = {}
        self._fields = frozenset(scope.names()) - {"me", "record"}

    def several(self, texts: Mapping[str, str]) -> Sequence[tuple[str, Compiled]]:
        """The compiled ones of an action's own mapping, which lives as long as its rule."""
        known = self._several.get(id(texts))
        if known is None or known[0] is not texts:
            known = texts, [(name, self[text]) for name, text in texts.items()]
            self._several[id(texts)] = known
        return known[1]

    def __missing__(self, text: str) -> Compiled:
        made = self._programs.compiled(text or "None", self._scope)
        if made is None:
            raise Broken(problem("rule.broken_expression", text=text))
        self[text] = made if made.expression.text not in self._fields else _field(made)
        return self[text]


def _field(compiled: Compiled) -> Compiled:
    """Most parameters are bare fields: what there is of them, at the price of one call."""
    name = compiled.expression.text

    def read(values: Mapping[str, Any], context: EvaluationContext) -> Any:
        return values.get(name)

    read.expression = compiled.expression  # type: ignore[attr-defined]
    return cast(Compiled, read)
