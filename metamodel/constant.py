"""Is a condition always the same? Enough to find rules that never fire and fields that never show.

Not an evaluator: only literals, `not`, `and`, `or`, comparisons of literals, and a field that
would have to equal two different values at once. Everything else is not known (None).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from typing import Any

from metamodel.expressions import Expression

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


def constant(condition: Expression) -> bool | None:
    """What the condition always is, or None."""
    return _truth(condition.tree)


def _truth(node: ast.expr) -> bool | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, bool) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _truth(node.operand)
        return None if inner is None else not inner
    if isinstance(node, ast.BoolOp):
        return _of_parts(node)
    if isinstance(node, ast.Compare):
        return _of_comparison(node)
    return None


def _of_parts(node: ast.BoolOp) -> bool | None:
    decisive = isinstance(node.op, ast.Or)
    parts = [_truth(part) for part in node.values]
    if decisive in parts:
        return decisive
    if not decisive and _contradict(node.values):
        return False
    return not decisive if all(part is not None for part in parts) else None


def _of_comparison(node: ast.Compare) -> bool | None:
    left, right = node.left, node.comparators[0]
    if len(node.ops) != 1 or not isinstance(left, ast.Constant) or not isinstance(right, ast.Constant):
        return None
    compare = _COMPARISONS.get(type(node.ops[0]))
    alike = type(left.value) is type(right.value) and left.value is not None
    return compare(left.value, right.value) if compare and alike else None


def _contradict(parts: Iterable[ast.expr]) -> bool:
    """`channel == 'a' and channel == 'b'`: one field, two values."""
    wanted: dict[str, Any] = {}
    for part in parts:
        found = _equality(part)
        if found and wanted.setdefault(found[0], found[1]) != found[1]:
            return True
    return False


def _equality(node: ast.expr) -> tuple[str, Any] | None:
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return None
    left, right = node.left, node.comparators[0]
    if isinstance(left, ast.Constant):
        left, right = right, left
    named = isinstance(left, ast.Name | ast.Attribute) and isinstance(right, ast.Constant)
    return (ast.unparse(left), right.value) if named and isinstance(right, ast.Constant) else None
