"""What sets off rules: records created and changed, before they are saved, buttons, closed to-dos."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from engine.runtime import Runtime
from metamodel.plugin_api import Effect
from metamodel.problems import Rejected
from tests.engine.rules.desk import client, create, publish, revision, rows, runs, update, values

UPDATED = {"trigger": "record_updated", "form": "client"}
CREATED = {"trigger": "record_created", "form": "client"}
BEFORE = {"trigger": "before_save", "form": "client"}


def sets(**fields: str) -> dict[str, Any]:
    return {"action": "set_fields", "with": {"values": fields}}


# -- changed records -------------------------------------------------------------------------------


def test_what_a_rule_sets_is_part_of_the_same_revision(office: Runtime) -> None:
    runtime = publish(office, {"id": "mark", "when": UPDATED, "then": [sets(state="CONCAT('改', name)")]})
    record = client(runtime)
    assert values(runtime, "client", record).get("state") is None
    update(runtime, "client", record, name="顺和")
    assert values(runtime, "client", record)["state"] == "改顺和"
    assert revision(runtime, "client", record) == 2


def test_a_rule_on_fields_hears_only_when_one_of_them_changed(office: Runtime) -> None:
    when = {**UPDATED, "fields": ["level", "tags"]}
    runtime = publish(office, {"id": "count", "when": when, "then": [sets(count="COALESCE(count, 0) + 1")]})
    record = client(runtime)
    update(runtime, "client", record, name="顺和")
    assert values(runtime, "client", record).get("count") is None
    update(runtime, "client", record, level="a")
    update(runtime, "client", record, level="a")
    update(runtime, "client", record, tags=["x"])
    assert values(runtime, "client", record)["count"] == 2


def test_nothing_changed_sets_off_nothing(office: Runtime) -> None:
    runtime = publish(
        office, {"id": "count", "when": UPDATED, "then": [sets(count="COALESCE(count, 0) + 1")]}
    )
    record = client(runtime, "恒锐")
    update(runtime, "client", record, name="恒锐")
    assert values(runtime, "client", record).get("count") is None
    assert revision(runtime, "client", record) == 1


def test_computed_fields_follow_what_rules_set(office: Runtime) -> None:
    runtime = publish(
        office,
        {"id": "new", "when": CREATED, "then": [sets(price="10")]},
        {"id": "changed", "when": UPDATED, "then": [sets(price="20")]},
    )
    record = client(runtime, amount="3")
    assert values(runtime, "client", record)["total"] == "30.00"
    update(runtime, "client", record, amount="4")
    assert values(runtime, "client", record)["total"] == "80.00"


def test_the_changes_of_a_rule_set_off_rules_on_other_records(office: Runtime) -> None:
    runtime = publish(
        office,
        {"id": "up", "when": CREATED, "if": "not ISBLANK(parent)",
         "then": [{"action": "add_tags", "with": {"tags": ["有下级"], "of": ["parent"]}},
                  {"action": "set_fields", "with": {"of": "parent", "values": {"count": "parent.count + 1"}}}]},
        {"id": "heard", "when": {**UPDATED, "fields": ["tags"]}, "if": "'有下级' in tags",
         "then": [sets(state="'上级'")]},
    )  # fmt: skip
    above = client(runtime, count=0)
    create(runtime, "client", *({"name": f"子{n}", "parent": above} for n in range(3)))
    found = values(runtime, "client", above)
    assert (found["tags"], found["state"], found["count"]) == (["有下级"], "上级", 3)
    assert revision(runtime, "client", above) == 2


def test_two_records_that_set_each_other_off_come_to_an_end(office: Runtime) -> None:
    """What the second wants of the first, still on its way in, goes into its draft."""
    more = {
        "action": "set_fields",
        "with": {"of": "parent", "values": {"count": "COALESCE(parent.count, 0) + 1"}},
    }
    runtime = publish(office, {"id": "bounce", "when": UPDATED, "if": "not ISBLANK(parent)", "then": [more]})
    first = client(runtime)
    second = client(runtime, parent=first)
    update(runtime, "client", first, parent=second)
    assert [values(runtime, "client", one).get("count") for one in (first, second)] == [1, 1]
    assert [revision(runtime, "client", one) for one in (first, second)] == [2, 2]
    assert {outcome for _, outcome, _ in runs(runtime)} == {"done"}


def test_a_chain_that_is_too_long_is_stopped(office: Runtime) -> None:
    more = {"action": "set_fields", "with": {"of": "parent", "values": {"count": "1"}}}
    runtime = publish(office, {"id": "climb", "when": UPDATED, "if": "not ISBLANK(parent)", "then": [more]})
    above = ""
    for number in range(9):
        above = client(runtime, f"第{number}层", **({"parent": above} if above else {}))
    update(runtime, "client", above, name="最下层")
    assert [row.get("count") for row in rows(runtime, "client")] == [None] * 2 + [1] * 6 + [None]
    assert ("climb", "stopped", ["rule.too_deep"]) in runs(runtime)


# -- before saving ---------------------------------------------------------------------------------


def test_before_saving_a_rule_completes_the_record(office: Runtime) -> None:
    runtime = publish(
        office, {"id": "fill", "when": BEFORE, "if": "ISBLANK(level)", "then": [sets(level="'a'", price="5")]}
    )
    record = client(runtime, amount="2")
    assert values(runtime, "client", record)["total"] == "10.00"
    assert values(runtime, "client", record)["level"] == "a"


def test_before_saving_a_rule_refuses_for_its_record_alone(office: Runtime) -> None:
    refuse = {"action": "refuse", "with": {"message": {"zh": "“{name}”已停用", "en": "{name} is retired"}}}
    runtime = publish(office, {"id": "stop", "when": BEFORE, "if": "name == '旧'", "then": [refuse]})
    with pytest.raises(Rejected) as refused:
        create(runtime, "client", {"name": "新"}, {"name": "旧"})
    (found,) = refused.value.problems
    assert (found.code, found.path, found.text("zh"), found.text("en")) == (
        "rule.refused", "/1", "“旧”已停用", "旧 is retired",
    )  # fmt: skip
    assert rows(runtime, "client") == []
    record = client(runtime, "新")
    assert update(runtime, "client", record, name="旧") == ["rule.refused"]
    assert values(runtime, "client", record)["name"] == "新"


def test_a_rule_that_fails_before_saving_stops_nobody(office: Runtime) -> None:
    runtime = publish(office, {"id": "broken", "when": BEFORE, "then": [sets(level="name")]})
    record = client(runtime)
    assert values(runtime, "client", record)["name"] == "恒锐"
    assert ("broken", "failed", ["value.not_a_choice"]) in runs(runtime)


# -- buttons ---------------------------------------------------------------------------------------

BUTTON = {
    "id": "close",
    "when": {"trigger": "button", "form": "client", "label": {"zh": "结案", "en": "Close"},
             "where": "state != 'done'", "roles": ["seller"]},
    "then": [sets(state="'done'"), {"action": "add_values", "with": {"values": {"tags": "me"}}}],
}  # fmt: skip


def buttons(runtime: Runtime, person: str, record: str) -> list[tuple[str, str]]:
    viewer = runtime.require_viewer(person)
    return runtime.rules.buttons(
        viewer, "office", "client", runtime.records.get(viewer, "office", "client", record)
    )


def test_a_button_shows_while_its_condition_holds_and_for_its_roles(office: Runtime) -> None:
    runtime = publish(office, BUTTON)
    record = client(runtime, owner="zhou")
    assert buttons(runtime, "zhou", record) == [("close", "结案")]
    assert buttons(runtime, "lu", record) == []
    runtime.rules.press(runtime.require_viewer("zhou"), "office", "close", record)
    assert (values(runtime, "client", record)["state"], values(runtime, "client", record)["tags"]) == (
        "done",
        ["zhou"],
    )
    assert buttons(runtime, "zhou", record) == []
    with pytest.raises(Rejected, match=r"rule\.no_button"):
        runtime.rules.press(runtime.require_viewer("zhou"), "office", "close", record)


@pytest.mark.parametrize(
    ("person", "rule", "code"),
    [("wang", "close", "record.unknown"), ("lu", "close", "rule.unknown"), ("zhou", "other", "rule.unknown")],
)
def test_nobody_presses_what_is_not_theirs(office: Runtime, person: str, rule: str, code: str) -> None:
    runtime = publish(office, BUTTON)
    record = client(runtime, owner="zhou")
    with pytest.raises(Rejected, match=code):
        runtime.rules.press(runtime.require_viewer(person), "office", rule, record)
    assert values(runtime, "client", record).get("state") is None


def test_a_button_that_fails_does_nothing_and_says_so(office: Runtime) -> None:
    runtime = publish(office, {**BUTTON, "then": [sets(state="'done'"), sets(level="name")]})
    record = client(runtime, owner="zhou")
    with pytest.raises(Rejected, match=r"value\.not_a_choice"):
        runtime.rules.press(runtime.require_viewer("zhou"), "office", "close", record)
    assert values(runtime, "client", record).get("state") is None


# -- run_as ----------------------------------------------------------------------------------------


def test_a_rule_that_runs_as_a_role_writes_what_the_role_may(office: Runtime) -> None:
    runtime = publish(
        office,
        {
            "id": "as_seller",
            "run_as": "boss",
            "when": CREATED,
            "then": [sets(state="'ok'", mobile="'1990000'")],
        },
    )
    record = client(runtime)
    found = values(runtime, "client", record)
    assert (found.get("state"), found.get("mobile")) == ("ok", None)
    assert runs(runtime) == [("as_seller", "failed", ["value.not_writable"])]


def test_a_role_without_a_way_to_the_form_creates_nothing(office: Runtime) -> None:
    note = {"action": "create_record", "with": {"form": "client", "values": {"name": "subject"}}}
    runtime = publish(
        office,
        {
            "id": "as_clerk",
            "run_as": "clerk",
            "when": {"trigger": "record_created", "form": "letter"},
            "then": [note],
        },
    )
    create(runtime, "letter", {"subject": "信"})
    assert rows(runtime, "client") == []
    assert runs(runtime) == [("as_clerk", "failed", ["access.denied"])]


def test_every_effect_has_a_performer(office: Runtime) -> None:
    assert set(get_args(Effect)) <= office.rules.performed
