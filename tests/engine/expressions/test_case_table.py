"""`tests/cases/expressions.json` is the language: all its rows on both Python evaluators, and on both
databases wherever SQL can say them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.database import Database
from engine.expressions import compile_expression, evaluate
from engine.expressions.given import check_given, read_given, to_json
from engine.sql_expressions import to_sql_value
from metamodel.expressions import Expression
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from tests.engine.expressions.cases import CASES, CONTEXT, GivenColumns, given_values, python_value, rows_of


def outcome(work: Any) -> Any:
    """The value as JSON, or the code of the problem."""
    try:
        return {"expect": to_json(work())}
    except Rejected as refused:
        return {"problem": refused.problems[0].code}


def wanted(case: dict[str, Any]) -> dict[str, Any]:
    return {key: case[key] for key in ("expect", "problem") if key in case}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_both_python_evaluators(case: dict[str, Any], registry: Registry) -> None:
    expression, values, problems = check_given(case["expr"], case["given"], registry, CONTEXT)
    if expression is None:
        assert {"problem": problems[0].code} == wanted(case), problems
        return
    assert outcome(lambda: evaluate(expression, values, CONTEXT, registry)) == wanted(case)
    assert outcome(lambda: compile_expression(expression, registry)(values, CONTEXT)) == wanted(case)


def test_sql(database: Database, registry: Registry) -> None:
    checked = [(case, *check_given(case["expr"], case["given"], registry, CONTEXT)[:2]) for case in CASES]
    sayable = [(case, expression, values) for case, expression, values in checked if expression is not None]
    given = [read_given(case["given"], CONTEXT) for case, _, _ in sayable]
    rows = [
        row
        for number, (_, _, values) in enumerate(sayable)
        for row in rows_of(number, values, given[number].types)
    ]

    def fill(unit: Any) -> None:
        given_values.create(unit.connection)
        unit.connection.execute(sa.insert(given_values), rows)

    database.write(fill)
    wrong: list[str] = []
    said = 0
    with database.read() as connection:
        for number, (case, expression, values) in enumerate(sayable):
            columns = GivenColumns(number, values, given[number].types)
            found = sql_outcome(connection, database, expression, columns)
            said += found != "not in sql"
            if found != ("not in sql" if case.get("sql") is False else wanted_in_sql(case)):
                wrong.append(f"{case['name']}: {case['expr']}: {found}, wanted {case}")
    assert not wrong, "\n".join(wrong)
    assert said > 200


def wanted_in_sql(case: dict[str, Any]) -> Any:
    """In SQL what fails, fails, whatever the code; a blank text is '' or NULL."""
    if "problem" in case:
        return "fails"
    return {"expect": case["expect"] if case["expect"] not in ("", []) else None}


def sql_outcome(connection: Any, database: Database, expression: Expression, columns: GivenColumns) -> Any:
    try:
        made = to_sql_value(expression, columns, database.ops, CONTEXT)
    except Rejected as refused:
        code = refused.problems[0].code
        return "not in sql" if code in ("expression.not_in_sql", "expression.sealed_in_sql") else code
    failed = made.failed if made.failed is not None else sa.false()
    raw, fails = connection.execute(sa.select(made.column, failed)).one()
    if fails:
        assert not raw
        return "fails"
    value = to_json(python_value(raw, made))
    return {"expect": None if value in ("", []) else value}
