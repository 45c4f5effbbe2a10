"""docs/app_tests.md: its example is an app whose test passes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.app_tests import run_tests
from engine.commands.app_tests import find_apps, lines_of

PAGE = Path(__file__).parents[3] / "docs" / "app_tests.md"


def test_the_example_passes(tmp_path: Path) -> None:
    (text,) = [
        found for found in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        if "muniment" in json.loads(found)
    ]  # fmt: skip
    path = tmp_path / "shop.json"
    path.write_text(text, "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    found = find_apps([path])
    results = run_tests(found.apps, found.sources, work)
    assert [line for one in results if not one.passed for line in lines_of(one, path)] == []
    assert len(results) == 1
