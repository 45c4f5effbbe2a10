"""A small archive of letters with clients, kept by several rules, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime

DESK: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "desk", "label": "案头"},
    "forms": [
        {
            "id": "client", "label": "客户", "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": "名称", "searchable": True},
                {"id": "mobile", "type": "text", "label": "手机", "sealed": True},
            ],
        },
        {
            "id": "thread", "label": "往来", "title": "{about}",
            "fields": [
                {"id": "about", "type": "text", "label": "事由"},
                {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            ],
        },
        {
            "id": "letter", "label": "信件", "kind": "archive", "title": "{number}",
            "fields": [
                {"id": "number", "type": "integer", "label": "编号", "evidence": True},
                {"id": "sent_on", "type": "date", "label": "日期", "evidence": True},
                {"id": "trade", "type": "boolean", "label": "证券", "evidence": True},
                {"id": "body", "type": "long_text", "label": "正文", "evidence": True, "sealed": True,
                 "searchable": True},
                {"id": "thread", "type": "link", "label": "往来", "options": {"form": "thread"}},
            ],
            "retention": [
                {"id": "ordinary", "label": "一般信件", "from": "sent_on", "keep": "P1Y", "at_most": "P2Y",
                 "then": "shred"},
                {"id": "trades", "label": "证券业务", "where": "trade", "from": "sent_on", "keep": "P20Y"},
            ],
        },
        {
            "id": "note", "label": "便笺", "title": "{text}",
            "fields": [{"id": "text", "type": "text", "label": "内容"},
                       {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}}],
            "retention": [{"id": "stale", "keep": "P30D", "then": "store_only"}],
        },
        {
            "id": "wish", "label": "删除申请", "title": "{state}",
            "fields": [
                {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
                {"id": "state", "type": "text", "label": "状态"},
                {"id": "shredded", "type": "integer", "label": "已销毁"},
                {"id": "restricted", "type": "integer", "label": "停止使用"},
                {"id": "held", "type": "integer", "label": "保全中"},
            ],
        },
    ],
    "flows": [
        {
            "id": "erase", "form": "wish", "start": "created",
            "nodes": [
                {"id": "start", "type": "start"},
                {"id": "legal", "type": "approval", "options": {"approvers": ["role:legal"]}},
                {"id": "shred", "type": "action", "options": {"then": [{"action": "shred", "with": {
                    "what": [{"form": "letter", "where": "thread.client == record.client"},
                             {"form": "thread", "where": "client == record.client"}, {"of": "client"}],
                    "done": {"state": "'已完成'"},
                    "shredded": "shredded", "restricted": "restricted", "held": "held",
                }}]}},
                {"id": "end", "type": "end"},
                {"id": "no", "type": "end", "options": {"state": "rejected"}},
            ],
            "edges": [
                {"from": "start", "to": "legal"},
                {"from": "legal", "to": "shred", "on": "approve"},
                {"from": "legal", "to": "no", "on": "reject"},
                {"from": "shred", "to": "end"},
            ],
        },
    ],
    "roles": [
        {"id": "clerk", "label": "经办",
         "forms": {form: {"actions": ["read", "create", "update"]} for form in
                   ("client", "thread", "letter", "note", "wish")}},
        {"id": "legal", "label": "法务", "manages": ["retention"],
         "forms": {form: {"actions": ["read"]} for form in ("client", "thread", "letter", "note", "wish")}},
        {"id": "keeper", "label": "档案管理员", "manages": ["retention"],
         "forms": {"note": {"rows": "text == '我的'", "actions": ["read"]}}},
    ],
}  # fmt: skip
ROLES = {"wang": "clerk", "ye": "legal", "fang": "legal"}


@pytest.fixture
def desk(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, DESK, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in ROLES])
        members = [Membership("desk", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)
    yield runtime
    runtime.close()


@pytest.fixture
def write(desk: Runtime) -> Callable[..., list[int]]:
    """Records of a form, their ids."""

    def write(form: str, *rows: dict[str, Any]) -> list[int]:
        return [int(one) for one in desk.records.create(SYSTEM, "desk", form, rows)]

    return write
