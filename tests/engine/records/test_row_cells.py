"""Which row was which, when rows come back without names."""

from __future__ import annotations

from typing import Any

import pytest

from engine.records.row_cells import matched

A, B = {"what": "导轨", "number": 1, "paid": "yes"}, {"what": "滑块", "number": 2, "paid": "no"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([A, B], [A, B]),
        ([B, A], [B, A]),
        ([B], [B]),
        ([{**A, "number": 7}, B], [A, B]),
        ([{"what": "导轨", "number": 5}, {**A, "number": 7}], [None, A]),  # the new one stands first
        ([{"what": "导轨"}, {"what": "滑块", "number": 2}], [A, B]),  # what is closed is not sent
        ([{"what": "滑块", "number": 2, "paid": "yes"}], [A]),  # all but the closed cell was changed
        ([{"what": "滑块", "number": 2, "paid": None}], [B]),  # a blank one tells nothing
        ([{"what": "丝杆", "number": 9}], [A]),  # nothing alike: the one in its place
        ([A, B, {"what": "丝杆", "number": 9}], [A, B, None]),
    ],
)
def test_rows_are_known_again(rows: list[dict[str, Any]], expected: list[dict[str, Any] | None]) -> None:
    assert matched(rows, [A, B], {"paid"}) == expected
