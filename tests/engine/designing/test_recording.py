"""What somebody does becomes a test that passes, and says nothing that was encrypted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import Viewer
from engine.app_tests import try_app
from engine.records.query import Change
from engine.runtime import Runtime
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
            {"id": "state", "type": "text", "label": "状态"}]}],
    "rules": [
        {"id": "big", "label": "大单", "when": {"trigger": "record_created", "form": "order"}, "if": "total > 100",
         "then": [{"action": "set_fields", "with": {"values": {"state": "'大单'"}}},
                  {"action": "create_task", "with": {"to": "role:member", "title": "看看大单"}}]},
        {"id": "done", "label": "完成", "when": {"trigger": "button", "form": "order", "label": "完成"},
         "then": [{"action": "set_fields", "with": {"values": {"state": "'完成'"}}}]}],
    "roles": [{"id": "designer", "label": "设计", "manages": ["design"]},
              {"id": "member", "label": "成员", "forms": {
                  "client": {"actions": ["read", "create", "update"]},
                  "order": {"actions": ["read", "create", "update"], "fields": {"owner": "read", "*": "write"}}}}],
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


def test_only_designers_record_and_only_what_they_do_themselves(runtime: Runtime) -> None:
    li: Viewer = runtime.require_viewer("li")
    with pytest.raises(Rejected) as refused:
        runtime.recordings.start(li, "shop")
    assert [one.code for one in refused.value.problems] == ["access.denied"]
    assert runtime.recordings.of(li, "shop") is None
