"""`muniment eval`: an expression over given JSON values, on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.clock import SystemClock
from engine.config import Config
from engine.expressions import EvaluationContext, evaluate
from engine.plugin_loader import load_registry
from metamodel.expressions import check
from metamodel.expressions.types import ANY, BLANK, BOOLEAN, NUMBER, TEXT, Type, list_of
from metamodel.problems import Problem, Rejected, problem


class GivenScope:
    """Names and types of the values given."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def name(self, name: str) -> Type | None:
        return _type(self._values[name]) if name in self._values else None

    def names(self) -> Iterable[str]:
        return self._values

    def attribute(self, of: Type, name: str) -> Type | None:
        return None

    def attributes(self, of: Type) -> Iterable[str]:
        return ()


def evaluate_text(text: str, given: str) -> tuple[Any, list[Problem]]:
    """The value as JSON, or what is wrong."""
    registry = load_registry()
    try:
        values = json.loads(given, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError as error:
        return None, [problem("request.unreadable", reason=str(error))]
    expression, problems = check(text, GivenScope(values), registry)
    if expression is None:
        return None, problems
    context = EvaluationContext(now=SystemClock().now(), zone=Config.from_environment().zone)
    try:
        return plain(evaluate(expression, values, context, registry)), []
    except Rejected as refused:
        return None, list(refused.problems)


def plain(value: Any) -> Any:
    """As JSON: decimals as strings, dates in ISO form."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, bool, int, type(None))) else str(value)


def _type(value: Any) -> Type:
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, Decimal):
        return NUMBER
    if isinstance(value, list):
        return list_of(_type(value[0]) if value else ANY)
    return TEXT if isinstance(value, str) else ANY
