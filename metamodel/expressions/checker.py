"""The checker: names, arity, types and sealing, decided when a definition is saved.

It goes on after a mistake (the mistaken part is `any`), so that all problems of an
expression show at once, each with the position it has in the text people wrote.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from metamodel.expressions.parser import parse
from metamodel.expressions.source import Source
from metamodel.expressions.types import (
    ANY,
    BLANK,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    IDENTIFIERS,
    NUMBER,
    TEXT,
    Type,
    accepts,
    list_of,
    type_label,
    unify,
)
from metamodel.problems import BadValue, Problem, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import Argument, Function, Registry

Path = tuple[str, ...]


class Scope(Protocol):
    """What the names of an expression mean. `me` is the viewer and `record` the record itself,
    unless `rows` is there and not None: then names are of a row, `record` is the record around it."""

    def name(self, name: str) -> Type | None: ...

    def names(self) -> Iterable[str]: ...

    def attribute(self, of: Type, name: str) -> Type | None: ...

    def attributes(self, of: Type) -> Iterable[str]: ...


@dataclass(frozen=True)
class Expression:
    """A checked expression. `names` are the field paths it reads (`me` and its parts left out),
    `types` the type of every node of `tree`; `volatile`: it depends on the moment or the viewer."""

    text: str
    tree: ast.expr
    type: Type
    names: frozenset[Path]
    called: Mapping[str, Function]  # by name, as they were when it was checked
    volatile: bool
    types: Mapping[ast.expr, Type]

    @property
    def functions(self) -> frozenset[str]:
        return frozenset(self.called)

    @property
    def uses_me(self) -> bool:
        return any(isinstance(node, ast.Name) and node.id == "me" for node in self.types)


def check(
    text: str, scope: Scope, registry: Registry, expected: Type | None = None, path: str = "",
    plain: bool = False,
) -> tuple[Expression | None, list[Problem]]:  # fmt: skip
    """The expression, or None and why not. `expected`: what its value is wanted for; `plain`: a
    sealed result may not stand here."""
    parsed = parse(text, path)
    if isinstance(parsed, Problem):
        return None, [parsed]
    tree, source = parsed
    checker = _Checker(scope, registry, source, path)
    tree = checker.lower(tree)
    result = checker.type_of(tree)
    checker.check_result(tree, result, expected, plain)
    if checker.problems:
        return None, sorted(checker.problems, key=lambda found: int(found.params.get("position", 0)))
    expression = Expression(
        text, tree, result, frozenset(paths_in(tree)), checker.functions, checker.volatile,
        checker.types,
    )  # fmt: skip
    return expression, []


def similar(word: str, words: Iterable[str]) -> str:
    """The nearest known word, '' when none is near; letters' case does not count."""
    known = {each.lower(): each for each in words}
    found = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return known[found[0]] if found else ""


class _Checker:
    def __init__(self, scope: Scope, registry: Registry, source: Source, path: str) -> None:
        self.scope, self.registry, self.source, self.path = scope, registry, source, path
        self.problems: list[Problem] = []
        self.types: dict[ast.expr, Type] = {}
        self.functions: dict[str, Function] = {}
        self.volatile = False

    # -- shared ------------------------------------------------------------------------------------

    def report(self, code: str, node: ast.expr, **params: Any) -> Type:
        position = self.source.place(node.col_offset)
        self.problems.append(problem(code, self.path, position=position, **params))
        return ANY

    def lower(self, tree: ast.expr) -> ast.expr:
        """`record.field` is `field`, except among the rows of a sub-form."""
        if getattr(self.scope, "rows", None) is not None:
            return tree
        own: ast.expr = _OwnRecord().visit(tree)
        return own

    def type_of(self, node: ast.expr) -> Type:
        found: Type = _CHECKS[type(node)](self, node)
        self.types[node] = found
        return found

    def check_result(self, tree: ast.expr, result: Type, expected: Type | None, plain: bool) -> None:
        if expected is not None and not accepts(expected, result):
            wanted = type_label(expected)
            self.report("expression.wrong_type", tree, expected=wanted, found=type_label(result))
        if plain and result.sealed:
            self.report("expression.sealed", tree)

    def condition(self, node: ast.expr) -> Type:
        """A part that must be yes or no."""
        found = self.type_of(node)
        if not accepts(BOOLEAN, found):
            self.report("expression.condition", node, found=type_label(found))
        return found

    # -- values and names --------------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> Type:
        if node.value is None:
            return BLANK
        return BOOLEAN if isinstance(node.value, bool) else TEXT if isinstance(node.value, str) else NUMBER

    def several(self, node: ast.List) -> Type:
        items = [self.type_of(item) for item in node.elts]
        sealed = any(item.sealed for item in items)
        if any(item.kind == "list" for item in items):
            return self.report("expression.nested_list", node)
        return list_of((unify(items) or ANY) if items else ANY).seal(sealed)

    def name(self, node: ast.Name) -> Type:
        found = self.scope.name(node.id)
        if found is None:
            return self._unknown_name(node)
        if node.id == "me":
            self.volatile = True
        return found

    def _unknown_name(self, node: ast.Name) -> Type:
        if self.registry.get("function", node.id) is not None:
            return self.report("expression.not_called", node, name=node.id)
        near = similar(node.id, [*self.scope.names(), "true", "false", "none"])
        return self._unknown("expression.unknown_name", node, node.id, near)

    def _unknown(self, code: str, node: ast.expr, name: str, near: str, **params: Any) -> Type:
        suggestion = {"zh": f"您是不是要写 {near}", "en": f"Did you mean {near}?"} if near else ""
        return self.report(code, node, name=name, near=near, suggestion=suggestion, **params)

    def attribute(self, node: ast.Attribute) -> Type:
        owner = self.type_of(node.value)
        if owner.kind == "any" and self.problems:
            return ANY
        found = None if node.attr.startswith("_") else self.scope.attribute(owner, node.attr)
        if found is None:
            near = similar(node.attr, self.scope.attributes(owner))
            return self._unknown("expression.unknown_attribute", node, node.attr, near, of=type_label(owner))
        return found.seal(owner.sealed)

    # -- operators ---------------------------------------------------------------------------------

    def unary(self, node: ast.UnaryOp) -> Type:
        if isinstance(node.op, ast.Not):
            return BOOLEAN.seal(self.condition(node.operand).sealed)
        found = self.type_of(node.operand)
        if found.kind in ("number", "duration", "any", "blank"):
            return found
        return self.report("expression.operand", node, operator="-", found=type_label(found))

    def binary(self, node: ast.BinOp) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        sealed = left.sealed or right.sealed
        found = _arithmetic(type(node.op), left, right)
        if found is None:
            symbol = SYMBOLS[type(node.op)]
            return self.report(
                "expression.operands", node, operator=symbol, left=type_label(left), right=type_label(right)
            )
        return found.seal(sealed)

    def boolean(self, node: ast.BoolOp) -> Type:
        found = [self.condition(part) for part in node.values]
        return BOOLEAN.seal(any(each.sealed for each in found))

    def compare(self, node: ast.Compare) -> Type:
        found = [self.type_of(each) for each in (node.left, *node.comparators)]
        for operator, left, right, at in zip(node.ops, found, found[1:], node.comparators, strict=False):
            if not _comparable(operator, left, right):
                symbol = SYMBOLS[type(operator)]
                self.report(
                    "expression.comparison",
                    at,
                    operator=symbol,
                    left=type_label(left),
                    right=type_label(right),
                )
        return BOOLEAN.seal(any(each.sealed for each in found))

    def conditional(self, node: ast.IfExp) -> Type:
        sealed = self.condition(node.test).sealed
        yes, no = self.type_of(node.body), self.type_of(node.orelse)
        found = unify((yes, no))
        if found is None:
            return self.report("expression.branches", node.orelse, found=type_label(yes, no))
        return found.seal(sealed)

    # -- functions ---------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Type:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        types = [self.type_of(argument) for argument in node.args]
        function = self.registry.get("function", name)
        if function is None:
            near = similar(name, self.registry.all("function"))
            return self._unknown("expression.unknown_function", node, name, near)
        self.functions[name] = function
        self.volatile = self.volatile or function.volatile
        before = len(self.problems)
        self._check_arguments(node, function, types)
        return ANY if len(self.problems) > before else self._result(node, function, types)

    def _check_arguments(self, node: ast.Call, function: Function, types: list[Type]) -> None:
        least, most = arity(function)
        if len(types) < least or (most is not None and len(types) > most):
            usage = signature(function)
            self.report("expression.arguments", node, function=function.name, count=len(types), usage=usage)
            return
        for position, (given, found) in enumerate(zip(node.args, types, strict=True)):
            argument = argument_at(function, position)
            if not _fits(argument, found):
                self.report(
                    "expression.argument", given, function=function.name, argument=argument.name,
                    expected=type_label(*argument.types), found=type_label(found),
                )  # fmt: skip

    def _result(self, node: ast.Call, function: Function, types: list[Type]) -> Type:
        try:
            if function.check is not None:
                function.check(*(constant_of(argument) for argument in node.args))
            result = function.result if isinstance(function.result, Type) else function.result(*types)
        except BadValue as bad:
            return self.report(bad.code, node, **{"function": function.name, **bad.params})
        sealed = not function.plain and any(found.sealed for found in types)
        return result.plain() if function.plain else result.seal(sealed)


class _OwnRecord(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id == "record" and node.attr != "id":
            return ast.copy_location(ast.Name(node.attr, ast.Load()), node)
        return self.generic_visit(node)  # type: ignore[return-value]


_CHECKS: dict[type[ast.expr], Any] = {
    ast.Constant: _Checker.constant, ast.Name: _Checker.name, ast.Attribute: _Checker.attribute,
    ast.UnaryOp: _Checker.unary, ast.BinOp: _Checker.binary, ast.BoolOp: _Checker.boolean,
    ast.Compare: _Checker.compare, ast.IfExp: _Checker.conditional, ast.List: _Checker.several,
    ast.Call: _Checker.call,
}  # fmt: skip

SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


# -- what the evaluators ask too -------------------------------------------------------------------


def path_of(node: ast.expr) -> Path:
    """The field path of a Name or a chain of Attributes; () for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def conjuncts(tree: ast.expr) -> Iterator[ast.expr]:
    """The conditions that all have to hold."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for one in tree.values:
            yield from conjuncts(one)
    else:
        yield tree


def paths_in(node: ast.AST) -> Iterator[Path]:
    """The field paths a tree reads, each to its end; not `me`, not a bare `record`."""
    path = path_of(node) if isinstance(node, ast.expr) else ()
    if path:
        if path[0] != "me" and path != ("record",):
            yield path
        return
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in children:
        yield from paths_in(child)


def arity(function: Function) -> tuple[int, int | None]:
    """The least and the most arguments; None: any number."""
    least = sum(not argument.optional for argument in function.arguments)
    many = bool(function.arguments) and function.arguments[-1].many
    return least, None if many else len(function.arguments)


def argument_at(function: Function, position: int) -> Argument:
    return function.arguments[min(position, len(function.arguments) - 1)]


def signature(function: Function) -> str:
    """`ROUND(number, [digits])`, as people see it."""
    parts = [
        (f"[{a.name}]" if a.optional else a.name) + (", …" if a.many else "") for a in function.arguments
    ]
    return f"{function.name}({', '.join(parts)})"


def constant_of(node: ast.expr) -> Any:
    """The value of a literal (a list of literals too); None when it is not one."""
    if isinstance(node, ast.List):
        items = [constant_of(item) for item in node.elts]
        return None if any(item is None for item in items) else items
    return node.value if isinstance(node, ast.Constant) else None


def _fits(argument: Argument, found: Type) -> bool:
    if any(accepts(type_, found) for type_ in argument.types):
        return True
    return argument.or_list and found.kind == "list" and any(accepts(t, found.item) for t in argument.types)


_OPEN = ("any", "blank")


def _arithmetic(operator: type[ast.operator], left: Type, right: Type) -> Type | None:
    """The type of `left operator right`; None where it means nothing."""
    a, b = left.kind, right.kind
    if a in _OPEN or b in _OPEN:
        return _half_known(operator, left, right)
    if a == b == "number":
        return NUMBER
    if operator is ast.Add:
        return _sum(left, right)
    if operator is ast.Sub:
        return _difference(a, b)
    table = {
        (ast.Mult, "duration", "number"): DURATION, (ast.Mult, "number", "duration"): DURATION,
        (ast.Div, "duration", "number"): DURATION, (ast.Div, "duration", "duration"): NUMBER,
    }  # fmt: skip
    return table.get((operator, a, b))


def _half_known(operator: type[ast.operator], left: Type, right: Type) -> Type | None:
    """One side is blank or not known: what the other side allows."""
    known = right if left.kind in _OPEN else left
    if known.kind in _OPEN:
        return ANY if "any" in (left.kind, right.kind) else BLANK
    if known.kind in ("boolean", "person", "department", "record"):
        return None
    if known.kind == "number" and operator is not ast.Add and operator is not ast.Sub:
        return NUMBER if "blank" in (left.kind, right.kind) or operator in (ast.Mod, ast.Pow) else ANY
    if known.kind in ("text", "list"):
        return known if operator is ast.Add else None
    return ANY


def _sum(left: Type, right: Type) -> Type | None:
    a, b = left.kind, right.kind
    if a == b == "list":
        return unify((left, right))
    if a == b == "duration":
        return DURATION
    if {a, b} <= {"text", *IDENTIFIERS}:
        return TEXT
    table = {("date", "number"): DATE, ("date", "duration"): DATETIME, ("datetime", "duration"): DATETIME}
    return table.get((a, b)) or table.get((b, a))


def _difference(a: str, b: str) -> Type | None:
    table = {
        ("date", "date"): NUMBER, ("date", "number"): DATE, ("date", "duration"): DATETIME,
        ("datetime", "duration"): DATETIME, ("datetime", "datetime"): DURATION,
        ("datetime", "date"): DURATION, ("date", "datetime"): DURATION, ("duration", "duration"): DURATION,
    }  # fmt: skip
    return table.get((a, b))


def _comparable(operator: ast.cmpop, left: Type, right: Type) -> bool:
    if isinstance(operator, ast.In | ast.NotIn):
        return _contains(left, right)
    if not (accepts(left, right) or accepts(right, left)):
        return False
    if isinstance(operator, ast.Eq | ast.NotEq):
        return True
    ordered = {"text", "number", "date", "datetime", "duration", *_OPEN, *IDENTIFIERS}
    return left.kind in ordered and right.kind in ordered


def _contains(item: Type, container: Type) -> bool:
    if container.kind == "list":
        return item.kind != "list" and accepts(container.of or ANY, item)
    if container.kind == "text":
        return accepts(TEXT, item)
    return container.kind in _OPEN
