"""Plugins are found by entry point and by folder; a broken one is a Problem, not a crash."""

from __future__ import annotations

from pathlib import Path

from engine.plugin_loader import load_registry

GOOD = """
from metamodel.plugin_api import Field
class Colour(Field):
    name, label = "colour_of_ours", "Colour"
def register(registry): registry.add(Colour())
"""


def test_ours_load_without_a_problem() -> None:
    registry = load_registry()
    assert registry.problems == []
    assert registry is load_registry()


def test_a_file_in_the_data_folder_is_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "colour.py").write_text(GOOD)
    registry = load_registry(tmp_path)
    assert registry.get("field", "colour_of_ours").label == "Colour"
    assert registry.source_of("field", "colour_of_ours") == "colour.py"
    assert load_registry().get("field", "colour_of_ours") is None


def test_a_broken_plugin_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "a.py").write_text("import nothing_like_this")
    (tmp_path / "plugins" / "b.py").write_text("x = 1")
    (tmp_path / "plugins" / "c.py").write_text(GOOD)
    (tmp_path / "plugins" / "d.py").write_text(GOOD)
    registry = load_registry(tmp_path)
    assert registry.get("field", "colour_of_ours") is not None
    broken = {found.params["source"]: found.text("en") for found in registry.problems}
    assert {"a.py", "b.py", "d.py"} <= set(broken)
    assert "nothing_like_this" in broken["a.py"]
