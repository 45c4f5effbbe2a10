"""Apps as files and folders: read, checked, compared, merged. The metamodel itself does no I/O."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.plugin_loader import load_registry
from metamodel.application import App, load
from metamodel.changes import changes, merge
from metamodel.folders import from_files, locator
from metamodel.problems import Problem, problem

Located = tuple[str, Problem]  # `file#/json/pointer`, and what is wrong there


def files_of(folder: Path) -> dict[str, str]:
    """The JSON files of an app in the folder form, sample data left out."""
    return {
        str(file.relative_to(folder)): file.read_text("utf-8")
        for file in sorted(folder.rglob("*.json"))
        if file.relative_to(folder).parts[0] != "data"
    }


def read_document(path: Path) -> tuple[Any, list[Problem]]:
    """The document of a JSON file or a folder in the folder form."""
    if path.is_dir():
        return from_files(files_of(path))
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
    found: list[Located] = []
    for path, (document, unreadable) in documents.items():
        known = load(document, registry, apps)[1] if document is not None else []
        locate = located(path)
        found += [(locate(each.path), each) for each in (*unreadable, *known)]
    return found


def located(path: Path) -> Callable[[str], str]:
    """Where a pointer of the document stands: the file itself, or the one of the folder."""
    if not path.is_dir():
        return lambda pointer: f"{path}#{pointer}"
    locate = locator(files_of(path))
    return lambda pointer: f"{path}/{locate(pointer)}"


def compare(old: Path, new: Path, language: str) -> list[str]:
    return [change.text(language) for change in changes(read_document(old)[0], read_document(new)[0])]


def merge_files(base: Path, ours: Path, theirs: Path) -> tuple[Any, list[Problem]]:
    return merge(read_document(base)[0], read_document(ours)[0], read_document(theirs)[0])
