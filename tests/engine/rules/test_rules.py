"""The rule interpreter: what is set before the first revision, what is found, created, linked, stopped."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.records.query import Change
from engine.runtime import Runtime
from engine.system_tables import leaves, rule_runs
from tests.engine.archive_app import line, rows, traffic, with_rules
from tests.engine.conftest import OFFICE

Publish = Callable[..., Runtime]


@pytest.fixture
def publish(archive: Runtime) -> Publish:
    def publish_rules(*rules: dict[str, Any], keep: tuple[str, ...] = ()) -> Runtime:
        archive.applications.publish(None, with_rules(*rules, keep=keep), "system")
        return archive

    return publish_rules


def runs(runtime: Runtime) -> list[tuple[str, str, dict[str, Any]]]:
    with runtime.database.read() as connection:
        found = connection.execute(sa.select(rule_runs).order_by(rule_runs.c.id)).all()
    return [(row.rule, row.outcome, runtime.box.open_json(row.trace_sealed)) for row in found]


def create(runtime: Runtime, form: str, *values: dict[str, Any]) -> list[str]:
    return runtime.records.create(SYSTEM, "archive", form, values)


CONTACT_CREATED = {"trigger": "record_created", "form": "contact"}


def test_what_a_rule_sets_is_part_of_the_first_revision(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "价格"), line(2))])
    assert {row["revision"] for row in rows(archive, "message")} == {1}
    with archive.database.read() as connection:
        asked = sa.select(sa.func.count()).where(leaves.c.log == "records", leaves.c.form == "message")
        assert connection.scalar(asked) == 2


def test_a_condition_decides_and_every_matching_rule_acts_in_order(publish: Publish) -> None:
    runtime = publish(
        {"id": "second", "when": CONTACT_CREATED, "if": "chat_id == 'one'",
         "then": [{"action": "set_fields", "with": {"values": {"chat_id": "'two'"}}}]},
        {"id": "first", "priority": 5, "when": CONTACT_CREATED, "if": "name == '李雷'",
         "then": [{"action": "set_fields", "with": {"values": {"chat_id": "'one'"}}}]},
    )  # fmt: skip
    create(runtime, "contact", {"name": "李雷"}, {"name": "韩梅梅"})
    assert [row["chat_id"] for row in rows(runtime, "contact")] == ["two", None]


def test_formulas_see_what_rules_set(make_runtime: Callable[[], Runtime]) -> None:
    document = copy.deepcopy(OFFICE)
    document["rules"] = [
        {"id": "dear", "when": {"trigger": "record_created", "form": "client"},
         "then": [{"action": "set_fields", "with": {"values": {"price": "100"}}}]},
    ]  # fmt: skip
    runtime = make_runtime()
    runtime.applications.publish(None, document, "system")
    (made,) = runtime.records.create(
        SYSTEM, "office", "client", [{"name": "甲", "price": "5", "amount": "3"}]
    )
    assert runtime.records.get(SYSTEM, "office", "client", made).values["total"] == "300.00"
    runtime.close()


def test_a_blank_text_sets_a_field_to_nothing(publish: Publish) -> None:
    runtime = publish(
        {"id": "clear", "when": CONTACT_CREATED,
         "then": [{"action": "set_fields", "with": {"values": {"chat_id": "", "wecom_id": "name"}}}]},
    )  # fmt: skip
    create(runtime, "contact", {"name": "李雷", "chat_id": "v1"})
    assert [(row["chat_id"], row["wecom_id"]) for row in rows(runtime, "contact")] == [(None, "李雷")]


def test_a_link_is_found_by_the_first_way_that_fits(archive: Runtime) -> None:
    create(
        archive,
        "contact",
        {"name": "旧", "wecom_id": "t1"},
        {"name": "新", "wecom_id": "t1"},
        {"name": "访客", "chat_id": "t2"},
    )
    at = "2026-11-20 09:00"
    create(archive, "conversation", *({"thread": t, "happened_at": at} for t in ("t1", "t2", "t3")))
    found = [(row["contact_name"], row["link_state"]) for row in rows(archive, "conversation")]
    assert found == [("新", "auto"), ("访客", "auto"), (None, "to_confirm")]


def test_a_link_looks_only_where_it_is_told_and_says_when_several_fit(publish: Publish) -> None:
    runtime = publish(
        {"id": "who", "when": {"trigger": "record_created", "form": "conversation"},
         "then": [{"action": "link", "with": {
             "form": "contact", "match": [{"wecom_id": "thread", "chat_id": "account"}, {"wecom_id": "thread"}],
             "where": "name != '离职'", "link": "contact", "copy": {"contact_name": "name"},
             "then": {"link_state": "'auto'"},
             "several": {"link_state": "'to_confirm'"},
         }}]},
    )  # fmt: skip
    create(
        runtime,
        "contact",
        {"name": "甲", "wecom_id": "one"},
        {"name": "乙", "wecom_id": "two", "chat_id": "v2"},
        {"name": "丙", "wecom_id": "two"},
        {"name": "丁", "wecom_id": "three"},
        {"name": "离职", "wecom_id": "three"},
        {"name": "离职", "wecom_id": "four"},
    )
    at = "2026-11-20 09:00"
    threads = (("one", None), ("two", "v2"), ("two", None), ("three", None), ("four", None))
    create(
        runtime,
        "conversation",
        *({"thread": thread, "account": account, "happened_at": at} for thread, account in threads),
    )
    found = [(row["contact_name"], row["link_state"]) for row in rows(runtime, "conversation")]
    assert found == [
        ("甲", "auto"), ("乙", "to_confirm"), ("丙", "to_confirm"), ("丁", "auto"), (None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(("more", "taken"), [({}, "乙"), ({"latest": "changed"}, "甲")])
def test_of_several_a_link_takes_the_newest_or_the_one_changed_last(
    publish: Publish, clock: FrozenClock, more: dict[str, str], taken: str
) -> None:
    runtime = publish(
        {"id": "who", "when": {"trigger": "record_created", "form": "conversation"},
         "then": [{"action": "link", "with": {
             "form": "contact", "match": [{"wecom_id": "thread"}], "link": "contact",
             "copy": {"contact_name": "name"}, **more,
         }}]},
    )  # fmt: skip
    first, _ = create(
        runtime, "contact", {"name": "甲", "wecom_id": "one"}, {"name": "乙", "wecom_id": "one"}
    )
    clock.advance(days=1)
    runtime.records.update(SYSTEM, "archive", "contact", [Change(first, {"chat_id": "v1"})])
    create(runtime, "conversation", {"thread": "one", "happened_at": "2026-11-20 09:00"})
    assert [row["contact_name"] for row in rows(runtime, "conversation")] == [taken]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_question_waits_longer_for_its_answer(publish: Publish, at_once: bool) -> None:
    waiting = {
        "asks": "direction == 'in'", "answers": "direction == 'out'", "field": "waiting_since", "silence": "P2D",
    }  # fmt: skip
    created = {"trigger": "record_created", "form": "message"}
    runtime = publish(
        {"id": "group", "when": created,
         "then": [{"action": "find_or_create", "with": {
             "form": "conversation", "match": {"thread": "thread"},
             "span": {"start": "happened_at", "end": "last_at", "moment": "sent_at", "silence": "PT4H",
                      "waiting": waiting},
             "link": "conversation",
         }}]},
        {"id": "respond", "when": created, "then": [{"action": "run_analyzer", "with": {
             "analyzer": "response_time", "of": "conversation", "options": {"waiting": "waiting_since"},
         }}]},
    )  # fmt: skip
    told = [
        ("in", "20 22:00"), ("out", "21 09:00"), ("out", "22 09:00"), ("in", "22 10:00"),
        ("out", "25 09:00"), ("in", "25 20:00"), ("in", "26 08:00"), ("out", "26 14:00"),
    ]  # fmt: skip
    messages = [
        {
            "channel": "wecom",
            "vendor_id": str(n),
            "thread": "a",
            "direction": side,
            "sent_at": f"2026-11-{at}",
        }
        for n, (side, at) in enumerate(told)
    ]
    for some in [messages] if at_once else [[message] for message in messages]:
        create(runtime, "message", *some)
    places = [row["id"] for row in rows(runtime, "conversation")]
    assert [places.index(row["conversation"]) for row in rows(runtime, "message")] == [0, 0, 1, 1, 2, 3, 4, 4]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_question_waits_till_the_next_working_day(publish: Publish, at_once: bool) -> None:
    """While an analyzer keeps since when somebody waits; nobody waits after a goodbye, a batch or not."""
    waiting = {
        "asks": "direction == 'in' and NEEDS_ANSWER(content)", "answers": "direction == 'out'",
        "field": "waiting_since", "silence": "P14D", "since": "DATETIME(WORKDAY(sent_at, -1), 0)",
    }  # fmt: skip
    created = {"trigger": "record_created", "form": "message"}
    runtime = publish(
        {"id": "group", "when": created,
         "then": [{"action": "find_or_create", "with": {
             "form": "conversation", "match": {"thread": "thread"},
             "span": {"start": "happened_at", "end": "last_at", "moment": "sent_at", "silence": "PT4H",
                      "waiting": waiting},
             "link": "conversation",
         }}]},
        {"id": "respond", "when": created, "then": [{"action": "run_analyzer", "with": {
             "analyzer": "response_time", "of": "conversation",
             "options": {"text": "content", "waiting": "waiting_since"},
         }}]},
    )  # fmt: skip
    told = [
        ("in", "20 17:00", "报表怎么导出"), ("out", "23 09:30", "右上角点导出"), ("in", "23 09:31", "好的，谢谢"),
        ("out", "24 09:00", "下周我到苏州出差"), ("in", "24 09:05", "来吧，周三我在"),
        ("out", "26 09:05", "另外跟您说个事"), ("in", "26 09:10", "什么事"), ("in", "26 09:12", "谢谢"),
        ("out", "27 17:00", "网关要晚一周"),
    ]  # fmt: skip
    messages = [
        {"channel": "wecom", "vendor_id": str(n), "thread": "a", "direction": side, "content": text,
         "sent_at": f"2026-11-{at}"}
        for n, (side, at, text) in enumerate(told)
    ]  # fmt: skip
    for some in [messages] if at_once else [[message] for message in messages]:
        create(runtime, "message", *some)
    places = [row["id"] for row in rows(runtime, "conversation")]
    found = [places.index(row["conversation"]) for row in rows(runtime, "message")]
    assert found == [0, 0, 0, 1, 1, 2, 2, 2, 2]


def test_find_or_create_updates_what_it_finds_once_a_batch(publish: Publish) -> None:
    runtime = publish(
        {"id": "group", "when": {"trigger": "record_created", "form": "message"},
         "then": [{"action": "find_or_create", "with": {
             "form": "conversation", "match": {"thread": "thread", "account": "account"},
             "create": {"happened_at": "sent_at"}, "update": {"last_at": "sent_at"},
             "add": {"tags": "tags"}, "link": "conversation",
         }}]},
    )  # fmt: skip

    def message(number: int, thread: str, **more: Any) -> dict[str, Any]:
        return {"channel": "wecom", "vendor_id": str(number), "thread": thread,
                "sent_at": f"2026-11-20 09:{number:02d}", **more}  # fmt: skip

    create(runtime, "message", message(1, "a", tags=["x"]), message(2, "b"), message(3, "a", tags=["y", "x"]))
    create(runtime, "message", message(4, "a", tags=["z"]), message(5, "a"), message(6, "b", account="other"))
    found = rows(runtime, "conversation")
    assert [
        (row["thread"], row["account"], row["tags"], row["last_at"], row["revision"]) for row in found
    ] == [
        ("a", None, ["x", "y", "z"], "2026-11-20T01:05:00Z", 2),
        ("b", None, None, "2026-11-20T01:02:00Z", 1),
        ("b", "other", None, "2026-11-20T01:06:00Z", 1),
    ]
    a, b, other = (row["id"] for row in found)
    assert [row["conversation"] for row in rows(runtime, "message")] == [a, b, a, a, a, other]


def test_a_record_that_cannot_be_created_leaves_the_others_alone(publish: Publish) -> None:
    runtime = publish(
        {"id": "talk", "when": {"trigger": "record_created", "form": "message"},
         "then": [{"action": "create_record", "with": {
             "form": "conversation", "values": {"thread": "thread", "happened_at": "sent_at"}}}]},
    )  # fmt: skip
    base = {"channel": "wecom", "sent_at": "2026-11-20 09:00"}
    create(runtime, "message", {**base, "thread": "a"}, base, {**base, "thread": "c"})
    assert len(rows(runtime, "message")) == 3
    assert [row["thread"] for row in rows(runtime, "conversation")] == ["a", "c"]
    ((rule, outcome, trace),) = runs(runtime)
    assert (rule, outcome) == ("talk", "failed")
    assert [found["code"] for found in trace["problems"]] == ["value.required"]


def test_a_rule_that_sets_itself_off_is_stopped(publish: Publish) -> None:
    runtime = publish(
        {"id": "echo", "when": CONTACT_CREATED, "if": "LEN(name) > 1",
         "then": [{"action": "create_record", "with": {"form": "contact", "values": {"name": "name"}}}]},
    )  # fmt: skip
    create(runtime, "contact", {"name": "回声"})
    assert len(rows(runtime, "contact")) == 7
    outcomes = [(outcome, [p["code"] for p in trace["problems"]]) for _, outcome, trace in runs(runtime)]
    assert ("stopped", ["rule.too_deep"]) in outcomes


def test_a_value_that_does_not_fit_fails_for_its_record_alone(publish: Publish) -> None:
    runtime = publish(
        {"id": "state", "when": {"trigger": "record_created", "form": "conversation"},
         "then": [{"action": "set_fields", "with": {"values": {"link_state": "account", "contact_name": "thread"}}}]},
    )  # fmt: skip
    at = {"happened_at": "2026-11-20 09:00"}
    create(
        runtime,
        "conversation",
        {**at, "thread": "a", "account": "auto"},
        {**at, "thread": "b", "account": "never"},
    )
    found = [(row["link_state"], row["contact_name"]) for row in rows(runtime, "conversation")]
    assert found == [("auto", "a"), (None, "b")]
    ((_, outcome, trace),) = runs(runtime)
    assert (outcome, [p["code"] for p in trace["problems"]]) == ("failed", ["value.not_a_choice"])


def test_traces_say_what_matched_and_what_was_done(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "价格"), line(2), line(3, "价格呢"))])
    traces = {rule: (outcome, trace) for rule, outcome, trace in runs(archive)}
    outcome, trace = traces["price"]
    assert (outcome, trace["tried"], trace["matched"], trace["effects"]) == ("done", 3, 2, {"AddTags": 4})
    ids = [row["id"] for row in rows(archive, "message")]
    assert trace["records"] == [ids[0], ids[2]]
    assert trace["sample"]["effect"] == "AddTags"
    assert traces["capture"][1]["records"] == ids
    assert traces["contact"][1]["matched"] == 1


def test_nothing_matched_leaves_no_trace(archive: Runtime) -> None:
    create(archive, "contact", {"name": "李雷"})
    assert runs(archive) == []


def test_a_published_change_is_heard_at_once(publish: Publish) -> None:
    runtime = publish()
    create(runtime, "contact", {"name": "一"})
    publish(
        {
            "id": "mark",
            "when": CONTACT_CREATED,
            "then": [{"action": "set_fields", "with": {"values": {"chat_id": "'ok'"}}}],
        }
    )
    create(runtime, "contact", {"name": "二"})
    publish({"id": "mark", "enabled": False, "when": CONTACT_CREATED,
             "then": [{"action": "set_fields", "with": {"values": {"chat_id": "'ok'"}}}]})  # fmt: skip
    create(runtime, "contact", {"name": "三"})
    assert [row["chat_id"] for row in rows(runtime, "contact")] == [None, "ok", None]


def test_a_linked_record_is_changed_once_for_many(publish: Publish) -> None:
    runtime = publish(
        {"id": "last", "when": {"trigger": "record_created", "form": "message"},
         "then": [{"action": "set_fields", "with": {"of": "conversation", "values": {"last_at": "sent_at"}}},
                  {"action": "add_tags", "with": {"tags": ["新"], "of": ["conversation"]}}]},
    )  # fmt: skip
    (talk,) = create(
        runtime, "conversation", {"thread": "t", "happened_at": "2026-11-20 09:00", "tags": ["旧"]}
    )
    base = {"channel": "wecom", "conversation": talk}
    create(runtime, "message", *({**base, "sent_at": f"2026-11-20 09:0{n}"} for n in range(1, 4)))
    (conversation,) = rows(runtime, "conversation")
    assert (conversation["last_at"], conversation["tags"], conversation["revision"]) == (
        "2026-11-20T01:03:00Z", ["旧", "新"], 2,
    )  # fmt: skip
    assert [row["tags"] for row in rows(runtime, "message")] == [["新"]] * 3
