"""Reasons: what of a record made a rule's IF hold: the words that were found, the values that were compared.

Worked out for records that matched only, from the condition cut into its parts once a rule; a trial also says what
objects in those that did not. A reason is a small list that lies in a sealed trace: `["has", path, [words]]`,
`["is", path, value]`, or `["by", path]` where what stands there is not kept: sealed in another record (whose
shredding would not reach it here) or looked up. What was read through a link has the record it was read from behind
it: `[…, [app, form, id]]`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from engine.expressions import Compiled, EvaluationContext
from engine.records.program import FormProgram
from engine.rules.expressions import Broken, Expressions
from metamodel.expressions.checker import conjuncts, path_of, paths_in
from metamodel.plugin_api import Function

MOST_PARTS = 12
LONGEST = 60  # letters of a value
MOST_ITEMS = 10
_NUMBERS = re.compile(r"Decimal\('([^']*)'\)")
Leaf = tuple[ast.expr, bool, bool]  # a part without `and`; said or denied; only one of several that may hold


class Looked(Protocol):
    """`engine.rules.subjects.Subject`, as far as it is needed here."""

    @property
    def values(self) -> Mapping[str, Any]: ...
    def target(self, link: str) -> tuple[str, str] | None: ...


class Kinds(Protocol):
    """Which program a form has: `engine.rules.run.Run`."""

    def program(self, app: str, form: str) -> FormProgram: ...


@dataclass(frozen=True)
class _Part:
    """`kind` and `path`, how to get what stands there, and whether it holds at all (None: it does)."""

    kind: str
    path: tuple[str, ...]
    found: Compiled | None = None
    holds: Compiled | None = None
    denied: bool = False


class Reasons:
    """Of one rule. An empty one for a rule without IF."""

    def __init__(
        self, condition: ast.expr | None, expressions: Expressions, functions: Mapping[str, Function]
    ) -> None:
        leaves = list(_leaves(condition, True, False))[:MOST_PARTS] if condition is not None else []
        self._parts = list(_parts(leaves, expressions, functions))[:MOST_PARTS]

    def __bool__(self) -> bool:
        return bool(self._parts)

    def of(
        self, subject: Looked, program: FormProgram | None, context: EvaluationContext, kinds: Kinds
    ) -> list[Any]:
        found = []
        for part in self._parts:
            if part.holds is not None and bool(_value(part.holds, subject, context)) == part.denied:
                continue
            reason = _reason(part, subject, program, context, kinds)
            if reason is not None and reason not in found:
                found.append(reason)
        return found


class Objections:
    """Why a rule does not apply: the first part of its IF that fails, said as a reason is; `["lacks", path]` where
    none of the words looked for is in a text."""

    def __init__(
        self, condition: ast.expr | None, expressions: Expressions, functions: Mapping[str, Function]
    ) -> None:
        self._parts = [
            (holds, Reasons(ast.UnaryOp(ast.Not(), part), expressions, functions), _sought(part, functions))
            for part in (conjuncts(condition) if condition is not None else ())
            if (holds := _compiled(part, expressions)) is not None
        ]

    def of(
        self, subject: Looked, program: FormProgram | None, context: EvaluationContext, kinds: Kinds
    ) -> list[Any]:
        """Nothing of a record for which all of it holds."""
        for holds, against, sought in self._parts:
            if not _value(holds, subject, context):
                lacking = [["lacks", ".".join(path)] for path in sought]
                return [*against.of(subject, program, context, kinds), *lacking]
        return []


def _sought(part: ast.expr, functions: Mapping[str, Function]) -> list[tuple[str, ...]]:
    """The texts in which words had to be."""
    calls = [call for node, said, _ in _leaves(part, True, False) if said for call in ast.walk(node)]
    found = [path_of(one.args[0]) for one in calls if isinstance(one, ast.Call) and _words(one, functions)]
    return list(dict.fromkeys(found))


def short(value: Any) -> Any:
    """A value as JSON, long ones cut."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[:LONGEST] + "…"
    if isinstance(value, (list, tuple)):
        return [short(item) for item in value[:MOST_ITEMS]]
    if value is None or isinstance(value, (bool, int)):
        return value
    return short(msgspec.to_builtins(value, enc_hook=str))


def _reason(
    part: _Part, subject: Looked, program: FormProgram | None, context: EvaluationContext, kinds: Kinds
) -> list[Any] | None:
    path = ".".join(part.path)
    place, kept = _place(part.path, subject, program, kinds)
    if not kept:
        return ["by", path]
    value = _value(part.found, subject, context) if part.found else subject.values.get(path)
    if part.kind == "has" and not value:
        return None
    return [part.kind, path, short(value), *([place] if place else ())]


def _place(
    path: Sequence[str], subject: Looked, program: FormProgram | None, kinds: Kinds
) -> tuple[list[str], bool]:
    """Of a path through one link the record behind it; and whether what stands there is kept."""
    if program is None:
        return [], len(path) == 1  # a message
    own = program.fields.get(path[0])
    if own is None or len(path) > 2:
        return [], False
    if len(path) == 1:
        return [], own.field.derived is None or own.field.derived.kept
    target, record = subject.target(path[0]), subject.values.get(path[0])
    field = kinds.program(*target).fields.get(path[1]) if target else None
    if target is None or field is None or field.field.sealed or field.field.derived is not None:
        return [], False
    return [*target, str(record)] if record else [], bool(record) and not isinstance(record, list)


def _value(run: Compiled, subject: Looked, context: EvaluationContext) -> Any:
    try:
        return run(subject.values, context)
    except Exception:  # it held a moment ago; a reason is not worth a failure
        return None


# -- cutting up ----------------------------------------------------------------------------------------


def _leaves(node: ast.expr, said: bool, doubtful: bool) -> Iterator[Leaf]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _leaves(node.operand, not said, doubtful)
    elif isinstance(node, ast.BoolOp):
        unsure = doubtful or isinstance(node.op, ast.Or) == said
        for part in node.values:
            yield from _leaves(part, said, unsure)
    else:
        yield node, said, doubtful


def _parts(
    leaves: Sequence[Leaf], expressions: Expressions, functions: Mapping[str, Function]
) -> Iterator[_Part]:
    for node, said, doubtful in leaves:
        holds = _compiled(node, expressions) if doubtful else None
        texts = set[ast.expr]()
        for call in ast.walk(node):
            words = _words(call, functions) if isinstance(call, ast.Call) else None
            if words is not None and isinstance(call, ast.Call):
                texts.add(call.args[0])
                found = _compiled(words, expressions) if said else None
                if found is not None:
                    yield _Part("has", path_of(call.args[0]), found, holds, not said)
        for path in dict.fromkeys(_other_paths(node, texts)):
            plain = _compiled(_path(path), expressions) if len(path) > 1 or path[0] == "record" else None
            yield _Part("is", path, plain, holds, not said)


def _words(call: ast.Call, functions: Mapping[str, Function]) -> ast.expr | None:
    """What finds in a text the words a call looks for, or the piece that a pattern fits."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if not call.args or not path_of(call.args[0]):
        return None
    function = functions.get(name)
    if function is not None and function.sighted is not None:
        return ast.Call(ast.Name("FOUND_WORDS", ast.Load()), call.args, [])
    pattern = call.args[1] if name == "MATCHES" and len(call.args) == 2 else None
    if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
        whole = ast.Constant(f"({pattern.value})")
        return ast.List([ast.Call(ast.Name("EXTRACT", ast.Load()), [call.args[0], whole], [])], ast.Load())
    return None


def _other_paths(node: ast.AST, texts: set[ast.expr]) -> Iterator[tuple[str, ...]]:
    """The paths a part reads, without those looked into for words."""
    if node in texts:
        return
    if isinstance(node, ast.expr) and path_of(node):
        yield from paths_in(node)
        return
    for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from _other_paths(child, texts)


def _path(path: Sequence[str]) -> ast.expr:
    made: ast.expr = ast.Name(path[0], ast.Load())
    for name in path[1:]:
        made = ast.Attribute(made, name, ast.Load())
    return made


def _compiled(node: ast.expr, expressions: Expressions) -> Compiled | None:
    text = _NUMBERS.sub(r"\1", ast.unparse(node))
    try:
        return expressions[text]
    except Broken:
        return None
