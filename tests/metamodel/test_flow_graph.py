"""The proof of soundness: made-up graphs by the hundred, each counter-example replayed, and the cases by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.flow_graph import CounterExample, prove, structure
from metamodel.flows import Flow
from tests.metamodel.flow_makers import Document, any_flow, app_with, sound_flow
from tests.metamodel.token_machine import OVER, TokenMachine

MANY = 500
REGISTRY = load_registry()


def loaded(document: Document) -> tuple[Flow, list[Any]]:
    app, problems = load(app_with(document), REGISTRY)
    assert app is not None
    return app.flows[0], [p for p in problems if p.severity == "error"]


def made(sound: bool) -> Iterator[Document]:
    """Graphs by chance that pass everything but the proof, sound or not as the tests' own machine judges."""
    for seed in range(100_000):
        document = any_flow(seed)
        if (not TokenMachine(document).faults()) is sound:
            yield document


def true_of(machine: TokenMachine, shown: CounterExample) -> bool:
    """Does it happen as the counter-example says?"""
    fired = [firing.node for firing in shown.firings]
    markings, wrongs = machine.after(fired)
    if shown.reason == "stuck":
        claimed = {m for m in markings if {place.replace("-", ">") for place in m} == set(shown.marking)}
        return any(OVER not in machine.reachable(marking) for marking in claimed)
    if shown.reason in ("left_behind", "twice"):
        return shown.reason in wrongs
    if shown.reason == "dead":
        return all(
            node != shown.path[0]
            for m in machine.reachable(machine.initial)
            for node, _, _ in machine.moves(m)
        )
    pairs = zip(shown.path, (*shown.path[1:], shown.path[0]), strict=True)
    return all(pair in machine.edges for pair in pairs)


def test_unsound_graphs_are_refused_with_counter_examples_that_are_true() -> None:
    reasons: dict[str, int] = {}
    for document in islice(made(sound=False), MANY):
        flow, problems = loaded(document)
        assert structure(flow) == []
        shown, complete = prove(flow)
        assert complete
        assert shown
        assert {p.code for p in problems} == {"flow.unsound"}
        machine = TokenMachine(document)
        for one in shown:
            assert true_of(machine, one), (document, one)
            reasons[one.reason] = reasons.get(one.reason, 0) + 1
    assert reasons.keys() == {"stuck", "left_behind", "twice", "dead", "endless"}


def test_sound_graphs_are_accepted() -> None:
    for document in islice(made(sound=True), MANY):
        assert loaded(document)[1] == []


@pytest.mark.parametrize("seed", range(0, MANY, 50))
def test_flows_made_of_blocks_are_sound(seed: int) -> None:
    for number in range(seed, seed + 50):
        document = sound_flow(number, size=4 + number % 9)
        assert loaded(document)[1] == []
        assert TokenMachine(document).faults() <= {"twice"}  # or too large for the tests' own machine


# -- by name ---------------------------------------------------------------------------------------

APPROVAL: Document = {"approvers": ["person:ann"], "may": ["approve", "reject"]}


def flow_of(*edges: str, **nodes: str) -> Document:
    """`a>b` edges, `a>b:approve` with an outcome, `a>b?amount > 1` with a condition."""
    kinds = {"start": "start", "end": "end", **nodes}
    options = {"approval": APPROVAL, "timer": {"for": "PT1H"}, "cc": {"to": ["person:ann"], "title": "x"}}
    made_edges = []
    for text in edges:
        way, _, condition = text.partition("?")
        way, _, outcome = way.partition(":")
        source, target = way.split(">")
        more = {"on": outcome} if outcome else {"if": condition} if condition else {}
        made_edges.append({"from": source, "to": target, **more})
    return {
        "id": "named", "form": "request", "edges": made_edges,
        "nodes": [{"id": name, "type": kind, "options": options.get(kind, {})} for name, kind in kinds.items()],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("flow", "codes", "nodes"),
    [
        pytest.param(flow_of("start>a", "a>end:approve", "a>end:reject", a="approval"), [], [], id="sound"),
        pytest.param(flow_of("start>a", "a>end:approve", a="approval"), ["flow.no_way"], [], id="no way for reject"),
        pytest.param(
            flow_of("start>a", "a>end:approve", "a>end:reject", "a>end:maybe", a="approval"),
            ["flow.unknown_outcome"], [], id="an outcome nobody knows",
        ),
        pytest.param(
            flow_of("start>a", "a>end:approve", "a>end:reject", "a>start:approve", a="approval"),
            ["flow.into_start", "flow.two_ways"], [], id="two ways and into the start",
        ),
        pytest.param(
            flow_of("start>c", "c>end?amount > 1", c="condition"), ["flow.no_otherwise"], [], id="no otherwise",
        ),
        pytest.param(
            flow_of("start>c", "c>end", "c>t", "t>end", c="condition", t="timer"),
            ["flow.two_otherwise"], [], id="two otherwise",
        ),
        pytest.param(
            flow_of("start>t", "t>end?amount > 1", t="timer"), ["flow.no_condition_here"], [], id="a stray condition",
        ),
        pytest.param(
            flow_of("start>end", "end>start"), ["flow.into_start", "flow.out_of_end"], [], id="out of the end",
        ),
        pytest.param(
            flow_of("start>end", "s>end", s="start"), ["flow.two_starts"], [], id="two starts",
        ),
        pytest.param(
            flow_of("start>a", "a>b:approve", "a>end:reject", "b>b:approve", "b>b:reject", a="approval", b="approval"),
            ["flow.unsound"], ["start", "a", "b"], id="nobody gets out of b",
        ),
        pytest.param(
            flow_of("start>c", "c>c?amount > 1", "c>end", c="condition"), ["flow.unsound"], ["c"], id="round for ever",
        ),
        pytest.param(
            flow_of("start>end", "t>end", t="timer"), ["flow.unsound"], ["t"], id="nobody gets to t",
        ),
        pytest.param(
            flow_of("start>s", "s>t", "s>end", "t>end", s="split", t="timer"),
            ["flow.unsound"], ["start", "s", "end"], id="ends while t waits",
        ),
        pytest.param(
            flow_of("start>s", "s>t", "s>u", "t>v", "u>v", "v>end", s="split", t="timer", u="timer", v="timer"),
            ["flow.unsound"], ["start", "s", "t", "u"], id="two tokens meet without a join",
        ),
        pytest.param(
            flow_of("start>c", "c>j?amount > 1", "c>t", "t>j", "j>end", c="condition", t="timer", j="join"),
            ["flow.unsound"], ["start", "c", "j"], id="a join after a choice",
        ),
        pytest.param(
            flow_of("start>s", "s>t", "s>u", "t>j", "u>j", "j>end", s="split", t="timer", u="timer", j="join"),
            [], [], id="split and joined",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_a_way_to_it(flow: Document, codes: list[str], nodes: list[str]) -> None:
    _, problems = loaded(flow)
    assert sorted({p.code for p in problems}) == codes
    if nodes:
        assert problems[0].params["nodes"] == nodes
        assert "→" in problems[0].text("zh") or len(nodes) == 1
        assert all("?" not in problems[0].text(language) for language in ("zh", "en"))


def test_ending_may_give_up_what_runs_beside_it() -> None:
    document = flow_of(
        "start>s", "s>t", "s>u", "t>end", "u>stop", s="split", t="timer", u="timer", stop="end"
    )
    assert [p.code for p in loaded(document)[1]] == ["flow.unsound"]
    for node in document["nodes"]:
        if node["type"] == "end":
            node["options"] = {"cancels": True}
    assert loaded(document)[1] == []


def test_too_much_at_once_is_not_proved() -> None:
    branches = [f"t{number}" for number in range(16)]
    edges = ["start>s", *(f"s>{b}" for b in branches), *(f"{b}>j" for b in branches), "j>end"]
    document = flow_of(*edges, s="split", j="join", **dict.fromkeys(branches, "timer"))
    assert [p.code for p in loaded(document)[1]] == ["flow.too_large"]
