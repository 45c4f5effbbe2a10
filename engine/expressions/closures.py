"""Small closures for operators: where the checker knows both kinds, the questions are asked once,
when the expression is compiled, and not for every row.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.expressions import operators
from engine.expressions.context import EvaluationContext
from metamodel.expressions import arithmetic
from metamodel.expressions.types import ANY, IDENTIFIERS, Type

Run = Callable[[Mapping[str, Any], EvaluationContext], Any]

EXACT = ("number", "boolean", "date", "datetime", "duration")  # kinds whose only blank is None
_ORDERS: Mapping[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
NUMBERS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: arithmetic.add, ast.Sub: arithmetic.subtract, ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide, ast.Mod: arithmetic.modulo, ast.Pow: arithmetic.power,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the program; `known`: it is always `value`."""

    run: Run
    type: Type
    known: bool = False
    value: Any = None


def pair(both: bool, first: Run, second: Run) -> Run:
    if both:
        return lambda v, c: bool(first(v, c) and second(v, c))
    return lambda v, c: bool(first(v, c) or second(v, c))


def numbers(work: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
        a, b = left(v, c), right(v, c)
        return None if a is None or b is None else work(a, b)

    return run


def comparison(symbol: type[ast.AST], left: Part, right: Part) -> Run:
    short = _membership(symbol, left, right) if symbol in (ast.In, ast.NotIn) else _short(symbol, left, right)
    if short is not None:
        return short
    work, a, b = operators.OPERATIONS[symbol], left.run, right.run
    return lambda v, c: work(a(v, c), b(v, c), c)


def _short(symbol: type[ast.AST], left: Part, right: Part) -> Run | None:
    """The comparison without its questions, where both kinds are known to be one."""
    kind = _common_kind(left.type, right.type)
    a, b, k = left.run, right.run, right.value
    if kind is None:
        return None
    if symbol in _ORDERS:
        return _ordered(_ORDERS[symbol], left, right) if kind in EXACT else None
    wanted = symbol is ast.Eq
    if right.known and not operators.is_blank(k):
        return (lambda v, c: a(v, c) == k) if wanted else (lambda v, c: a(v, c) != k)
    if kind in EXACT:
        return (lambda v, c: a(v, c) == b(v, c)) if wanted else (lambda v, c: a(v, c) != b(v, c))
    if wanted:
        return lambda v, c: (a(v, c) or "") == (b(v, c) or "")
    return lambda v, c: (a(v, c) or "") != (b(v, c) or "")


def _common_kind(left: Type, right: Type) -> str | None:
    """The one scalar kind of both sides: a kind of `EXACT`, or "text" for texts and ids."""
    if left.kind == right.kind and left.kind in EXACT:
        return left.kind
    return "text" if {left.kind, right.kind} <= {"text", *IDENTIFIERS} else None


def _ordered(compare: Callable[[Any, Any], bool], left: Part, right: Part) -> Run:
    a, b, k = left.run, right.run, right.value
    if right.known and k is not None:
        return lambda v, c: (x := a(v, c)) is not None and compare(x, k)
    return lambda v, c: (x := a(v, c)) is not None and (y := b(v, c)) is not None and compare(x, y)


def _membership(symbol: type[ast.AST], left: Part, right: Part) -> Run | None:
    """Membership of texts and ids where the list or the item is known."""
    item = right.type.of or ANY
    if right.type.kind != "list" or _common_kind(left.type, item) != "text":
        return None
    run, wanted = left.run, symbol is ast.In
    if right.known and not any(map(operators.is_blank, right.value)):
        words = frozenset(right.value)
        return (lambda v, c: run(v, c) in words) if wanted else (lambda v, c: run(v, c) not in words)
    if left.known and not operators.is_blank(left.value):
        k, items = left.value, right.run
        if wanted:
            return lambda v, c: k in (items(v, c) or ())
        return lambda v, c: k not in (items(v, c) or ())
    return None


def chain(
    runs: list[Run], works: list[operators.Operation], v: Mapping[str, Any], c: EvaluationContext
) -> bool:
    left = runs[0](v, c)
    for work, run in zip(works, runs[1:], strict=True):
        right = run(v, c)
        if not work(left, right, c):
            return False
        left = right
    return True
