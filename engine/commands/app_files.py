"""Apps as files and folders: read, checked, compared, merged. The metamodel itself does no I/O."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.plugin_loader import load_registry
from metamodel.application import App, load
from metamodel.changes import changes, merge
from metamodel.folders import from_files
from metamodel.problems import Problem, problem

Located = tuple[str, Problem]


def read_document(path: Path) -> tuple[Any, list[Problem]]:
    """The document of a JSON file or a folder in the folder form."""
    if path.is_dir():
        files = {
            str(file.relative_to(path)): file.read_text("utf-8")
            for file in sorted(path.rglob("*.json"))
            if file.relative_to(path).parts[0] != "data"
        }
        return from_files(files)
    try:
        return json.loads(path.read_text("utf-8")), []
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return None, [problem("app.unreadable", reason=str(error))]


def check_files(paths: list[Path]) -> list[Located]:
    """All problems of these apps, each knowing the others given beside it."""
    registry = load_registry()
    documents = {path: read_document(path) for path in paths}
    apps: dict[str, App] = {}
    for document, _ in documents.values():
        app, _problems = load(document, registry) if document is not None else (None, [])
        if app is not None:
            apps[app.id] = app
    found: list[Located] = [(str(p), q) for p in paths for q in documents[p][1]]
    for path, (document, _) in documents.items():
        if document is not None:
            found += [(str(path), q) for q in load(document, registry, apps)[1]]
    return found


def compare(old: Path, new: Path, language: str) -> list[str]:
    return [change.text(language) for change in changes(read_document(old)[0], read_document(new)[0])]


def merge_files(base: Path, ours: Path, theirs: Path) -> tuple[Any, list[Problem]]:
    return merge(read_document(base)[0], read_document(ours)[0], read_document(theirs)[0])
