"""What every flow node keeps: it says what happens and does nothing, and is what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from engine.flows.state import CHANGES
from engine.flows.transitions import TRANSITIONS
from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.labels import label_text
from metamodel.plugin_api import AskPeople, Do, Finish, Node, Pass, Pause
from metamodel.problems import TEXTS
from tests.metamodel.flow_makers import app_with

REGISTRY = load_registry()
NODES: Mapping[str, Node] = REGISTRY.all("node")

HOSTILE: list[Any] = [
    {"nothing": 1},
    {"approvers": []},
    {"approvers": ["nobody:x"]},
    {"approvers": "person:ann"},
    {"to": [], "title": "x"},
    {"until": "1 +"},
    {"until": "due", "for": "PT1H"},
    {"for": "soon"},
    {"for": "PT0S"},
    {"then": [{"action": "nothing"}]},
    {"then": []},
    {"state": "sideways"},
    {"values": {"nothing": "1"}},
    {"values": {"number": "'x'"}},
    {"roles": ["nobody"]},
    {"set_when": {"return": {"nothing": "1"}}},
    {"set_when": {"sometimes": {}}},
    {"remind_after": "soon", "approvers": ["me"]},
    {"approvers": ["me"], "may": []},
    {"approvers": ["me"], "facts": ["nothing"]},
    {"approvers": ["me"], "set": {"x": "1"}},
    {"approvers": ["me"], "instead": [{"if": "amount", "approvers": ["me"]}]},
]
VALUES: list[dict[str, Any]] = [
    {},
    {"applicant": "ann", "amount": 1, "due": datetime(2026, 11, 20, tzinfo=UTC), "number": "SQ0001"},
    {"applicant": "nemo", "due": None, "number": ""},
]

names = pytest.mark.parametrize("name", sorted(NODES))


class Visit:
    """plugin_api.Visit over plain values: an expression is the name of one."""

    app, form, record, zone = "requests", "request", "7", UTC
    applicant = "ann"

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def evaluate(self, text: str) -> Any:
        return self.values.get(text)

    def evaluate_all(self, texts: Mapping[str, str]) -> dict[str, Any]:
        return {name: self.evaluate(text) for name, text in texts.items()}

    def people(self, to: Any) -> tuple[str, ...]:
        return tuple(to)

    def written(self, text: Any) -> Any:
        return text

    def planned(self) -> tuple[Any, ...]:
        return ()


def flow_around(name: str, options: Any) -> dict[str, Any]:
    """The smallest flow with this node in it."""
    node = NODES[name]
    kinds = {"start": ("start", {}), "end": ("end", {})}
    kinds["start" if node.opens else "end" if node.ends else "it"] = (name, options)
    way = list(kinds) if not (node.opens or node.ends) else ["start", "end"]
    way.sort(key=lambda place: ("start", "it", "end").index(place))
    edges: list[dict[str, Any]] = []
    for source, target in pairwise(way):
        told = msgspec.convert(
            options if source == "it" else kinds[source][1], NODES[kinds[source][0]].Options
        )
        edges += [
            {"from": source, "to": target, **({"on": on} if on else {})}
            for on in NODES[kinds[source][0]].outcomes(told)
        ]
    nodes = [{"id": place, "type": kind, "options": given} for place, (kind, given) in kinds.items()]
    return {"id": "made", "form": "request", "nodes": nodes, "edges": edges}


def bound(name: str) -> Any:
    return msgspec.convert(NODES[name].example_options, NODES[name].Options)


@names
def test_it_says_what_it_is_in_both_languages(name: str) -> None:
    node = NODES[name]
    for words in (node.label, node.doc, *filter(None, node.outcomes(bound(name)).values())):
        assert label_text(words, "zh")
        assert label_text(words, "en")
        assert label_text(words, "zh") != label_text(words, "en")


@names
def test_a_flow_with_it_is_sane(name: str) -> None:
    _, problems = load(app_with(flow_around(name, NODES[name].example_options)), REGISTRY)
    assert [(p.path, p.code) for p in problems if p.severity == "error"] == []


@names
@pytest.mark.parametrize("options", HOSTILE, ids=repr)
def test_wrong_options_are_problems_and_never_more(name: str, options: Any) -> None:
    sane = dict(NODES[name].example_options)
    document = app_with(flow_around(name, sane))
    node = next(n for n in document["flows"][0]["nodes"] if n["type"] == name and n["options"] == sane)
    node["options"] = options
    _, problems = load(document, REGISTRY)
    assert [p for p in problems if p.severity == "error"]
    assert all(p.code in TEXTS and p.text("zh") and p.text("en") for p in problems)


@names
@pytest.mark.parametrize("values", VALUES, ids=["blank", "given", "odd"])
def test_what_it_says_fits_what_it_is(name: str, values: dict[str, Any]) -> None:
    node, options = NODES[name], bound(name)
    before = msgspec.to_builtins(options)
    *doing, last = node.enter(options, Visit(values))  # type: ignore[arg-type]
    assert all(isinstance(step, Do) for step in doing)
    assert isinstance(last, Finish) == node.ends
    if isinstance(last, AskPeople | Pause):
        assert node.waits
    if isinstance(last, AskPeople):
        assert {answer.id for answer in last.answers} - {"return"} <= set(node.outcomes(options))
        assert all(
            label_text(answer.label, "zh") and label_text(answer.label, "en") for answer in last.answers
        )
    if isinstance(last, Pass) and node.way == "outcome":
        assert last.outcome in node.outcomes(options)
    for outcome in ("", "approve", "reject", "return", "withdraw", "resubmit", "nothing"):
        assert all(isinstance(step, Do) for step in node.leave(options, Visit(values), outcome))  # type: ignore[arg-type]
    assert msgspec.to_builtins(options) == before


@names
def test_its_outcomes_are_no_words_of_the_machine(name: str) -> None:
    reserved = ({one.action for one in TRANSITIONS} | set(CHANGES)) - {"approve", "reject"}
    outcomes = set(NODES[name].outcomes(bound(name)))
    assert not reserved & outcomes
    assert all(len(outcome) <= 20 for outcome in outcomes)  # kept in the history
