"""Exact numbers of the expression language: int and Decimal, never float.

A number has at most 18 digits before the point and 10 after it; `*`, `/` and `**`
round half-even to those 10 places. Both Python evaluators and the function plugins
(through `plugin_api`) calculate with these, so a number means the same everywhere.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from metamodel.problems import BadValue

Number = int | Decimal

PLACES = 10
MAX_WHOLE_DIGITS = 18
LIMIT = 10**MAX_WHOLE_DIGITS
CONTEXT = Context(
    prec=60, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)  # fmt: skip
ROUGH = Context(
    prec=36, rounding=ROUND_HALF_EVEN, traps=CONTEXT.traps
)  # for roots: 18 and 10 digits and some
_SMALLEST = Decimal(1).scaleb(-PLACES)
_MICROSECOND = timedelta(microseconds=1)


def settle(number: Number) -> Number:
    """The number rounded to what numbers may hold; BadValue beyond their range."""
    if not -LIMIT < number < LIMIT:
        raise BadValue("expression.number_too_large")
    if type(number) is Decimal and number.as_tuple().exponent < -PLACES:  # type: ignore[operator]
        return number.quantize(_SMALLEST, ROUND_HALF_EVEN, CONTEXT)
    return number


def add(left: Number, right: Number) -> Number:
    if type(left) is int and type(right) is int:
        return settle(left + right)
    return settle(CONTEXT.add(left, right))


def subtract(left: Number, right: Number) -> Number:
    if type(left) is int and type(right) is int:
        return settle(left - right)
    return settle(CONTEXT.subtract(left, right))


def multiply(left: Number, right: Number) -> Number:
    if type(left) is int and type(right) is int:
        return settle(left * right)
    return settle(CONTEXT.multiply(left, right))


def divide(left: Number, right: Number) -> Decimal:
    """Half-even to ten places; exact because the whole-number quotient is rounded once."""
    if not right:
        raise BadValue("expression.division_by_zero")
    quotient = divide_half_even(*_ratio(left, right))
    return Decimal(settle(Decimal(quotient).scaleb(-PLACES, CONTEXT)))


def _ratio(left: Number, right: Number) -> tuple[int, int]:
    top, under = Decimal(left).as_integer_ratio()
    above, below = Decimal(right).as_integer_ratio()
    return top * below * 10**PLACES, under * above


def divide_half_even(dividend: int, divisor: int) -> int:
    """The whole number nearest to the quotient; the even one in the middle."""
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    quotient, rest = divmod(dividend, divisor)
    twice = 2 * rest
    return quotient + (twice > divisor or (twice == divisor and quotient % 2 == 1))


def modulo(left: Number, right: Number) -> Number:
    """The rest has the sign of the divisor, as in Excel's MOD."""
    if not right:
        raise BadValue("expression.division_by_zero")
    if type(left) is int and type(right) is int:
        return left % right
    rest = CONTEXT.remainder(left, right)
    return CONTEXT.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def power(base: Number, exponent: Number) -> Number:
    if not base and exponent < 0:
        raise BadValue("expression.division_by_zero")
    if base < 0 and exponent != int(exponent):
        raise BadValue("expression.out_of_domain", function="**")
    if not exponent:
        return 1
    try:
        return settle((ROUGH if exponent != int(exponent) else CONTEXT).power(base, exponent))
    except Overflow:
        raise BadValue("expression.number_too_large") from None


def times(duration: timedelta, factor: Number) -> timedelta:
    whole = CONTEXT.multiply(duration // _MICROSECOND, factor).to_integral_value(ROUND_HALF_EVEN)
    return microseconds(int(whole))


def share(duration: timedelta, divisor: Number) -> timedelta:
    if not divisor:
        raise BadValue("expression.division_by_zero")
    above, below = Decimal(divisor).as_integer_ratio()
    return microseconds(divide_half_even((duration // _MICROSECOND) * below, above))


def ratio(left: timedelta, right: timedelta) -> Decimal:
    return divide(left // _MICROSECOND, right // _MICROSECOND)


def microseconds(count: int) -> timedelta:
    try:
        return timedelta(microseconds=count)
    except OverflowError:
        raise BadValue("expression.date_range") from None


def number_text(number: Number) -> str:
    """The shortest plain notation: `1.50` is `1.5`, `3.0` is `3`; never an exponent."""
    if type(number) is int:
        return str(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
