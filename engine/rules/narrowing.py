"""Narrowing: what of a rule's IF the database and the search index can decide, so that trying a rule opens
only texts it may concern.

Never more than IF itself asks: a record that is left out here cannot match. What is left is decided
by the rule's own compiled condition.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from engine.expressions import EvaluationContext
from engine.expressions.compiled import build_part
from engine.records.program import FormProgram
from engine.records.services import Services
from engine.search.tree import And, Node, Or, Word
from engine.sql_expressions import ColumnResolver, to_sql
from metamodel.expressions import Expression
from metamodel.expressions.checker import conjuncts, paths_in
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Field, match_form
from metamodel.problems import BadValue, Rejected

# Characters that stand for themselves in folded texts; pairs of them are tokens of the index.
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")


@dataclass(frozen=True)
class Narrowed:
    """`where` the database decides, `words` the index."""

    where: tuple[sa.ColumnElement[bool], ...] = ()
    words: Node | None = None


class Narrowing:
    """For one viewer: what lies behind a link is blank where he may not read it."""

    def __init__(
        self, services: Services, program: FormProgram, context: EvaluationContext, columns: ColumnResolver
    ) -> None:
        self._services, self._program, self._context = services, program, context
        self._columns = columns

    def of(self, expression: Expression | None) -> Narrowed:
        if expression is None:
            return Narrowed()
        parts = list(conjuncts(expression.tree))
        conditions = (self._condition(expression, part) for part in parts)
        words = _all(self._words(expression, part) for part in parts)
        return Narrowed(tuple(one for one in conditions if one is not None), words)

    def _condition(self, expression: Expression, part: ast.expr) -> sa.ColumnElement[bool] | None:
        """A part of IF as SQL; None for what the database cannot say."""
        alone = replace(expression, tree=part, type=expression.types[part])
        if alone.type.kind != "boolean":
            return None
        try:
            return to_sql(alone, self._columns, self._services.database.ops, self._context)
        except (Rejected, KeyError):
            return None

    def marked(self, expression: Expression) -> list[str]:
        """The words the condition looks for anywhere, to mark them in examples."""
        found: list[str] = []
        for node in ast.walk(expression.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                function = expression.called.get(node.func.id)
                if function is not None and function.sighted is not None:
                    found += self._constants(expression, node.args[1:]) or []
            elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
                found += self._constants(expression, [node.left]) or []
        return list(dict.fromkeys(word for word in found if word))

    # -- words -------------------------------------------------------------------------------------

    def _words(self, expression: Expression, part: ast.expr) -> Node | None:
        """What must stand in the texts for this part to hold; None: nothing certain."""
        if isinstance(part, ast.BoolOp):
            inner = [self._words(expression, value) for value in part.values]
            return _all(inner) if isinstance(part.op, ast.And) else _any(inner)
        if isinstance(part, ast.Call):
            return self._called(expression, part)
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.In):
            field = self._text_field(part.comparators[0])
            found = self._constants(expression, [part.left])
            return _any(_pieces(word, field) for word in found) if field and found else None
        return None

    def _called(self, expression: Expression, call: ast.Call) -> Node | None:
        function = expression.called.get(call.func.id) if isinstance(call.func, ast.Name) else None
        field = self._text_field(call.args[0]) if call.args else None
        if function is None or not function.needs or field is None:
            return None
        words = self._constants(expression, call.args[1:])
        if not words:
            return None
        pieces = [_pieces(word, field) for word in words if match_form(word)]
        return _all(pieces) if function.needs == "all" else _any(pieces)

    def _text_field(self, node: ast.expr) -> str | None:
        """A text of the record that is in the index as it stands."""
        if not isinstance(node, ast.Name):
            return None
        indexed = {field.id for field in self._program.searchable if _is_plain_text(field.field)}
        return node.id if node.id in indexed else None

    def _constants(self, expression: Expression, nodes: Sequence[ast.expr]) -> list[str] | None:
        """The texts these arguments are, lists spread; None where a record decides them."""
        found: list[str] = []
        for node in nodes:
            if next(paths_in(node), None) is not None:
                return None
            try:
                value: Any = build_part(node, expression)({}, self._context)
            except BadValue:
                return None
            found += [str(item) for item in (value if isinstance(value, list) else [value])]
        return found


def _is_plain_text(definition: FieldDefinition) -> bool:
    kind = definition.type
    return kind is not None and kind.type.kind == "text" and type(kind).search_text is Field.search_text


def _pieces(word: str, field: str) -> Node | None:
    """The runs of characters of a word: Latin letters inside longer ones are not in the index."""
    runs = _HAN.findall(match_form(word))
    return _all(Word(run, (field,)) for run in runs)


def _all(parts: Iterable[Node | None]) -> Node | None:
    known = tuple(part for part in parts if part is not None)
    return And(known) if len(known) > 1 else known[0] if known else None


def _any(parts: Iterable[Node | None]) -> Node | None:
    """Only when every way is known."""
    every = tuple(parts)
    known = tuple(part for part in every if part is not None)
    if not every or len(known) < len(every):
        return None
    return Or(known) if len(known) > 1 else known[0]
