"""A checked tree -> a SqlValue: fields by the resolver, constants by Python, functions by their `sql`.

Whatever names no field (`TODAY()`, `me.department`, `KEYWORDS('risk')`) is worked out in
Python before the query runs, so functions of the moment or the viewer need no SQL of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import sqlalchemy as sa

from engine.dialects.portable import Column, PortableOps
from engine.expressions.calls import function_of
from engine.expressions.compiled import build_part
from engine.expressions.context import EvaluationContext, OverBudget
from engine.sql_expressions.numbers import NotInSql
from engine.sql_expressions.ops import TypedOps
from engine.sql_expressions.values import SqlValue, any_failed, literal
from engine.system_tables import people
from engine.values import scale_of, storage_of
from metamodel.expressions.checker import SYMBOLS, Expression, Path, argument_at, path_of
from metamodel.expressions.types import Type
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Argument, Storage
from metamodel.problems import BadValue

_PERSON_COLUMNS = {"id": people.c.id, "name": people.c.name, "department": people.c.department}


class ColumnResolver(Protocol):
    """Where fields lie. It may also have `link_table(name)` (the derived index of a many-valued
    field, or None) and `record_id()`; then membership in a list uses the index."""

    def column(self, path: tuple[str, ...]) -> tuple[Column, FieldDefinition]:
        """KeyError when there is no column (a read-time or unknown field)."""
        ...


class Sealed(Exception):
    """The database cannot read what is sealed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Translator:
    def __init__(
        self, expression: Expression, resolver: ColumnResolver, ops: PortableOps, context: EvaluationContext
    ) -> None:
        self.expression, self.resolver, self.context = expression, resolver, context.with_budget()
        self.ops = TypedOps(ops, context.zone)

    def translate(self, node: ast.expr) -> SqlValue:
        if not _names_a_field(node):
            return self._worked_out(node)
        made: SqlValue = _TRANSLATIONS[type(node)](self, node)
        return made

    def _worked_out(self, node: ast.expr) -> SqlValue:
        type_ = self.expression.types[node]
        try:
            value = build_part(node, self.expression)({}, self.context)
        except (BadValue, OverBudget):
            return replace(literal(None, type_, self.ops.ops), failed=sa.true())
        return literal(value, type_, self.ops.ops)

    # -- fields ------------------------------------------------------------------------------------

    def field(self, node: ast.Name | ast.Attribute) -> SqlValue:
        path, type_ = path_of(node), self.expression.types[node]
        if not path:
            raise NotInSql(".")
        if type_.sealed:
            raise Sealed(".".join(path))
        if path in (("record",), ("record", "id")):
            return SqlValue(self._record_id(), type_, numeric_id=True, filled=True)
        try:
            column, definition = self.resolver.column(path[1:] if path[0] == "record" else path)
        except KeyError:
            return self._of_person(node, path)
        if definition.sealed:
            raise Sealed(".".join(path))
        return self._stored(column, definition, type_, path)

    def several(self, node: ast.List) -> SqlValue:
        parts = tuple(self.translate(item) for item in node.elts)
        return SqlValue(
            sa.null(), self.expression.types[node].plain(), parts=parts, failed=any_failed(*parts)
        )

    def _record_id(self) -> Column:
        record_id = getattr(self.resolver, "record_id", None)
        if record_id is None:
            raise NotInSql("record")
        found: Column = record_id()
        return found

    def _stored(self, column: Column, definition: FieldDefinition, type_: Type, path: Path) -> SqlValue:
        storage = storage_of(definition)
        if (
            type_.kind == "any"
            or storage is Storage.BYTES
            or (storage is Storage.JSON and type_.kind != "list")
        ):
            raise NotInSql(".".join(path))
        numeric_id = type_.kind == "record" and storage is Storage.INTEGER
        links = self._links(path) if type_.kind == "list" else None
        return SqlValue(
            column, type_.plain(), scale_of(definition), numeric_id=numeric_id, path=path, links=links
        )

    def _links(self, path: Path) -> tuple[sa.Table, Column] | None:
        link_table = getattr(self.resolver, "link_table", None)
        table = link_table(path[0]) if link_table is not None and len(path) == 1 else None
        return (table, self._record_id()) if table is not None else None

    def _of_person(self, node: ast.Name | ast.Attribute, path: Path) -> SqlValue:
        """`owner.department`: people are a table of the engine's own."""
        if not isinstance(node, ast.Attribute) or node.attr not in _PERSON_COLUMNS:
            raise NotInSql(".".join(path))
        if self.expression.types[node.value].kind != "person":
            raise NotInSql(".".join(path))
        person = self.translate(node.value)
        table = people.alias()
        found = sa.select(table.c[_PERSON_COLUMNS[node.attr].name]).where(table.c.id == person.column)
        return SqlValue(found.scalar_subquery(), self.expression.types[node].plain(), path=path)

    # -- operators ---------------------------------------------------------------------------------

    def unary(self, node: ast.UnaryOp) -> SqlValue:
        operand = self.translate(node.operand)
        if isinstance(node.op, ast.Not):
            return self.ops.negate(operand)
        return self.ops.negative(operand) if isinstance(node.op, ast.USub) else operand

    def boolean(self, node: ast.BoolOp) -> SqlValue:
        parts = [self.translate(part) for part in node.values]
        return self.ops.both(*parts) if isinstance(node.op, ast.And) else self.ops.either(*parts)

    def compare(self, node: ast.Compare) -> SqlValue:
        sides = [self.translate(side) for side in (node.left, *node.comparators)]
        pairs = zip(node.ops, sides, sides[1:], strict=False)
        found = [self._compared(SYMBOLS[type(operator)], left, right) for operator, left, right in pairs]
        return found[0] if len(found) == 1 else self.ops.both(*found)

    def _compared(self, symbol: str, left: SqlValue, right: SqlValue) -> SqlValue:
        if symbol in ("in", "not in"):
            met = self._within(left, right)
        elif symbol in ("==", "!="):
            if "list" in (left.type.kind, right.type.kind) and not (left.known or right.known):
                raise NotInSql(symbol)
            met = self.ops.equal(left, right)
        else:
            return self.ops.ordered(symbol, left, right)
        return self.ops.negate(met) if symbol in ("not in", "!=") else met

    def _within(self, item: SqlValue, container: SqlValue) -> SqlValue:
        if container.type.kind == "list" or isinstance(container.value, list):
            return self.ops.list_contains(container, item)
        return self.ops.contains(container, item)

    def binary(self, node: ast.BinOp) -> SqlValue:
        left, right = self.translate(node.left), self.translate(node.right)
        kinds = (self.expression.types[node.left].kind, self.expression.types[node.right].kind)
        return self._calculated(type(node.op), kinds, left, right)

    def _calculated(
        self, operator: type[ast.operator], kinds: tuple[str, str], left: SqlValue, right: SqlValue
    ) -> SqlValue:
        if operator is ast.Add and kinds[0] in _TEXTS and kinds[1] in _TEXTS:
            return self.ops.concat(left, right)
        if "blank" in kinds:
            return literal(None, self.expression.type, self.ops.ops).with_failures(left, right)
        work = _ARITHMETIC.get((SYMBOLS[operator], *kinds))
        if work is None:
            raise NotInSql(SYMBOLS[operator])
        made: SqlValue = work(self.ops, left, right)
        return made

    def conditional(self, node: ast.IfExp) -> SqlValue:
        return self.ops.case(*(self.translate(part) for part in (node.test, node.body, node.orelse)))

    # -- functions ---------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> SqlValue:
        function = function_of(node, self.expression.called)
        if function.sql is None:
            raise NotInSql(function.name)
        arguments: list[SqlValue] = []
        for position, given in enumerate(node.args):
            self._argue(arguments, self.translate(given), argument_at(function, position))
        try:
            made: SqlValue = function.sql(self.ops, *arguments)
        except NotInSql as refused:
            raise NotInSql(refused.what or function.name) from None
        except BadValue as bad:
            if bad.code == "expression.not_in_sql":
                raise NotInSql(function.name) from None
            return replace(literal(None, self.expression.types[node], self.ops.ops), failed=sa.true())
        return made

    def _argue(self, arguments: list[SqlValue], value: SqlValue, argument: Argument) -> None:
        kinds = [type_.kind for type_ in argument.types]
        if argument.or_list and value.type.kind == "list":
            arguments.extend(self.ops.items(value))
        elif kinds == ["date"]:
            arguments.append(self.ops.date_of(value) if value.type.kind == "datetime" else value)
        else:
            arguments.append(self.ops.midnight(value) if kinds == ["datetime"] else value)


_TEXTS = ("text", "person", "department", "record", "blank")
_TRANSLATIONS: Mapping[type[ast.expr], Any] = {
    ast.Name: Translator.field, ast.Attribute: Translator.field, ast.UnaryOp: Translator.unary,
    ast.BinOp: Translator.binary, ast.BoolOp: Translator.boolean, ast.Compare: Translator.compare,
    ast.IfExp: Translator.conditional, ast.Call: Translator.call, ast.List: Translator.several,
}  # fmt: skip

_ARITHMETIC: Mapping[tuple[str, str, str], Any] = {
    ("+", "number", "number"): TypedOps.add, ("-", "number", "number"): TypedOps.subtract,
    ("*", "number", "number"): TypedOps.multiply, ("/", "number", "number"): TypedOps.divide,
    ("%", "number", "number"): TypedOps.modulo, ("**", "number", "number"): TypedOps.power,
    ("+", "date", "number"): TypedOps.add_days, ("+", "number", "date"): lambda ops, a, b: ops.add_days(b, a),
    ("-", "date", "number"): lambda ops, a, b: ops.add_days(a, b, -1),
    ("-", "date", "date"): TypedOps.days_between,
    ("-", "date", "datetime"): TypedOps.elapsed, ("-", "datetime", "date"): TypedOps.elapsed,
    ("-", "datetime", "datetime"): TypedOps.elapsed,
    ("+", "date", "duration"): TypedOps.shift, ("+", "datetime", "duration"): TypedOps.shift,
    ("+", "duration", "duration"): TypedOps.shift,
    ("+", "duration", "date"): lambda ops, a, b: ops.shift(b, a),
    ("+", "duration", "datetime"): lambda ops, a, b: ops.shift(b, a),
    ("-", "date", "duration"): lambda ops, a, b: ops.shift(a, b, -1),
    ("-", "datetime", "duration"): lambda ops, a, b: ops.shift(a, b, -1),
    ("-", "duration", "duration"): lambda ops, a, b: ops.shift(a, b, -1),
    ("*", "duration", "number"): TypedOps.times, ("*", "number", "duration"): lambda ops, a, b: ops.times(b, a),
    ("/", "duration", "number"): TypedOps.share, ("/", "duration", "duration"): TypedOps.ratio,
}  # fmt: skip


def _names_a_field(node: ast.expr) -> bool:
    """Does anything below stand for a part of the record?"""
    if isinstance(node, ast.Name):
        return node.id != "me"
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return any(_names_a_field(child) for child in children if isinstance(child, ast.expr))
