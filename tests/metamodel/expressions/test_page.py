"""docs/expressions.md: the function of your own works as printed, and what the page shows can be checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.expressions import EvaluationContext
from engine.expressions.given import evaluate_given
from metamodel.expressions.function_table import render_function_table
from metamodel.plugin_api import Registry
from tests.conftest import NOW

PAGE = (Path(__file__).parents[3] / "docs/expressions.md").read_text("utf-8")


def test_the_function_of_your_own() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module: dict[str, Any] = {}
    exec(code, module)
    registry = Registry()
    module["register"](registry)
    (function,) = registry.all("function").values()
    for text, given, expect in function.examples:
        assert evaluate_given(text, given, registry, EvaluationContext(now=NOW)) == (expect, [])


def test_the_table_is_todays(registry: Registry) -> None:
    table = (Path(__file__).parents[3] / "docs/functions.md").read_text("utf-8")
    assert render_function_table(registry) in table, "stale: run .venv/bin/python scripts/refresh_docs.py"


def test_examples_of_the_page(registry: Registry) -> None:
    given = {
        "content": "报价", "amount": 5, "due": None, "owner": "x", "department": "y", "discount": 10,
        "items": [{"amount": 100}, {"amount": 50}],
    }  # fmt: skip
    block = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)[0]
    for text in block.strip().splitlines():
        _, problems = evaluate_given(text, given, registry, EvaluationContext(now=NOW))
        assert problems == [], text
    assert evaluate_given(
        "SUM(items.amount) * (1 - discount / 100)", given, registry, EvaluationContext(now=NOW)
    ) == (135, [])
