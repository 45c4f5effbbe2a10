"""What the case table cannot say: contexts, links, people, budgets, plugins that fail, plugins that go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.expressions import EvaluationContext, compile_expression, evaluate
from engine.expressions.given import Given, check_given, evaluate_given, read_given, to_json
from metamodel.expressions import Expression, check
from metamodel.expressions.types import NUMBER, PERSON, TEXT, Type, list_of, record_of
from metamodel.plugin_api import Argument, Function, Registry
from metamodel.problems import Rejected
from tests.engine.expressions.cases import CONTEXT


class Organisation:
    """sales04 reports to mgr02, mgr02 to dir01."""

    SUPERIORS: Mapping[str, str] = {"sales04": "mgr02", "mgr02": "dir01"}

    def manager_of(self, person: str, level: int) -> str | None:
        for _ in range(level):
            person = self.SUPERIORS.get(person, "")
        return person or None

    def department_of(self, person: str) -> str | None:
        return "east" if person == "sales04" else None

    def departments_below(self, person: str) -> list[str]:
        return ["east", "east_1"] if person == "sales04" else []

    def has_role(self, person: str, role: str) -> bool:
        return (person, role) == ("sales04", "salesperson")

    def members_of(self, role: str) -> list[str]:
        return ["dir01"] if role == "sales_director" else []


PEOPLE = replace(CONTEXT, people=Organisation())


def both(text: str, scope: Given, registry: Registry, context: EvaluationContext = CONTEXT) -> Any:
    """The value by both evaluators, which must agree."""
    expression, problems = check(text, scope, registry)
    assert expression is not None, problems
    value = compile_expression(expression, registry)(scope.values, context)
    assert evaluate(expression, scope.values, context, registry) == value
    return value


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("MANAGER_OF('sales04')", "mgr02"), ("MANAGER_OF('sales04', 2)", "dir01"), ("MANAGER_OF('sales04', 9)", None),
        ("MANAGERS_OF('sales04')", ["mgr02", "dir01"]), ("DEPARTMENT_OF('sales04')", "east"),
        ("DEPARTMENTS_OF('sales04')", ["east", "east_1"]), ("MY_DEPARTMENTS()", ["east", "east_1"]),
        ("HAS_ROLE('salesperson')", True), ("HAS_ROLE('salesperson', 'mgr02')", False),
        ("IS_ME('sales04')", True), ("me == 'sales04'", True), ("me.department", "east"), ("me.name", "周敏"),
        ("PEOPLE_WITH_ROLE('sales_director')", ["dir01"]),
        ("KEYWORDS('risk')", ["不满意", "竞品A"]), ("CONTAINS_ANY('不 满意', KEYWORDS('risk'))", True),
    ],
)  # fmt: skip
def test_people_and_keywords(text: str, expect: Any, registry: Registry) -> None:
    assert both(text, Given({}, {}), registry, PEOPLE) == expect


def test_nobody_is_signed_in(registry: Registry) -> None:
    context = replace(PEOPLE, me=None)
    assert both("me == none and not HAS_ROLE('salesperson')", Given({}, {}), registry, context) is True
    assert both("MY_DEPARTMENTS()", Given({}, {}), registry, context) == []


def test_links_are_resolved_by_the_context(registry: Registry) -> None:
    asked: list[tuple[str, str, str]] = []

    def resolve(of: Type, identifier: str, name: str) -> Any:
        asked.append((of.form, identifier, name))
        return {"owner": "sales04", "level": "A"}.get(name)

    class Linked(Given):
        def attribute(self, of: Type, name: str) -> Type | None:
            return {"owner": PERSON, "level": TEXT}.get(name)

    scope = Linked(
        {"customer": "7", "nobody": None},
        {"customer": record_of("crm", "customer"), "nobody": record_of("crm", "customer")},
    )
    context = replace(CONTEXT, resolve=resolve)
    assert both("customer.level == 'A' and customer.owner == me", scope, registry, context) is True
    assert both("nobody.level", scope, registry, context) is None
    assert set(asked) == {("customer", "7", "level"), ("customer", "7", "owner")}


def test_columns_of_rows_and_the_record_around_a_row(registry: Registry) -> None:
    rows = read_given({"items": [{"price": 2, "tags": ["a"]}, {"price": 3, "tags": ["b", "c"]}]}, CONTEXT)
    assert both("SUM(items.price)", rows, registry) == 5
    assert both("items.tags", rows, registry) == ["a", "b", "c"]

    class Row(Given):
        rows = True

    types = {"price": NUMBER, "record": record_of("crm", "order"), "order.discount": NUMBER}
    row = Row({"price": 10, "record": {"discount": 3}}, types)
    assert both("price - record.discount", row, registry) == 7


def test_a_date_is_taken_where_a_text_looks_like_one(registry: Registry) -> None:
    given = {"day": "2026-11-20", "name": "2026-11-20"}
    assert evaluate_given("YEAR(day)", given, registry, CONTEXT) == (2026, [])
    assert evaluate_given("LEN(name)", given, registry, CONTEXT) == (10, [])


def test_a_plugin_that_fails_is_a_problem(registry: Registry) -> None:
    broken = Function("BROKEN", (Argument("n", NUMBER),), NUMBER, lambda n: n.missing)
    with registry.temporarily(broken):
        expression, values, _ = check_given("BROKEN(1)", {}, registry, CONTEXT)
        assert expression is not None
        assert refusals(expression, values, registry) == ["expression.function_failed"] * 2
        assert evaluate_given("IFERROR(BROKEN(1), 5)", {}, registry, CONTEXT) == (5, [])
    with pytest.raises(Rejected) as refused:
        compile_expression(expression, registry)
    assert refused.value.problems[0].code == "expression.unknown_function"


def test_iferror_does_not_go_on_after_the_budget(registry: Registry) -> None:
    text = f"IFERROR(SUM({','.join(['LEN(REPT(name, 990))'] * 60)}), 1)"
    value, problems = evaluate_given(text, {"name": "x" * 100}, registry, CONTEXT)
    assert value is None
    assert problems[0].code == "expression.too_large"


def test_a_budget_is_of_one_evaluation(registry: Registry) -> None:
    text = f"SUM({','.join(['LEN(REPT(name, 500))'] * 5)})"
    expression, values, _ = check_given(text, {"name": "x" * 100}, registry, CONTEXT)
    assert expression is not None
    compiled = compile_expression(expression, registry)
    assert [compiled(values, CONTEXT) for _ in range(3)] == [250_000] * 3


def test_constants_are_not_shared_with_callers(registry: Registry) -> None:
    expression, values, _ = check_given("['a'] + ['b']", {}, registry, CONTEXT)
    assert expression is not None
    compiled = compile_expression(expression, registry)
    compiled(values, CONTEXT).append("c")
    assert compiled(values, CONTEXT) == ["a", "b"]


def refusals(expression: Expression, values: Mapping[str, Any], registry: Registry) -> list[str]:
    """The codes by which both evaluators refuse."""
    with pytest.raises(Rejected) as compiled:
        compile_expression(expression, registry)(values, CONTEXT)
    with pytest.raises(Rejected) as walked:
        evaluate(expression, values, CONTEXT, registry)
    return [refused.value.problems[0].code for refused in (compiled, walked)]


def test_values_of_an_unexpected_kind_are_problems(registry: Registry) -> None:
    """A value stored long ago may not be what its field says today."""
    scope = Given({"n": "abc", "d": 5}, {"n": Type("any"), "d": Type("any")})
    for text in ("n + 1", "n < 1", "ROUND(n)", "YEAR(d)", "1 in d", "-n", "n and true", "d * [1]"):
        expression, problems = check(text, scope, registry)
        if expression is None:
            assert problems
            continue
        assert len(set(refusals(expression, scope.values, registry))) == 1, text


def test_json_of_values() -> None:
    given = read_given({"n": {"$number": "1.50"}, "big": 2**60, "when": {"$duration": "PT90M"}}, CONTEXT)
    assert [to_json(value) for value in given.values.values()] == ["1.5", str(2**60), "PT1H30M"]
    assert to_json({"a": [date(2026, 11, 20), None, True]}) == {"a": ["2026-11-20", None, True]}
    assert read_given({"x": {"$blank": "list"}}, CONTEXT).types["x"] == list_of(TEXT)
