"""The flagship's own tests, all of them, on both databases: what `muniment test` runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

import sample_apps
from engine.app_tests import run_tests
from engine.commands.app_tests import find_apps, lines_of

ROOT = Path(next(iter(sample_apps.__path__)))


@pytest.mark.parametrize("app", ["conversation_archive"])
def test_the_apps_tests_pass(app: str, database_url: str) -> None:
    found = find_apps([ROOT / app])
    with tempfile.TemporaryDirectory(prefix="muniment-test-") as work:
        results = run_tests(found.apps, found.sources, Path(work), database_url)
    failed = [line for one in results if not one.passed for line in lines_of(one, ROOT / app)]
    assert failed == []
    assert len(results) >= 40
