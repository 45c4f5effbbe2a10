"""docs/flows.md says what the code does: its table, its picture, its example, its reasons."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.flows.state import ENDS, OPEN
from engine.flows.transitions import ON, TRANSITIONS
from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.flow_graph import REASONS
from tests.metamodel.flow_makers import app_with

PAGE = (Path(__file__).parents[3] / "docs/flows.md").read_text("utf-8")
ALL = {*OPEN, *ENDS, "withdrawn"}


def test_the_table_of_operations_is_the_machine_s() -> None:
    rows = [
        f"| `{one.action}` | {one.by} | {', '.join(filter(None, one.states)) or '-'} | {', '.join(one.leads_to)} |"
        for one in TRANSITIONS
    ]
    assert re.findall(r"^\| `\w+` \| (?:starter|asked|applicant|anyone|engine) \|.*$", PAGE, re.M) == rows


def test_the_picture_is_of_the_same_machine() -> None:
    arrows = re.findall(r"^  (\S+) --> (\S+?)(?:: (.*))?$", PAGE, re.M)
    known = {one.action: one for one in TRANSITIONS}
    drawn: set[tuple[str, str]] = set()
    for source, target, actions in arrows:
        for action in actions.split():
            assert source in (*known[action].states, "[*]")
            assert target in known[action].leads_to
            drawn.add((action, source))
    wanted = {(one.action, state or "[*]") for one in TRANSITIONS for state in one.states}
    assert drawn == wanted
    assert {state for arrow in arrows for state in arrow[:2]} == ALL | {"[*]"}
    assert set(ON) == ALL - {"returned", "withdrawn"}


def test_the_example_is_sound() -> None:
    found = re.search(r"```json\n(.*?)```", PAGE, re.S)
    assert found is not None
    _, problems = load(app_with(json.loads(found[1])), load_registry())
    assert [(p.path, p.code) for p in problems if p.severity == "error"] == []


def test_the_reasons_of_the_proof_are_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]*\|$", PAGE, re.M)) >= set(REASONS)
