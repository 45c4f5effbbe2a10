"""An app as a folder: `app.json` and a file for each form, rule, flow, report and role.

The same document, easier to review in git. `app.json` keeps each list as ids in their
order; `forms/message.json` is the part itself. Pure: the engine reads and writes the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from metamodel.core_schema import ID_PATTERN
from metamodel.problems import Problem, pointer, problem

HEAD = "app.json"
FOLDERS = ("forms", "rules", "flows", "reports", "roles", "channels", "tests")  # may stand in files
KEPT_IN_FILES = ("forms", "rules", "flows", "reports", "roles", "tests")  # do, when we write


def from_files(files: Mapping[str, str]) -> tuple[Any, list[Problem]]:
    """The document of `{relative path: text}`; None without a readable `app.json`."""
    if HEAD not in files:
        return None, [problem("folder.no_app", "", file=HEAD)]
    head, found = _read(files[HEAD], "")
    if not isinstance(head, dict):
        return head, found
    document = dict(head)
    for folder in FOLDERS:
        if isinstance(head.get(folder), list):
            document[folder] = [
                _part(folder, number, item, files, found) for number, item in enumerate(head[folder])
            ]
        found += _strays(folder, head.get(folder), files)
    return document, found


def _part(folder: str, number: int, item: Any, files: Mapping[str, str], found: list[Problem]) -> Any:
    """What stands in the list: the part itself, or the part in the file that the id names."""
    if not isinstance(item, str):
        return item
    place, name = pointer(folder, number), f"{folder}/{item}.json"
    if name not in files:
        found.append(problem("folder.missing_file", place, file=name))
        return {"id": item}
    part, problems = _read(files[name], place)
    found += problems
    if isinstance(part, dict) and part.get("id") != item:
        found.append(problem("folder.other_id", place + "/id", file=name, id=str(part.get("id"))))
    return {"id": item} if problems else part


def _read(text: str, place: str) -> tuple[Any, list[Problem]]:
    try:
        return json.loads(text), []
    except ValueError as error:
        return None, [problem("app.unreadable", place, reason=str(error))]


def _strays(folder: str, listed: Any, files: Mapping[str, str]) -> list[Problem]:
    """Files that no list names would be lost without a word."""
    items = listed if isinstance(listed, list) else []
    named = {f"{folder}/{item}.json" for item in items if isinstance(item, str)}
    here = [name for name in files if name.startswith(folder + "/") and name.endswith(".json")]
    return [problem("folder.unlisted", pointer(folder), file=name) for name in sorted(set(here) - named)]


def to_files(document: Mapping[str, Any]) -> dict[str, str]:
    """`{relative path: text}` of a document; `from_files` is its inverse."""
    head = dict(document)
    files: dict[str, str] = {}
    for folder in KEPT_IN_FILES:
        parts = document.get(folder)
        if isinstance(parts, list) and _have_names(parts):
            head[folder] = [part["id"] for part in parts]
            files |= {f"{folder}/{part['id']}.json": _write(part) for part in parts}
    return {HEAD: _write(head), **files}


def _have_names(parts: list[Any]) -> bool:
    """A draft may hold parts without an id, or two with one: those stay in `app.json`."""
    ids = [part.get("id") if isinstance(part, dict) else None for part in parts]
    named = all(isinstance(one, str) and re.fullmatch(ID_PATTERN, one) for one in ids)
    return named and len(set(ids)) == len(ids)


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def locator(files: Mapping[str, str]) -> Callable[[str], str]:
    """Where a JSON Pointer of the document stands in the folder: `forms/message.json#/fields/3/label`."""
    head, _ = _read(files.get(HEAD, "{}"), "")
    lists = {folder: head.get(folder) for folder in FOLDERS} if isinstance(head, dict) else {}

    def locate(path: str) -> str:
        folder, _, rest = path.removeprefix("/").partition("/")
        number, slash, inside = rest.partition("/")
        parts = lists.get(folder)
        if isinstance(parts, list) and number.isdecimal() and int(number) < len(parts):
            item = parts[int(number)]
            if isinstance(item, str) and f"{folder}/{item}.json" in files:
                return f"{folder}/{item}.json#{slash}{inside}"
        return f"{HEAD}#{path}"

    return locate
