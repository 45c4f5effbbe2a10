"""Leave that no role gives: asked for with a reason, told to others, over by itself."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.access.audit import AuditEntry
from engine.clock import FrozenClock
from engine.evidence.verify import verify
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.access.masked import CLINIC, MOBILE, SAID, add_note, clinic, settle, viewer

__all__ = ["clinic"]
REASON = "客户来电核对号码"


def two_persons(**role: Any) -> dict[str, Any]:
    app = copy.deepcopy(CLINIC)
    part = next(one for one in app["roles"] if one["id"] == "part")
    part.update(role)
    return app


@pytest.fixture
def strict(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    """Where the manager has to agree."""
    runtime = make_runtime()
    settle(runtime, two_persons(unmask={"minutes": 30, "confirm": ["manager:me"]}))
    yield runtime
    runtime.close()


def words(runtime: Runtime, person: str, note: str) -> str:
    return str(runtime.records.get(viewer(runtime, person), "clinic", "note", note).values["words"])


def refused(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Rejected) as caught:
        act()
    return [one.code for one in caught.value.problems]


def actions(runtime: Runtime, record: str) -> list[str]:
    with runtime.database.read() as connection:
        return [one.action for one in runtime.audit.of_record(connection, int(record))]


def test_unmasked_for_a_while_and_for_these_records_only(clinic: Runtime, clock: FrozenClock) -> None:
    note, other = add_note(clinic, words=SAID, sender="wx"), add_note(clinic, words=SAID, sender="wx")
    part = viewer(clinic, "bu")
    asked = clinic.unmasking.ask(part, "clinic", {"note": [note]}, REASON)
    assert asked.until is not None
    assert MOBILE in words(clinic, "bu", note)
    assert MOBILE not in words(clinic, "bu", other)
    assert clinic.records.page(part, "clinic", "note", Query(text=MOBILE)).total == 1
    assert "unmask.ask" in actions(clinic, note)
    exported = str(list(clinic.records.export(part, "clinic", "note", Query())))
    assert MOBILE not in exported, "what was unmasked to be looked at is not taken away"
    clock.advance(minutes=31)
    assert MOBILE not in words(clinic, "bu", note)
    assert clinic.records.page(part, "clinic", "note", Query(text=MOBILE)).total == 0


def test_nothing_is_opened_that_is_not_read_anyhow(clinic: Runtime) -> None:
    note = add_note(clinic, words=SAID, sender="wx")
    assert refused(
        lambda: clinic.unmasking.ask(viewer(clinic, "fu"), "clinic", {"note": [note]}, REASON)
    ) == ["access.denied"]
    part = viewer(clinic, "bu")
    for records, reason, code in [
        ({"note": [note]}, "看", "unmask.reason"), ({"note": ["7", "x", "9" * 30]}, REASON, "unmask.nothing"),
        ({}, REASON, "unmask.nothing"), ({"nope": [note]}, REASON, "unmask.nothing"),
    ]:  # fmt: skip
        assert refused(lambda: clinic.unmasking.ask(part, "clinic", records, reason)) == [code]  # noqa: B023


def test_it_ends_early(clinic: Runtime) -> None:
    note = add_note(clinic, words=SAID, sender="wx")
    part = viewer(clinic, "bu")
    asked = clinic.unmasking.ask(part, "clinic", {"note": [note]}, REASON)
    assert [one.id for one in clinic.unmasking.running()] == [asked.id]
    clinic.unmasking.end(part, asked.id)
    assert MOBILE not in words(clinic, "bu", note)
    assert not clinic.unmasking.running()
    assert refused(lambda: clinic.unmasking.end(part, asked.id)) == ["unmask.unknown"]


@pytest.mark.parametrize("outcome", ["agree", "refuse"])
def test_a_second_person_agrees_or_not(strict: Runtime, outcome: str) -> None:
    note = add_note(strict, words=SAID, sender="wx")
    part, manager = viewer(strict, "bu"), viewer(strict, "gu")
    assert strict.unmasking.offer(part, "clinic").confirmers == ("顾明",)  # type: ignore[union-attr]
    asked = strict.unmasking.ask(part, "clinic", {"note": [note]}, REASON)
    assert asked.until is None
    assert MOBILE not in words(strict, "bu", note)
    (task,) = strict.tasks.of(manager).items
    assert (REASON in task.note, task.source_label) == (True, "查看完整信息")
    strict.database.write(lambda unit: strict.tasks.close(unit, manager, task.id, outcome, "核实过"))
    assert (MOBILE in words(strict, "bu", note)) is (outcome == "agree")
    assert ("unmask.confirm" if outcome == "agree" else "unmask.refuse") in actions(strict, note)


def test_nobody_agrees_to_his_own_request(strict: Runtime) -> None:
    note = add_note(strict, words=SAID, sender="wx")
    manager = viewer(strict, "gu")
    strict.unmasking.ask(viewer(strict, "bu"), "clinic", {"note": [note]}, REASON)
    (task,) = strict.tasks.of(manager).items
    moving = lambda unit: strict.tasks.transfer(unit, manager, task.id, "bu")  # noqa: E731
    assert refused(lambda: strict.database.write(moving)) == ["unmask.own"]


EMERGENCY = {"forms": ["note"], "hours": 4, "alarm": ["role:full", "manager:me"]}


def test_breaking_the_glass_is_heard(make_runtime: Callable[[], Runtime], clock: FrozenClock) -> None:
    runtime = make_runtime()
    settle(runtime, two_persons(emergency=EMERGENCY))
    note = add_note(runtime, words=SAID, sender="wx")
    part = viewer(runtime, "bu")
    (offer,) = runtime.emergencies.of(part)
    assert (offer.hours, offer.told, offer.running) == (4, ("傅全", "顾明"), None)
    assert refused(lambda: runtime.emergencies.break_glass(part, "clinic", "part", "快")) == [
        "emergency.reason"
    ]
    assert refused(
        lambda: runtime.emergencies.break_glass(
            viewer(runtime, "fu"), "clinic", "part", "监管机构现场检查取证"
        )
    ) == ["access.denied"]
    runtime.emergencies.break_glass(part, "clinic", "part", "监管机构现场检查取证")
    assert MOBILE in words(runtime, "bu", note)
    for person in ("fu", "gu"):
        notices = [one.title for one in runtime.notifications.of(viewer(runtime, person)).items]
        assert "警报：卜分启用了紧急查阅（4 小时）" in notices
    again = lambda: runtime.emergencies.break_glass(part, "clinic", "part", "监管机构现场检查取证")  # noqa: E731
    assert refused(again) == ["emergency.running"]
    later = add_note(runtime, words=SAID, sender="wx")
    assert MOBILE not in words(runtime, "bu", later), "only what was there"
    clock.advance(hours=5)
    assert MOBILE not in words(runtime, "bu", note)
    runtime.close()


def test_who_leaves_finds_nothing_of_it_when_he_comes_back(make_runtime: Callable[[], Runtime]) -> None:
    """Grants and lifted masks end with him, and what he still waits for is not given behind his back."""
    runtime = make_runtime()
    settle(runtime, two_persons(emergency=EMERGENCY, unmask={"minutes": 30, "confirm": ["manager:me"]}))
    note = add_note(runtime, words=SAID, sender="wx")
    part, manager = viewer(runtime, "bu"), viewer(runtime, "gu")
    runtime.unmasking.ask(part, "clinic", {"note": [note]}, REASON)
    runtime.emergencies.break_glass(part, "clinic", "part", "监管机构现场检查取证")
    assert [one.kind for one in runtime.in_force.of("bu")] == ["emergency"]
    bu = runtime.people.organisation().people["bu"]
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [replace(bu, active=False)]))
    assert runtime.in_force.of() == []
    (task,) = [one for one in runtime.tasks.of(manager).items if one.source_label == "查看完整信息"]
    runtime.database.write(lambda unit: runtime.tasks.close(unit, manager, task.id, "agree", "核实过"))
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [bu]))
    assert MOBILE not in words(runtime, "bu", note)
    assert {"emergency.end", "unmask.end"} <= {one.action for one in all_noted(runtime)}
    assert verify(runtime).clean
    runtime.close()


def all_noted(runtime: Runtime) -> list[AuditEntry]:
    with runtime.database.read() as connection:
        return runtime.audit.latest(connection)
