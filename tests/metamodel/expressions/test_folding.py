"""The comparable form of texts, and exact numbers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from metamodel.expressions import arithmetic, folding
from metamodel.problems import BadValue


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("竞品Ａ", "竞品a"), ("競品A", "竞品a"), ("竞 品\u3000A", "竞品a"), ("不 满\u200b意", "不满意"),
        ("ＡＢＣ１２３！", "abc123!"), ("ÉΩ", "éω"),
        ("報價單", "报价单"), ("發票", "发票"), ("", ""), ("İ", "i"),
        ("說説", "说说"), ("產産線綫欵", "产产线线款"),
        *((f"竞品{chr(unseen)}A", "竞品a") for unseen in (
            0xAD, 0x34F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200F, 0x202E, 0x2060, 0x2061, 0x2066, 0xFE0F, 0xFEFF,
            0x3164, 0xE0020, 0xE01EF,
        )),
    ],
)  # fmt: skip
def test_match_form(text: str, form: str) -> None:
    assert folding.match_form(text) == form


@given(st.text())
def test_match_form_is_stable(text: str) -> None:
    form = folding.match_form(text)
    assert folding.match_form(form) == form


@given(st.text())
def test_case_is_letter_by_letter(text: str) -> None:
    assert len(folding.upper(text)) == len(text) == len(folding.lower(text))


def test_words_without_letters_go() -> None:
    assert folding.match_forms(("Ａ", " ", "")) == ("a",)


def test_trim() -> None:
    assert folding.trim("\u3000 a \t b\n") == "a b"


numbers = st.decimals(-(10**8), 10**8, places=4) | st.integers(-(10**8), 10**8)


@given(numbers, numbers)
def test_division_is_the_nearest_number_of_ten_places(left: Decimal | int, right: Decimal | int) -> None:
    if not right:
        with pytest.raises(BadValue):
            arithmetic.divide(left, right)
        return
    quotient = arithmetic.divide(left, right)
    error = abs(arithmetic.CONTEXT.subtract(arithmetic.CONTEXT.multiply(quotient, right), left))
    assert error <= arithmetic.CONTEXT.multiply(Decimal("0.00000000005"), abs(right))


@given(numbers, numbers)
def test_the_rest_has_the_sign_of_the_divisor(left: Decimal | int, right: Decimal | int) -> None:
    if right:
        rest = arithmetic.modulo(left, right)
        assert not rest or (rest < 0) == (right < 0)
        assert abs(rest) < abs(right)


@pytest.mark.parametrize(
    ("dividend", "divisor", "expect"),
    [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (1, 3, 0), (2, 3, 1), (5, -2, -2)],
)
def test_half_even(dividend: int, divisor: int, expect: int) -> None:
    assert arithmetic.divide_half_even(dividend, divisor) == expect


def test_limits_of_numbers() -> None:
    for work in (
        lambda: arithmetic.add(arithmetic.LIMIT - 1, 1), lambda: arithmetic.multiply(10**9, 10**9),
        lambda: arithmetic.power(10, 18), lambda: arithmetic.times(timedelta(days=10**8), 100),
    ):  # fmt: skip
        with pytest.raises(BadValue):
            work()
    assert arithmetic.multiply(Decimal("0.00001"), Decimal("0.000005")) == Decimal("0")
    assert arithmetic.multiply(Decimal("0.00001"), Decimal("0.000015")) == Decimal("0.0000000002")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5, "5"),
        (Decimal("1.50"), "1.5"),
        (Decimal("3.0"), "3"),
        (Decimal("-0.0"), "0"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_number_text(number: int | Decimal, text: str) -> None:
    assert arithmetic.number_text(number) == text
