"""SqlValue: a piece of an expression on its way to SQL, with what SQL does not say of itself.

A number carries its scale, a boolean is a condition or a nullable 0/1 column, and
`failed` is the condition under which the Python evaluators would have refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.clock import microseconds
from engine.dialects.portable import Column, Condition, PortableOps
from engine.expressions.operators import type_of_value
from engine.values import canonical_json
from metamodel.expressions.types import BOOLEAN, Type

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SqlValue:
    column: Column
    type: Type
    scale: int = 0  # digits after the point; the column holds number × 10^scale
    known: bool = False  # it is always `value`
    value: Any = None
    is_condition: bool = False  # a boolean that is never NULL, as a condition
    filled: bool = False  # never blank
    numeric_id: bool = False  # a record's id, an integer in its column
    failed: Condition | None = None
    path: tuple[str, ...] = ()  # the field path it was read from
    parts: tuple[SqlValue, ...] | None = None  # the items of a list written out, some from fields
    links: tuple[sa.Table, Column] | None = None  # a list's derived index, and the record's id

    def with_failures(self, *others: SqlValue) -> SqlValue:
        """It fails too where one of these does."""
        return replace(self, failed=any_failed(self, *others))


def any_failed(*values: SqlValue) -> Condition | None:
    found = [value.failed for value in values if value.failed is not None]
    return sa.or_(*found) if len(found) > 1 else found[0] if found else None


def failing(condition: Condition | None, more: Condition) -> Condition:
    return more if condition is None else sa.or_(condition, more)


def literal(value: Any, type_: Type, ops: PortableOps) -> SqlValue:
    """A value known before the query runs, encoded as a column would hold it."""
    if value is None or value == "" or value == []:
        text = sa.literal("", sa.Text) if type_.kind == "text" else sa.null()
        return SqlValue(text, type_, known=True, value=value)
    kind = type_ if type_.kind not in ("any", "blank") else type_of_value(value)
    column, scale = _encode(value, ops)
    return SqlValue(
        column, kind, scale, known=True, value=value, is_condition=isinstance(value, bool), filled=True
    )


def condition(column: Condition, failed: Condition | None = None) -> SqlValue:
    return SqlValue(column, BOOLEAN, is_condition=True, filled=True, failed=failed)


def _encode(value: Any, ops: PortableOps) -> tuple[Column, int]:
    if isinstance(value, Decimal):
        return _scaled(value, ops)
    if isinstance(value, datetime):
        return ops.integer(microseconds(value)), 0
    if isinstance(value, date):
        return ops.integer(value.toordinal()), 0
    if isinstance(value, timedelta):
        return ops.integer(value // _MICROSECOND), 0
    if isinstance(value, list | tuple):
        return sa.literal(canonical_json([_plain(item) for item in value]).decode(), sa.Text), 0
    return ops.literal(value), 0


def _plain(item: Any) -> Any:
    """Items of lists in columns are texts; anything else equals none of them."""
    return item if isinstance(item, str | bool | int) else str(item)


def _scaled(number: Decimal, ops: PortableOps) -> tuple[Column, int]:
    scale = max(0, -int(number.normalize().as_tuple().exponent))
    return ops.integer(int(number.scaleb(scale))), scale
