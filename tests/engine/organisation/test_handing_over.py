"""A leaver's customers, to-dos, people and departments go to others; what stays keeps his name."""

from __future__ import annotations

from typing import Any

import pytest

from engine.access.viewer import SYSTEM, Viewer
from engine.clock import FrozenClock
from engine.organisation import HandingOver
from engine.organisation.handing_over import BATCH
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.organisation.outcomes import codes, noted

OWNER, TEAM = "office.client.owner", "office.client.team"


@pytest.fixture
def clients(trading: Runtime) -> list[str]:
    """Three of zhou's, of which one is of level b; one of wang's where zhou is in the team."""
    rows: list[dict[str, Any]] = [
        {"name": "恒锐", "owner": "zhou"}, {"name": "远港", "owner": "zhou", "team": ["zhou", "wang"]},
        {"name": "旧账", "owner": "zhou", "level": "b", "reason": "结清"},
        {"name": "顺和", "owner": "wang", "team": ["ye", "zhou"]},
    ]  # fmt: skip
    return trading.records.create(SYSTEM, "office", "client", rows)


def owners(trading: Runtime, clients: list[str]) -> list[tuple[Any, Any]]:
    seen = [trading.records.get(SYSTEM, "office", "client", one).values for one in clients]
    return [(values["owner"], values.get("team")) for values in seen]


def test_what_somebody_has_is_counted(trading: Runtime, fang: Viewer, clients: list[str]) -> None:
    found = trading.hand_overs.belongings(fang, "zhou")
    assert {(one.key, one.total, one.proposed) for one in found.holdings} == {(OWNER, 3, 2), (TEAM, 2, None)}
    above = trading.hand_overs.belongings(fang, "lu")
    assert (set(above.subordinates), above.departments) == ({"zhou", "wang"}, ("sales",))


def test_who_manages_nobody_sees_no_number(firm: Runtime, zhou: Viewer) -> None:
    assert codes(lambda: firm.hand_overs.belongings(zhou, "wang")) == {("access.denied", "")}
    assert codes(lambda: firm.hand_overs.of(zhou, "wang")) == {("access.denied", "")}


def test_records_change_hands_as_the_definition_says(
    trading: Runtime, fang: Viewer, clients: list[str]
) -> None:
    plan = HandingOver({OWNER: "wang", TEAM: "wang"})
    trading.database.write(lambda unit: trading.hand_overs.leave(unit, fang, "zhou", plan, 739_000))
    trading.jobs.run_due()
    assert owners(trading, clients) == [
        ("wang", None), ("wang", ["wang"]), ("zhou", None), ("wang", ["ye", "wang"]),
    ]  # fmt: skip
    (standing,) = trading.hand_overs.of(fang, "zhou")
    assert (standing.running, standing.done, standing.total, standing.failed) == (False, 4, 4, ())
    assert trading.viewer("zhou") is None
    last = trading.records.history(SYSTEM, "office", "client", clients[0])[0]
    assert (last.person, last.changes) == ("fang", (("负责人", "周婧", "王磊"),))
    assert noted(trading, "hand_over.done") == [{"from": "zhou", "records": 4, "failed": 0}]


def test_nothing_changes_hands_that_nobody_chose(trading: Runtime, fang: Viewer, clients: list[str]) -> None:
    before = owners(trading, clients)
    plan = HandingOver({OWNER: "", "office.client.nothing": "wang"})
    assert (
        trading.database.write(lambda unit: trading.hand_overs.leave(unit, fang, "zhou", plan, 739_000))
        is None
    )
    assert owners(trading, clients) == before


def test_people_and_departments_get_somebody_above(firm: Runtime, fang: Viewer) -> None:
    plan = HandingOver(subordinates="wang", departments="wang")
    firm.database.write(lambda unit: firm.hand_overs.leave(unit, fang, "lu", plan, 739_000))
    organisation = firm.people.organisation()
    assert {one: organisation.people[one].superior for one in ("zhou", "wang")} == {
        "zhou": "wang",
        "wang": "fang",
    }
    assert organisation.departments["sales"].head == "wang"


def test_takers_are_there_and_are_others(firm: Runtime, fang: Viewer) -> None:
    plan = HandingOver({OWNER: "zhou"}, tasks="nobody")
    with pytest.raises(Rejected) as refused:
        firm.database.write(lambda unit: firm.hand_overs.leave(unit, fang, "zhou", plan, 739_000))
    assert {(one.code, one.path) for one in refused.value.problems} == {
        ("organisation.taker_is_giver", f"/records/{OWNER}"), ("organisation.unknown_person", "/tasks"),
    }  # fmt: skip
    assert firm.viewer("zhou") is not None


def test_many_records_and_a_job_that_begins_again(
    trading: Runtime, fang: Viewer, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies after the first batch; the next one goes on, and each record changes once."""
    rows = [{"name": f"客户{number}", "owner": "zhou"} for number in range(BATCH + 50)]
    trading.records.create(SYSTEM, "office", "client", rows)
    trading.database.write(
        lambda unit: trading.hand_overs.hand_over(unit, fang, "zhou", HandingOver({OWNER: "wang"}))
    )
    whole, calls = trading.records.writer.update, []

    def dying(*args: Any, **named: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the lights went out")
        whole(*args, **named)

    monkeypatch.setattr(trading.records.writer, "update", dying)
    trading.jobs.run_due()
    (standing,) = trading.hand_overs.of(fang, "zhou")
    assert (standing.running, standing.done) == (True, BATCH)
    clock.advance(seconds=60)
    trading.jobs.run_due()
    (standing,) = trading.hand_overs.of(fang, "zhou")
    assert (standing.running, standing.done, standing.total) == (False, BATCH + 50, BATCH + 50)
    assert {one.key for one in trading.hand_overs.belongings(fang, "zhou").holdings} == set()
