"""Stretches of days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from engine.search.periods import read_days
from metamodel.problems import BadValue

TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-11-05", "2026-11-05", "2026-11-06"),
        ("2026年11月5日", "2026-11-05", "2026-11-06"),
        ("20261105", "2026-11-05", "2026-11-06"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026年2月", "2026-02-01", "2026-03-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("今天", "2026-11-20", "2026-11-21"),
        ("Yesterday", "2026-11-19", "2026-11-20"),
        ("前天", "2026-11-18", "2026-11-19"),
        ("本周", "2026-11-16", "2026-11-23"),
        ("last_week", "2026-11-09", "2026-11-16"),
        ("本月", "2026-11-01", "2026-12-01"),
        ("上个月", "2026-10-01", "2026-11-01"),
        ("next_month", "2026-12-01", "2027-01-01"),
        ("本季度", "2026-10-01", "2027-01-01"),
        ("上季度", "2026-07-01", "2026-10-01"),
        ("今年", "2026-01-01", "2027-01-01"),
        ("去年", "2025-01-01", "2026-01-01"),
        ("7天", "2026-11-14", "2026-11-21"),
        ("近2周", "2026-11-07", "2026-11-21"),
        ("last_30_days", "2026-10-22", "2026-11-21"),
    ],
)
def test_a_stretch(text: str, first: str, end: str) -> None:
    assert read_days(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text", ["", "昨夜", "2026-02-30", "2026-13", "0000", "9999", "9999-12-31", "9999999天", "天"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(BadValue):
        read_days(text, TODAY)
