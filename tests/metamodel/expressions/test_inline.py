"""Inlining: our record's values in a condition about other rows, exactly and as nothing but values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from engine.expressions import EvaluationContext, compile_expression
from metamodel.expressions import check
from metamodel.expressions.inline import inlined, outer_paths
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from metamodel.scope import NothingScope

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = EvaluationContext(datetime(2026, 11, 20, 1, 0, tzinfo=UTC), ZONE)
MOMENT = datetime(2026, 11, 20, 1, 30, 15, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("customer == record.scope_customer and channel in record.channels", ["scope_customer", "channels"]),
        ("customer == record.scope.customer or record.scope.customer == none", ["scope.customer"]),
        ("parent == record and id_of != record.id", ["id"]),
        ("happened_at >= TODAY()", []),
        ("record.", []),
        ("", []),
        ("'record.x' == name", []),
    ],
)
def test_what_is_asked_of_our_record(text: str, paths: list[str]) -> None:
    assert outer_paths(text) == paths


@pytest.mark.parametrize(
    ("text", "values", "found"),
    [
        ("customer == record.c", {"c": "17"}, "customer == '17'"),
        ("customer==record.c and a>1", {"c": None}, "customer==none and a>1"),
        ("name == record.c.name", {"c.name": "它's\n\\新"}, "name == '它\\'s\\n\\\\新'"),
        ("channel in record.c", {"c": ["wecom", "phone"]}, "channel in ['wecom', 'phone']"),
        ("channel in record.c", {"c": []}, "channel in none"),
        ("price > record.c * 2", {"c": Decimal("-1.50")}, "price > (-1.50) * 2"),
        ("price > -record.c", {"c": 7}, "price > -7"),
        ("open == record.c", {"c": True}, "open == true"),
        ("day >= record.c", {"c": date(2026, 2, 3)}, "day >= DATE(2026, 2, 3)"),
        ("at >= record.c", {"c": MOMENT}, "at >= (DATETIME(DATE(2026, 11, 20), 9, 30) + SECONDS(15.25))"),
        ("at >= record.c", {"c": MOMENT.replace(second=0, microsecond=0)}, "at >= DATETIME(DATE(2026, 11, 20), 9, 30)"),
        ("wait > record.c", {"c": timedelta(hours=1.5)}, "wait > SECONDS(5400)"),
        ("parent == record", {"id": "9"}, "parent == '9'"),
        ("IF(record.a，record.b, 1)", {"a": True, "b": 2}, "IF(true，2, 1)"),
        ("“record.a” == name", {}, "“record.a” == name"),
        ("  record.a==1", {"a": 1}, "  1==1"),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_values_take_the_places_of_paths(text: str, values: dict[str, Any], found: str) -> None:
    assert inlined(text, values, ZONE) == found


@pytest.mark.parametrize(
    ("text", "values", "code"),
    [
        ("a == record.x", {}, "expression.not_inlined"),
        ("a == record.x.y", {"x": "1"}, "expression.not_inlined"),
        ("a == record.x", {"x": {"id": 1}}, "expression.not_inlined"),
        ("a in record.x", {"x": [["1"]]}, "expression.not_inlined"),
        ("a == record.x +", {"x": 1}, "expression.syntax"),
    ],
)
def test_what_cannot_be_written_out(text: str, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        inlined(text, values, ZONE)
    assert refused.value.problems[0].code == code


PLAIN = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=4),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.integers(0, 4 * 10**15).map(lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)),
    st.integers(-(10**12), 10**12).map(lambda us: timedelta(microseconds=us)),
)


@settings(deadline=None)
@given(value=PLAIN | st.lists(PLAIN.filter(lambda one: isinstance(one, str)), min_size=1, max_size=4))
@pytest.mark.parametrize("zone", [ZONE, ZoneInfo("Europe/Berlin")], ids=str)
def test_what_is_written_out_is_the_value(registry: Registry, zone: ZoneInfo, value: Any) -> None:
    text = inlined("record.x", {"x": value}, zone)
    expression, problems = check(text, NothingScope(), registry)
    assert expression is not None, problems
    assert compile_expression(expression, registry)({}, EvaluationContext(CONTEXT.now, zone)) == value
