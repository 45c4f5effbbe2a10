"""Checked expressions as SQLAlchemy, for filters, permissions and reports, on both databases.

The meaning is the Python evaluators': the case table runs on all of them. What SQL cannot say
is Rejected with `expression.not_in_sql` or `expression.sealed_in_sql`, so that the caller
can evaluate in Python instead. A row for which Python would refuse counts as blank, or as no.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.dialects.portable import PortableOps
from engine.expressions import EvaluationContext
from engine.sql_expressions.numbers import NotInSql
from engine.sql_expressions.tree import ColumnResolver, Sealed, Translator
from engine.sql_expressions.values import SqlValue
from metamodel.expressions import Expression
from metamodel.problems import BadValue, Rejected, problem

__all__ = ["ColumnResolver", "SqlValue", "to_sql", "to_sql_value"]


def to_sql(
    expression: Expression, resolver: ColumnResolver, ops: PortableOps, context: EvaluationContext
) -> sa.ColumnElement[Any]:
    """A boolean (or blank) expression is a condition that is never NULL; any other a column, encoded as
    `engine.values` would (numbers: see `to_sql_value` for their scale)."""
    made = to_sql_value(expression, resolver, ops, context)
    return sa.false() if expression.type.kind == "blank" else made.column


def to_sql_value(
    expression: Expression, resolver: ColumnResolver, ops: PortableOps, context: EvaluationContext
) -> SqlValue:
    """The column with its type, scale and `failed`, the condition under which it has no value."""
    translator = Translator(expression, resolver, ops, context)
    try:
        value = translator.translate(expression.tree)
        if value.parts is not None:
            raise NotInSql("[…]")
        if expression.type.kind == "boolean":
            return _condition(value, translator)
    except NotInSql as refused:
        raise Rejected([problem("expression.not_in_sql", what=refused.what)]) from None
    except Sealed as refused:
        raise Rejected([problem("expression.sealed_in_sql", what=refused.what)]) from None
    except BadValue as bad:
        raise Rejected([problem(bad.code, **bad.params)]) from None
    if value.failed is None:
        return value
    return replace(value, column=sa.case((value.failed, sa.null()), else_=value.column), filled=False)


def _condition(value: SqlValue, translator: Translator) -> SqlValue:
    met = translator.ops.truth(value)
    if value.failed is not None:
        met = sa.and_(sa.not_(value.failed), met)
    return replace(value, column=met, is_condition=True)
