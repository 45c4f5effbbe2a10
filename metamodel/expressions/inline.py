"""Inlining: `record.x` in a condition about other rows, written out as the value it has now.

What is left names nothing but those rows, so it stands for itself: a grant keeps it for as long as it
runs, a count asks it once. Values become literals of the language and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from metamodel.expressions.checker import path_of
from metamodel.expressions.parser import parse
from metamodel.expressions.source import Source
from metamodel.problems import Problem, Rejected, problem

OUTER = "record"
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": " "})


def outer_paths(text: str) -> list[str]:
    """The paths behind `record.` in a condition, each once; of a bare `record` its `id`. None of one that
    cannot be read."""
    parsed = parse(text) if text.strip() else None
    if parsed is None or isinstance(parsed, Problem):
        return []
    return list(dict.fromkeys(path for _, path in _places(parsed[0])))


def inlined(text: str, values: Mapping[str, Any], zone: tzinfo) -> str:
    """The condition with the value of every outer path in its place. Rejected: it cannot be read, or a value
    is missing or no literal (expression.not_inlined)."""
    if not text.strip():
        return text
    parsed = parse(text)
    if isinstance(parsed, Problem):
        raise Rejected([parsed])
    tree, source = parsed
    pieces, done = [], 0
    for node, path in sorted(_places(tree), key=lambda found: found[0].col_offset):
        if path not in values:
            raise Rejected([problem("expression.not_inlined", name=f"{OUTER}.{path}")])
        start, end = _span(node, source)
        pieces += [text[done:start], _literal(values[path], path, zone)]
        done = end
    return "".join([*pieces, text[done:]])


def _places(node: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Where `record` is spoken of, each chain of names to its end."""
    path = path_of(node)
    if path and path[0] == OUTER:
        yield node, ".".join(path[1:]) or "id"
        return
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in children:
        if isinstance(child, ast.expr):
            yield from _places(child)


def _span(node: ast.expr, source: Source) -> tuple[int, int]:
    assert node.end_col_offset is not None
    return source.place(node.col_offset), source.place(node.end_col_offset)


def _literal(value: Any, path: str, zone: tzinfo) -> str:
    """Blank lists are blanks like others."""
    if value is None or value == "" or value == [] or value == ():
        return "none"
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, (list, tuple, dict)) or item is None for item in value):
            raise Rejected([problem("expression.not_inlined", name=f"{OUTER}.{path}")])
        return f"[{', '.join(_literal(item, path, zone) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return f"({value:f})" if value < 0 else f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime):
        return _moment(value, zone)
    if isinstance(value, date):
        return f"DATE({value.year}, {value.month}, {value.day})"
    if isinstance(value, timedelta):
        return f"SECONDS({_seconds(value)})"
    if isinstance(value, str):
        return f"'{value.translate(_ESCAPES)}'"
    raise Rejected([problem("expression.not_inlined", name=f"{OUTER}.{path}")])


def _moment(value: datetime, zone: tzinfo) -> str:
    """On the organisation's clock, to the microsecond, also where that clock shows an hour twice."""
    local = value.astimezone(zone)
    minute = local.replace(second=0, microsecond=0, fold=0)
    rest = value.astimezone(UTC) - minute.astimezone(UTC)
    said = f"DATETIME({_literal(local.date(), '', zone)}, {local.hour}, {local.minute})"
    return f"({said} + SECONDS({_seconds(rest)}))" if rest else said


def _seconds(value: timedelta) -> str:
    whole = Decimal(value // timedelta(microseconds=1)).scaleb(-6).normalize()
    return f"{whole:f}"
