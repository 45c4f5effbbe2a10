"""A small shop with orders of every kind of field, and rows made up from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime

APP = "shop"
CHANNELS = ("web", "phone", "shop")
TAGS = ("gift", "late", "big", "odd")
SELLERS = ("zhou", "wang", "lu", "ye")
LEVELS = ("a", "b")
DEPARTMENTS = ("east", "north", "sales")


def choices(*values: str) -> dict[str, Any]:
    return {"choices": [{"value": value, "label": value.upper()} for value in values]}


CUSTOMER = {
    "id": "customer", "label": "客户", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "名称"},
        {"id": "level", "type": "select", "label": "级别", "options": choices(*LEVELS)},
        {"id": "owner", "type": "member", "label": "负责人"},
        {"id": "labels", "type": "tags", "label": "客户标签", "options": {"open": True}},
    ],
}  # fmt: skip
ORDER = {
    "id": "order", "label": "订单", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "单号"},
        {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
        {"id": "customer_level", "type": "lookup", "label": "客户级别",
         "options": {"through": "customer", "field": "level"}},
        {"id": "seller", "type": "member", "label": "销售"},
        {"id": "department", "type": "department", "label": "部门"},
        {"id": "channel", "type": "select", "label": "渠道", "options": choices(*CHANNELS)},
        {"id": "tags", "type": "tags", "label": "标签", "options": choices(*TAGS)},
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "weight", "type": "decimal", "label": "重量", "options": {"places": 3}},
        {"id": "pieces", "type": "integer", "label": "件数"},
        {"id": "wait", "type": "duration", "label": "等待"},
        {"id": "at", "type": "datetime", "label": "下单时间"},
        {"id": "day", "type": "date", "label": "交货日"},
        {"id": "rush", "type": "switch", "label": "加急"},
        {"id": "note", "type": "text", "label": "备注", "sealed": True},
    ],
}  # fmt: skip
PERIOD = {
    "id": "period", "kind": "period", "label": "时间", "default": "",
    "fields": {"order": "at"},
}  # fmt: skip
CHANNEL = {"id": "channel", "kind": "choice", "label": "渠道", "fields": {"order": "channel"}}
DEPARTMENT = {"id": "department", "kind": "choice", "label": "部门", "fields": {"order": "department"}}
TAG = {"id": "tag", "kind": "choice", "label": "标签", "fields": {"order": "tags"}}
FILTERS = [PERIOD, CHANNEL, DEPARTMENT, TAG]
BOARD = "board"

EVERYTHING = {"actions": ["read", "create", "update", "delete"]}
ROLES = [
    {"id": "boss", "label": "经理", "forms": {"order": EVERYTHING, "customer": EVERYTHING}, "reports": {BOARD: "rows"}},
    {
        "id": "seller", "label": "销售",
        "forms": {"order": {"rows": "seller == me", "actions": ["read"]},
                  "customer": {"rows": "owner == me", "actions": ["read"]}},
        "reports": {BOARD: "rows"},
    },
    {
        "id": "packer", "label": "打包", "reports": {BOARD: "rows"},
        "forms": {"order": {"actions": ["read"], "fields": {"amount": "hide", "channel": "mask"}}},
    },
    {"id": "chief", "label": "总裁", "reports": {BOARD: "totals"}},
    {"id": "guest", "label": "访客", "forms": {"order": {"actions": ["read"]}}},
]  # fmt: skip
MEMBERS = {"lu": "boss", "zhou": "seller", "wang": "seller", "ye": "packer", "gu": "chief", "fang": "guest"}


def document(widgets: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
    return {
        "muniment": 1, "app": {"id": APP, "label": "店"}, "forms": [CUSTOMER, ORDER], "roles": ROLES,
        "reports": [{"id": BOARD, "label": "看板", "filters": FILTERS, "widgets": list(widgets)}], **more,
    }  # fmt: skip


def widget(identifier: str, kind: str, **options: Any) -> dict[str, Any]:
    given = {"dataset": {"form": "order"}, **options}
    return {"id": identifier, "type": kind, "label": identifier, "options": given}


def open_shop(runtime: Runtime, widgets: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
    """Publish the shop and fill in its people."""
    runtime.applications.publish(None, document(widgets, **more), "system")

    def people(unit: Any) -> None:
        runtime.people.save_departments(
            unit,
            [
                Department("sales", "销售"),
                Department("east", "华东", "sales"),
                Department("north", "华北", "sales"),
            ],
        )
        runtime.people.save_people(
            unit, [Person(name, name.title(), department="sales") for name in {*MEMBERS, *SELLERS}]
        )
        members = [Membership(APP, role, "person", person) for person, role in MEMBERS.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)


Row = dict[str, Any]


def some_customers(count: int, seed: int = 1) -> list[Row]:
    some = random.Random(seed)
    return [
        {
            "name": f"客户{number}",
            "level": some.choice([*LEVELS, None]),
            "owner": some.choice(["zhou", "wang", "lu"]),
            "labels": some.sample(["重点", "新"], some.randint(0, 2)),
        }
        for number in range(count)
    ]


def some_orders(count: int, customers: Sequence[str], now: datetime, seed: int = 2) -> list[Row]:
    """Orders of the ninety days before now and a few after, with blanks everywhere."""
    some = random.Random(seed)

    def maybe(value: Any, share: float = 0.15) -> Any:
        return None if some.random() < share else value

    rows = []
    for number in range(count):
        at = now - timedelta(seconds=some.randint(-3 * 86_400, 90 * 86_400))
        rows.append(
            {
                "name": f"D{number}",
                "customer": maybe(some.choice(customers)) if customers else None,
                "seller": maybe(some.choice(SELLERS)),
                "department": maybe(some.choice(DEPARTMENTS)),
                "channel": maybe(some.choice(CHANNELS)),
                "tags": some.sample(TAGS, some.randint(0, 3)),
                "amount": maybe(Decimal(some.randint(-500, 900_000)).scaleb(-2)),
                "weight": maybe(Decimal(some.randint(0, 99_999)).scaleb(-3)),
                "pieces": maybe(some.randint(0, 6)),
                "wait": maybe(timedelta(seconds=some.randint(0, 40_000))),
                "at": maybe(at, 0.03),
                "day": maybe(date(2026, 11, 1) + timedelta(days=some.randint(-40, 30))),
                "rush": maybe(some.random() < 0.4),
                "note": "密",
            }
        )
    return rows


def save(runtime: Runtime, form: str, rows: Sequence[Row]) -> list[str]:
    return runtime.records.create(SYSTEM, APP, form, [{k: _sent(v) for k, v in row.items()} for row in rows])


def _sent(value: Any) -> Any:
    if isinstance(value, timedelta):
        return f"PT{int(value.total_seconds())}S"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
