"""Calling a function of the registry, the same for both Python evaluators.

A function answers or raises BadValue; anything else it raises is made one, so that a
plugin's bug is a Problem of the expression and never a traceback before a user.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from engine.expressions.context import EvaluationContext
from metamodel.expressions.limits import ITEM_WEIGHT, MAX_ITEMS, MAX_TEXT, room_for
from metamodel.plugin_api import Function
from metamodel.problems import BadValue

FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, MemoryError)
_SMALL = 256


def function_of(node: ast.Call, functions: Mapping[str, Function]) -> Function:
    """The function of a checked call. A plugin that went away since then is a Problem."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    found = functions.get(name)
    if found is None:
        raise BadValue("expression.unknown_function", name=name, suggestion="")
    return found


def invoke(function: Function, arguments: Sequence[Any], context: EvaluationContext) -> Any:
    try:
        found = function.call(context, *arguments) if function.context else function.call(*arguments)
    except BadValue as bad:
        raise named(bad, function) from None
    except FAILURES:
        raise BadValue("expression.function_failed", function=function.name) from None
    return found if function.lazy else settled(found, context)


def named(bad: BadValue, function: Function) -> BadValue:
    bad.params.setdefault("function", function.name)
    return bad


def settled(found: Any, context: EvaluationContext) -> Any:
    """Charges a large text or list to the budget and refuses one that is too large."""
    if isinstance(found, str | list) and len(found) > _SMALL:
        room_for(len(found), MAX_TEXT if isinstance(found, str) else MAX_ITEMS)
        context.spend(len(found) * (1 if isinstance(found, str) else ITEM_WEIGHT))
    return found


def own_record(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record that `record` means: the one around a sub-form's row, else the values themselves."""
    around = values.get("record")
    return around if isinstance(around, Mapping) else values
