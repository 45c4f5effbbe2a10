"""Can the database decide a condition? Filters of views, rows of roles, conditions of rollups and queries.

It cannot see into seals, has no column for what is computed when it is read, and knows only
the functions that say how they are done in SQL. What names no field is worked out before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from metamodel.expressions import Expression, Scope
from metamodel.expressions.types import Type
from metamodel.plugin_api import LinkedFrom, Live, Lookup, Registry, Rollup
from metamodel.problems import Problem, problem
from metamodel.scope import FormScope, OtherRowsScope


def beyond_database(checked: Expression, scope: FormScope, place: str, registry: Registry) -> list[Problem]:
    """What in a checked condition the database cannot do. Our own values in a condition about other rows are
    written out before, so they must only not be sealed."""
    paths = [_refused_path(path, scope, place) for path in sorted(checked.names)]
    outside = frozenset({"me", "record"}) if isinstance(scope, OtherRowsScope) else frozenset({"me"})
    functions = sorted(_refused_functions(checked, registry, outside))
    unknown = [problem("expression.not_in_sql", place, what=name) for name in functions]
    return [*(found for found in paths if found), *unknown]


def _refused_path(path: Sequence[str], scope: FormScope, place: str) -> Problem | None:
    name = ".".join(path)
    known = types_along(scope, path)
    if any(one.sealed for one in known):
        return problem("expression.sealed_in_sql", place, what=name)
    if isinstance(scope, OtherRowsScope) and path[0] == "record":
        return None
    many = any(one.kind == "list" for one in known[:-1])
    return problem("expression.not_in_sql", place, what=name) if many or _read_later(path, scope) else None


def _read_later(path: Sequence[str], scope: FormScope) -> bool:
    """Does the path end in, or pass, what is worked out when it is read?"""
    home: tuple[str, str] | None = (scope.app.id, scope.form.id)
    if isinstance(scope, OtherRowsScope):
        home = scope.there
    for name, known in zip(path, types_along(scope, path), strict=False):
        field = scope.forms.field(*home, name) if home else None
        if field is not None and isinstance(field.derived, Lookup | Rollup | LinkedFrom | Live):
            return True
        home = (known.app, known.form) if known.kind == "record" else None
    return False


def _refused_functions(checked: Expression, registry: Registry, outside: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(checked.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _names_a_field(node, outside):
            function = registry.get("function", node.func.id)
            if function is not None and function.sql is None:
                yield function.name


def _names_a_field(node: ast.expr, outside: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id not in outside
    inner = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return any(_names_a_field(child, outside) for child in inner if isinstance(child, ast.expr))


def types_along(scope: Scope, path: Sequence[str]) -> list[Type]:
    """The types of `a`, `a.b`, `a.b.c`, as far as they mean something."""
    types: list[Type] = []
    found = scope.name(path[0])
    for name in path[1:]:
        if found is None:
            return types
        types.append(found)
        found = scope.attribute(found, name)
    return [*types, found] if found is not None else types
