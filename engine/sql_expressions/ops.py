"""Typed SQL operations: what functions' `sql` may use (plugin_api.SqlOps) and the tree is built of.

They take and give SqlValues (plain Python values are lifted), keep conditions free of
NULL, texts free of blanks that are NULL, and pass on under which condition a part fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.dialects.portable import Column, Condition
from engine.sql_expressions.numbers import NotInSql, NumberOps
from engine.sql_expressions.values import SqlValue, any_failed, condition, failing
from engine.whole_numbers import is_whole_number
from metamodel.expressions.folding import match_form
from metamodel.expressions.types import IDENTIFIERS, NUMBER, TEXT, unify

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_TEXTS = frozenset({"text", *IDENTIFIERS})


class TypedOps(NumberOps):
    def literal(self, value: Any) -> SqlValue:
        return self.lift(value)

    # -- texts -------------------------------------------------------------------------------------

    def text(self, value: Any) -> Column:
        """Never NULL; a number in its shortest notation."""
        lifted = self.lift(value)
        if lifted.type.kind == "number":
            return sa.func.coalesce(self._number_text(lifted), "", type_=sa.Text)
        if lifted.known and lifted.value is None:
            return sa.literal("", sa.Text)
        if lifted.type.kind not in (*_TEXTS, "any", "blank"):
            raise NotInSql(lifted.type.kind)
        column = sa.cast(lifted.column, sa.Text) if lifted.numeric_id else lifted.column
        return column if lifted.filled else sa.func.coalesce(column, "", type_=sa.Text)

    def _number_text(self, number: SqlValue) -> Column:
        if not number.scale:
            return sa.cast(number.column, sa.Text)
        size, above = self.ops.integer(10**number.scale), self.ops.absolute(self.wide(number))
        places = self.ops.padded(self.ops.rest(above, size), number.scale)
        body = self.ops.concat(sa.cast(self.ops.whole(above, size), sa.Text), sa.literal("."), places)
        sign = sa.case((number.column < 0, "-"), else_="")
        return self.ops.concat(sign, sa.func.rtrim(sa.func.rtrim(body, "0"), "."))

    def _texts(self, work: Callable[..., Column], *values: Any) -> SqlValue:
        lifted = [self.lift(value) for value in values]
        column = work(*(self.text(value) for value in lifted))
        return SqlValue(column, TEXT, failed=any_failed(*lifted))

    def lower(self, text: Any) -> SqlValue:
        return self._texts(self.ops.lower, text)

    def upper(self, text: Any) -> SqlValue:
        return self._texts(self.ops.upper, text)

    def trim(self, text: Any) -> SqlValue:
        return self._texts(self.ops.trim, text)

    def fold(self, text: Any) -> SqlValue:
        return self._texts(self.ops.fold, text)

    def concat(self, *texts: Any) -> SqlValue:
        return self._texts(self.ops.concat, *texts)

    def replace(self, text: Any, old: Any, new: Any) -> SqlValue:
        return self._texts(self.ops.replace, text, old, new)

    def length(self, text: Any) -> SqlValue:
        lifted = self.lift(text)
        return SqlValue(self.ops.length(self.text(lifted)), NUMBER, filled=True, failed=any_failed(lifted))

    def position(self, text: Any, part: Any) -> SqlValue:
        a, b = self.lift(text), self.lift(part)
        return SqlValue(
            self.ops.position(self.text(a), self.text(b)), NUMBER, filled=True, failed=any_failed(a, b)
        )

    def substring(self, text: Any, start: Any, length: Any) -> SqlValue:
        """Letters from `start` (from 1); a length below nought takes none, a blank number gives ''."""
        a, b, c = self.lift(text), self.floor(start), self.floor(length)
        first, count = self._at_least(b, 1), self._at_least(c, 0)
        return SqlValue(self.ops.substring(self.text(a), first, count), TEXT, failed=any_failed(a, b, c))

    def _at_least(self, number: SqlValue, least: int) -> Column:
        if number.known and number.value is not None:
            return self.ops.integer(max(min(int(number.value), 2**31 - 1), least))
        column = sa.cast(sa.func.coalesce(number.column, 0, type_=sa.BigInteger), sa.BigInteger)
        return sa.cast(self.ops.greatest(column, self.ops.integer(least)), sa.Integer)

    def contains(self, text: Any, part: Any) -> SqlValue:
        """Letter for letter; a blank is part of no text."""
        a, b = self.lift(text), self.lift(part)
        found = self.ops.position(self.text(a), self.text(b)) > 0
        if not b.filled:
            found = sa.and_(found, sa.not_(self.is_blank(b).column))
        return condition(found, any_failed(a, b))

    def found_in(self, text: Any, word: Any) -> SqlValue:
        """As keyword functions compare, whatever the width, case, blanks and kind of characters."""
        word = self.lift(word)
        known = self.lift(match_form(str(word.value or ""))) if word.known else self.fold(word)
        return self.contains(self.fold(text), known.with_failures(word))

    def starts_with(self, text: Any, part: Any) -> SqlValue:
        return self._at_edge(
            text,
            part,
            lambda whole, size, piece: self.ops.substring(whole, self.ops.integer(1), size) == piece,
        )

    def ends_with(self, text: Any, part: Any) -> SqlValue:
        def at_end(whole: Column, size: Column, piece: Column) -> Condition:
            start = self.ops.length(whole) - size + 1
            tail = self.ops.substring(
                whole, sa.cast(self.ops.greatest(start, self.ops.integer(1)), sa.Integer), size
            )
            return sa.and_(start >= 1, tail == piece)

        return self._at_edge(text, part, at_end)

    def _at_edge(self, text: Any, part: Any, test: Callable[[Column, Column, Column], Condition]) -> SqlValue:
        a, b = self.lift(text), self.lift(part)
        piece = self.text(b)
        found = sa.and_(piece != "", test(self.text(a), sa.cast(self.ops.length(piece), sa.Integer), piece))
        return condition(found, any_failed(a, b))

    # -- conditions --------------------------------------------------------------------------------

    def truth(self, value: Any) -> Condition:
        """The condition of a boolean; a blank is no."""
        lifted = self.lift(value)
        if lifted.is_condition:
            return lifted.column
        if lifted.type.kind not in ("boolean", "blank", "any"):
            raise NotInSql(lifted.type.kind)
        return sa.false() if lifted.known else sa.and_(lifted.column == 1, lifted.column.is_not(None))

    def as_number(self, boolean: SqlValue) -> Column:
        """A boolean as 1, 0 or NULL."""
        if boolean.is_condition:
            return sa.case((boolean.column, self.ops.integer(1)), else_=self.ops.integer(0))
        return boolean.column

    def negate(self, value: Any) -> SqlValue:
        lifted = self.lift(value)
        return condition(sa.not_(self.truth(lifted)), lifted.failed)

    def both(self, *values: Any) -> SqlValue:
        """All of them, asked in turn: what fails after a no does not matter."""
        return self._in_turn(values, sa.and_, sa.true(), lambda met: met)

    def either(self, *values: Any) -> SqlValue:
        return self._in_turn(values, sa.or_, sa.false(), sa.not_)

    def _in_turn(
        self, values: tuple[Any, ...], join: Callable[..., Condition], start: Condition,
        goes_on: Callable[[Condition], Condition],
    ) -> SqlValue:  # fmt: skip
        truths: list[Condition] = []
        failed: Condition | None = None
        for lifted in map(self.lift, values):
            if lifted.failed is not None:
                reached = [goes_on(truth) for truth in truths]
                failed = failing(failed, sa.and_(*reached, lifted.failed) if reached else lifted.failed)
            truths.append(self.truth(lifted))
        return condition(join(start, *truths), failed)

    def is_blank(self, value: Any) -> SqlValue:
        lifted = self.lift(value)
        if lifted.known:
            return condition(sa.true() if lifted.value in (None, "", []) else sa.false(), lifted.failed)
        if lifted.parts is not None:
            return condition(sa.false(), lifted.failed)
        if lifted.filled or lifted.is_condition:
            return condition(sa.false(), lifted.failed)
        blank: Condition = lifted.column.is_(None)
        if lifted.type.kind in _TEXTS and not lifted.numeric_id and not lifted.path:
            blank = sa.or_(blank, lifted.column == "")
        if lifted.type.kind == "list":
            blank = sa.or_(blank, lifted.column == "[]")
        return condition(blank, lifted.failed)

    # -- comparing ---------------------------------------------------------------------------------

    def equal(self, left: Any, right: Any) -> SqlValue:
        """Two-valued: a blank equals only a blank."""
        a, b = self._comparable(self.lift(left), self.lift(right))
        failed = any_failed(a, b)
        if a.known and not b.known:
            a, b = b, a
        if b.known and b.value in (None, "", []):
            return condition(self.is_blank(a).column, failed)
        same = a.column == b.column
        unfilled = [side for side in (a, b) if not side.filled]
        met = sa.and_(same, *(side.column.is_not(None) for side in unfilled)) if unfilled else same
        if len(unfilled) == 2:
            met = sa.or_(met, sa.and_(self.is_blank(a).column, self.is_blank(b).column))
        return condition(met, failed)

    def ordered(self, symbol: str, left: Any, right: Any) -> SqlValue:
        """Ordering with a blank is no."""
        a, b = self._comparable(self.lift(left), self.lift(right))
        failed = any_failed(a, b)
        if any(side.known and side.value in (None, "") for side in (a, b)):
            return condition(sa.false(), failed)
        is_text = a.type.kind in _TEXTS
        first, second = (
            (self.ops.ordered(a.column), self.ops.ordered(b.column)) if is_text else (a.column, b.column)
        )
        filled = [sa.not_(self.is_blank(side).column) for side in (a, b) if not side.filled]
        return condition(sa.and_(_ORDERS[symbol](first, second), *filled), failed)

    def _comparable(self, a: SqlValue, b: SqlValue) -> tuple[SqlValue, SqlValue]:
        """Both sides in one encoding: scale, day or moment, id as number or text, boolean as number."""
        kinds = {a.type.kind, b.type.kind}
        if a.parts is not None or b.parts is not None:
            raise NotInSql("[…]")
        if kinds == {"number"}:
            a, b = self.align(a, b)
        elif kinds == {"date", "datetime"}:
            a, b = self.midnight(a), self.midnight(b)
        elif a.numeric_id != b.numeric_id:
            a, b = self._as_ids(a, b)
        elif "boolean" in kinds:
            a, b = self._as_bits(a), self._as_bits(b)
        return a, b

    def _as_bits(self, value: SqlValue) -> SqlValue:
        return replace(value, column=self.as_number(value)) if value.type.kind == "boolean" else value

    def _as_ids(self, a: SqlValue, b: SqlValue) -> tuple[SqlValue, SqlValue]:
        """A record's id beside a text: a number where the text is known to be one."""
        record, text = (a, b) if a.numeric_id else (b, a)
        known = str(text.value) if text.known and text.value is not None else ""
        if is_whole_number(known) and str(int(known)) == known:
            return record, replace(text, column=self.ops.integer(int(known)))
        if text.known and not known:
            return record, text
        return replace(record, column=sa.cast(record.column, sa.Text), numeric_id=False), text

    # -- choosing ----------------------------------------------------------------------------------

    def case(self, test: Any, yes: Any, no: Any) -> SqlValue:
        asked, a, b = self.lift(test), self.lift(yes), self.lift(no)
        met = self.truth(asked)
        chosen = self._choose(met, a, b)
        failed = asked.failed
        if a.failed is not None:
            failed = failing(failed, sa.and_(met, a.failed))
        if b.failed is not None:
            failed = failing(failed, sa.and_(sa.not_(met), b.failed))
        return replace(chosen, failed=failed)

    def _choose(self, met: Condition, a: SqlValue, b: SqlValue) -> SqlValue:
        kind = unify((a.type.plain(), b.type.plain()))
        if kind is None:
            raise NotInSql("IF")
        if kind.kind == "boolean":
            if a.is_condition and b.is_condition:
                return condition(sa.or_(sa.and_(met, a.column), sa.and_(sa.not_(met), b.column)))
            a, b = self._as_bits(a), self._as_bits(b)
        elif kind.kind == "number":
            a, b = self.align(a, b)
        elif a.numeric_id != b.numeric_id:
            a, b = (replace(side, column=self.text(side), numeric_id=False) for side in (a, b))
        column = sa.case((met, a.column), else_=b.column)
        scale = max(a.scale, b.scale)
        return SqlValue(column, kind, scale, filled=a.filled and b.filled, numeric_id=a.numeric_id)

    def coalesce(self, *values: Any) -> SqlValue:
        """The first that is not blank."""
        *first, last = map(self.lift, values)
        found = last
        for value in reversed(first):
            found = self.case(self.is_blank(value), found, value)
        return found

    def if_failed(self, value: Any, otherwise: Any) -> SqlValue:
        lifted = self.lift(value)
        if lifted.failed is None:
            return lifted
        return self.case(condition(lifted.failed), otherwise, replace(lifted, failed=None))

    def fail_if(self, test: Any, value: Any) -> SqlValue:
        """The value, refused where the test is met."""
        lifted, met = self.lift(value), self.lift(test)
        return replace(lifted, failed=failing(any_failed(lifted, met), self.truth(met)))

    # -- lists -------------------------------------------------------------------------------------

    def items(self, value: Any) -> list[SqlValue]:
        """The items of a list that no row decides (a row may decide what they are)."""
        lifted = self.lift(value)
        if lifted.parts is not None:
            return list(lifted.parts)
        return [self.lift(item) for item in self.constant(lifted) or []]

    def list_contains(self, items: Any, item: Any) -> SqlValue:
        container, wanted = self.lift(items), self.lift(item)
        failed = any_failed(container, wanted)
        if container.known or container.parts is not None:
            tests = [self.equal(wanted, each).column for each in self.items(container)]
            return condition(sa.or_(sa.false(), *tests), failed)
        if wanted.known and wanted.value in (None, "", []):
            return condition(sa.false(), failed)
        if container.links is not None and wanted.known:
            return condition(self._linked(container.links, str(wanted.value)), failed)
        found = self.ops.list_contains(container.column, self.text(wanted))
        return condition(found, failed)

    def _linked(self, links: tuple[sa.Table, Column], wanted: str) -> Condition:
        table, record = links
        value: Any = wanted
        if isinstance(table.c.value.type, sa.Integer):
            if not is_whole_number(wanted):
                return sa.false()
            value = int(wanted)
        return record.in_(sa.select(table.c.record).where(table.c.value == value))

    def list_has(self, items: Any, word: Any) -> SqlValue:
        """An item equal to the word as keyword functions compare."""
        container, wanted = self.lift(items), self.lift(word)
        if container.known or container.parts is not None:
            tests = [self.equal(self.fold(each), self.fold(wanted)).column for each in self.items(container)]
            return condition(sa.or_(sa.false(), *tests), any_failed(container, wanted))
        form = self.fold(wanted).column
        found = self.ops.any_item(container.column, lambda each: self.ops.fold(each) == form)
        blank = self.is_blank(wanted).column
        return condition(sa.and_(found, sa.not_(blank)), any_failed(container, wanted))

    def list_length(self, items: Any) -> SqlValue:
        container = self.lift(items)
        if container.known or container.parts is not None:
            return replace(self.lift(len(self.items(container))), failed=container.failed)
        count = sa.func.coalesce(self.ops.list_length(container.column), 0, type_=sa.BigInteger)
        return SqlValue(count, NUMBER, filled=True, failed=container.failed)
