"""Exporting into a folder: the same app again, without parts it no longer has, and nothing else touched."""

from __future__ import annotations

from pathlib import Path

from engine.applications.packing import read_path
from engine.commands.app_files import write_folder
from tests.engine.stored_apps import NAME, document, form


def test_a_folder_is_the_app_again_and_forgets_what_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    write_folder(document(form("order", NAME), form("client", NAME)), folder)
    (folder / "data").mkdir()
    (folder / "data" / "order.json").write_text("[]")
    (folder / "README.md").write_text("ours")
    later = document(form("order", NAME))
    write_folder(later, folder)
    assert read_path(folder) == (later, [])
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "README.md", "app.json", "data/order.json", "forms/order.json",
    ]  # fmt: skip
