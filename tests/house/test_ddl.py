"""No definition change may lose data: what drops columns or rebuilds tables never appears."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.source import Source, docstrings, none_of, sources

CALLS = frozenset({"batch_alter_table", "drop_column"})
WORDS = re.compile(r"\bDROP\s+COLUMN\b", re.IGNORECASE)
HINT = re.compile("drop|batch_alter", re.IGNORECASE)  # a file without is not worth walking through


def forbidden_ddl(source: Source) -> list[str]:
    if not HINT.search(source.text):
        return []
    documentation = docstrings(source.tree)
    found = []
    for node in source.nodes:
        name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)
        if name in CALLS:
            found.append(f"{source.module}:{getattr(node, 'lineno', 0)}: {name}")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in documentation
            and (WORDS.search(node.value) or node.value in CALLS)
        ):
            found.append(f"{source.module}:{node.lineno}: {node.value.strip()[:60]}")
    return found


def test_no_column_is_ever_dropped() -> None:
    none_of(line for source in sources() for line in forbidden_ddl(source))


@pytest.mark.parametrize(
    "text",
    [
        "with op.batch_alter_table('r_1') as batch: pass",
        "op.drop_column('r_1', 'c_2')",
        "run('ALTER TABLE r_1 drop  column c_2')",
        "run(f'ALTER TABLE {name} DROP COLUMN c_2')",
        "getattr(op, 'drop_column')('r_1', 'c_2')",
        "from alembic.op import drop_column",
    ],
)
def test_each_forbidden_form_is_seen(text: str) -> None:
    assert forbidden_ddl(Source("engine.migrate", text))


def test_talking_about_it_is_allowed() -> None:
    assert forbidden_ddl(Source("engine.migrate", '"""We never DROP COLUMN."""')) == []
