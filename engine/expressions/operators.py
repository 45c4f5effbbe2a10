"""What the operators of the language do with Python values; both Python evaluators call these.

Two-valued: a blank (None, '' or []) equals only a blank, ordering with a blank is false,
arithmetic with a blank is blank. A date beside a moment is its midnight in the
organisation's zone. What cannot be done is a BadValue, never a TypeError.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.expressions.context import EvaluationContext
from metamodel.expressions import arithmetic
from metamodel.expressions.checker import SYMBOLS
from metamodel.expressions.limits import MAX_ITEMS, MAX_TEXT, room_for
from metamodel.expressions.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    Type,
    list_of,
    type_label,
)
from metamodel.problems import BadValue

Operation = Callable[[Any, Any, EvaluationContext], Any]


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def is_true(value: Any) -> bool:
    """Conditions: blank is no."""
    if value is True or value is False or value is None:
        return value is True
    raise BadValue("expression.condition", found=type_label(type_of_value(value)))


def type_of_value(value: Any) -> Type:
    """The type of a Python value nobody declared."""
    for python_type, known in _PYTHON_TYPES:
        if isinstance(value, python_type):
            return list_of(ANY) if known is None else known
    return ANY


_PYTHON_TYPES: tuple[tuple[type, Type | None], ...] = (
    (bool, BOOLEAN), (int, NUMBER), (Decimal, NUMBER), (str, TEXT), (datetime, DATETIME), (date, DATE),
    (timedelta, DURATION), (list, None), (tuple, None),
)  # fmt: skip


# -- equality and order ----------------------------------------------------------------------------


def equal(left: Any, right: Any, context: EvaluationContext) -> bool:
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if isinstance(left, datetime) is not isinstance(right, datetime):
        left, right = _moment(left, context), _moment(right, context)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(lambda a, b: equal(a, b, context), left, right))
    return (type(left) is bool) is (type(right) is bool) and bool(left == right)


def _moment(value: Any, context: EvaluationContext) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return context.midnight(value)
    return value


def unequal(left: Any, right: Any, context: EvaluationContext) -> bool:
    return not equal(left, right, context)


def contains(item: Any, container: Any, context: EvaluationContext) -> bool:
    """`item in container`: an item of a list, or a part of a text (a blank is part of none)."""
    if isinstance(container, list | tuple):
        return any(equal(item, each, context) for each in container)
    if is_blank(container) or is_blank(item):
        return False
    if isinstance(container, str) and isinstance(item, str):
        return item in container
    raise _misfit(ast.In, item, container)


def contains_not(item: Any, container: Any, context: EvaluationContext) -> bool:
    return not contains(item, container, context)


def _ordering(symbol: type[ast.cmpop], compare: Callable[[Any, Any], bool]) -> Operation:
    def ordered(left: Any, right: Any, context: EvaluationContext) -> bool:
        if is_blank(left) or is_blank(right):
            return False
        if isinstance(left, datetime) is not isinstance(right, datetime):
            left, right = _moment(left, context), _moment(right, context)
        if not _orderable(left, right):
            raise _misfit(symbol, left, right)
        return compare(left, right)

    return ordered


def _orderable(left: Any, right: Any) -> bool:
    known = type_of_value(left).kind
    return known == type_of_value(right).kind and known in ("number", "text", "date", "datetime", "duration")


# -- arithmetic ------------------------------------------------------------------------------------


def _calculating(
    symbol: type[ast.operator], work: Callable[[str, str, Any, Any, EvaluationContext], Any]
) -> Operation:
    def calculate(left: Any, right: Any, context: EvaluationContext) -> Any:
        if left is None or right is None:
            return _beside_blank(symbol, left, right)
        found = work(type_of_value(left).kind, type_of_value(right).kind, left, right, context)
        if found is NotImplemented:
            raise _misfit(symbol, left, right)
        return found

    return calculate


def _beside_blank(symbol: type[ast.operator], left: Any, right: Any) -> Any:
    """Texts and lists take a blank for nothing; all else becomes blank."""
    other = right if left is None else left
    return other if symbol is ast.Add and isinstance(other, str | list) else None


def _add(a: str, b: str, left: Any, right: Any, context: EvaluationContext) -> Any:
    if a == b == "number":
        return arithmetic.add(left, right)
    if a == b and a in ("text", "list"):
        room_for(len(left) + len(right), MAX_TEXT if a == "text" else MAX_ITEMS)
        return left + right
    if b in ("date", "datetime"):
        a, b, left, right = b, a, right, left
    return _shift(a, b, left, right, 1, context)


def _subtract(a: str, b: str, left: Any, right: Any, context: EvaluationContext) -> Any:
    if a == b == "number":
        return arithmetic.subtract(left, right)
    if a == b == "date":
        return (left - right).days
    if a in ("date", "datetime") and b in ("date", "datetime"):
        return _moment(left, context) - _moment(right, context)
    return _shift(a, b, left, right, -1, context)


def _shift(a: str, b: str, left: Any, right: Any, sign: int, context: EvaluationContext) -> Any:
    """A day by days, a moment by a duration, a duration by a duration."""
    try:
        if (a, b) == ("date", "number"):
            return left + timedelta(days=sign * int(right))
        if b == "duration" and a in ("date", "datetime"):
            return _moment(left, context) + sign * right
        if a == b == "duration":
            return left + sign * right
    except OverflowError:
        raise BadValue("expression.date_range") from None
    return NotImplemented


def _multiply(a: str, b: str, left: Any, right: Any, _: EvaluationContext) -> Any:
    if a == b == "number":
        return arithmetic.multiply(left, right)
    if (a, b) == ("duration", "number"):
        return arithmetic.times(left, right)
    return arithmetic.times(right, left) if (a, b) == ("number", "duration") else NotImplemented


def _divide(a: str, b: str, left: Any, right: Any, _: EvaluationContext) -> Any:
    if a == b == "number":
        return arithmetic.divide(left, right)
    if (a, b) == ("duration", "number"):
        return arithmetic.share(left, right)
    return arithmetic.ratio(left, right) if a == b == "duration" else NotImplemented


def _modulo(a: str, b: str, left: Any, right: Any, _: EvaluationContext) -> Any:
    return arithmetic.modulo(left, right) if a == b == "number" else NotImplemented


def _power(a: str, b: str, left: Any, right: Any, _: EvaluationContext) -> Any:
    return arithmetic.power(left, right) if a == b == "number" else NotImplemented


def negative(value: Any) -> Any:
    if value is None:
        return None
    if type_of_value(value).kind not in ("number", "duration"):
        raise BadValue("expression.operand", operator="-", found=type_label(type_of_value(value)))
    return -value


def positive(value: Any) -> Any:
    return None if value is None else -negative(value)


def _misfit(symbol: type[ast.AST], left: Any, right: Any) -> BadValue:
    kinds = {"left": type_label(type_of_value(left)), "right": type_label(type_of_value(right))}
    code = "expression.operands" if issubclass(symbol, ast.operator) else "expression.comparison"
    return BadValue(code, operator=SYMBOLS[symbol], **kinds)


OPERATIONS: Mapping[type[ast.AST], Operation] = {
    ast.Add: _calculating(ast.Add, _add), ast.Sub: _calculating(ast.Sub, _subtract),
    ast.Mult: _calculating(ast.Mult, _multiply), ast.Div: _calculating(ast.Div, _divide),
    ast.Mod: _calculating(ast.Mod, _modulo), ast.Pow: _calculating(ast.Pow, _power),
    ast.Eq: equal, ast.NotEq: unequal, ast.In: contains, ast.NotIn: contains_not,
    ast.Lt: _ordering(ast.Lt, operator.lt), ast.LtE: _ordering(ast.LtE, operator.le),
    ast.Gt: _ordering(ast.Gt, operator.gt), ast.GtE: _ordering(ast.GtE, operator.ge),
}  # fmt: skip


# -- values for functions --------------------------------------------------------------------------


def attribute(owner: Any, of: Type, name: str, context: EvaluationContext) -> Any:
    """`owner.name`: of a record or person (an id), of a row at hand, or of every item of a list."""
    if owner is None or owner == "":
        return None
    if isinstance(owner, Mapping):
        return owner.get(name)
    if isinstance(owner, list | tuple):
        return _of_each(owner, of.of or ANY, name, context)
    return context.resolve(of, str(owner), name)


def _of_each(items: Any, of: Type, name: str, context: EvaluationContext) -> list[Any]:
    found: list[Any] = []
    for item in items:
        value = attribute(item, of, name, context)
        if isinstance(value, list | tuple):
            found.extend(value)
        elif value is not None:
            found.append(value)
    return found


def fit(value: Any, types: tuple[Type, ...], context: EvaluationContext) -> Any:
    """The value as a function's argument wants it; BadValue when it cannot stand there."""
    if value is None:
        return _nothing(types)
    if len(types) > 1 and type_of_value(value).kind in [type_.kind for type_ in types]:
        return value
    for type_ in types:
        fitted = _FITTING[type_.kind](value, context)
        if fitted is not NotImplemented:
            return fitted
    raise BadValue(
        "expression.argument",
        argument="",
        expected=type_label(*types),
        found=type_label(type_of_value(value)),
    )


def _nothing(types: tuple[Type, ...]) -> Any:
    kind = types[0].kind
    return "" if kind == "text" else [] if kind == "list" else None


def _is(*python_types: type) -> Callable[[Any, EvaluationContext], Any]:
    return lambda value, _: value if isinstance(value, python_types) else NotImplemented


def _number(value: Any, _: EvaluationContext) -> Any:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else NotImplemented


def as_date(value: Any, context: EvaluationContext) -> Any:
    if isinstance(value, datetime):
        return context.local(value).date()
    return value if isinstance(value, date) else NotImplemented


def as_datetime(value: Any, context: EvaluationContext) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return context.midnight(value) if isinstance(value, date) else NotImplemented


_FITTING: Mapping[str, Callable[[Any, EvaluationContext], Any]] = {
    "any": lambda value, _: value, "blank": lambda value, _: value,
    "text": _is(str), "person": _is(str), "department": _is(str), "record": _is(str),
    "boolean": _is(bool), "number": _number, "duration": _is(timedelta),
    "list": lambda value, _: list(value) if isinstance(value, list | tuple) else NotImplemented,
    "date": as_date, "datetime": as_datetime,
}  # fmt: skip
