"""A name that begins with an underscore is its own module's: what another needs too is made public, with words.
And nobody takes anything from a test file: what several use stands in a module of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source import FOLDERS, ROOT, Source, none_of, sources

OURS = (*FOLDERS, "scripts")
TEST_FILE = re.compile(
    r"^ *(?:from [\w.]*\btest_\w+ import|import [\w.]*\btest_|from tests[\w.]* import .*\btest_).*", re.M
)
NAMED_TUPLE = frozenset({"_asdict", "_fields", "_make", "_replace"})  # theirs are public all the same


def taken_private_names(source: Source) -> Iterator[str]:
    """Private names of other modules of ours: imported, or reached through what was imported."""
    for found in source.imports:
        if _is_ours(found.module) and any(map(_is_private, found.module.split("."))):
            yield f"{source.module}:{found.line} imports {found.module}"
    if "import" not in source.text:
        return
    imported = _imported_names(source)
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and node.attr not in NAMED_TUPLE:
            owner = ast.unparse(node.value)
            if owner in imported:
                yield f"{source.module}:{node.lineno} reaches for {owner}.{node.attr}"


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in OURS


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _imported_names(source: Source) -> set[str]:
    """What modules, classes and objects of ours are called in this file."""
    return {
        alias.asname or alias.name
        for node in source.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if _is_ours(alias.name if isinstance(node, ast.Import) else node.module or "")
        or getattr(node, "level", 0)
    }


def test_no_module_takes_private_names_of_another() -> None:
    none_of(line for source in sources(*OURS) for line in taken_private_names(source))


def test_nobody_takes_anything_from_a_test_file() -> None:
    none_of(
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for line in TEST_FILE.findall(path.read_text("utf-8"))
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("from plugins.fields.tree import BETWEEN, _key", "imports plugins.fields.tree._key"),
        ("def f():\n    from .tree import _key", ":2 imports plugins.fields.tree._key"),
        ("from plugins._fields import tree", "imports plugins._fields.tree"),
        ("from plugins.fields import tree\ntree._key('')", ":2 reaches for tree._key"),
        ("import plugins.fields.tree as tree\ntree._key('')", "reaches for tree._key"),
        ("import plugins.fields.tree\nplugins.fields.tree._key('')", "reaches for plugins.fields.tree._key"),
        ("from . import tree\ntree._key('')", "reaches for tree._key"),
        ("from plugins.fields.tree import Tree\nTree._grown", "reaches for Tree._grown"),
    ],
)
def test_each_way_to_a_private_name_is_seen(text: str, complaint: str) -> None:
    assert complaint in "".join(taken_private_names(Source("plugins.fields.cascade", text)))


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations",
        "from os import _exit",
        "from plugins.fields.tree import Tree\nTree._fields",
        "from plugins.fields.tree import Tree\nclass Cascade(Tree):\n    def f(self):\n        self._key()",
        "class Tree:\n    def f(self, other):\n        return other._key",
    ],
)
def test_ones_own_and_others_houses_pass(text: str) -> None:
    assert list(taken_private_names(Source("plugins.fields.cascade", text))) == []


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("from tests.engine.test_jobs import OpenBox", True),
        ("def f():\n    from .test_jobs import OpenBox", True),
        ("from tests.engine import test_jobs", True),
        ("import tests.engine.test_jobs as jobs", True),
        ("from tests.engine.open_box import OpenBox", False),
        ("from engine.app_tests import test_one", False),
    ],
)
def test_what_is_taken_from_a_test_file_is_seen(text: str, taken: bool) -> None:
    assert bool(TEST_FILE.search(text)) is taken
