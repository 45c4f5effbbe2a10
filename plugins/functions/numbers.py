"""Number functions, exact: rounding as Excel does it (half away from zero), totals that skip blanks.

A blank number gives a blank; functions over several numbers leave blanks out. MIN and MAX
work on days, moments and durations as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from math import floor
from typing import Any

from metamodel.plugin_api import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    Argument,
    BadValue,
    Function,
    Registry,
    arithmetic,
    bilingual,
    common_type,
)
from plugins.functions.blanks import filled, unless_blank

Number = int | Decimal
_NUMBER, _DIGITS = Argument("number", NUMBER), Argument("digits", NUMBER, optional=True)
_NUMBERS = Argument("number", NUMBER, many=True, or_list=True)
_SUMS = Argument("value", (NUMBER, DURATION), many=True, or_list=True)
_ORDERED = Argument("value", (NUMBER, DATE, DATETIME, DURATION), many=True, or_list=True)


# -- rounding --------------------------------------------------------------------------------------


def _rounding(way: str) -> Callable[..., Any]:
    def rounded(number: Number, digits: Number = 0) -> Number:
        places = max(-arithmetic.MAX_WHOLE_DIGITS, min(int(digits), arithmetic.PLACES))
        exact = Decimal(number).quantize(Decimal(1).scaleb(-places), way, arithmetic.CONTEXT)
        return arithmetic.settle(int(exact) if places <= 0 else exact)

    return unless_blank(rounded)


def _to_multiple(way: str) -> Callable[..., Any]:
    def rounded(number: Number, multiple: Number = 1) -> Number:
        if not multiple:
            return 0
        times = arithmetic.divide(number, multiple).to_integral_value(way)
        return arithmetic.multiply(times, multiple)

    return unless_blank(rounded)


def _multiple_sql(ops: Any, number: Any, multiple: Any, up: bool) -> Any:
    """Down is the floor of the quotient; up is the floor of its negative."""
    quotient = ops.divide(number, multiple)
    times = ops.negative(ops.floor(ops.negative(quotient))) if up else ops.floor(quotient)
    either = ops.either(ops.is_blank(number), ops.is_blank(multiple))
    return ops.case(either, None, ops.case(ops.equal(multiple, 0), 0, ops.multiply(times, multiple)))


# -- several numbers -------------------------------------------------------------------------------


def total(*values: Any) -> Any:
    found = filled(values)
    if any(isinstance(value, timedelta) for value in found):
        return sum(found, timedelta())
    result: Number = 0
    for value in found:
        result = arithmetic.add(result, value)
    return result


def average(*values: Any) -> Any:
    found = filled(values)
    if not found:
        return None
    if any(isinstance(value, timedelta) for value in found):
        return arithmetic.share(total(*found), len(found))
    return arithmetic.divide(total(*found), len(found))


def median(*values: Number | None) -> Any:
    found = sorted(filled(values))
    if not found:
        return None
    middle = len(found) // 2
    return (
        found[middle]
        if len(found) % 2
        else arithmetic.divide(arithmetic.add(found[middle - 1], found[middle]), 2)
    )


def product(*values: Number | None) -> Number:
    result: Number = 1
    for value in filled(values):
        result = arithmetic.multiply(result, value)
    return result


def _first_of(choose: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def chosen(*values: Any) -> Any:
        found = filled(values)
        return choose(found) if found else None

    return chosen


def _sum_sql(ops: Any, *values: Any) -> Any:
    result = ops.literal(0)
    for value in values:
        if value.type.kind == "duration":
            raise BadValue("expression.not_in_sql", what="SUM")
        result = ops.add(result, ops.coalesce(value, 0))
    return result


def _average_sql(ops: Any, *values: Any) -> Any:
    count = ops.literal(0)
    for value in values:
        count = ops.add(count, ops.case(ops.is_blank(value), 0, 1))
    return ops.case(ops.equal(count, 0), None, ops.divide(_sum_sql(ops, *values), count))


# -- roots and logarithms --------------------------------------------------------------------------


@unless_blank
def square_root(number: Number) -> Number:
    if number < 0:
        raise BadValue("expression.out_of_domain")
    return arithmetic.settle(arithmetic.ROUGH.sqrt(number))


@unless_blank
def logarithm(number: Number, base: Number = 10) -> Number:
    if number <= 0 or base <= 0 or base == 1:
        raise BadValue("expression.out_of_domain")
    log = arithmetic.ROUGH.ln
    return arithmetic.settle(arithmetic.ROUGH.divide(log(Decimal(number)), log(Decimal(base))))


def between(value: Any, low: Any, high: Any) -> bool:
    return value is not None and low is not None and high is not None and low <= value <= high


_ONE = Argument("value", (NUMBER, DATE, DATETIME, DURATION))

FUNCTIONS = (
    Function(
        "ABS",
        (_NUMBER,),
        NUMBER,
        unless_blank(abs),
        group="numbers",
        sql=lambda ops, x: ops.absolute(x),
        label=bilingual("绝对值", "Absolute value"),
        doc=bilingual("去掉负号", "The number without its sign"),
        examples=(("ABS(-2.5)", {}, "2.5"), ("ABS(x)", {"x": None}, None)),
    ),
    Function(
        "SIGN",
        (_NUMBER,),
        NUMBER,
        unless_blank(lambda x: (x > 0) - (x < 0)),
        group="numbers",
        sql=lambda ops, x: ops.sign(x),
        label=bilingual("正负", "Sign"),
        doc=bilingual(
            "正数 1，负数 -1，零 0", "1 for a positive number, -1 for a negative one, 0 for nought"
        ),
        examples=(("SIGN(-3)", {}, -1), ("SIGN(0)", {}, 0)),
    ),
    Function(
        "ROUND",
        (_NUMBER, _DIGITS),
        NUMBER,
        _rounding(ROUND_HALF_UP),
        group="numbers",
        sql=lambda ops, x, digits=0: ops.round(x, digits, "half"),
        label=bilingual("四舍五入", "Round"),
        doc=bilingual(
            "四舍五入到几位小数，负数为十位、百位…",
            "Rounded to so many places, halves away from zero; -2: to hundreds",
        ),
        examples=(("ROUND(2.345, 2)", {}, "2.35"), ("ROUND(-2.5)", {}, -3), ("ROUND(1250, -2)", {}, 1300)),
    ),
    Function(
        "ROUNDUP",
        (_NUMBER, _DIGITS),
        NUMBER,
        _rounding(ROUND_UP),
        group="numbers",
        sql=lambda ops, x, digits=0: ops.round(x, digits, "up"),
        label=bilingual("向上舍入", "Round up"),
        doc=bilingual("往远离零的方向舍入", "Rounded away from zero"),
        examples=(("ROUNDUP(2.301, 1)", {}, "2.4"), ("ROUNDUP(-2.1)", {}, -3)),
    ),
    Function(
        "ROUNDDOWN",
        (_NUMBER, _DIGITS),
        NUMBER,
        _rounding(ROUND_DOWN),
        group="numbers",
        sql=lambda ops, x, digits=0: ops.round(x, digits, "down"),
        label=bilingual("向下舍入", "Round down"),
        doc=bilingual("往零的方向舍入", "Rounded towards zero"),
        examples=(("ROUNDDOWN(2.39, 1)", {}, "2.3"), ("ROUNDDOWN(-2.9)", {}, -2)),
    ),
    Function(
        "INT",
        (_NUMBER,),
        NUMBER,
        unless_blank(floor),
        group="numbers",
        sql=lambda ops, x: ops.floor(x),
        label=bilingual("取整", "Whole number"),
        doc=bilingual("不大于它的最大整数", "The largest whole number that is not above it"),
        examples=(("INT(2.9)", {}, 2), ("INT(-2.1)", {}, -3)),
    ),
    Function(
        "CEILING",
        (_NUMBER, Argument("multiple", NUMBER, optional=True)),
        NUMBER,
        _to_multiple(ROUND_CEILING),
        group="numbers",
        sql=lambda ops, x, multiple=1: _multiple_sql(ops, x, multiple, True),
        label=bilingual("进到倍数", "Ceiling"),
        doc=bilingual("进到某数的倍数，默认 1", "Up to the next multiple of a number, 1 if not said"),
        examples=(("CEILING(2.1)", {}, 3), ("CEILING(23, 5)", {}, 25)),
    ),
    Function(
        "FLOOR",
        (_NUMBER, Argument("multiple", NUMBER, optional=True)),
        NUMBER,
        _to_multiple(ROUND_FLOOR),
        group="numbers",
        sql=lambda ops, x, multiple=1: _multiple_sql(ops, x, multiple, False),
        label=bilingual("退到倍数", "Floor"),
        doc=bilingual("退到某数的倍数，默认 1", "Down to the multiple of a number, 1 if not said"),
        examples=(("FLOOR(2.9)", {}, 2), ("FLOOR(23, 5)", {}, 20)),
    ),
    Function(
        "MOD",
        (_NUMBER, Argument("divisor", NUMBER)),
        NUMBER,
        unless_blank(arithmetic.modulo),
        group="numbers",
        sql=lambda ops, x, y: ops.modulo(x, y),
        label=bilingual("余数", "Remainder"),
        doc=bilingual("除后的余数，符号同除数", "What division leaves, with the divisor's sign"),
        examples=(("MOD(7, 3)", {}, 1), ("MOD(-1, 3)", {}, 2)),
    ),
    Function(
        "POWER",
        (_NUMBER, Argument("exponent", NUMBER)),
        NUMBER,
        unless_blank(arithmetic.power),
        group="numbers",
        sql=lambda ops, x, y: ops.power(x, y),
        label=bilingual("乘方", "Power"),
        doc=bilingual("数的几次方", "A number to a power"),
        examples=(("POWER(1.1, 2)", {}, "1.21"), ("POWER(2, 0.5)", {}, "1.4142135624")),
    ),
    Function(
        "SQRT",
        (_NUMBER,),
        NUMBER,
        square_root,
        group="numbers",
        label=bilingual("平方根", "Square root"),
        doc=bilingual("平方根；负数出错", "The square root; fails below nought"),
        examples=(("SQRT(2)", {}, "1.4142135624"),),
    ),
    Function(
        "LOG",
        (_NUMBER, Argument("base", NUMBER, optional=True)),
        NUMBER,
        logarithm,
        group="numbers",
        label=bilingual("对数", "Logarithm"),
        doc=bilingual("对数，默认以 10 为底", "The logarithm, to base 10 if not said"),
        examples=(("LOG(1000)", {}, 3), ("LOG(8, 2)", {}, 3)),
    ),
    Function(
        "SUM",
        (_SUMS,),
        common_type,
        total,
        group="numbers",
        sql=_sum_sql,
        label=bilingual("求和", "Sum"),
        doc=bilingual(
            "数字（或列表）之和，空值不计", "The total of numbers or lists of them; blanks are left out"
        ),
        examples=(
            ("SUM(1, 2.5, none)", {}, "3.5"),
            ("SUM(items.amount)", {"items": [{"amount": 2}, {"amount": 3}]}, 5),
        ),
    ),
    Function(
        "AVERAGE",
        (_SUMS,),
        common_type,
        average,
        group="numbers",
        sql=_average_sql,
        label=bilingual("平均", "Average"),
        doc=bilingual("平均数，空值不计；全空为空", "The mean; blanks are left out"),
        examples=(("AVERAGE(1, none, 2)", {}, "1.5"), ("AVERAGE(x)", {"x": None}, None)),
    ),
    Function(
        "MEDIAN",
        (_NUMBERS,),
        NUMBER,
        median,
        group="numbers",
        label=bilingual("中位数", "Median"),
        doc=bilingual("排在中间的数", "The number in the middle"),
        examples=(("MEDIAN(5, 1, 3)", {}, 3), ("MEDIAN([1, 2])", {}, "1.5")),
    ),
    Function(
        "PRODUCT",
        (_NUMBERS,),
        NUMBER,
        product,
        group="numbers",
        label=bilingual("乘积", "Product"),
        doc=bilingual("各数相乘，空值不计", "All numbers multiplied; blanks are left out"),
        examples=(("PRODUCT(2, 3, 4)", {}, 24),),
    ),
    Function(
        "MIN",
        (_ORDERED,),
        common_type,
        _first_of(min),
        group="numbers",
        sql=lambda ops, *values: ops.least(*values),
        label=bilingual("最小", "Smallest"),
        doc=bilingual("最小（最早）的一个，空值不计", "The smallest or earliest; blanks are left out"),
        examples=(("MIN(3, 1.5, none)", {}, "1.5"), ("MIN([])", {}, None)),
    ),
    Function(
        "MAX",
        (_ORDERED,),
        common_type,
        _first_of(max),
        group="numbers",
        sql=lambda ops, *values: ops.greatest(*values),
        label=bilingual("最大", "Largest"),
        doc=bilingual("最大（最晚）的一个，空值不计", "The largest or latest; blanks are left out"),
        examples=(("MAX(3, 1.5)", {}, 3), ("MAX(DATE(2026, 1, 2), DATE(2025, 12, 31))", {}, "2026-01-02")),
    ),
    Function(
        "BETWEEN",
        (_ONE, Argument("low", _ONE.type), Argument("high", _ONE.type)),
        lambda *types: common_type(*types) and BOOLEAN,
        between,
        group="numbers",
        sql=lambda ops, x, low, high: ops.both(ops.ordered("<=", low, x), ops.ordered("<=", x, high)),
        label=bilingual("介于", "Between"),
        doc=bilingual("是否在两者之间（含两端）", "Is it between the two, both included?"),
        examples=(("BETWEEN(5, 1, 5)", {}, True), ("BETWEEN(x, 1, 5)", {"x": None}, False)),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
