"""Periods on the calendar, and what can be wrong with the retention of a form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from metamodel.application import load
from metamodel.problems import Problem
from metamodel.retention import Period


@pytest.mark.parametrize(
    ("text", "began", "over"),
    [
        ("P5Y", date(2021, 11, 23), date(2026, 11, 23)),
        ("P1Y", date(2024, 2, 29), date(2025, 3, 1)),
        ("P4Y", date(2024, 2, 29), date(2028, 2, 29)),
        ("P1M", date(2026, 1, 31), date(2026, 3, 1)),
        ("P90D", date(2026, 1, 1), date(2026, 4, 1)),
        ("P2W", date(2026, 1, 1), date(2026, 1, 15)),
        ("P1Y6M", date(2026, 1, 15), date(2027, 7, 15)),
        ("P0D", date(2026, 1, 1), date(2026, 1, 1)),
        ("P9000Y", date(2026, 1, 1), date.max),
    ],
)
def test_the_first_day_on_which_a_period_is_over(text: str, began: date, over: date) -> None:
    period = Period.read(text)
    assert period is not None
    assert period.after(began) == over


@pytest.mark.parametrize("text", ["", "P", "5Y", "P5", "PT5H", "P-1Y", "P5Y "])
def test_what_is_no_period(text: str) -> None:
    assert Period.read(text) is None


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 300), st.integers(0, 400), st.integers(0, 2)
)
def test_over_is_when_it_lies_so_long_before(began: date, months: int, days: int, later: int) -> None:
    """`after` is the first day D with `before(D)` not earlier than the beginning."""
    period = Period(months, days)
    over = period.after(began)
    assert period.before(over) >= began
    assert over == began or period.before(date.fromordinal(over.toordinal() - 1)) < began
    assert period.before(date.fromordinal(over.toordinal() + later)) >= began


FIELDS: list[dict[str, Any]] = [
    {"id": "at", "type": "datetime"},
    {"id": "secret", "type": "date", "sealed": True},
    {"id": "name", "type": "text"},
]


@pytest.mark.parametrize(
    ("retention", "codes"),
    [
        ({"keep": "P5Y", "then": "shred", "from": "at"}, []),
        ([{"id": "a", "keep": "P5Y", "from": "at"}, {"id": "b", "at_most": "P9Y", "then": "store_only"}], []),
        ([{"id": "a", "keep": "P5Y"}, {"id": "a", "keep": "P6Y"}], ["id.duplicate"]),
        ([{"id": "a"}], ["retention.no_period"]),
        ([{"id": "a", "at_most": "P5Y"}], ["retention.nothing_then"]),
        ([{"id": "a", "keep": "P5Y", "at_most": "P18M", "then": "shred"}], ["retention.crossed"]),
        ([{"id": "a", "keep": "P5Y", "from": "name"}], ["retention.not_a_date"]),
        ([{"id": "a", "keep": "P5Y", "from": "secret"}], ["retention.sealed_date"]),
        ([{"id": "a", "keep": "P5Y", "from": "gone"}], ["reference.unknown_field"]),
        ([{"id": "a", "keep": "P5Y", "where": "gone == 1"}], ["expression.unknown_name"]),
        ([{"id": "a", "keep": "five"}], ["shape.duration"]),
        ([{"id": "a", "keep": "P5Y", "then": "burn"}], ["shape.choice"]),
        (
            [{"id": "a", "keep": "P9Y"}, {"id": "b", "at_most": "P5Y", "then": "shred"}],
            ["retention.outlasted"],
        ),
    ],
)
def test_what_can_be_wrong(registry: Any, retention: Any, codes: list[str]) -> None:
    assert [one.code for one in wrong_with(registry, retention)] == codes


def wrong_with(registry: Any, retention: Any) -> list[Problem]:
    document = {
        "muniment": 1,
        "app": {"id": "a", "label": "a"},
        "forms": [{"id": "f", "label": "f", "fields": FIELDS, "retention": retention}],
    }
    _, problems = load(document, registry)
    return [one for one in problems if one.path.startswith("/forms/0/retention")]


def test_people_are_told_periods_in_words(registry: Any) -> None:
    rules = [{"id": "a", "keep": "P5Y", "at_most": "P1Y1M2W", "then": "shred"}]
    (found,) = wrong_with(registry, rules)
    assert found.text("zh") == "最长期限 1 年 1 个月 14 天 短于最短期限 5 年"
    assert found.text("en") == "At most 1 year 1 month 14 days is shorter than at least 5 years"
