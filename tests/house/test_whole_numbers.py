"""A number is taken from a text in one place: `isdigit` says yes to ² and to a million digits, `int` does not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.whole_numbers import is_whole_number, whole_number
from tests.house.source import none_of, sources

ASKED = (".isdigit(", ".isdecimal(", ".isnumeric(")
OF_A_LETTER = ("letter.isdigit(",)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), (12, 12), *((bad, None) for bad in
     ("", "²", "٣", "１", "-1", "+1", " 1", "1.0", "1_0", "9" * 19, "9" * 5_000, None, [1]))],
)  # fmt: skip
def test_a_whole_number(text: Any, number: int | None) -> None:
    assert whole_number(text) == number
    assert whole_number(text, -1) == (-1 if number is None else number)
    assert is_whole_number(text) == (number is not None)


def test_nobody_asks_a_text_whether_it_is_digits() -> None:
    asked = (
        f"{source.module}: {line.strip()}"
        for source in sources("engine", "builder_ui")
        if source.module != "engine.whole_numbers"
        for line in source.text.splitlines()
        if any(word in line for word in ASKED) and not any(word in line for word in OF_A_LETTER)
    )
    none_of(asked)
