"""Prepared text -> a Python syntax tree with nothing in it but the language.

Nodes left: Constant, Name, Attribute, UnaryOp, BinOp, BoolOp, Compare, IfExp, List, Call.
Number literals are exact (int, or Decimal from their source text), `true false none`
in any case are constants. Everything else is a Problem.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn

from metamodel.expressions.arithmetic import LIMIT, PLACES
from metamodel.expressions.source import Source, prepare
from metamodel.problems import Problem, problem

MAX_DEPTH = 100
_CONSTANTS = {"true": True, "false": False, "none": None, "null": None}
_NUMBER = re.compile(r"[0-9]++|([0-9]++\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_OPERATORS: tuple[type[ast.AST], ...] = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip
_NODES: tuple[type[ast.AST], ...] = (
    ast.Constant, ast.Name, ast.Attribute, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.List, ast.Call, ast.Load, *_OPERATORS,
)  # fmt: skip
_WHAT = {
    ast.Subscript: "[…]", ast.Lambda: "lambda", ast.JoinedStr: "f'…'", ast.Dict: "{…: …}", ast.Set: "{…}",
    ast.Tuple: "(…, …)", ast.ListComp: "for", ast.GeneratorExp: "for", ast.SetComp: "for",
    ast.DictComp: "for", ast.Starred: "*", ast.Is: "is", ast.IsNot: "is not", ast.NamedExpr: ":=",
    ast.Await: "await", ast.Yield: "yield", ast.YieldFrom: "yield", ast.Slice: ":",
}  # fmt: skip


def parse(text: str, path: str = "") -> tuple[ast.expr, Source] | Problem:
    """The tree and its source, or the one Problem that made it unreadable."""
    source = prepare(text, path)
    if isinstance(source, Problem):
        return source
    try:
        tree = ast.parse(source.text.strip(), mode="eval").body
        _shift(tree, len(source.text) - len(source.text.lstrip()))
        _check_depth(tree, source, path)
        return _Lowering(source, path).visit(tree), source
    except SyntaxError as error:
        return problem("expression.syntax", path, position=_syntax_place(error, source))
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return problem("expression.too_deep", path, position=0, limit=MAX_DEPTH)
    except Unreadable as unreadable:
        return unreadable.problem


class Unreadable(Exception):
    def __init__(self, found: Problem) -> None:
        self.problem = found


def _syntax_place(error: SyntaxError, source: Source) -> int:
    before = len(source.text) - len(source.text.lstrip())
    return source.places[min(max((error.offset or 1) - 1, 0) + before, len(source.places) - 1)]


def _shift(tree: ast.expr, blanks: int) -> None:
    """Positions count from the start of the text, the blanks before it included."""
    if blanks:
        for node in ast.walk(tree):
            if isinstance(node, ast.expr):
                node.col_offset += blanks
                node.end_col_offset = (node.end_col_offset or 0) + blanks


def _check_depth(tree: ast.expr, source: Source, path: str) -> None:
    """Before anything recurses into the tree: `1+1+1+…` nests without any bracket."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _operands(node)]
        if not level:
            return
    place = source.place(getattr(level[0], "col_offset", 0))
    raise Unreadable(problem("expression.too_deep", path, position=place, limit=MAX_DEPTH))


def _operands(node: ast.AST) -> Iterator[ast.AST]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.comprehension))


class _Lowering(ast.NodeTransformer):
    """Refuses what is not of the language and makes the rest plain."""

    def __init__(self, source: Source, path: str) -> None:
        self.source, self.path = source, path

    def visit(self, node: ast.AST) -> ast.expr:
        if not isinstance(node, _NODES):
            self.refuse("expression.not_allowed", node, what=_WHAT.get(type(node), type(node).__name__))
        result: ast.expr = super().visit(node)
        return result

    def refuse(self, code: str, node: ast.AST, **params: object) -> NoReturn:
        place = self.source.place(getattr(node, "col_offset", 0))
        raise Unreadable(problem(code, self.path, position=place, **params))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, int | float | complex) and not isinstance(node.value, bool):
            node.value = self._number(node)  # type: ignore[assignment]
        elif not isinstance(node.value, str | bool | None):
            self.refuse("expression.not_allowed", node, what=_segment(node, self.source)[:20])
        elif isinstance(node.value, str):
            self._check_text(node, node.value)
        return node

    def _check_text(self, node: ast.Constant, text: str) -> None:
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
            self.refuse("expression.syntax", node)

    def _number(self, node: ast.Constant) -> int | Decimal:
        text = _segment(node, self.source)
        if not _NUMBER.fullmatch(text):
            self.refuse("expression.number", node, text=text[:40])
        number = Decimal(text)
        exponent = number.normalize().as_tuple().exponent if len(text) < 100 else -len(text)
        if abs(number) >= LIMIT or (isinstance(exponent, int) and exponent < -PLACES):
            self.refuse("expression.number", node, text=text[:40])
        return int(number) if number == number.to_integral_value() else number

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id.lower() in _CONSTANTS and node.id in (node.id.lower(), node.id.upper()):
            return ast.copy_location(ast.Constant(_CONSTANTS[node.id.lower()]), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not isinstance(node.func, ast.Name):
            self.refuse("expression.not_allowed", node, what="(…)")
        if node.keywords:
            self.refuse(
                "expression.not_allowed", node.keywords[0].value, what=f"{node.keywords[0].arg or '**'}="
            )
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self._operator(node.op, node)
        node.operand = self.visit(node.operand)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self._operator(node.op, node)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        for operator in node.ops:
            self._operator(operator, node)
        node.left = self.visit(node.left)
        node.comparators = [self.visit(each) for each in node.comparators]
        return node

    def _operator(self, operator: ast.AST, node: ast.expr) -> None:
        if not isinstance(operator, _OPERATORS):
            self.refuse(
                "expression.not_allowed", node, what=_WHAT.get(type(operator), type(operator).__name__)
            )


def _segment(node: ast.expr, source: Source) -> str:
    line = source.text.encode()
    return line[node.col_offset : node.end_col_offset].decode(errors="replace")
