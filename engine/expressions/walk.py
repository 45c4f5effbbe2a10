"""The plain evaluator: simpleeval walks the checked tree, with our operators and our guards.

simpleeval brings the walk and its own refusals; here every name is a field, every
attribute goes through the context (never `getattr`), every call is of a registered
function, and each step is counted. The closures of `compiled.py` mean the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from simpleeval import SimpleEval

from engine.expressions import operators
from engine.expressions.calls import function_of, invoke, own_record, settled
from engine.expressions.context import Budget, EvaluationContext
from metamodel.expressions.checker import Expression, argument_at
from metamodel.expressions.types import ANY
from metamodel.plugin_api import Function, Registry


def walk(
    expression: Expression, values: Mapping[str, Any], context: EvaluationContext, registry: Registry
) -> Any:
    """The value; BadValue or OverBudget for what cannot be worked out."""
    return _Walk(expression, values, context.with_budget(), registry).eval(expression.text, expression.tree)


class _Walk(SimpleEval):  # type: ignore[misc]
    def __init__(
        self,
        expression: Expression,
        values: Mapping[str, Any],
        context: EvaluationContext,
        registry: Registry,
    ) -> None:
        super().__init__(operators={}, functions={}, names={})
        self.expression, self.values, self.context, self.registry = expression, values, context, registry
        self.nodes: dict[type[ast.AST], Callable[[Any], Any]] = {
            ast.Constant: lambda node: node.value, ast.Name: self._name, ast.Attribute: self._attribute,
            ast.UnaryOp: self._unary, ast.BinOp: self._binary, ast.BoolOp: self._boolean,
            ast.Compare: self._compare, ast.IfExp: self._conditional, ast.List: self._list,
            ast.Call: self._call,
        }  # fmt: skip

    def _eval(self, node: ast.expr) -> Any:
        budget: Budget = self.context.budget or Budget()
        budget.step()
        return super()._eval(node)

    def _name(self, node: ast.Name) -> Any:
        if node.id == "me":
            return (self.context.me or {}).get("id")
        if node.id == "record":
            return own_record(self.values).get("id")
        return self.values.get(node.id)

    def _attribute(self, node: ast.Attribute) -> Any:
        owner: Any
        if isinstance(node.value, ast.Name) and node.value.id in ("me", "record"):
            owner = self.context.me if node.value.id == "me" else own_record(self.values)
        else:
            owner = self._eval(node.value)
        of = self.expression.types.get(node.value, ANY)
        return operators.attribute(owner, of, node.attr, self.context)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self._eval(node.operand)
        if isinstance(node.op, ast.Not):
            return not operators.is_true(value)
        return operators.negative(value) if isinstance(node.op, ast.USub) else operators.positive(value)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        return settled(operators.OPERATIONS[type(node.op)](left, right, self.context), self.context)

    def _boolean(self, node: ast.BoolOp) -> bool:
        found = (operators.is_true(self._eval(part)) for part in node.values)
        return all(found) if isinstance(node.op, ast.And) else any(found)

    def _compare(self, node: ast.Compare) -> bool:
        left = self._eval(node.left)
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._eval(comparator)
            if not operators.OPERATIONS[type(operator)](left, right, self.context):
                return False
            left = right
        return True

    def _conditional(self, node: ast.IfExp) -> Any:
        return self._eval(node.body if operators.is_true(self._eval(node.test)) else node.orelse)

    def _list(self, node: ast.List) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _call(self, node: ast.Call) -> Any:
        function = function_of(node, self.registry.all("function"))
        if function.lazy:
            return invoke(function, [self._later(argument) for argument in node.args], self.context)
        arguments: list[Any] = []
        for position, given in enumerate(node.args):
            self._fit(arguments, self._eval(given), function, position)
        return invoke(function, arguments, self.context)

    def _later(self, node: ast.expr) -> Callable[[], Any]:
        return lambda: self._eval(node)

    def _fit(self, arguments: list[Any], value: Any, function: Function, position: int) -> None:
        argument = argument_at(function, position)
        if argument.or_list and isinstance(value, list | tuple):
            arguments.extend(operators.fit(item, argument.types, self.context) for item in value)
        else:
            arguments.append(operators.fit(value, argument.types, self.context))
