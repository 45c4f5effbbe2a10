"""Compiled expressions of rules, over one scope, each text once.

Conditions and the parameters of actions come from here; this runs for every message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.expressions import Compiled, EvaluationContext, Run, operators
from engine.records.program import Programs
from metamodel.expressions import Scope
from metamodel.expressions.types import ANY, Type
from metamodel.plugin_api import Function, Live, Lookup
from metamodel.problems import Problem, problem
from metamodel.scope import FormScope

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
        self._names = dict(self._read_later(scope)) if isinstance(scope, FormScope) else {}
        self._several: dict[int, tuple[Mapping[str, str], Sequence[Step]]] = {}
        self._fields = frozenset(scope.names()) - {"me", "record"} - self._names.keys()

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
        made = self._programs.compiled(text or "None", self._scope, self._functions, self._names)
        if made is None:
            raise Broken(problem("rule.broken_expression", text=text))
        self[text] = made
        return made

    def _read_later(self, scope: FormScope) -> Iterator[tuple[str, Run]]:
        """A record on its way in does not hold what it looks up: that is read through its link. Nor what is
        computed of that."""
        for field in scope.form.fields:
            derived = field.derived
            if isinstance(derived, Lookup):
                yield field.id, _through(field.id, derived, scope.name(derived.through) or ANY)
            elif isinstance(derived, Live):
                yield field.id, self._computed(field.id, derived.expression)

    def _computed(self, name: str, expression: str) -> Run:
        def run(values: Mapping[str, Any], context: EvaluationContext) -> Any:
            return values[name] if name in values else self[expression](values, context)

        return run


def _through(name: str, lookup: Lookup, link: Type) -> Run:
    def run(values: Mapping[str, Any], context: EvaluationContext) -> Any:
        if name in values:
            return values[name]
        return operators.attribute(values.get(lookup.through), link, lookup.field, context)

    return run
