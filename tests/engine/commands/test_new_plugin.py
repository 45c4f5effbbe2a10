"""`muniment plugin new`: what it writes is loaded by the server and passes its own test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.plugin_loader import load_registry


def new(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["plugin", "new", *arguments])
    return answer.exit_code, answer.output


@pytest.mark.parametrize(
    ("kind", "name", "known_as"),
    [("field", "shelf_mark", "shelf_mark"), ("function", "words_in", "WORDS_IN")],
)
def test_what_is_written_works(tmp_path: Path, kind: str, name: str, known_as: str) -> None:
    code, said = new(kind, name, "--into", str(tmp_path))
    assert code == 0, said
    registry = load_registry(tmp_path)
    assert registry.problems == []
    assert registry.source_of(kind, known_as) == f"{name}.py"
    assert run_its_test(tmp_path / "plugins" / "tests" / f"test_{name}.py") > 3


SAMPLE = 'old_options = ((1, {"limit": 5}, {"longest": 5}),)'
UPGRADE = 'return {"longest": options["limit"]}'


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"old_options = ()": SAMPLE, "return options": UPGRADE}, True),
        ({"old_options = ()": SAMPLE}, False),
        ({"return options": UPGRADE}, False),
        ({}, False),
    ],
)
def test_its_test_finds_a_forgotten_upgrade(tmp_path: Path, changes: dict[str, str], kept: bool) -> None:
    new("field", "shelf_mark", "--into", str(tmp_path))
    module = tmp_path / "plugins" / "shelf_mark.py"
    text = module.read_text("utf-8")
    for old, now in {
        "    searchable = True": "    searchable = True\n    options_version = 2",
        **changes,
    }.items():
        assert text.count(old) == 1
        text = text.replace(old, now)
    module.write_text(text, "utf-8")
    test = module.parent / "tests" / "test_shelf_mark.py"
    if kept:
        assert run_its_test(test) > 3
        return
    with pytest.raises(AssertionError):
        run_its_test(test)


def run_its_test(path: Path) -> int:
    """Its tests, called one by one in this process; how many there were."""
    names = dict[str, object]({"__file__": str(path), "__name__": path.stem})
    exec(compile(path.read_text("utf-8"), str(path), "exec"), names)
    count = 0
    for name, test in list(names.items()):
        if name.startswith("test_") and callable(test):
            for values in cases(test):
                test(*values)
                count += 1
    return count


def cases(test: object) -> list[tuple[object, ...]]:
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    if not marks:
        return [()]
    names, values = marks[0].args[:2]
    return [(value,) for value in values] if isinstance(names, str) else [tuple(value) for value in values]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("field", "Bad-Name"), "small letters"),
        (("field", "class"), "small letters"),
        (("widget", "x"), "is not one of"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    code, output = new(*arguments, "--into", str(tmp_path))
    assert code != 0
    assert said in output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    new("field", "shelf_mark", "--into", str(tmp_path))
    code, output = new("field", "shelf_mark", "--into", str(tmp_path))
    assert code != 0
    assert "there already" in output


def teardown_module() -> None:
    for name in [name for name in sys.modules if name.startswith("muniment_data_plugins.")]:
        del sys.modules[name]
