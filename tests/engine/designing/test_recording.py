"""What somebody does becomes a test that passes, and says nothing that was encrypted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import Viewer
from engine.app_tests import try_app
from engine.records.query import Change
from engine.runtime import Runtime
from metamodel.plugin_api import Message, Participant
from metamodel.problems import Rejected

SHOP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "小店"},
    "forms": [
        {"id": "client", "label": "客户", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称", "required": True},
            {"id": "mobile", "type": "mobile", "label": "手机", "sealed": True}]},
        {"id": "order", "label": "订单", "title": "{number}", "fields": [
            {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "D{0000}"}},
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            {"id": "price", "type": "money", "label": "单价"}, {"id": "count", "type": "integer", "label": "数量"},
            {"id": "total", "type": "formula", "label": "合计", "options": {"expression": "price * count"}},
            {"id": "owner", "type": "member", "label": "谁的", "default": "me"},
            {"id": "secret", "type": "text", "label": "密", "sealed": True},
            {"id": "lines", "type": "sub_form", "label": "明细", "fields": [
                {"id": "what", "type": "text", "label": "品名"}, {"id": "n", "type": "integer", "label": "数量"},
                {"id": "twice", "type": "formula", "label": "两倍", "options": {"expression": "n * 2"}}]},
            {"id": "paper", "type": "attachment", "label": "合同", "options": {"accept": [".pdf"]}},
            {"id": "state", "type": "text", "label": "状态"}]},
        {"id": "ask", "label": "申请", "title": "{by}", "fields": [
            {"id": "why", "type": "text", "label": "原因", "required": True, "sealed": True},
            {"id": "by", "type": "member", "label": "谁", "default": "me"}]},
        {"id": "note", "label": "留言", "kind": "archive", "title": "{way}", "fields": [
            {"id": "way", "type": "text", "label": "方向", "evidence": True},
            {"id": "content", "type": "long_text", "label": "内容", "evidence": True, "sealed": True},
            {"id": "level", "type": "select", "label": "轻重", "options": {"choices": [
                {"value": "urgent", "label": "急"}, {"value": "calm", "label": "不急"}]}}]}],
    "flows": [{"id": "asking", "label": "审批", "form": "ask",
        "nodes": [
            {"id": "start", "type": "start", "label": "发起"},
            {"id": "boss", "type": "approval", "label": "审批", "options": {"approvers": ["person:li"]}},
            {"id": "end", "type": "end", "options": {"state": "approved"}},
            {"id": "no", "type": "end", "options": {"state": "rejected"}}],
        "edges": [{"from": "start", "to": "boss"}, {"from": "boss", "to": "end", "on": "approve"},
                  {"from": "boss", "to": "no", "on": "reject"}]},
        {"id": "checking", "label": "核对", "form": "order", "start": "manual", "nodes": [
            {"id": "start", "type": "start", "label": "发起"},
            {"id": "end", "type": "end", "options": {"values": {"state": "'已核对'"}}}],
         "edges": [{"from": "start", "to": "end"}]}],
    "channels": [{"id": "chat", "label": "聊天", "connector": "webhook", "options": {
        "fields": {"vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}}],
    "rules": [
        {"id": "capture", "label": "留言", "when": {"trigger": "message_received"},
         "then": [{"action": "create_record", "with": {"form": "note", "values": {
             "way": "direction", "content": "text"}}}]},
        {"id": "urgent", "label": "急事", "when": {"trigger": "record_created", "form": "note"},
         "if": "CONTAINS_ANY(content, '急')",
         "then": [{"action": "set_fields", "with": {"values": {"level": "'urgent'"}}}]},
        {"id": "big", "label": "大单", "when": {"trigger": "record_created", "form": "order"}, "if": "total > 100",
         "then": [{"action": "set_fields", "with": {"values": {"state": "'大单'"}}},
                  {"action": "create_task", "with": {"to": "role:member", "title": "看看大单"}}]},
        {"id": "done", "label": "完成", "when": {"trigger": "button", "form": "order", "label": "完成"},
         "then": [{"action": "set_fields", "with": {"values": {"state": "'完成'"}}}]}],
    "roles": [{"id": "designer", "label": "设计", "manages": ["design"]},
              {"id": "member", "label": "成员", "forms": {
                  "client": {"actions": ["read", "create", "update"]}, "note": {"actions": ["read"]},
                  "ask": {"actions": ["read", "create", "update"]},
                  "order": {"actions": ["read", "create", "update", "delete"],
                            "fields": {"owner": "read", "*": "write"}}}}],
}  # fmt: skip


@pytest.fixture
def runtime(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, SHOP, "system")

    def furnish(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("wu", "吴"), Person("li", "李")])
        held = [Membership("shop", role, "person", "wu") for role in ("designer", "member")]
        runtime.people.save_memberships(unit, [*held, Membership("shop", "member", "person", "li")])

    runtime.database.write(furnish)
    yield runtime
    runtime.close()


def test_an_afternoon_becomes_a_test(runtime: Runtime) -> None:
    wu, li = runtime.require_viewer("wu"), runtime.require_viewer("li")
    (client,) = runtime.records.create(wu, "shop", "client", [{"name": "甲厂", "mobile": "13800138000"}])
    recordings = runtime.recordings
    assert recordings.of(wu, "shop") is None
    recordings.start(wu, "shop")
    assert (found := recordings.of(wu, "shop")) is not None
    assert found.test is None
    values = {"client": client, "price": "60", "count": 2, "secret": "底价"}
    (order,) = runtime.records.create(wu, "shop", "order", [values])
    runtime.records.create(li, "shop", "order", [{"price": "1"}])
    runtime.records.update(wu, "shop", "order", [Change(order, {"count": 3})])
    (task,) = runtime.tasks.of(wu, app="shop").items
    runtime.database.write(lambda unit: runtime.tasks.close(unit, wu, task.id, "done", "好"))
    runtime.rules.press(wu, "shop", "done", order)

    found = recordings.of(wu, "shop")
    assert found is not None
    assert [one.text("zh") for one in found.told] == [
        "填写“订单”", "修改“订单”", "处理“订单”的待办", "在“订单”上按下按钮",
    ]  # fmt: skip
    test = found.test
    assert test is not None
    written = json.dumps(test, ensure_ascii=False)
    assert "13800138000" not in written
    assert "底价" not in written
    given, made, changed, closed, pressed, expected, to_dos = test["steps"]
    assert given == {"create": "client", "name": "client_1", "values": {"name": "甲厂"}}
    assert made["values"] == {"client": {"$record": "client_1"}, "price": "60.00", "count": 2}
    assert (changed["update"], changed["values"]) == ("order_1", {"count": 3})
    assert (closed["task"], closed["do"]) == ({"rule": "big", "about": "order_1"}, "done")
    assert (pressed["press"], pressed["on"]) == ("done", "order_1")
    assert expected["expect"]["values"] == {"total": "180.00", "owner": "wu", "state": "完成"}
    assert to_dos["expect"] == {
        "tasks_of": "wu",
        "rule": "big",
        "about": "order_1",
        "state": "all",
        "count": 1,
    }

    patch = [{"op": "add", "path": "/tests", "value": [test]}]
    runtime.designing.edit(wu, "shop", 0, patch)
    looked = runtime.designing.look(wu, "shop")
    assert looked.app is not None
    assert [one.code for one in looked.problems if one.severity == "error"] == []
    (result,) = try_app(runtime, looked.app)
    assert result.passed, [(one.path, one.text("zh")) for one in result.problems]
    assert result.covered.rules == {"big", "done"}
    recordings.stop(wu, "shop")
    assert recordings.of(wu, "shop") is None


def message(number: str, text: str) -> Message:
    outside, ours = Participant("wx_9981", "customer", "孙国梁"), Participant("wu", "staff", "吴")
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    return Message(number, outside, (ours,), at, conversation_id="wx_9981|wu", text=text)


def test_rows_files_messages_comments_approvals_and_deletes(runtime: Runtime) -> None:
    wu, li = runtime.require_viewer("wu"), runtime.require_viewer("li")
    (old,) = runtime.records.create(wu, "shop", "order", [{"price": "60", "count": 2}])
    (going,) = runtime.records.create(wu, "shop", "order", [{"price": "5"}])
    recordings = runtime.recordings
    recordings.start(wu, "shop")
    runtime.rules.press(wu, "shop", "done", old)
    runtime.database.write(lambda unit: runtime.flows.start(unit, wu, "shop", "checking", old))
    file = runtime.store_file(wu, b"%PDF-1.7\n secret", "底价表.pdf", "application/pdf")["id"]
    lines = [{"what": "锅炉", "n": 2}, {"what": "螺丝", "n": 7}]
    (order,) = runtime.records.create(wu, "shop", "order", [{"lines": lines, "paper": [file]}])
    runtime.comments.add(wu, "shop", "order", order, "@李 底价九十九")
    runtime.recycle_bin.delete(wu, "shop", "order", [order, going])
    runtime.recycle_bin.restore(wu, "shop", "order", [order])
    runtime.channels.take("chat", message("m1", "孙国梁：急着要货"))
    (ask,) = runtime.records.create(wu, "shop", "ask", [{"why": "给孙国梁打折"}])
    shown = runtime.flows.view(li, "shop", "ask", ask)
    assert shown is not None
    runtime.flows.act(li, shown.instance, "reject", "不行，太便宜")

    found = recordings.of(wu, "shop")
    assert found is not None
    assert found.test is not None
    assert [one.text("zh") for one in found.told] == [
        "在“订单”上按下按钮", "发起“订单”的流程", "填写“订单”", "在“订单”上评论", "删除一条“订单”",
        "删除一条“订单”", "恢复一条“订单”", "收到一条消息，成为“留言”", "填写“申请”", "审批“申请”",
    ]  # fmt: skip
    written = json.dumps(found.test, ensure_ascii=False)
    assert [word for word in ("底价", "99", "孙国梁", "wx_9981", "太便宜", "急着") if word in written] == []
    by_kind = {next(iter(step)): step for step in found.test["steps"]}
    first = found.test["steps"][0]
    assert first["create"] == "order"
    assert first["values"]["state"] == "大单", "as it stood before the button was pressed"
    made = next(step for step in found.test["steps"] if "lines" in step.get("values", {}))
    assert made["values"]["lines"] == [{"what": "锅炉", "n": 2}, {"what": "螺丝", "n": 7}]
    assert made["values"]["paper"] == [{"$file": "附件1.pdf"}]
    assert by_kind["begin"] == {"begin": "checking", "on": first["name"], "as": "wu"}
    assert by_kind["say"]["say"].startswith("@李 ")
    assert by_kind["flow"]["as"] == "li"
    assert by_kind["message"]["message"]["from"] == "customer_1"
    rows = [step["expect"]["has"]["lines"] for step in found.test["steps"] if "has" in step.get("expect", {})]
    assert rows == [[{"what": "锅炉", "n": 2, "twice": "4.00"}, {"what": "螺丝", "n": 7, "twice": "14.00"}]]
    assert [step["expect"].get("count") for step in found.test["steps"] if "expect" in step].count(0) == 1

    said = next(one for one in found.told if one.icon == "channel")
    *way, last = said.at.split("/")[1:]
    place: Any = found.test
    for key in way:
        place = place[int(key) if isinstance(place, list) else key]
    assert place[last] == said.stands
    place[last] = "这单急"
    runtime.designing.edit(wu, "shop", 0, [{"op": "add", "path": "/tests", "value": [found.test]}])
    looked = runtime.designing.look(wu, "shop")
    assert looked.app is not None
    assert [(one.code, one.path) for one in looked.problems if one.severity == "error"] == []
    (result,) = try_app(runtime, looked.app)
    assert result.passed, [(one.path, one.text("zh")) for one in result.problems]
    assert {("asking", "start", "boss"), ("asking", "boss", "no")} <= result.covered.ways


def test_messages_of_others_are_not_told(runtime: Runtime) -> None:
    """Who designs and may not read messages learns of none by recording."""

    def take_away(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("ma", "马")])
        runtime.people.save_memberships(unit, [Membership("shop", "designer", "person", "ma")])

    runtime.database.write(take_away)
    ma = runtime.require_viewer("ma")
    runtime.recordings.start(ma, "shop")
    runtime.channels.take("chat", message("m2", "你好"))
    found = runtime.recordings.of(ma, "shop")
    assert found is not None
    assert (found.told, found.test) == ((), None)


def test_only_designers_record_and_only_what_they_do_themselves(runtime: Runtime) -> None:
    li: Viewer = runtime.require_viewer("li")
    with pytest.raises(Rejected) as refused:
        runtime.recordings.start(li, "shop")
    assert [one.code for one in refused.value.problems] == ["access.denied"]
    assert runtime.recordings.of(li, "shop") is None
