"""`muniment eval`: an expression over given JSON values, on the command line."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from engine.clock import SystemClock
from engine.config import Config
from engine.expressions import EvaluationContext
from engine.expressions.given import evaluate_given
from engine.plugin_loader import load_registry
from metamodel.problems import Problem, problem


def evaluate_text(text: str, given: str) -> tuple[Any, list[Problem]]:
    """The value as JSON, or what is wrong."""
    try:
        values = json.loads(given, parse_float=Decimal)
    except json.JSONDecodeError as error:
        return None, [problem("request.unreadable", reason=str(error))]
    if not isinstance(values, dict):
        return None, [problem("request.unreadable", reason="JSON object expected")]
    context = EvaluationContext(now=SystemClock().now(), zone=Config.from_environment().zone)
    return evaluate_given(text, values, load_registry(), context)
