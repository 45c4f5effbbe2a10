"""Physical tables are named by a few rooms only, and SQL text is never put together from values."""

from __future__ import annotations

import ast

import pytest

from tests.house.source import Source, none_of, sources

MAY_NAME_TABLES = frozenset({"records", "access", "migrate", "evidence", "tables", "form_columns", "search"})
# These write DDL, triggers and FTS statements over quoted physical names, which no driver can bind.
MAY_COMPOSE_SQL = frozenset({"migrate", "evidence", "search", "dialects"})

SENDS = frozenset({"text", "exec_driver_sql"})


def physical_names(source: Source) -> list[str]:
    """Uses of `FormTable.table` and of the catalog's `physical` column."""
    if source.folder == "engine" and source.room in MAY_NAME_TABLES:
        return []
    return [
        f"{source.module}:{node.lineno}: .{node.attr}"
        for node in source.nodes
        if isinstance(node, ast.Attribute) and node.attr in {"table", "physical"}
    ]


def composed_sql(source: Source) -> list[str]:
    """Calls of `text` and `exec_driver_sql` whose argument was put together from parts."""
    if source.folder == "engine" and source.room in MAY_COMPOSE_SQL:
        return []
    if not any(name in source.text for name in SENDS):
        return []
    found = []
    for scope in (source.tree, *(node for node in source.nodes if isinstance(node, ast.FunctionDef))):
        composed = _composed_names(scope)
        for node in ast.walk(scope):
            if not (isinstance(node, ast.Call) and node.args and _called(node) in SENDS):
                continue
            argument = node.args[0]
            if _is_composed(argument) or (isinstance(argument, ast.Name) and argument.id in composed):
                found.append(f"{source.module}:{node.lineno}: {_called(node)}()")
    return sorted(set(found))


def _composed_names(scope: ast.AST) -> set[str]:
    """Local names holding composed text; a module's constants are put together before any value is known."""
    if isinstance(scope, ast.Module):
        return set()
    return {
        target.id
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and _is_composed(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def _is_composed(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(_is_text(side) or _is_composed(side) for side in (node.left, node.right)) and not (
            _is_text(node.left) and _is_text(node.right)
        )
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr == "format" and _is_text(node.func.value))
    )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_only_a_few_rooms_name_physical_tables() -> None:
    none_of(line for source in sources("engine", "builder_ui", "plugins") for line in physical_names(source))


def test_sql_is_not_put_together_from_values() -> None:
    none_of(line for source in sources("engine", "builder_ui", "plugins") for line in composed_sql(source))


@pytest.mark.parametrize("module", ["engine.reports.sql", "builder_ui.pages.list", "plugins.fields.money"])
def test_a_stranger_at_the_tables_is_seen(module: str) -> None:
    assert physical_names(Source(module, "rows = connection.execute(form.table.select())"))
    assert physical_names(Source(module, "sa.select(catalog.c.physical)"))


@pytest.mark.parametrize(
    "text",
    [
        'connection.exec_driver_sql(f"DELETE FROM {name}")',
        'connection.execute(sa.text("SELECT * FROM r_1 WHERE id = " + identifier))',
        'connection.execute(text("SELECT %s" % name))',
        'connection.execute(sa.text("SELECT {}".format(name)))',
        'def f():\n    sql = f"DROP TABLE {name}"\n    connection.exec_driver_sql(sql)',
    ],
)
def test_composed_sql_is_seen(text: str) -> None:
    assert composed_sql(Source("engine.jobs", text))


def test_bound_values_and_other_texts_pass() -> None:
    fine = 'connection.execute(sa.text("SELECT :a"), {"a": 1})\nproblem.text(language)\nfield.text("zh")'
    assert composed_sql(Source("engine.jobs", fine)) == []
