"""Checked tree -> a Python closure, for what runs for every message and every row.

The closures mean exactly what `walk.py` means; where the checker knows the types, the
general operator is replaced by a short one that needs no questions at run time, and
parts without any name are worked out once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine.expressions import operators
from engine.expressions.call_closures import (
    NOWHERE,
    ContextNeeded,
    called,
    constant,
    fitted,
    later,
    settling,
    spread,
)
from engine.expressions.calls import function_of, own_record, settled
from engine.expressions.closures import NUMBERS, Part, Run, chain, comparison, numbers, pair
from metamodel.expressions.checker import Expression, argument_at
from metamodel.expressions.types import ANY, Type
from metamodel.plugin_api import Function
from metamodel.problems import BadValue


def build(
    expression: Expression, functions: Mapping[str, Function], names: Mapping[str, Run] | None = None
) -> Run:
    """The whole expression as one closure; it raises what `walk` raises. `names`: how those get their value
    that do not simply stand among the values."""
    return _Builder(expression.types, functions, names).part(expression.tree).run


def build_part(node: ast.expr, expression: Expression) -> Run:
    """A part of an expression by itself, with the functions it was checked with."""
    return _Builder(expression.types, expression.called).part(node).run


class _Builder:
    def __init__(
        self, types: Mapping[ast.expr, Type], functions: Mapping[str, Function],
        names: Mapping[str, Run] | None = None,
    ) -> None:  # fmt: skip
        self.types, self.functions, self.names = types, functions, names or {}

    def part(self, node: ast.expr) -> Part:
        made: Part = _BUILDERS[type(node)](self, node)
        return made

    def fold(self, run: Run, node: ast.expr, *parts: Part) -> Part:
        """A constant when all parts are; what fails or needs the context is left for run time."""
        if not all(part.known for part in parts):
            return Part(run, self.types[node])
        try:
            return constant(run({}, NOWHERE), self.types[node])
        except (BadValue, ContextNeeded):
            return Part(run, self.types[node])

    # -- values ------------------------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> Part:
        return constant(node.value, self.types[node])

    def several(self, node: ast.List) -> Part:
        parts = [self.part(item) for item in node.elts]
        runs = [part.run for part in parts]
        return self.fold(lambda v, c: [run(v, c) for run in runs], node, *parts)

    def name(self, node: ast.Name) -> Part:
        name = node.id
        if name == "me":
            return Part(lambda v, c: (c.me or {}).get("id"), self.types[node])
        if name == "record":
            return Part(lambda v, c: own_record(v).get("id"), self.types[node])
        return Part(self.names.get(name) or (lambda v, c: v.get(name)), self.types[node])

    def attribute(self, node: ast.Attribute) -> Part:
        name, of = node.attr, self.types.get(node.value, ANY)
        if isinstance(node.value, ast.Name) and node.value.id == "me":
            return Part(lambda v, c: (c.me or {}).get(name), self.types[node])
        if isinstance(node.value, ast.Name) and node.value.id == "record":
            return Part(lambda v, c: own_record(v).get(name), self.types[node])
        owner = self.part(node.value).run
        return Part(lambda v, c: operators.attribute(owner(v, c), of, name, c), self.types[node])

    # -- conditions --------------------------------------------------------------------------------

    def condition(self, node: ast.expr) -> Run:
        """A closure whose truth is the condition's."""
        part = self.part(node)
        if part.type.kind in ("boolean", "blank"):
            return part.run
        return lambda v, c: operators.is_true(part.run(v, c))

    def boolean(self, node: ast.BoolOp) -> Part:
        runs = [self.condition(each) for each in node.values]
        if len(runs) == 2:
            return Part(pair(isinstance(node.op, ast.And), *runs), self.types[node])
        if isinstance(node.op, ast.And):
            return Part(lambda v, c: all(run(v, c) for run in runs), self.types[node])
        return Part(lambda v, c: any(run(v, c) for run in runs), self.types[node])

    def conditional(self, node: ast.IfExp) -> Part:
        test, yes, no = self.condition(node.test), self.part(node.body).run, self.part(node.orelse).run
        return Part(lambda v, c: yes(v, c) if test(v, c) else no(v, c), self.types[node])

    # -- operators ---------------------------------------------------------------------------------

    def unary(self, node: ast.UnaryOp) -> Part:
        if isinstance(node.op, ast.Not):
            test = self.condition(node.operand)
            return Part(lambda v, c: not test(v, c), self.types[node])
        part = self.part(node.operand)
        work = operators.negative if isinstance(node.op, ast.USub) else operators.positive
        run = part.run
        return self.fold(lambda v, c: work(run(v, c)), node, part)

    def binary(self, node: ast.BinOp) -> Part:
        left, right = self.part(node.left), self.part(node.right)
        if left.type.kind == right.type.kind == "number":
            return self.fold(numbers(NUMBERS[type(node.op)], left.run, right.run), node, left, right)
        work, a, b = operators.OPERATIONS[type(node.op)], left.run, right.run
        return self.fold(lambda v, c: settled(work(a(v, c), b(v, c), c), c), node, left, right)

    def compare(self, node: ast.Compare) -> Part:
        if len(node.ops) == 1:
            left, right = self.part(node.left), self.part(node.comparators[0])
            return Part(comparison(type(node.ops[0]), left, right), self.types[node])
        runs = [self.part(each).run for each in (node.left, *node.comparators)]
        works = [operators.OPERATIONS[type(each)] for each in node.ops]
        return Part(partial(chain, runs, works), self.types[node])

    # -- functions ---------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Part:
        function = function_of(node, self.functions)
        parts = [self.part(given) for given in node.args]
        if function.lazy:
            return Part(later(function, [part.run for part in parts]), self.types[node])
        arguments = self._arguments(function, parts)
        run = spread(function, parts) if arguments is None else called(function, arguments)
        if self.types[node].kind in ("text", "list", "any", "blank"):
            run = settling(run)
        pure = not function.volatile and not function.context
        return self.fold(run, node, *parts) if pure else Part(run, self.types[node])

    def _arguments(self, function: Function, parts: list[Part]) -> list[Part] | None:
        """The argument parts, lists spread where they are known; None: only run time can tell."""
        arguments: list[Part] = []
        for position, part in enumerate(parts):
            argument = argument_at(function, position)
            if argument.or_list and part.type.kind in ("list", "any"):
                if not part.known or part.type.kind == "any":
                    return None
                arguments.extend(fitted(argument, constant(item, part.type.item)) for item in part.value)
            else:
                arguments.append(fitted(argument, part))
        return arguments


_BUILDERS: Mapping[type[ast.expr], Callable[[_Builder, Any], Part]] = {
    ast.Constant: _Builder.constant, ast.Name: _Builder.name, ast.Attribute: _Builder.attribute,
    ast.UnaryOp: _Builder.unary, ast.BinOp: _Builder.binary, ast.BoolOp: _Builder.boolean,
    ast.Compare: _Builder.compare, ast.IfExp: _Builder.conditional, ast.List: _Builder.several,
    ast.Call: _Builder.call,
}  # fmt: skip
