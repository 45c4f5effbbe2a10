"""Minimum and maximum, activation, holds, the simulator and the job: what goes, what stays, and why."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.records.query import Change, Query
from engine.retention.holds import Scope
from engine.retention.pausing import holds_known_until, pause
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.retention.conftest import DESK

Write = Callable[..., list[int]]
OLD, RECENT = "2024-10-01", "2026-06-01"  # today is 2026-11-20 or later


def letter(number: int, sent_on: str | None, *, trade: bool = False, **more: Any) -> dict[str, Any]:
    return {"number": number, "sent_on": sent_on, "trade": trade, "body": f"第 {number} 封报价", **more}


def activate(desk: Runtime, form: str = "letter", rule: str = "ordinary") -> None:
    desk.retention.activate(desk.require_viewer("ye"), "desk", form, rule)


def gone(desk: Runtime, records: list[int]) -> list[int]:
    with desk.database.read() as connection:
        found = desk.retention.states(connection, SYSTEM, "desk", "letter", records)
    return [records.index(one) for one, state in found.items() if state.tombstone]


@pytest.fixture
def letters(desk: Runtime, write: Write) -> list[int]:
    return write(
        "letter",
        letter(0, OLD),
        letter(1, OLD, trade=True),
        letter(2, RECENT),
        letter(3, None),
        letter(4, OLD),
    )


def test_nothing_goes_before_somebody_says_so(desk: Runtime, letters: list[int]) -> None:
    assert not desk.retention.work()
    activate(desk)
    assert desk.retention.work() == {"shredded": 2}
    assert gone(desk, letters) == [0, 4]  # a law keeps 1 longer, 2 is young, the clock of 3 has not begun
    assert not desk.retention.work()
    assert desk.verify().clean


def test_the_tombstone_names_rule_activation_and_people(desk: Runtime, letters: list[int]) -> None:
    activate(desk)
    desk.retention.work()
    cause = desk.retention.tombstones()[0].cause
    assert (cause.why, cause.rule, cause.by) == ("rule", "desk/letter/ordinary", "system")
    assert [one.person for one in cause.approvals] == ["ye"]


def test_a_changed_rule_acts_only_when_it_is_activated_again(desk: Runtime, letters: list[int]) -> None:
    activate(desk)
    changed: Any = deepcopy(DESK)
    changed["forms"][2]["retention"][0]["at_most"] = "P18M"
    desk.applications.publish(None, changed, "system")
    assert not desk.retention.work()
    activate(desk)
    assert desk.retention.work() == {"shredded": 2}


def test_two_people_where_the_house_wants_two(desk: Runtime, letters: list[int]) -> None:
    ye, fang = desk.require_viewer("ye"), desk.require_viewer("fang")
    desk.retention.demand_two_people(ye, True)
    waiting = desk.retention.activate(ye, "desk", "letter", "ordinary")
    assert not waiting.confirmed
    assert not desk.retention.work()
    with pytest.raises(Rejected, match=r"retention\.yourself"):
        desk.retention.confirm(ye, waiting.id)
    desk.retention.confirm(fang, waiting.id)
    desk.retention.work()
    assert [one.person for one in desk.retention.tombstones()[0].cause.approvals] == ["ye", "fang"]


def test_two_people_end_it_and_the_others_are_told(desk: Runtime) -> None:
    ye, fang, retention = desk.require_viewer("ye"), desk.require_viewer("fang"), desk.retention
    retention.demand_two_people(ye, True)
    for wanted, by, left in ((False, ye, True), (False, ye, True), (True, fang, True), (False, fang, True),
                             (False, ye, False)):  # fmt: skip
        retention.demand_two_people(by, wanted)
        with desk.database.read() as connection:
            assert retention.activations.two_people(connection) is left
    told = [desk.notifications.unread(who) for who in (ye, fang, desk.require_viewer("wang"))]
    assert told == [1, 3, 0]


def test_who_does_not_manage_retention_is_refused(desk: Runtime) -> None:
    wang, retention = desk.require_viewer("wang"), desk.retention
    refused: list[Callable[[], object]] = [
        lambda: retention.activate(wang, "desk", "letter", "ordinary"),
        lambda: retention.deactivate(wang, "desk", "letter", "ordinary"),
        lambda: retention.hold(wang, "x", "", Scope("desk", "letter")),
        lambda: retention.demand_two_people(wang, True),
        lambda: retention.go_on(wang),
        lambda: retention.lift(wang, "desk", "note", "1", "x"),
    ]
    for act in refused:
        with pytest.raises(Rejected, match=r"access\.denied"):
            act()
    assert retention.simulate(wang, date(2040, 1, 1)) == []


# -- holds -----------------------------------------------------------------------------------------
def test_a_hold_outranks_everything_until_it_is_released(desk: Runtime, letters: list[int]) -> None:
    ye = desk.require_viewer("ye")
    hold = desk.retention.hold(ye, "甲案", "仲裁 2026-17", Scope("desk", "letter", "number == 0"))
    activate(desk)
    desk.retention.work()
    assert gone(desk, letters) == [4]
    with desk.database.read() as connection:
        told = desk.retention.states(connection, ye, "desk", "letter", letters)
        untold = desk.retention.states(connection, desk.require_viewer("wang"), "desk", "letter", letters)
        count = desk.retention.held_count(connection, desk.retention.holds.running(connection)[0])
    assert [one.name for one in told[letters[0]].holds] == ["甲案"]
    assert letters[0] not in untold
    assert count == 1
    with pytest.raises(Rejected, match=r"hold\.needs_reason"):
        desk.retention.release(ye, hold, " ")
    desk.retention.release(ye, hold, "已结案")
    desk.retention.work()
    assert gone(desk, letters) == [0, 4]


def test_a_hold_on_a_customer_keeps_all_that_belongs_to_him(desk: Runtime, write: Write) -> None:
    ours, theirs = write("client", {"name": "远汀"}, {"name": "南山"})
    threads = write("thread", {"client": str(ours)}, {"client": str(theirs)})
    letters = write("letter", *(letter(n, OLD, thread=str(one)) for n, one in enumerate(threads)))
    letters += write("letter", letter(2, OLD))  # belongs to nobody
    desk.retention.hold(desk.require_viewer("ye"), "远汀", "", Scope("desk", "client", records=(str(ours),)))
    activate(desk)
    desk.retention.work()
    assert gone(desk, letters) == [1, 2]
    with desk.database.read() as connection:
        assert desk.retention.held_count(connection, desk.retention.holds.running(connection)[0]) == 3


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        (Scope("desk", "letter", "nonsense == 1"), ["expression.unknown_name"]),
        (Scope("desk", "letter", "CONTAINS(body, '报价')"), ["expression.sealed_in_sql"]),
        (Scope("desk", "client", records=("99999999",)), ["record.unknown"]),
        (Scope("desk", "client", records=("x",)), ["record.unknown"]),
    ],
)
def test_a_hold_says_what_is_wrong_with_it(desk: Runtime, scope: Scope, codes: list[str]) -> None:
    with pytest.raises(Rejected) as refused:
        desk.retention.hold(desk.require_viewer("ye"), "", "", scope)
    assert [one.code for one in refused.value.problems] == ["value.required", *codes]


def held(desk: Runtime, of: list[int], form: str = "letter") -> list[int]:
    """Which of these records are held, by their place."""
    with desk.database.read() as connection:
        told = desk.retention.states(connection, desk.require_viewer("ye"), "desk", form, of)
    return [place for place, record in enumerate(of) if record in told and told[record].holds]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("CONTAINS(text, '报价')", [0, 2]),  # by the database
        ("text == '报价单'", [2]),
        (r"MATCHES(text, '^报价\\d+$')", [0]),  # record by record
        ("client.name == '远汀' and MATCHES(text, '^合')", [1]),
        ("VALUE(text) > 3", [0, 1, 2, 3]),  # where that cannot be told, the record is kept
        ("record.id != '0' and MATCHES(text, 'x')", [3]),
    ],
)
def test_a_hold_by_any_condition_over_plain_fields(
    desk: Runtime, write: Write, where: str, kept: list[int]
) -> None:
    (client,) = write("client", {"name": "远汀"})
    notes = write("note", {"text": "报价12"}, {"text": "合同", "client": str(client)}, {"text": "报价单"})
    desk.retention.hold(desk.require_viewer("ye"), "甲案", "", Scope("desk", "note", where))
    notes += write("note", {"text": "4x"})  # later ones too
    assert held(desk, notes, "note") == kept


def test_a_hold_by_a_condition_over_sealed_words_is_refused(desk: Runtime) -> None:
    ye = desk.require_viewer("ye")
    for where in ("MATCHES(body, '报价')", "MATCHES(thread.client.mobile, '138')"):
        with pytest.raises(Rejected) as refused:
            desk.retention.hold(ye, "甲案", "", Scope("desk", "letter", where))
        assert [one.code for one in refused.value.problems] == ["expression.sealed_in_sql"], where


@pytest.fixture
def keeper(desk: Runtime) -> Viewer:
    """Manages retention and reads but a few notes."""

    def people(unit: Any) -> None:
        desk.people.save_people(unit, [Person("shou", "守一")])
        desk.people.save_memberships(unit, [Membership("desk", "keeper", "person", "shou")])

    desk.database.write(people)
    return desk.require_viewer("shou")


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ("letter", "number > 5"),
        ("letter", "record.number > 5"),
        ("letter", "trade and number == 1"),
        ("letter", "thread.about == '索赔'"),
        ("note", "client.name == '远汀'"),
        ("client", "CONTAINS(name, '远')"),
    ],
)
def test_who_may_not_read_a_field_holds_nothing_by_it(
    desk: Runtime, keeper: Viewer, write: Write, form: str, where: str
) -> None:
    """How many records a hold keeps would tell the value."""
    with pytest.raises(Rejected) as refused:
        desk.retention.hold(keeper, "甲案", "", Scope("desk", form, where))
    assert [(one.code, one.path) for one in refused.value.problems] == [("hold.not_his_to_ask", "/where")]


def test_who_keeps_records_holds_by_what_the_rules_go_by(
    desk: Runtime, keeper: Viewer, letters: list[int]
) -> None:
    """The form's designer has laid these fields open to him: the number that is kept is told in full."""
    for where in ("", "sent_on < DATE(2024, 1, 1)", "trade", "record.id != '0'"):
        hold = desk.retention.hold(keeper, "甲案", "", Scope("desk", "letter", where))
        with desk.database.read() as connection:
            (set_now,) = [one for one in desk.retention.holds.running(connection) if one.id == hold]
            count = desk.retention.held_count(connection, set_now)
            assert desk.retention.told_count(connection, keeper, set_now) == (count, True), where


def test_a_count_says_no_more_than_a_list_would(desk: Runtime, keeper: Viewer, write: Write) -> None:
    write("note", {"text": "我的"}, {"text": "别人的"}, {"text": "别人的"})
    theirs = desk.retention.hold(
        desk.require_viewer("ye"), "甲案", "", Scope("desk", "client", "name != 'x'")
    )
    his = desk.retention.hold(keeper, "乙案", "", Scope("desk", "note", "text != 'x'"))
    slow = desk.retention.hold(keeper, "丙案", "", Scope("desk", "note", "MATCHES(text, '.')"))
    ye = desk.require_viewer("ye")
    with desk.database.read() as connection:
        holds = {one.id: one for one in desk.retention.holds.running(connection)}
        told = {one: desk.retention.told_count(connection, keeper, holds[one]) for one in (theirs, his, slow)}
        assert told == {theirs: (None, False), his: (1, False), slow: (None, False)}
        assert desk.retention.told_count(connection, ye, holds[his]) == (3, False)


def test_a_hold_on_all_that_a_search_finds(desk: Runtime, write: Write) -> None:
    """Sealed words as well: whoever sets it may read them. What comes later is not held by it."""
    letters = write(
        "letter", *(letter(n, OLD, body=body) for n, body in enumerate(("请发报价单", "谢谢", "报价")))
    )
    ye = desk.require_viewer("ye")
    hold = desk.retention.hold(ye, "甲案", "", Scope("desk", "letter", search="报价"))
    letters += write("letter", letter(3, OLD, body="报价"))
    assert held(desk, letters) == [0, 2]
    activate(desk)
    desk.retention.work()
    assert gone(desk, letters) == [1, 3]
    with desk.database.read() as connection:
        (one,) = desk.retention.holds.running(connection)
    assert (one.id, one.scope.search, len(one.scope.records)) == (hold, "报价", 2)
    for text, code in (("没有的词", "hold.finds_nothing"), ("tag:x y", "hold.finds_nothing")):
        with pytest.raises(Rejected, match=code.replace(".", r"\.")):
            desk.retention.hold(ye, "甲案", "", Scope("desk", "letter", search=text))


# -- the simulator ---------------------------------------------------------------------------------
def test_the_simulator_counts_what_would_go_and_why_the_rest_stays(desk: Runtime, letters: list[int]) -> None:
    ye = desk.require_viewer("ye")
    desk.retention.hold(ye, "甲案", "", Scope("desk", "letter", "number == 4"))
    now = {one.state.rule.id: one for one in desk.retention.simulate(ye, date(2026, 11, 23))}
    ordinary = now["ordinary"]
    assert (ordinary.due, ordinary.protected, ordinary.held, ordinary.going) == (3, 1, 1, 1)
    assert ordinary.keepers == (("trades", 1),)
    assert ordinary.examples == ((str(letters[0]), "0"),)
    assert "trades" not in now  # it only protects
    later = {one.state.rule.id: one for one in desk.retention.simulate(ye, date(2046, 1, 1))}
    assert (later["ordinary"].due, later["ordinary"].going) == (4, 3)
    assert gone(desk, letters) == []


# -- stored only -----------------------------------------------------------------------------------
def test_what_is_only_stored_is_used_by_nobody(desk: Runtime, write: Write) -> None:
    notes = write("note", {"text": "一"}, {"text": "二"})
    activate(desk, "note", "stale")
    desk.movable_clock.set(datetime(2027, 1, 15, tzinfo=UTC))
    fresh = write("note", {"text": "三"})
    assert desk.retention.work() == {"restricted": 2}

    def listed(person: str) -> list[str]:
        page = desk.records.page(desk.require_viewer(person), "desk", "note", Query())
        return [one.id for one in page.items]

    assert listed("wang") == [str(fresh[0])]
    assert len(listed("ye")) == 3
    with pytest.raises(Rejected, match=r"record\.unknown"):
        desk.records.get(desk.require_viewer("wang"), "desk", "note", str(notes[0]))
    change = Change(str(notes[0]), {"text": "改"})
    assert desk.records.update(SYSTEM, "desk", "note", [change])[0].ok  # a rule passes it over
    assert desk.records.get(desk.require_viewer("ye"), "desk", "note", str(notes[0])).values["text"] == "一"
    desk.retention.lift(desk.require_viewer("ye"), "desk", "note", str(notes[0]), "客户同意")
    assert listed("wang") == [str(fresh[0]), str(notes[0])]
    assert desk.verify().clean


@pytest.mark.parametrize(
    ("tampered", "kind"),
    [
        ("UPDATE holds SET released_at = 1", "state_changed"),
        ("DELETE FROM holds", "state_missing"),
        ("UPDATE retention_activations SET confirmed_by = 'me'", "state_changed"),
        ("DELETE FROM restricted", "state_missing"),
    ],
)
def test_what_was_decided_cannot_be_touched(desk: Runtime, write: Write, tampered: str, kind: str) -> None:
    write("note", {"text": "一"})
    activate(desk, "note", "stale")
    desk.movable_clock.set(datetime(2027, 1, 15, tzinfo=UTC))
    desk.retention.work()
    desk.retention.hold(desk.require_viewer("ye"), "甲案", "", Scope("desk", "letter"))
    assert desk.verify().clean
    with desk.database.connect() as connection, connection.begin():
        connection.exec_driver_sql(tampered)
    assert {one.kind for one in desk.verify().findings} == {kind}


# -- erasing ---------------------------------------------------------------------------------------
@pytest.fixture
def wish(desk: Runtime, write: Write) -> tuple[int, list[int], str]:
    """A client with three letters, one of which a law keeps and one is on hold; and the request."""
    (client,) = write("client", {"name": "远汀", "mobile": "13800001111"})
    (thread,) = write("thread", {"about": "报价", "client": str(client)})
    letters = write("letter", *(letter(n, OLD, trade=n == 1, thread=str(thread)) for n in range(3)))
    desk.retention.hold(desk.require_viewer("ye"), "甲案", "", Scope("desk", "letter", "number == 2"))
    (asked,) = desk.records.create(desk.require_viewer("wang"), "desk", "wish", [{"client": str(client)}])
    return client, letters, asked


def answer(desk: Runtime, outcome: str) -> None:
    legal = desk.require_viewer("ye")
    (task,) = desk.tasks.of(legal).items
    desk.database.write(lambda unit: desk.tasks.close(unit, legal, task.id, outcome, "好"))
    desk.jobs.run_due()


def test_what_was_approved_waits_while_disposal_pauses(
    desk: Runtime, wish: tuple[int, list[int], str]
) -> None:
    _, letters, asked = wish
    for moment in (7_000_000, 9_000_000):  # restored, backed up while it pauses, and restored again
        desk.database.write(lambda unit, at=moment: pause(unit, at))  # type: ignore[misc]
    with desk.database.read() as connection:
        assert holds_known_until(connection) == datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC)
    answer(desk, "approve")
    assert gone(desk, letters) == []
    desk.retention.go_on(desk.require_viewer("ye"))
    desk.movable_clock.advance(hours=2)
    desk.jobs.run_due()
    assert gone(desk, letters) == [0]
    assert desk.records.get(SYSTEM, "desk", "wish", asked).values["state"] == "已完成"


def test_an_approved_request_shreds_restricts_and_spares(
    desk: Runtime, wish: tuple[int, list[int], str]
) -> None:
    client, letters, asked = wish
    answer(desk, "approve")
    request = desk.records.get(SYSTEM, "desk", "wish", asked).values
    counts = [request[name] for name in ("shredded", "restricted", "held")]
    assert (counts, request["state"]) == ([3, 1, 1], "已完成")
    assert gone(desk, letters) == [0]
    assert desk.records.get(SYSTEM, "desk", "client", str(client)).values["name"] is None
    ye = desk.require_viewer("ye")
    with desk.database.read() as connection:
        states = desk.retention.states(connection, ye, "desk", "letter", letters)
    assert [states[one].restricted for one in letters[:2]] == [False, True]
    cause = desk.retention.tombstones()[-1].cause
    assert (cause.why, cause.by, cause.request) == ("request", "wang", f"desk/wish/{asked}")
    assert [one.person for one in cause.approvals] == ["ye"]
    assert desk.verify().clean


def test_a_refused_request_shreds_nothing(desk: Runtime, wish: tuple[int, list[int], str]) -> None:
    _, letters, _ = wish
    answer(desk, "reject")
    assert gone(desk, letters) == []
