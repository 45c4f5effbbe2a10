"""SQLite's SQL primitives, and the few functions Python lends to every connection.

SQLite knows capitals of ASCII only and 64-bit whole numbers only; `connect_hooks`, called by
`database.py` for each new connection, registers what is exact instead. All are pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.dialects.portable import EPOCH_DAY, LARGEST, Column, Condition, PortableOps
from metamodel.expressions.arithmetic import divide_half_even
from metamodel.expressions.folding import lower, match_form, trim, upper

_TIMES = 8  # SQLAlchemy brackets by this; its own `*` has it
_FORMATS = {"year": "%Y", "month": "%m", "day": "%d"}


def connect_hooks(connection: Any) -> None:
    """Registers `muniment_…` functions on a driver's connection."""
    for name, function in (("lower", lower), ("upper", upper), ("fold", match_form), ("trim", trim)):
        connection.create_function(f"muniment_{name}", 1, _of_text(function), deterministic=True)
    connection.create_function("muniment_quotient", 3, _quotient, deterministic=True)
    connection.create_function("muniment_product", 3, _product, deterministic=True)


def _of_text(function: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda text: None if text is None else function(str(text))


def _quotient(number: Any, divisor: Any, shift: int) -> Any:
    if number is None or not divisor:
        return None
    return _fitting(divide_half_even(int(number) * 10**shift, int(divisor)))


def _product(left: Any, right: Any, drop: int) -> Any:
    if left is None or right is None:
        return None
    return _fitting(divide_half_even(int(left) * int(right), 10**drop))


def _fitting(number: int) -> int | float:
    """Beyond 64 bits SQLite goes on with the nearest floating number, as its own `*` does."""
    return number if -LARGEST <= number <= LARGEST else float(number)


class Ops(PortableOps):
    name = "sqlite"

    def integer(self, value: int) -> Column:
        if -LARGEST <= value <= LARGEST:
            return sa.literal(value, sa.BigInteger)
        return sa.literal(float(value), sa.Float)

    def wide(self, number: Column) -> Column:
        return sa.type_coerce(number, sa.BigInteger)

    def lower(self, text: Column) -> Column:
        return sa.func.muniment_lower(text, type_=sa.Text)

    def upper(self, text: Column) -> Column:
        return sa.func.muniment_upper(text, type_=sa.Text)

    def trim(self, text: Column) -> Column:
        return sa.func.muniment_trim(text, type_=sa.Text)

    def fold(self, text: Column) -> Column:
        return sa.func.muniment_fold(text, type_=sa.Text)

    def position(self, text: Column, part: Column) -> Column:
        return sa.func.instr(text, part, type_=sa.BigInteger)

    def ordered(self, text: Column) -> Column:
        return text

    def padded(self, number: Column, width: int) -> Column:
        return sa.func.printf(f"%0{width}d", number, type_=sa.Text)

    def whole(self, number: Column, divisor: Column) -> Column:
        return number.op("/", precedence=_TIMES, return_type=sa.BigInteger())(divisor)

    def rest(self, number: Column, divisor: Column) -> Column:
        return number.op("%", precedence=_TIMES, return_type=sa.BigInteger())(divisor)

    def quotient(self, number: Column, divisor: Column, shift: int = 0) -> Column:
        return sa.func.muniment_quotient(number, divisor, shift, type_=sa.BigInteger)

    def product(self, left: Column, right: Column, drop: int) -> Column:
        return sa.func.muniment_product(left, right, drop, type_=sa.BigInteger)

    def date_part(self, part: str, day: Column) -> Column:
        text = sa.func.strftime(_FORMATS[part], (day - EPOCH_DAY) * 86_400, "unixepoch")
        return sa.cast(text, sa.BigInteger)

    def any_item(self, items: Column, test: Callable[[Column], Condition]) -> Condition:
        each = sa.func.json_each(items).table_valued(sa.column("value", sa.Text))
        return sa.exists(sa.select(sa.literal(1)).select_from(each).where(test(each.c.value)))

    def list_length(self, items: Column) -> Column:
        return sa.func.json_array_length(items, type_=sa.BigInteger)
