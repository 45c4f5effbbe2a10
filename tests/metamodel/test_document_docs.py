"""docs/document.md: its tables are today's, it explains every key, and its examples load."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from metamodel.application import load
from metamodel.document_tables import AREAS, document_keys, document_texts
from metamodel.problems import TEXTS
from scripts.refresh_docs import BLOCK, refreshed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/document.md").read_text("utf-8")
HELP = "stale: run .venv/bin/python scripts/refresh_docs.py"

# The heading or table head under which the keys of a definition are explained; views.md has the others.
EXPLAINED = {
    "document": "## The document", "app": "### `app`", "requirement": "### `requires`",
    "required_field": "| key of a required field |", "form": "## Forms", "retention": "| key of `retention` in short",
    "retention_rule": "| key of a retention rule |",
    "keywords": "| key of `keywords` |",
    "field": "### Fields", "rule": "## Rules", "action": "| key of an action |", "when": "| key of `when` |",
    "flow": "| key of a flow |", "edge": "| key of an edge |",
    "report": "| key of a report |", "report_filter": "| key of a filter |", "node": "| key of a node or a widget |",
    "widget": "| key of a node or a widget |", "role": "## Roles", "permission": "| key of a permission |",
    "channel": "## Channels", "watch": "| key of `watch` |", "menu_group": "| key of a group |",
    "menu_item": "| key of an item |",
}  # fmt: skip

VIEWS_PAGE = (ROOT / "docs/views.md").read_text("utf-8")
EXPLAINED_VIEWS = {"block": "| key of a block |", "tab": "| key of a tab |"}

TESTS_PAGE = (ROOT / "docs/app_tests.md").read_text("utf-8")
EXPLAINED_TESTS = {
    "test": "| key of a test |", "test_step": "| key of a step |", "test_message": "| key of `message` |",
    "test_expectation": "| key of `expect` |", "test_extreme": "| key of `highest` |",
    "test_line": "| key of a line |",
}  # fmt: skip


def explained_keys(page: str, start: str) -> set[str]:
    """The keys of the first table at or after `start`."""
    rows = re.search(r"\|---.*?\n((?:\|.*\n)+)", page[page.index(start) :])
    assert rows is not None
    return {key for row in rows[1].splitlines() for key in re.findall(r"`([a-z_$]+)`", row.split("|")[1])}


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_tables_are_up_to_date(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    assert not BLOCK.search(text) or refreshed(text) == text, HELP


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_key_is_explained(name: str) -> None:
    assert explained_keys(PAGE, EXPLAINED[name]) == document_keys()[name]


@pytest.mark.parametrize("name", EXPLAINED_TESTS)
def test_every_key_of_a_test_is_explained(name: str) -> None:
    assert explained_keys(TESTS_PAGE, EXPLAINED_TESTS[name]) == document_keys()[name]


@pytest.mark.parametrize("name", EXPLAINED_VIEWS)
def test_every_key_of_a_layout_is_explained(name: str) -> None:
    assert explained_keys(VIEWS_PAGE, EXPLAINED_VIEWS[name]) == document_keys()[name]


def test_the_rest_is_explained_with_views() -> None:
    explained = EXPLAINED.keys() | EXPLAINED_TESTS.keys() | EXPLAINED_VIEWS.keys()
    assert document_keys().keys() - explained == {"view", "placed_field"}


def test_examples_load(registry: Any) -> None:
    for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL):
        found = json.loads(text)
        if "muniment" in found:
            app, problems = load(found, registry)
            assert app is not None
            assert [p for p in problems if p.severity == "error"] == []


def test_every_code_of_a_document_is_listed(registry: Any) -> None:
    listed = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert set(document_texts(registry)) <= listed, HELP
    assert all(code.partition(".")[0] in AREAS and code in TEXTS for code in listed)
