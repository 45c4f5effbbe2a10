"""`muniment test`: the apps' own tests, each in a throw-away database; what failed, readably."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx

from engine.app_tests import Result, Source, run_tests
from engine.applications.packing import read_path
from engine.commands import settle
from engine.commands.app_files import located
from engine.plugin_loader import load_registry
from metamodel.application import App, load
from metamodel.problems import Problem, Rejected, has_errors, problem

Say = Callable[[str], object]
Document = tuple[Path, Mapping[str, Any]]
MARKS = {True: "✓", False: "✗"}


@dataclass
class Found:
    """The apps to test, and everything that has to be published for them, in order."""

    apps: list[App] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)


def find_apps(paths: Sequence[Path]) -> Found:
    """The apps at these paths and those they require, which lie in folders beside them or are named too.
    Rejected with everything that is wrong with them."""
    documents, order = _documents(paths)
    registry, built, found = load_registry(), dict[str, App](), Found()
    for app in nx.lexicographical_topological_sort(order):
        path, document = documents[app]
        loaded, problems = load(document, registry, built)
        if loaded is None or has_errors(problems):
            raise Rejected(problems)
        built[app], found.paths[app] = loaded, path
        found.sources.append(Source(app, document, path / "data" if path.is_dir() else None))
        if path in paths:
            found.apps.append(loaded)
    return found


def _documents(paths: Sequence[Path]) -> tuple[dict[str, Document], nx.DiGraph[str]]:
    """Every document that is needed, and who requires whom."""
    documents: dict[str, Document] = {}
    order: nx.DiGraph[str] = nx.DiGraph()
    waiting = list(paths)
    while waiting:
        path = waiting.pop(0)
        document, problems = read_path(path)
        if has_errors(problems):
            raise Rejected(problems)
        app = str(document["app"]["id"])
        documents.setdefault(app, (path, document))
        order.add_node(app)
        for need in document.get("requires", ()):
            order.add_edge(need["app"], app)
            if need["app"] not in documents:
                waiting.append(_beside(need["app"], path, paths))
    return documents, order


def _beside(app: str, path: Path, paths: Sequence[Path]) -> Path:
    """Where a required app is: among those named, or in a folder (or file) of its name beside."""
    for place in (*paths, path.parent / app, path.parent / f"{app}.json"):
        if place.stem == app and place.exists():
            return place
    raise Rejected([problem("app_test.no_app", "/requires", app=app)])


def run_app_tests(
    paths: Sequence[Path], database_url: str, say: Say, *, only: Sequence[str] = (), keep: bool = False,
    as_json: bool = False, language: str = "zh",
) -> bool:  # fmt: skip
    """Run them and tell; did all pass?"""
    found = find_apps(paths)
    settle()
    work = Path(tempfile.mkdtemp(prefix="muniment-test-"))

    def told(result: Result) -> None:
        if not as_json:
            for line in lines_of(result, found.paths[result.app], language):
                say(line)

    results = run_tests(found.apps, found.sources, work, database_url, only=only, told=told, keep=keep)
    if keep:
        say(f"{work}")
    failed = sum(not result.passed for result in results)
    if as_json:
        say(json.dumps([to_json(one, found.paths[one.app], language) for one in results], ensure_ascii=False))
    else:
        seconds = sum(result.seconds for result in results)
        say(f"{len(results) - failed} / {len(results)} {MARKS[not failed]}  {seconds:.1f} s")
    return not failed


def lines_of(result: Result, path: Path, language: str = "zh") -> list[str]:
    """A line for a test that passed; for one that did not, which step, what was wrong, and where."""
    head = f"{MARKS[result.passed]} {result.test.id}  {result.test.text(language)}  {result.seconds:.1f} s"
    if result.passed:
        return [head]
    lines, locate = [head, f"    {result.step}. {_step_text(result)}"], located(path)
    for one in result.problems:
        lines += [f"       {one.text(language)}", f"         {locate(one.path)}"]
    return lines


def _step_text(result: Result) -> str:
    """The step as it stands in the document, shortened."""
    if not 0 < result.step <= len(result.test.steps):
        return result.test.id
    text = json.dumps(result.test.steps[result.step - 1].part.raw, ensure_ascii=False)
    return text if len(text) <= 160 else text[:159] + "…"


def to_json(result: Result, path: Path, language: str) -> dict[str, Any]:
    def told(one: Problem) -> dict[str, Any]:
        return {**one.to_json(language), "place": located(path)(one.path)}

    return {
        "app": result.app,
        "test": result.test.id,
        "label": result.test.text(language),
        "passed": result.passed,
        "seconds": round(result.seconds, 3),
        "step": result.step,
        "problems": [told(one) for one in result.problems],
    }
