"""Ten thousand random operations over random sound flows: nothing stuck, nothing orphaned, every history replays."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.flows import Flow
from tests.engine.flows.paper import Play, Town
from tests.metamodel.flow_makers import app_with, sound_flow

REGISTRY = load_registry()
OPERATIONS, BATCHES, AT_ONCE = 10_000, 10, 6
EVERY = {
    "start",
    "answer",
    "add_before",
    "add_after",
    "transfer",
    "withdraw",
    "resubmit",
    "remind",
    "comment",
    "expire",
    "nudge",
    "escalate",
    "reassign",
    "standing in",
}


def flow_number(number: int) -> Flow:
    app, problems = load(app_with(sound_flow(number, size=3 + number % 8)), REGISTRY)
    assert app is not None
    assert not any(p.severity == "error" for p in problems)
    return app.flows[0]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_operations(batch: int) -> None:
    town, ends = Town(batch), Counter[str]()
    numbers = iter(range(batch * 10_000, (batch + 1) * 10_000))
    plays = [Play(flow_number(next(numbers)), town) for _ in range(AT_ONCE)]
    for turn in count():
        if town.done >= OPERATIONS // BATCHES:  # refused ones do not count
            break
        if turn % 25 == 24:
            somebody_leaves_or_comes_back(town, plays)
        place = town.random.randrange(AT_ONCE)
        play = plays[place]
        play.anything()
        for one in plays:
            one.check() if one is play or turn % 25 == 24 else None
        if not play.state.is_open:
            ends[play.state.status] += 1
            plays[place] = Play(flow_number(next(numbers)), town)
            plays[place].check()
    town.away.clear()
    for play in plays:
        play.finish()
        play.check()
    assert {"approved", "rejected", "withdrawn"} <= ends.keys()
    assert town.took.keys() >= EVERY


def somebody_leaves_or_comes_back(town: Town, plays: list[Play]) -> None:
    """One at a time, so that there is somebody above."""
    if town.away:
        town.away.clear()
        return
    gone = town.random.choice(("ann", "ben", "cat", "dan", "eve"))
    town.away.add(gone)
    for play in plays:
        play.gone(gone)
        waiting = [there for there in play.state.waiting.values() if not there.until]
        assert all(any(play.world.active(one) for one in there.asked) for there in waiting)


def test_the_same_operations_lead_to_the_same_history() -> None:
    histories = []
    for _ in range(2):
        play = Play(flow_number(7), Town(3))
        for _ in range(40):
            play.anything()
        histories.append(play.history)
    assert histories[0] == histories[1]
