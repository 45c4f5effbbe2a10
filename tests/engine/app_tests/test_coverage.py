"""What counts as gone through: by the tests' own steps, else by the story; a way that nothing decides is no branch."""

from __future__ import annotations

from typing import Any

import pytest

from engine.app_tests.coverage import NOTHING_COVERED, Covered, branches_of, coverage
from engine.plugin_loader import load_registry
from metamodel.application import App, load

APP: dict[str, Any] = {
    "muniment": 1, "app": {"id": "x"}, "forms": [{"id": "f", "fields": []}],
    "rules": [{"id": name, "enabled": name != "off", "when": {"trigger": "record_created", "form": "f"}, "then": []}
              for name in ("one", "two", "off")],
    "flows": [{"id": "w", "form": "f", "nodes": [
        {"id": "start", "type": "start"}, {"id": "fork", "type": "split"},
        {"id": "left", "type": "approval"}, {"id": "right", "type": "approval"}, {"id": "both", "type": "join"},
        {"id": "end", "type": "end"}],
        "edges": [
            {"from": "start", "to": "fork"}, {"from": "fork", "to": "left"}, {"from": "fork", "to": "right"},
            {"from": "left", "to": "both", "on": "approve"}, {"from": "left", "to": "end", "on": "reject"},
            {"from": "right", "to": "both", "on": "approve"}, {"from": "right", "to": "both", "on": "reject"},
            {"from": "both", "to": "end"}]}],
}  # fmt: skip


@pytest.fixture
def app() -> App:
    found, _ = load(APP, load_registry(None))
    assert found is not None
    return found


def test_branches_are_ways_something_decides(app: App) -> None:
    assert [(edge.source, edge.target, edge.on) for edge in branches_of(app.flows[0])] == [
        ("left", "both", "approve"), ("left", "end", "reject"),
        ("right", "both", "approve"), ("right", "both", "reject"),
    ]  # fmt: skip


def test_what_is_missed_and_what_only_the_story_goes_through(app: App) -> None:
    nothing = coverage(app, NOTHING_COVERED)
    assert (nothing.rules, nothing.branches, nothing.percent) == (2, 4, 0)
    tests = Covered(
        frozenset({"one"}),
        frozenset({("w", "left", "end"), ("w", "right", "both"), ("w", "right", "both reject")}),
    )
    story = Covered(frozenset({"one", "two"}), frozenset({("w", "left", "both")}))
    alone = coverage(app, tests)
    assert [rule.id for rule in alone.missed_rules] == ["two"]
    assert [(edge.source, edge.on) for _, edge in alone.missed_branches] == [
        ("left", "approve"),
        ("right", "approve"),
    ]
    seen = coverage(app, tests, story)
    assert [rule.id for rule in seen.told_rules] == ["two"]
    assert [(edge.source, edge.on) for _, edge in seen.told_branches] == [("left", "approve")]
    assert [(edge.source, edge.on) for _, edge in seen.missed_branches] == [("right", "approve")]
    assert (alone.percent, seen.percent) == (50, 83)
