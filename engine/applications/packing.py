"""An app as bytes: one JSON file, or the folder form in a ZIP; read without trusting it, written alike each time.

Asked by import and export, on the pages and by the commands.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from metamodel.folders import HEAD, from_files, to_files
from metamodel.problems import Problem, Rejected, has_errors, problem

LARGEST, UNPACKED, MOST_FILES = 10_000_000, 20_000_000, 5_000  # bytes, bytes, files
SAMPLES = Path(str(files("sample_apps").joinpath("")))
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same app


def sample_folders() -> list[Path]:
    """The apps that come with Muniment."""
    return sorted(path.parent for path in SAMPLES.glob("*/app.json"))


def sample_folder(app: str) -> Path | None:
    """Where the sample of this id lies; None for an app of the house's own."""
    return next((folder for folder in sample_folders() if folder.name == app), None)


def read_files(folder: Path) -> dict[str, str]:
    """The JSON files of an app in the folder form, sample data left out."""
    return {
        str(file.relative_to(folder)): file.read_text("utf-8")
        for file in sorted(folder.rglob("*.json"))
        if file.relative_to(folder).parts[0] != "data"
    }


def read_path(path: Path) -> tuple[Any, list[Problem]]:
    """The document of a JSON file or a folder in the folder form."""
    if path.is_dir():
        return from_files(read_files(path))
    try:
        return json.loads(path.read_text("utf-8")), []
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return None, [problem("app.unreadable", reason=str(error))]


def unpack(content: bytes) -> Mapping[str, Any]:
    """The document of an uploaded file. Rejected: begin.too_large, app.unreadable, folder.*"""
    if len(content) > LARGEST:
        raise Rejected([problem("begin.too_large", limit=LARGEST // 1_000_000)])
    if content.startswith(b"PK"):
        document, problems = from_files(_unzipped(content))
    else:
        document, problems = _parsed(content)
    if has_errors(problems):
        raise Rejected(problems)
    if not isinstance(document, dict):
        raise Rejected([problem("app.unreadable", reason="JSON object expected")])
    return document


def _parsed(content: bytes) -> tuple[Any, list[Problem]]:
    try:
        return json.loads(content.decode("utf-8-sig")), []
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        return None, [problem("app.unreadable", reason=str(error)[:200])]


def _unzipped(content: bytes) -> dict[str, str]:
    """The JSON files by their place beside `app.json`, which may lie in a folder; data is left out."""
    files: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [one for one in packed.infolist() if one.filename.endswith(".json")]
            root = _root([PurePosixPath(one.filename) for one in entries])
            if len(entries) > MOST_FILES:
                raise Rejected([problem("begin.too_large", limit=UNPACKED // 1_000_000)])
            left = UNPACKED
            for entry in entries:
                path = PurePosixPath(entry.filename)
                if not path.is_relative_to(root) or path.relative_to(root).parts[0] == "data":
                    continue
                with packed.open(entry) as file:
                    text = file.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise Rejected([problem("begin.too_large", limit=UNPACKED // 1_000_000)])
                files[str(path.relative_to(root))] = text.decode("utf-8-sig")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Rejected([problem("app.unreadable", reason=str(error)[:200])]) from error
    return files


def _root(paths: list[PurePosixPath]) -> PurePosixPath:
    """Where the outermost `app.json` lies."""
    heads = [path for path in paths if path.name == HEAD]
    return min(heads, key=lambda path: len(path.parts)).parent if heads else PurePosixPath()


def pack_file(document: Mapping[str, Any]) -> bytes:
    """One JSON file, indented for people and for git."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def pack_folder(document: Mapping[str, Any], name: str) -> bytes:
    """A ZIP with one folder of this name, a file a part in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in to_files(document).items():
            packed.writestr(zipfile.ZipInfo(f"{name}/{path}", EPOCH), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()
