"""Numbers, days, moments and durations in SQL, exact as in Python.

Every number is a whole one with a known scale; `*` and `/` keep at most ten places. On SQLite
a value must fit 64 bits with its places; beyond that it goes on as a floating number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Any

import sqlalchemy as sa

from engine.dialects.portable import HOUR, MINUTE, SECOND, Column, PortableOps
from engine.sql_expressions import zones
from engine.sql_expressions.values import SqlValue, any_failed, failing, literal
from metamodel.expressions.arithmetic import PLACES
from metamodel.expressions.types import ANY, BLANK, DATE, DATETIME, DURATION, NUMBER, Type

_CLOCK = {"hour": (HOUR, 24), "minute": (MINUTE, 60), "second": (SECOND, 60)}
_LARGEST_POWER = 10


class NotInSql(Exception):
    """This cannot be said in SQL; the caller evaluates in Python instead."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class NumberOps:
    def __init__(self, ops: PortableOps, zone: tzinfo) -> None:
        self.ops, self.zone = ops, zone

    # -- lifting -----------------------------------------------------------------------------------

    def lift(self, value: Any) -> SqlValue:
        if isinstance(value, SqlValue):
            return value
        return literal(value, BLANK if value is None else ANY, self.ops)

    def constant(self, value: Any) -> Any:
        """The Python value of something known before the query runs."""
        lifted = self.lift(value)
        if not lifted.known:
            raise NotInSql("")
        return lifted.value

    def _made(self, column: Column, type_: Type, *of: SqlValue, scale: int = 0) -> SqlValue:
        return SqlValue(
            column, type_, scale, failed=any_failed(*of), filled=all(value.filled for value in of)
        )

    # -- scale -------------------------------------------------------------------------------------

    def rescale(self, number: SqlValue, scale: int) -> SqlValue:
        """The same number with more places."""
        if number.scale >= scale or (number.known and number.value is None):
            return number
        factor = 10 ** (scale - number.scale)
        if number.known:
            whole = int(number.value * 10**scale)
            return replace(number, column=self.ops.integer(whole), scale=scale)
        return replace(number, column=self.ops.wide(number.column) * self.ops.integer(factor), scale=scale)

    def align(self, *numbers: SqlValue) -> list[SqlValue]:
        scale = max(number.scale for number in numbers)
        return [self.rescale(number, scale) for number in numbers]

    def wide(self, number: SqlValue) -> Column:
        return self.ops.wide(number.column)

    # -- arithmetic --------------------------------------------------------------------------------

    def add(self, left: Any, right: Any) -> SqlValue:
        a, b = self.align(self.lift(left), self.lift(right))
        return self._made(self.wide(a) + self.wide(b), NUMBER, a, b, scale=a.scale)

    def subtract(self, left: Any, right: Any) -> SqlValue:
        a, b = self.align(self.lift(left), self.lift(right))
        return self._made(self.wide(a) - self.wide(b), NUMBER, a, b, scale=a.scale)

    def multiply(self, left: Any, right: Any) -> SqlValue:
        a, b = self.lift(left), self.lift(right)
        scale = a.scale + b.scale
        if scale > PLACES:
            column = self.ops.product(a.column, b.column, scale - PLACES)
            return self._made(column, NUMBER, a, b, scale=PLACES)
        return self._made(self.wide(a) * self.wide(b), NUMBER, a, b, scale=scale)

    def divide(self, left: Any, right: Any) -> SqlValue:
        a, b = self.lift(left), self.lift(right)
        column = self.ops.quotient(a.column, b.column, PLACES + b.scale - a.scale)
        return self._undivided(self._made(column, NUMBER, a, b, scale=PLACES), a, b)

    def modulo(self, left: Any, right: Any) -> SqlValue:
        a, b = self.align(self.lift(left), self.lift(right))
        column = self.ops.modulo(self.wide(a), self.wide(b))
        return self._undivided(self._made(column, NUMBER, a, b, scale=a.scale), a, b)

    def _undivided(self, result: SqlValue, dividend: SqlValue, divisor: SqlValue) -> SqlValue:
        """Division by zero fails, unless there is nothing to divide."""
        if divisor.known and (divisor.value is None or divisor.value):
            return result
        filled = [value.column.is_not(None) for value in (dividend, divisor) if not value.filled]
        zero = sa.and_(sa.true(), *filled, divisor.column == 0)
        return replace(result, failed=failing(result.failed, zero), filled=False)

    def power(self, base: Any, exponent: Any) -> SqlValue:
        times = self.constant(exponent)
        if times is None or times != int(times) or not 0 <= times <= _LARGEST_POWER:
            raise NotInSql("**")
        number = self.lift(base)
        if times == 0:
            one = self.lift(1)
            blank = sa.case((number.column.is_(None), sa.null()), else_=one.column)
            return self._made(one.column if number.filled else blank, NUMBER, number)
        result = number
        for _ in range(int(times) - 1):
            result = self.multiply(result, number)
        return result

    def negative(self, value: Any) -> SqlValue:
        number = self.lift(value)
        return self._made(-self.wide(number), number.type, number, scale=number.scale)

    def absolute(self, value: Any) -> SqlValue:
        number = self.lift(value)
        return self._made(self.ops.absolute(self.wide(number)), NUMBER, number, scale=number.scale)

    def sign(self, value: Any) -> SqlValue:
        number = self.lift(value)
        column = number.column
        whens = (
            (column < 0, self.ops.integer(-1)),
            (column == 0, self.ops.integer(0)),
            (column > 0, self.ops.integer(1)),
        )
        return self._made(sa.case(*whens), NUMBER, number)

    def round(self, value: Any, digits: Any = 0, way: str = "half") -> SqlValue:
        """`half` away from zero, `up` away from zero, `down` towards it, as Excel has it."""
        number, places = self.lift(value), self.constant(digits)
        if places is None:
            return self.lift(None)
        places = max(-18, min(int(places), PLACES))
        if places >= number.scale:
            return number
        size = 10 ** (number.scale - places)
        rounded = self._rounded(self.wide(number), size, way)
        scaled = rounded * self.ops.integer(10 ** max(0, -places))
        return self._made(scaled, NUMBER, number, scale=max(0, places))

    def _rounded(self, column: Column, size: int, way: str) -> Column:
        if way == "down":
            return self.ops.whole(column, self.ops.integer(size))
        sign = sa.case((column < 0, self.ops.integer(-1)), else_=self.ops.integer(1))
        above = self.ops.absolute(column)
        if way == "up":
            return sign * self.ops.whole(above + self.ops.integer(size - 1), self.ops.integer(size))
        return sign * self.ops.whole(above * 2 + self.ops.integer(size), self.ops.integer(2 * size))

    def floor(self, value: Any) -> SqlValue:
        number = self.lift(value)
        if not number.scale:
            return number
        return self._made(
            self.ops.floor(self.wide(number), self.ops.integer(10**number.scale)), NUMBER, number
        )

    def least(self, *values: Any) -> SqlValue:
        return self._extreme(self.ops.least, values)

    def greatest(self, *values: Any) -> SqlValue:
        return self._extreme(self.ops.greatest, values)

    def _extreme(self, choose: Any, values: tuple[Any, ...]) -> SqlValue:
        """Blanks do not take part; the answer is blank when all are."""
        lifted = self.align(*map(self.lift, values))
        found = lifted[0].column
        for each in lifted[1:]:
            left, right = sa.func.coalesce(found, each.column), sa.func.coalesce(each.column, found)
            found = choose(sa.type_coerce(left, each.column.type), sa.type_coerce(right, each.column.type))
        kind = next((each.type for each in lifted if each.type.kind != "any"), NUMBER)
        return self._made(found, kind, *lifted, scale=lifted[0].scale)

    # -- days, moments, durations ------------------------------------------------------------------

    def date_of(self, value: Any) -> SqlValue:
        moment = self.lift(value)
        if moment.type.kind == "date":
            return moment
        return self._made(zones.date_of(moment.column, self.zone, self.ops), DATE, moment)

    def midnight(self, value: Any) -> SqlValue:
        day = self.lift(value)
        if day.type.kind != "date":
            return day
        return self._made(zones.midnight(day.column, self.zone, self.ops), DATETIME, day)

    def date_part(self, part: str, value: Any) -> SqlValue:
        """year month day quarter; weekday from 1, Monday; hour minute second of a moment."""
        if part in _CLOCK:
            moment, (unit, wrap) = self.midnight(value), _CLOCK[part]
            clock = zones.local(moment.column, self.zone, self.ops)
            units = self.ops.floor(clock, self.ops.integer(unit))
            return self._made(self.ops.modulo(self.ops.wide(units), self.ops.integer(wrap)), NUMBER, moment)
        day = self.date_of(value)
        if part == "weekday":
            return self._made(self.ops.modulo(day.column + 6, self.ops.integer(7)) + 1, NUMBER, day)
        if part == "quarter":
            month = self.ops.date_part("month", day.column)
            return self._made(self.ops.floor(month + 2, self.ops.integer(3)), NUMBER, day)
        return self._made(self.ops.date_part(part, day.column), NUMBER, day)

    def add_days(self, value: Any, days: Any, sign: int = 1) -> SqlValue:
        """A day some whole days later; a fraction of a day is dropped."""
        day, number = self.lift(value), self.lift(days)
        whole = (
            self.ops.whole(self.wide(number), self.ops.integer(10**number.scale))
            if number.scale
            else self.wide(number)
        )
        return self._made(day.column + sign * whole, DATE, day, number)

    def days_between(self, later: Any, earlier: Any) -> SqlValue:
        a, b = self.date_of(later), self.date_of(earlier)
        return self._made(a.column - b.column, NUMBER, a, b)

    def shift(self, moment: Any, duration: Any, sign: int = 1) -> SqlValue:
        a, b = self.midnight(moment), self.lift(duration)
        kind = DURATION if a.type.kind == "duration" else DATETIME
        return self._made(a.column + sign * b.column, kind, a, b)

    def elapsed(self, later: Any, earlier: Any) -> SqlValue:
        a, b = self.midnight(later), self.midnight(earlier)
        return self._made(a.column - b.column, DURATION, a, b)

    def duration_of(self, number: Any, unit: int) -> SqlValue:
        """So many units of so many microseconds."""
        value = self.lift(number)
        column = self.ops.product(value.column, self.ops.integer(unit), value.scale)
        return self._made(column, DURATION, value)

    def times(self, duration: Any, factor: Any) -> SqlValue:
        a, b = self.lift(duration), self.lift(factor)
        return self._made(self.ops.product(a.column, b.column, b.scale), DURATION, a, b)

    def share(self, duration: Any, divisor: Any) -> SqlValue:
        a, b = self.lift(duration), self.lift(divisor)
        column = self.ops.quotient(a.column, b.column, b.scale)
        return self._undivided(self._made(column, DURATION, a, b), a, b)

    def ratio(self, left: Any, right: Any) -> SqlValue:
        a, b = self.lift(left), self.lift(right)
        column = self.ops.quotient(a.column, b.column, PLACES)
        return self._undivided(self._made(column, NUMBER, a, b, scale=PLACES), a, b)
