"""Apps as files and folders: checked, compared, merged. The metamodel itself does no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.applications.packing import read_files, read_path
from engine.plugin_loader import load_registry
from metamodel.application import App, load
from metamodel.changes import changes, merge
from metamodel.folders import KEPT_IN_FILES, locator, to_files
from metamodel.problems import Problem

Located = tuple[str, Problem]  # `file#/json/pointer`, and what is wrong there


def check_files(paths: list[Path]) -> list[Located]:
    """All problems of these apps, each knowing the others given beside it."""
    registry = load_registry()
    documents = {path: read_path(path) for path in paths}
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
    locate = locator(read_files(path))
    return lambda pointer: f"{path}/{locate(pointer)}"


def compare(old: Path, new: Path, language: str) -> list[str]:
    return [change.text(language) for change in changes(read_path(old)[0], read_path(new)[0])]


def merge_files(base: Path, ours: Path, theirs: Path) -> tuple[Any, list[Problem]]:
    return merge(read_path(base)[0], read_path(ours)[0], read_path(theirs)[0])


def write_folder(document: Mapping[str, Any], folder: Path) -> None:
    """The folder form of an app; files of parts it no longer has are removed, everything else is left alone."""
    files = to_files(document)
    for kind in KEPT_IN_FILES:
        for old in (folder / kind).glob("*.json"):
            if f"{kind}/{old.name}" not in files:
                old.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
