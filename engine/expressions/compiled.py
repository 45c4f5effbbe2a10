"""Checked tree -> a Python closure, for what runs for every message and every row.

The closures mean exactly what `walk.py` means; where the checker knows the types, the
general operator is replaced by a short one that needs no questions at run time, and
parts without any name are worked out once.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.expressions import operators
from engine.expressions.calls import FAILURES, function_of, named, own_record, settled
from engine.expressions.context import EvaluationContext
from metamodel.expressions import arithmetic
from metamodel.expressions.checker import Expression, argument_at
from metamodel.expressions.types import ANY, IDENTIFIERS, Type
from metamodel.plugin_api import Argument, Function, Registry
from metamodel.problems import BadValue

Run = Callable[[Mapping[str, Any], EvaluationContext], Any]

_EXACT = ("number", "boolean", "date", "datetime", "duration")  # kinds whose only blank is None
_ORDERS: Mapping[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_NUMBERS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
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


def build(expression: Expression, registry: Registry) -> Run:
    """The whole expression as one closure; it raises what `walk` raises."""
    return _Builder(expression.types, registry.all("function")).part(expression.tree).run


def build_part(node: ast.expr, expression: Expression) -> Run:
    """A part of an expression by itself, with the functions it was checked with."""
    return _Builder(expression.types, expression.called).part(node).run


class _ContextNeeded(Exception):
    """Found while working out a constant part: it is not constant after all."""


class _NoContext:
    def __getattr__(self, name: str) -> Any:
        raise _ContextNeeded(name)


_NOWHERE: Any = _NoContext()


def _constant(value: Any, type_: Type) -> Part:
    if isinstance(value, list):
        return Part(lambda v, c: list(value), type_, True, value)
    return Part(lambda v, c: value, type_, True, value)


class _Builder:
    def __init__(self, types: Mapping[ast.expr, Type], functions: Mapping[str, Function]) -> None:
        self.types, self.functions = types, functions

    def part(self, node: ast.expr) -> Part:
        made: Part = _BUILDERS[type(node)](self, node)
        return made

    def fold(self, run: Run, node: ast.expr, *parts: Part) -> Part:
        """A constant when all parts are; what fails or needs the context is left for run time."""
        if not all(part.known for part in parts):
            return Part(run, self.types[node])
        try:
            return _constant(run({}, _NOWHERE), self.types[node])
        except (BadValue, _ContextNeeded):
            return Part(run, self.types[node])

    # -- values ------------------------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> Part:
        return _constant(node.value, self.types[node])

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
        return Part(lambda v, c: v.get(name), self.types[node])

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
            return Part(_pair(isinstance(node.op, ast.And), *runs), self.types[node])
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
            return self.fold(_numbers(_NUMBERS[type(node.op)], left.run, right.run), node, left, right)
        work, a, b = operators.OPERATIONS[type(node.op)], left.run, right.run
        return self.fold(lambda v, c: settled(work(a(v, c), b(v, c), c), c), node, left, right)

    def compare(self, node: ast.Compare) -> Part:
        if len(node.ops) == 1:
            left, right = self.part(node.left), self.part(node.comparators[0])
            return Part(_comparison(type(node.ops[0]), left, right), self.types[node])
        runs = [self.part(each).run for each in (node.left, *node.comparators)]
        works = [operators.OPERATIONS[type(each)] for each in node.ops]
        return Part(partial(_chain, runs, works), self.types[node])

    # -- functions ---------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Part:
        function = function_of(node, self.functions)
        parts = [self.part(given) for given in node.args]
        if function.lazy:
            return Part(_later(function, [part.run for part in parts]), self.types[node])
        fitted = self._arguments(function, parts)
        if fitted is None:
            run = _spread(function, parts)
        else:
            run = _guarded(function, [part.run for part in fitted], _rest(fitted))
        if self.types[node].kind in ("text", "list", "any", "blank"):
            run = _settling(run)
        pure = not function.volatile and not function.context
        return self.fold(run, node, *parts) if pure else Part(run, self.types[node])

    def _arguments(self, function: Function, parts: list[Part]) -> list[Part] | None:
        """The argument parts, lists spread where they are known; None: only run time can tell."""
        fitted: list[Part] = []
        for position, part in enumerate(parts):
            argument = argument_at(function, position)
            if argument.or_list and part.type.kind in ("list", "any"):
                if not part.known or part.type.kind == "any":
                    return None
                fitted.extend(_fitted(argument, _constant(item, part.type.item)) for item in part.value)
            else:
                fitted.append(_fitted(argument, part))
        return fitted


_BUILDERS: Mapping[type[ast.expr], Callable[[_Builder, Any], Part]] = {
    ast.Constant: _Builder.constant, ast.Name: _Builder.name, ast.Attribute: _Builder.attribute,
    ast.UnaryOp: _Builder.unary, ast.BinOp: _Builder.binary, ast.BoolOp: _Builder.boolean,
    ast.Compare: _Builder.compare, ast.IfExp: _Builder.conditional, ast.List: _Builder.several,
    ast.Call: _Builder.call,
}  # fmt: skip


# -- small closures: conditions and operators ------------------------------------------------------


def _pair(both: bool, first: Run, second: Run) -> Run:
    if both:
        return lambda v, c: bool(first(v, c) and second(v, c))
    return lambda v, c: bool(first(v, c) or second(v, c))


def _numbers(work: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
        a, b = left(v, c), right(v, c)
        return None if a is None or b is None else work(a, b)

    return run


def _comparison(symbol: type[ast.AST], left: Part, right: Part) -> Run:
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
        return _ordered(_ORDERS[symbol], left, right) if kind in _EXACT else None
    wanted = symbol is ast.Eq
    if right.known and not operators.is_blank(k):
        return (lambda v, c: a(v, c) == k) if wanted else (lambda v, c: a(v, c) != k)
    if kind in _EXACT:
        return (lambda v, c: a(v, c) == b(v, c)) if wanted else (lambda v, c: a(v, c) != b(v, c))
    if wanted:
        return lambda v, c: (a(v, c) or "") == (b(v, c) or "")
    return lambda v, c: (a(v, c) or "") != (b(v, c) or "")


def _common_kind(left: Type, right: Type) -> str | None:
    """The one scalar kind of both sides: a kind of `_EXACT`, or "text" for texts and ids."""
    if left.kind == right.kind and left.kind in _EXACT:
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


def _chain(
    runs: list[Run], works: list[operators.Operation], v: Mapping[str, Any], c: EvaluationContext
) -> bool:
    left = runs[0](v, c)
    for work, run in zip(works, runs[1:], strict=True):
        right = run(v, c)
        if not work(left, right, c):
            return False
        left = right
    return True


# -- small closures: functions ---------------------------------------------------------------------


def _fitted(argument: Argument, part: Part) -> Part:
    """The part as the argument wants it, with as little work at run time as its type allows."""
    run, types = part.run, argument.types
    kinds = [type_.kind for type_ in types]
    if part.known:
        try:
            return _constant(operators.fit(part.value, types, _NOWHERE), part.type)
        except (BadValue, _ContextNeeded):
            pass
    if kinds == ["any"] or (part.type.kind in kinds and part.type.kind in _EXACT):
        return part
    if part.type.kind in kinds or (part.type.kind in IDENTIFIERS and kinds == ["text"]):
        if kinds[0] == "list":
            return Part(lambda v, c: run(v, c) or [], part.type)
        if kinds[0] == "text":
            return Part(lambda v, c: "" if (x := run(v, c)) is None else x, part.type)
        return part
    return Part(lambda v, c: operators.fit(run(v, c), types, c), part.type)


def _rest(parts: list[Part]) -> tuple[Any, ...] | None:
    """The values of all arguments but the first, when they are known."""
    rest = parts[1:]
    return tuple(part.value for part in rest) if parts and all(part.known for part in rest) else None


def _guarded(function: Function, runs: list[Run], rest: tuple[Any, ...] | None) -> Run:
    call = function.call
    if function.context:
        return _checked(function, lambda v, c: [run(v, c) for run in runs], lambda a, c: call(c, *a))
    if rest is not None:
        first = runs[0]

        def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
            value = first(v, c)
            try:
                return call(value, *rest)
            except BadValue as bad:
                raise named(bad, function) from None
            except FAILURES:
                raise BadValue("expression.function_failed", function=function.name) from None

        return run
    return _checked(function, lambda v, c: [run(v, c) for run in runs], lambda a, c: call(*a))


def _checked(function: Function, gather: Run, call: Callable[[Any, EvaluationContext], Any]) -> Run:
    def run(v: Mapping[str, Any], c: EvaluationContext) -> Any:
        arguments = gather(v, c)
        try:
            return call(arguments, c)
        except BadValue as bad:
            raise named(bad, function) from None
        except FAILURES:
            raise BadValue("expression.function_failed", function=function.name) from None

    return run


def _spread(function: Function, parts: list[Part]) -> Run:
    """Lists among the arguments are known only at run time."""
    arguments = [argument_at(function, position) for position in range(len(parts))]
    pairs = [(part.run, argument) for part, argument in zip(parts, arguments, strict=True)]

    def gather(v: Mapping[str, Any], c: EvaluationContext) -> list[Any]:
        found: list[Any] = []
        for run, argument in pairs:
            value = run(v, c)
            if argument.or_list and isinstance(value, list | tuple):
                found.extend(operators.fit(item, argument.types, c) for item in value)
            else:
                found.append(operators.fit(value, argument.types, c))
        return found

    if function.context:
        return _checked(function, gather, lambda a, c: function.call(c, *a))
    return _checked(function, gather, lambda a, c: function.call(*a))


def _later(function: Function, runs: list[Run]) -> Run:
    def gather(v: Mapping[str, Any], c: EvaluationContext) -> list[Any]:
        return [partial(run, v, c) for run in runs]

    return _checked(function, gather, lambda a, c: function.call(*a))


def _settling(run: Run) -> Run:
    return lambda v, c: settled(run(v, c), c)
