"""A small organisation and app with both kinds of form, on a whole runtime, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Department, Membership, Person
from engine.clock import FrozenClock
from engine.runtime import Runtime

OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [
        {
            "id": "client",
            "label": "客户",
            "title": "{name}",
            "fields": [
                {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "KH{0000}"}},
                {"id": "name", "type": "text", "label": "名称", "required": True, "searchable": True},
                {"id": "owner", "type": "member", "label": "负责人", "default": "me"},
                {"id": "mobile", "type": "text", "label": "手机", "sealed": True, "searchable": True, "mask": True},
                {
                    "id": "level", "type": "select", "label": "级别",
                    "options": {"choices": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]},
                },
                {"id": "tags", "type": "tags", "label": "标签"},
                {"id": "price", "type": "money", "label": "单价"},
                {"id": "amount", "type": "decimal", "label": "数量"},
                {
                    "id": "total", "type": "formula", "label": "合计",
                    "options": {"expression": "price * amount", "result": "number"},
                },
                {"id": "letters", "type": "rollup", "label": "信件数",
                 "options": {"form": "letter", "via": "client", "aggregate": "count"}},
                {"id": "reason", "type": "text", "label": "原因", "required_if": "level == 'b'",
                 "visible": "level == 'b'"},
            ],
        },
        {
            "id": "letter",
            "label": "信件",
            "kind": "archive",
            "title": "{subject}",
            "search": {"grade": "client.level"},
            "fields": [
                {"id": "subject", "type": "text", "label": "主题", "evidence": True, "searchable": True,
                 "required": True},
                {"id": "body", "type": "long_text", "label": "正文", "evidence": True, "sealed": True,
                 "searchable": True},
                {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
                {"id": "level", "type": "lookup", "label": "客户级别",
                 "options": {"through": "client", "field": "level"}},
                {"id": "tags", "type": "tags", "label": "标签"},
            ],
        },
    ],
    "roles": [
        {
            "id": "seller", "label": "销售",
            "forms": {
                "client": {"rows": "owner == me", "actions": ["read", "create", "update", "export"],
                           "fields": {"level": "read"}},
                "letter": {"rows": "client.owner == me", "actions": ["read", "create", "update"]},
            },
        },
        {
            "id": "boss", "label": "经理",
            "forms": {
                "client": {"actions": ["read", "create", "update"], "fields": {"mobile": "mask"}},
                "letter": {"actions": ["read"]},
            },
        },
        {"id": "clerk", "label": "档案员", "forms": {"letter": {"actions": ["read"], "fields": {"body": "hide"}}}},
    ],
}  # fmt: skip

PEOPLE = [
    Person("zhou", "周婧", department="east", superior="lu"),
    Person("wang", "王磊", department="east", superior="lu"),
    Person("lu", "陆志恒", department="sales"),
    Person("ye", "叶知秋", department="sales"),
    Person("fang", "方圆", department="sales"),
]
ROLES = {"zhou": "seller", "wang": "seller", "lu": "boss", "ye": "clerk"}


@pytest.fixture
def office(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, OFFICE, "system")

    def people(unit: Any) -> None:
        runtime.people.save_departments(
            unit, [Department("sales", "销售"), Department("east", "华东", "sales")]
        )
        runtime.people.save_people(unit, PEOPLE)
        memberships = [Membership("office", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, memberships)

    runtime.database.write(people)
    yield runtime
    runtime.close()


@pytest.fixture
def make_runtime(config: Any, clock: FrozenClock) -> Callable[[], Runtime]:
    return lambda: Runtime.open(config, clock)
