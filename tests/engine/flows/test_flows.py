"""A request goes its way: every operation, and beside each what must not happen."""

from __future__ import annotations

import pytest

from metamodel.problems import Rejected
from tests.engine.flows.conftest import Office


def test_a_small_request_needs_the_manager_only(office: Office) -> None:
    request = office.file("ann", amount="100000.00")
    assert office.waiting(request) == {"manager": ["ben"]}
    office.act("ben", request, "approve")
    assert office.state(request) == "approved"
    assert office.waiting(request) == {}
    assert [step for step in office.history(request) if step[2] != "ask"] == [
        ("ann", "start", "start"), ("ben", "manager", "approve"), ("system", "amount", "pass"),
        ("system", "note", "pass"), ("system", "copy", "pass"), ("system", "end", "end"),
    ]  # fmt: skip
    assert office.values(request)["due"]
    assert any("已通过" in title for title in office.told("ann"))
    assert office.told("eve")
