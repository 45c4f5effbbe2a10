"""The function list of `docs/expressions.md`, made from what is registered so that it cannot go stale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from metamodel.expressions.checker import signature
from metamodel.expressions.types import Type, type_label
from metamodel.labels import label_text

if TYPE_CHECKING:
    from metamodel.plugin_api import Function, Registry

HEAD = "| function | gives | zh | en | example | in SQL |\n|---|---|---|---|---|---|"


def render_function_table(registry: Registry) -> str:
    """Markdown: a table a group, functions in alphabetical order."""
    groups: dict[str, list[Function]] = {}
    for function in registry.all("function").values():
        groups.setdefault(function.group, []).append(function)
    return "\n\n".join(f"### {name}\n\n{HEAD}\n{_rows(groups[name])}" for name in sorted(groups))


def _rows(functions: Iterable[Function]) -> str:
    return "\n".join(_row(function) for function in sorted(functions, key=lambda each: each.name))


def _row(function: Function) -> str:
    gives = type_label(function.result)["en"] if isinstance(function.result, Type) else "as its arguments"
    if function.plain:
        gives += ", plain"
    example = f"`{_cell(function.examples[0][0])}`" if function.examples else ""
    zh, en = label_text(function.doc, "zh"), label_text(function.doc, "en")
    in_sql = "yes" if function.sql else ""
    cells = (f"`{signature(function)}`", gives, _cell(zh), _cell(en), example, in_sql)
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
