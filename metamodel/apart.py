"""Apart: can two conditions hold at once? Enough to see rules that exclude each other, and rules that end themselves.

Not an evaluator: comparisons of fields with literals, ISBLANK, IN, bare yes/no fields and the same words said
yes and no. Whatever else a condition says is taken as if it may hold.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from metamodel.expressions.checker import path_of

MOST_WAYS = 64
UNKNOWN: Any = object()
_BLANK = None
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip
_PLAIN: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.NotEq: ast.Eq, ast.NotIn: ast.In}
_LOGIC: dict[str, type[ast.boolop]] = {"AND": ast.And, "OR": ast.Or}
Said = tuple[ast.expr, bool]  # a part without `and` and `or`, and whether it is said or denied
Way = tuple[Said, ...]  # all of these together


@dataclass
class _Known:
    """What is known of one field: `only` these values (a blank is None), `never` those, bounds."""

    only: list[Any] | None = None
    never: list[Any] = field(default_factory=list)
    bounds: list[tuple[type[ast.cmpop], Any]] = field(default_factory=list)

    def take(self, values: Sequence[Any]) -> None:
        self.only = [one for one in values if self.only is None or one in self.only]

    @property
    def impossible(self) -> bool:
        never = [*self.never, _BLANK] if self.bounds else self.never
        if self.only is not None:
            return not any(one not in never and self._within(one) for one in self.only)
        return any(_empty(a, b) for a in self.bounds for b in self.bounds)

    def _within(self, value: Any) -> bool:
        return all(_holds(value, operator, bound) for operator, bound in self.bounds)


def never_both(one: ast.expr | None, other: ast.expr | None) -> bool:
    """Is there nothing for which both hold? None is a condition that always holds."""
    ways, others = _ways(one), _ways(other)
    if ways is None or others is None:
        return False
    return all(_impossible((*way, *there)) for way in ways for there in others)


def never_with(condition: ast.expr | None, known: Mapping[str, Any]) -> bool:
    """Can it not hold while these paths have these values (a blank is None)?"""
    ways = _ways(condition)
    return ways is not None and all(_impossible(way, known) for way in ways)


def literal(node: ast.expr) -> Any:
    """The value of a literal; `UNKNOWN` for anything else. A blank text is a blank."""
    if isinstance(node, ast.Constant):
        return _BLANK if node.value == "" else node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = literal(node.operand)
        return -value if isinstance(value, int | Decimal) else UNKNOWN
    return UNKNOWN


def _ways(condition: ast.expr | None) -> list[Way] | None:
    """The ways in which it can hold; None where there are too many to look at."""
    return [()] if condition is None else _ways_of(condition, True)


def _ways_of(node: ast.expr, said: bool) -> list[Way] | None:
    denied = _denied(node)
    if denied is not None:
        return _ways_of(denied, not said)
    joined = _joined(node)
    if joined is None:
        return [((node, said),)]
    operator, parts = joined
    found = [_ways_of(part, said) for part in parts]
    if any(one is None for one in found):
        return None
    if (operator is ast.And) != said:  # any of them
        ways = [way for one in found if one is not None for way in one]
    else:
        ways = [()]
        for one in found:
            ways = [(*way, *more) for way in ways for more in one or ()][: MOST_WAYS + 1]
    return ways if len(ways) <= MOST_WAYS else None


def _denied(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NOT"
    return node.args[0] if called and isinstance(node, ast.Call) and len(node.args) == 1 else None


def _joined(node: ast.expr) -> tuple[type[ast.boolop], Sequence[ast.expr]] | None:
    if isinstance(node, ast.BoolOp):
        return type(node.op), node.values
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _LOGIC
        and node.args
    ):
        return _LOGIC[node.func.id], node.args
    return None


def _impossible(way: Way, known: Mapping[str, Any] | None = None) -> bool:
    words: dict[str, bool] = {}
    fields: dict[str, _Known] = {path: _Known(only=[value]) for path, value in (known or {}).items()}
    for node, said in way:
        if words.setdefault(ast.unparse(node), said) != said:
            return True
        truth = literal(node)
        if isinstance(truth, bool) and truth != said:
            return True
        for path, operator, values in _tests(node):
            denied = operator in (ast.NotEq, ast.NotIn)
            _note(fields.setdefault(path, _Known()), _PLAIN.get(operator, operator), values, said != denied)
    return any(one.impossible for one in fields.values())


def _note(known: _Known, operator: type[ast.cmpop], values: Sequence[Any], said: bool) -> None:
    if operator in (ast.Eq, ast.In) and said:
        known.take(values)
    elif operator in (ast.Eq, ast.In):
        known.never += values
    elif said:  # denied, a blank would do too
        known.bounds.append((operator, values[0]))


def _tests(node: ast.expr) -> Iterator[tuple[str, type[ast.cmpop], list[Any]]]:
    """`path operator values`."""
    if isinstance(node, ast.Name | ast.Attribute) and path_of(node):
        yield ".".join(path_of(node)), ast.Eq, [True]
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _compared(node.left, type(node.ops[0]), node.comparators[0])
    elif (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and path_of(node.args[0])
    ):
        path, given = ".".join(path_of(node.args[0])), [literal(one) for one in node.args[1:]]
        if node.func.id == "ISBLANK":
            yield path, ast.Eq, [_BLANK]
        elif node.func.id == "IN" and UNKNOWN not in given:
            yield path, ast.In, given


def _compared(
    left: ast.expr, operator: type[ast.cmpop], right: ast.expr
) -> Iterator[tuple[str, type[ast.cmpop], list[Any]]]:
    if operator in (ast.In, ast.NotIn) and path_of(left) and isinstance(right, ast.List):
        values = [literal(item) for item in right.elts]
        if UNKNOWN not in values:
            yield ".".join(path_of(left)), operator, values
        return
    if not path_of(left) and operator in _FLIPPED:
        left, operator, right = right, _FLIPPED[operator], left
    value = literal(right)
    if path_of(left) and value is not UNKNOWN and operator in _FLIPPED:
        yield ".".join(path_of(left)), operator, [value]


def _holds(value: Any, operator: type[ast.cmpop], bound: Any) -> bool:
    try:
        match operator:
            case ast.Lt:
                return bool(value < bound)
            case ast.LtE:
                return bool(value <= bound)
            case ast.Gt:
                return bool(value > bound)
            case ast.GtE:
                return bool(value >= bound)
    except TypeError:
        pass
    return True


def _empty(one: tuple[type[ast.cmpop], Any], other: tuple[type[ast.cmpop], Any]) -> bool:
    """Is nothing above the one bound and below the other?"""
    (lower, least), (upper, most) = one, other
    if lower not in (ast.Gt, ast.GtE) or upper not in (ast.Lt, ast.LtE):
        return False
    try:
        strict = lower is ast.Gt or upper is ast.Lt
        return bool(least >= most) if strict else bool(least > most)
    except TypeError:
        return False
