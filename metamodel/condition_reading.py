"""The text of a condition -> the tree the builder shows: `read_condition`, the inverse of `condition_text`.

A part that would not come back as the very same expression is kept as it was written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from metamodel.condition_values import NUMBER, duration_value
from metamodel.conditions import (
    CALLS,
    Group,
    Part,
    Test,
    Value,
    Written,
    condition_text,
    test_text,
)
from metamodel.expressions.checker import Scope, path_of
from metamodel.expressions.parser import parse
from metamodel.expressions.source import Source
from metamodel.problems import Problem
from metamodel.scope_fields import type_at

_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "is", ast.NotEq: "is_not", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip
_OPPOSITES: Mapping[str, Callable[[Test], Test]] = {
    "contains": lambda test: Test(test.path, "not_contains", test.values),
    "has_any": lambda test: Test(test.path, "has_none", test.values, test.way),
    "blank": lambda test: Test(test.path, "not_blank", (), test.way),
    "any_of": lambda test: Test(test.path, "none_of", test.values, test.way),
    "is": lambda test: Test(test.path, "is", (Value("false"),), test.way),
}


def read_condition(text: str, scope: Scope) -> Group | None:
    """The tree of a condition; an empty one for no text, None for a text that cannot be read at all."""
    if not text.strip():
        return Group("and")
    parsed = parse(text)
    if isinstance(parsed, Problem):
        return None
    tree, source = parsed
    made = _Reader(scope, source).part(tree)
    group = made if isinstance(made, Group) else Group("and", (made,))
    return group if _same(condition_text(group, scope), tree) else Group("and", (Written(text.strip()),))


def _same(text: str, tree: ast.expr) -> bool:
    """Does the text say this very tree?"""
    parsed = parse(text)
    return not isinstance(parsed, Problem) and ast.dump(parsed[0]) == ast.dump(tree)


class _Reader:
    def __init__(self, scope: Scope, source: Source) -> None:
        self._scope, self._source = scope, source

    def part(self, node: ast.expr) -> Part:
        """A group, a test that comes back as the same expression, or the text itself."""
        if isinstance(node, ast.BoolOp):
            return Group(
                "and" if isinstance(node.op, ast.And) else "or", tuple(self.part(n) for n in node.values)
            )
        if (
            isinstance(node, ast.UnaryOp)
            and isinstance(node.op, ast.Not)
            and isinstance(node.operand, ast.BoolOp)
        ):
            inner = self.part(node.operand)
            return Group(inner.join, inner.parts, True) if isinstance(inner, Group) else inner
        test = self._test(node)
        if test is not None and _same(test_text(test, self._scope), node):
            return test
        return Written(self._text(node))

    def _test(self, node: ast.expr) -> Test | None:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self._test(node.operand)
            return _OPPOSITES[inner.operator](inner) if inner and inner.operator in _OPPOSITES else None
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node.left, node.ops[0], node.comparators[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args)
        path = self._path(node)
        known = type_at(self._scope, path) if path else None
        return Test(path, "is", (Value("true"),)) if known is not None and known.kind == "boolean" else None

    def _comparison(self, left: ast.expr, symbol: ast.cmpop, right: ast.expr) -> Test | None:
        path = self._path(left)
        if isinstance(symbol, ast.In | ast.NotIn):
            return self._membership(path, left, isinstance(symbol, ast.In), right)
        operator = _COMPARISONS.get(type(symbol))
        if not path or operator is None:
            return None
        if isinstance(right, ast.Constant) and right.value is None:
            blank = {"is": "blank", "is_not": "not_blank"}.get(operator)
            return Test(path, blank, (), "compared") if blank else None
        way = (
            "compared"
            if operator == "is" and isinstance(right, ast.Constant) and right.value in (True, False)
            else ""
        )
        return Test(path, operator, (self._value(right),), way if self._kind(path) == "boolean" else "")

    def _membership(
        self, path: tuple[str, ...], left: ast.expr, within: bool, right: ast.expr
    ) -> Test | None:
        if path and isinstance(right, ast.List):
            return Test(
                path, "any_of" if within else "none_of", tuple(self._value(item) for item in right.elts)
            )
        many = self._path(right)
        if many and self._kind(many) == "list":
            return Test(many, "has_any" if within else "has_none", (self._value(left),), "in")
        return None

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> Test | None:
        path = self._path(arguments[0]) if arguments else ()
        found = CALLS.get(name)
        if not path or found is None:
            return None
        operator, way = found
        return Test(path, operator, tuple(self._value(one) for one in arguments[1:]), way)

    def _path(self, node: ast.expr) -> tuple[str, ...]:
        path = path_of(node)
        return path if path and path[0] != "me" and type_at(self._scope, path) is not None else ()

    def _kind(self, path: tuple[str, ...]) -> str:
        known = type_at(self._scope, path)
        return known.kind if known else ""

    def _value(self, node: ast.expr) -> Value:
        plain = _plain(node)
        return Value(self._text(node), written=True) if plain is None else Value(plain)

    def _text(self, node: ast.expr) -> str:
        start = self._source.place(node.col_offset)
        end = self._source.place(node.end_col_offset or node.col_offset)
        return self._source.original[start:end].strip()


def _plain(node: ast.expr) -> str | None:
    """A literal as text: `'a'`, `-1.5`, `true`, `DATE(2026, 11, 20)`; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _plain(node.operand) if isinstance(node.operand, ast.Constant) else None
        return f"-{inner}" if inner is not None and NUMBER.fullmatch(inner) else None
    if isinstance(node, ast.Constant):
        value = node.value
        return (
            None
            if value is None
            else ("true" if value else "false")
            if isinstance(value, bool)
            else _number(value)
        )
    return _moment(node)


def _number(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _moment(node: ast.expr) -> str | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    if (
        len(node.args) == 1
        and (number := _plain(node.args[0]))
        and (spoken := duration_value(node.func.id, number))
    ):
        return spoken
    if node.func.id == "DATETIME" and node.args:
        day, rest = _moment(node.args[0]), [_small(one) for one in node.args[1:]]
        return (
            f"{day}T{':'.join(f'{n:02}' for n in [*rest, 0][:2])}"
            if day and rest and None not in rest
            else None
        )
    numbers = [_small(one) for one in node.args]
    if node.func.id != "DATE" or len(numbers) != 3 or None in numbers:
        return None
    year, month, day_number = numbers
    return f"{year:04}-{month:02}-{day_number:02}"


def _small(node: ast.expr) -> int | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if type(value) is int and 0 <= value <= 9999 else None
