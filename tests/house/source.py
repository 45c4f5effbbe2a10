"""Our source files as syntax trees, for the house tests; no checks here."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("metamodel", "engine", "builder_ui", "plugins", "migrations")


@dataclass(frozen=True)
class Import:
    module: str  # dotted, absolute
    line: int
    for_types: bool  # stands under `if TYPE_CHECKING`


@dataclass(frozen=True)
class Source:
    """One file: its dotted module name and its text."""

    module: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """The whole tree, flat: each check walks over all of it."""
        return list(ast.walk(self.tree))

    @property
    def folder(self) -> str:
        return self.module.split(".")[0]

    @property
    def room(self) -> str:
        """The engine's rooms: the file or the folder right under `engine`."""
        parts = self.module.split(".")
        return parts[1] if len(parts) > 1 else ""

    @cached_property
    def imports(self) -> list[Import]:
        return list(_imports(self.tree, self, False)) if "import" in self.text else []


def _imports(node: ast.AST, source: Source, for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, for_types)
        elif isinstance(child, ast.ImportFrom):
            module = _absolute(child, source)
            for alias in child.names:
                yield Import(f"{module}.{alias.name}", child.lineno, for_types)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for branch, types in ((child.body, True), (child.orelse, for_types)):
                for statement in branch:
                    yield from _imports(ast.Module([statement], []), source, types)
        elif not isinstance(child, ast.expr):  # nothing is imported inside of one
            yield from _imports(child, source, for_types)


def _absolute(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")
    keep = len(parts) - node.level + (1 if source.is_package else 0)
    return ".".join([*parts[:keep], *([node.module] if node.module else [])])


def sources(*folders: str) -> list[Source]:
    return [
        _read(path)
        for folder in (folders or FOLDERS)
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


@cache
def _read(path: Path) -> Source:
    """Parsed once by a worker: all house tests are given to the same."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    return Source(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package)


def docstrings(tree: ast.Module) -> set[ast.expr]:
    """The string nodes that only document."""
    found: set[ast.expr] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found |= {s.value for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)}
    return found


def none_of(complaints: Iterable[str]) -> None:
    """Fail with every complaint on a line of its own."""
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)
