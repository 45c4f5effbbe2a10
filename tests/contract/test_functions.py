"""Every registered function, ours and others': its words, its examples, blanks and strange values, its SQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.expressions import EvaluationContext, compile_expression, evaluate
from engine.expressions.given import check_given, to_json
from engine.plugin_loader import load_registry
from metamodel.expressions.types import Type
from metamodel.labels import label_text
from metamodel.plugin_api import Argument, BadValue, Function, Registry

REGISTRY = load_registry()
FUNCTIONS: list[Function] = list(REGISTRY.all("function").values())
CONTEXT = EvaluationContext(now=datetime(2026, 11, 20, 1, 0, tzinfo=UTC))

VALUES: dict[str, list[Any]] = {
    "text": ["", "竞品A", "a" * 3000, "\n\t\\'\"", "١٢", "-0", "👩‍👩‍👧"],
    "number": [None, 0, -1, 10**17, Decimal("0.0000000001"), Decimal("-99999.995")],
    "boolean": [None, True, False],
    "date": [None, date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)],
    "datetime": [None, datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)],
    "duration": [None, timedelta(0), timedelta(days=-1, microseconds=1)],
    "person": [None, "sales04"],
    "department": [None, "east"],
    "record": [None, "12"],
    "list": [[], ["a", "a", "b"], [1, Decimal("2.5")]],
}
VALUES["any"] = [None, "", 1, Decimal("1.5"), True, "a", ["a"], date(2026, 1, 1)]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_words(function: Function) -> None:
    assert function.name == function.name.upper()
    for words in (function.label, function.doc):
        assert isinstance(words, dict)
        assert label_text(words, "zh")
        assert label_text(words, "en")
        assert label_text(words, "zh") != label_text(words, "en")
    assert function.examples
    assert all(not argument.many for argument in function.arguments[:-1])
    assert all(argument.many for argument in function.arguments if argument.or_list)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_examples(function: Function, registry: Registry) -> None:
    for text, given, expect in function.examples:
        expression, values, problems = check_given(text, given, registry, CONTEXT)
        assert expression is not None, problems
        assert function.name in expression.functions
        assert to_json(compile_expression(expression, registry)(values, CONTEXT)) == expect
        assert to_json(evaluate(expression, values, CONTEXT, registry)) == expect


@pytest.mark.parametrize(
    "function", [each for each in FUNCTIONS if not each.lazy], ids=lambda each: each.name
)
def test_any_value_of_its_types_gives_a_value_or_a_bad_value(function: Function) -> None:
    for count in range(1, 5):
        arguments = _arguments(function, count)
        if arguments is None:
            continue
        for values in itertools.islice(itertools.product(*map(_values, arguments)), 3000):
            _value_or_bad(function, values)


def _value_or_bad(function: Function, values: tuple[Any, ...]) -> None:
    before = [list(value) if isinstance(value, list) else value for value in values]
    try:
        found = function.call(CONTEXT, *values) if function.context else function.call(*values)
    except BadValue:
        return
    except TypeError:
        assert _mixed(values), values  # the checker refuses what has no common type
        return
    assert found is None or isinstance(found, str | bool | int | Decimal | date | timedelta | list)
    assert list(values) == before, "a list was changed"


def _mixed(values: tuple[Any, ...]) -> bool:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return len({type(item) for item in items if item is not None}) > 1


def _arguments(function: Function, count: int) -> list[Argument] | None:
    known = list(function.arguments)
    if known and known[-1].many:
        known += [known[-1]] * (count - len(known))
    least = sum(not argument.optional for argument in function.arguments)
    return known[:count] if least <= count <= len(known) else None


def _values(argument: Argument) -> list[Any]:
    found = [value for type_ in argument.types for value in VALUES[type_.kind] if _fits(value, type_)]
    return [value for value in found if not isinstance(value, list)] if argument.or_list else found


def _fits(value: Any, type_: Type) -> bool:
    """Lists of the right items."""
    if type_.kind != "list" or type_.of is None or type_.of.kind == "any":
        return True
    kinds: dict[str, Callable[[Any], bool]] = {
        "text": lambda item: isinstance(item, str), "number": lambda item: isinstance(item, int | Decimal),
        "date": lambda item: isinstance(item, date),
    }  # fmt: skip
    return all(kinds[type_.of.kind](item) for item in value)


def test_there_are_enough() -> None:
    assert len(FUNCTIONS) >= 80
    assert sum(function.sql is not None for function in FUNCTIONS) >= 50
