"""Compiled expressions of rules, over one scope, each text once.

Conditions and the parameters of actions come from here; this runs for every message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.expressions import Compiled
from engine.records.program import Programs
from metamodel.expressions import Scope
from metamodel.plugin_api import Function
from metamodel.problems import Problem, problem

Step = tuple[str, str | None, Compiled]  # what it is for, the field it is (if it is but one), how to get it


class Broken(Exception):
    """A rule that cannot run, with the Problem that says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


class Expressions(dict[str, Compiled]):
    """Compiled expressions over one scope, each text once; a blank text is blank."""

    def __init__(
        self, programs: Programs, scope: Scope, functions: Mapping[str, Function] | None = None
    ) -> None:
        super().__init__()
        self._programs, self._scope, self._functions = programs, scope, functions
        self._several: dict[int, tuple[Mapping[str, str], Sequence[Step]]] = {}
        self._fields = frozenset(scope.names()) - {"me", "record"}

    def several(self, texts: Mapping[str, str]) -> Sequence[Step]:
        """The compiled ones of an action's own mapping, which lives as long as its rule."""
        known = self._several.get(id(texts))
        if known is None or known[0] is not texts:
            known = texts, [self._step(name, text) for name, text in texts.items()]
            self._several[id(texts)] = known
        return known[1]

    def _step(self, name: str, text: str) -> Step:
        """Most values are bare fields: those need no call."""
        run = self[text]
        field = run.expression.text
        return name, field if field in self._fields else None, run

    def __missing__(self, text: str) -> Compiled:
        made = self._programs.compiled(text or "None", self._scope, self._functions)
        if made is None:
            raise Broken(problem("rule.broken_expression", text=text))
        self[text] = made
        return made
