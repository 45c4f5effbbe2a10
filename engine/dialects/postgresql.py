"""PostgreSQL's SQL primitives: numbers as NUMERIC where they grow, letters by its own Unicode tables.

Case mapping wants a collation that knows all letters whatever the database's own is:
`pg_c_utf8` (built in from version 17 on); an older server may be given `und-x-icu`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from engine.dialects.portable import LARGEST, Column, Condition, PortableOps
from metamodel.expressions.folding import BLANKS, UNSEEN, match_table, small_letters


class Ops(PortableOps):
    name = "postgresql"

    def __init__(self, letters: str = "pg_c_utf8") -> None:
        self._letters = letters

    def integer(self, value: int) -> Column:
        if -LARGEST <= value <= LARGEST:
            return sa.literal(value, sa.BigInteger)
        return sa.cast(sa.literal(str(value), sa.Text), sa.Numeric)

    def wide(self, number: Column) -> Column:
        return number if isinstance(number.type, sa.Numeric) else sa.cast(number, sa.Numeric)

    def lower(self, text: Column) -> Column:
        return self._small(text)

    def upper(self, text: Column) -> Column:
        return sa.collate(sa.func.upper(sa.collate(text, self._letters), type_=sa.Text), "C")

    def trim(self, text: Column) -> Column:
        runs = sa.func.regexp_replace(sa.collate(text, "C"), f"[{BLANKS}]+", " ", "g", type_=sa.Text)
        return sa.func.btrim(runs, " ", type_=sa.Text)

    def fold(self, text: Column) -> Column:
        """`translate` searches its list for every letter, so texts that need nothing of it skip it."""
        special, becomes = _translation()
        small = self._small(text)
        has_special = sa.collate(text, "C").op("~", is_comparison=True)(f"[{special}]")
        return sa.case((has_special, sa.func.translate(small, special, becomes)), else_=small)

    def _small(self, text: Column) -> Column:
        """Whatever was collated goes on as "C": two different explicit collations may not meet."""
        return sa.collate(sa.func.lower(sa.collate(text, self._letters), type_=sa.Text), "C")

    def position(self, text: Column, part: Column) -> Column:
        return sa.func.strpos(text, part, type_=sa.BigInteger)

    def ordered(self, text: Column) -> Column:
        return sa.collate(text, "C")

    def padded(self, number: Column, width: int) -> Column:
        text = sa.cast(number, sa.Text)
        return sa.func.lpad(text, sa.func.greatest(sa.func.length(text), width), "0", type_=sa.Text)

    def whole(self, number: Column, divisor: Column) -> Column:
        return sa.func.div(self.wide(number), divisor, type_=sa.Numeric)

    def rest(self, number: Column, divisor: Column) -> Column:
        return sa.func.mod(self.wide(number), divisor, type_=sa.Numeric)

    def quotient(self, number: Column, divisor: Column, shift: int = 0) -> Column:
        top = self.wide(number) * self.integer(10**shift) if shift else self.wide(number)
        under = sa.func.nullif(self.wide(divisor), 0, type_=sa.Numeric)
        quotient, twice = self.whole(top, under), self.absolute(self.rest(top, under)) * 2
        size = self.absolute(under)
        odd = self.rest(quotient, self.integer(2)) != 0
        away = sa.case((sa.or_(twice > size, sa.and_(twice == size, odd)), 1), else_=0)
        return quotient + away * sa.func.sign(top, type_=sa.Numeric) * sa.func.sign(under, type_=sa.Numeric)

    def product(self, left: Column, right: Column, drop: int) -> Column:
        return self.quotient(self.wide(left) * self.wide(right), self.integer(10**drop))

    def date_part(self, part: str, day: Column) -> Column:
        first = sa.cast(sa.literal("0001-01-01"), sa.Date)
        date = first.op("+", return_type=sa.Date())(sa.cast(day - 1, sa.Integer))
        return sa.cast(sa.extract(part, date), sa.BigInteger)

    def any_item(self, items: Column, test: Callable[[Column], Condition]) -> Condition:
        each = sa.func.jsonb_array_elements_text(sa.cast(items, JSONB)).table_valued(
            sa.column("value", sa.Text)
        )
        return sa.exists(sa.select(sa.literal(1)).select_from(each).where(test(each.c.value)))

    def list_length(self, items: Column) -> Column:
        return sa.cast(sa.func.jsonb_array_length(sa.cast(items, JSONB)), sa.BigInteger)


@cache
def _translation() -> tuple[str, str]:
    """What folding changes beside case: the letters, and what they become (blanks and unseen signs, last, go)."""
    small = small_letters()
    table = {chr(code): to for code, to in match_table().items() if to is not None and to != small.get(code)}
    table |= {chr(code): chr(code - 0xFEE0) for code in range(0xFF41, 0xFF5B)}
    letters = [letter for letter in table if letter not in "]^-\\["]
    return "".join(letters) + BLANKS + UNSEEN, "".join(table[letter] for letter in letters)
