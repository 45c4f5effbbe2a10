"""SQL primitives that both databases say the same way; the dialects add the rest.

Whole-number arithmetic stands on three operations a dialect makes exact: `whole` (the
truncated quotient), `rest` (what it leaves) and `quotient` (rounded half-even). Texts given
here are never NULL unless a docstring says so; `engine.sql_expressions` sees to that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

EPOCH_DAY = 719_163  # date(1970, 1, 1).toordinal()
DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
LARGEST = 2**63 - 1


class PortableOps(ABC):
    """What a dialect's `Ops` starts from."""

    name: str

    # -- values ------------------------------------------------------------------------------------

    def literal(self, value: Any) -> Column:
        if isinstance(value, bool):
            return sa.true() if value else sa.false()
        if isinstance(value, int):
            return self.integer(value)
        return sa.null() if value is None else sa.literal(value, sa.Text)

    @abstractmethod
    def integer(self, value: int) -> Column:
        """A whole number, whatever its size."""

    @abstractmethod
    def wide(self, number: Column) -> Column:
        """A number that arithmetic will not overflow."""

    # -- texts -------------------------------------------------------------------------------------

    @abstractmethod
    def lower(self, text: Column) -> Column: ...

    @abstractmethod
    def upper(self, text: Column) -> Column: ...

    @abstractmethod
    def trim(self, text: Column) -> Column:
        """Without outer blanks, and one space for every run of them inside."""

    @abstractmethod
    def fold(self, text: Column) -> Column:
        """`metamodel.expressions.folding.match_form`."""

    @abstractmethod
    def position(self, text: Column, part: Column) -> Column:
        """Where `part` first stands, from 1; 0 where it does not."""

    @abstractmethod
    def ordered(self, text: Column) -> Column:
        """The text as it is put in order: by code points."""

    @abstractmethod
    def padded(self, number: Column, width: int) -> Column:
        """A number from 0 up as text with zeros before it."""

    def length(self, text: Column) -> Column:
        return sa.func.length(text, type_=sa.BigInteger)

    def substring(self, text: Column, start: Column, length: Column) -> Column:
        """`start` from 1, `length` from 0."""
        return sa.func.substr(text, sa.cast(start, sa.Integer), sa.cast(length, sa.Integer), type_=sa.Text)

    def concat(self, *texts: Column) -> Column:
        joined = texts[0]
        for text in texts[1:]:
            joined = joined.op("||", return_type=sa.Text())(text)
        return joined

    def replace(self, text: Column, old: Column, new: Column) -> Column:
        return sa.func.replace(text, old, new, type_=sa.Text)

    def contains(self, text: Column, part: Any) -> Condition:
        """Letter for letter. A NULL text contains nothing."""
        found: Condition = self.position(sa.func.coalesce(text, ""), self._text(part)) > 0
        return found

    def found_in(self, text: Column, word: str) -> Condition:
        """As people search: width, case, blanks and traditional characters make no difference."""
        from metamodel.expressions.folding import match_form

        return self.contains(self.fold(sa.func.coalesce(text, "")), match_form(word))

    def _text(self, text: Any) -> Column:
        return sa.literal(text, sa.Text) if isinstance(text, str) else text

    # -- numbers -----------------------------------------------------------------------------------

    @abstractmethod
    def whole(self, number: Column, divisor: Column) -> Column:
        """The quotient of whole numbers without its fraction."""

    @abstractmethod
    def rest(self, number: Column, divisor: Column) -> Column:
        """What `whole` leaves, with the sign of `number`."""

    @abstractmethod
    def quotient(self, number: Column, divisor: Column, shift: int = 0) -> Column:
        """number × 10^shift ÷ divisor, half-even to a whole number; NULL for a divisor of 0."""

    @abstractmethod
    def product(self, left: Column, right: Column, drop: int) -> Column:
        """left × right ÷ 10^drop, half-even."""

    def floor(self, number: Column, divisor: Column) -> Column:
        """The quotient of whole numbers rounded down; the divisor is positive."""
        below = sa.case((self.rest(number, divisor) < 0, self.integer(1)), else_=self.integer(0))
        return self.whole(number, divisor) - below

    def modulo(self, number: Column, divisor: Column) -> Column:
        """The rest with the sign of the divisor; NULL for a divisor of 0."""
        divisor = sa.func.nullif(divisor, 0, type_=number.type)
        return self.rest(self.rest(number, divisor) + divisor, divisor)

    def absolute(self, number: Column) -> Column:
        return sa.func.abs(number, type_=number.type)

    def least(self, left: Column, right: Column) -> Column:
        return sa.case((left <= right, left), else_=right)

    def greatest(self, left: Column, right: Column) -> Column:
        return sa.case((left >= right, left), else_=right)

    # -- dates -------------------------------------------------------------------------------------

    @abstractmethod
    def date_part(self, part: str, day: Column) -> Column:
        """year, month or day of a day number."""

    # -- lists: canonical JSON arrays of texts -----------------------------------------------------

    @abstractmethod
    def any_item(self, items: Column, test: Callable[[Column], Condition]) -> Condition:
        """Does the test hold for an item? A NULL list has none."""

    @abstractmethod
    def list_length(self, items: Column) -> Column: ...

    def list_contains(self, items: Column, item: Any) -> Condition:
        wanted = self._text(item)
        return self.any_item(items, lambda each: each == wanted)
