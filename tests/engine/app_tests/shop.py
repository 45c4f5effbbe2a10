"""A shop with a channel, rules with clocks and to-dos, and people: what app tests act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHOP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "shop", "label": "小店"},
    "forms": [
        {
            "id": "order", "label": "订单", "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": "品名", "required": True, "searchable": True},
                {"id": "owner", "type": "member", "label": "负责人"},
                {"id": "price", "type": "money", "label": "单价"},
                {"id": "state", "type": "select", "label": "状态", "default": "'new'",
                 "options": {"choices": [{"value": "new", "label": "新订单"}, {"value": "late", "label": "拖延"}]}},
                {"id": "due_at", "type": "datetime", "label": "交货"},
                {"id": "tags", "type": "tags", "label": "标签"},
                {"id": "secret", "type": "text", "label": "底价"},
                {"id": "before", "type": "link", "label": "上一单", "options": {"form": "order"}},
                {"id": "paper", "type": "attachment", "label": "合同", "options": {"accept": [".pdf"]}},
            ],
            "views": [{"id": "after", "label": "此后各单", "kind": "timeline", "options": {
                "by": "before", "time": "due_at", "text": "secret"}}],
        },
        {
            "id": "note", "label": "留言", "kind": "archive", "title": "{sender}",
            "fields": [
                {"id": "sender", "type": "text", "label": "发送人", "evidence": True, "sealed": True},
                {"id": "content", "type": "long_text", "label": "内容", "evidence": True, "sealed": True,
                 "searchable": True},
                {"id": "direction", "type": "text", "label": "方向", "evidence": True},
                {"id": "action", "type": "text", "label": "动作", "evidence": True},
                {"id": "refers_to", "type": "link", "label": "所指", "evidence": True, "options": {"form": "note"}},
                {"id": "at", "type": "datetime", "label": "时间", "evidence": True},
                {"id": "order", "type": "link", "label": "订单", "options": {"form": "order"}},
            ],
        },
        {
            "id": "discount", "label": "打折", "title": "{reason}",
            "fields": [
                {"id": "reason", "type": "text", "label": "原因"},
                {"id": "asked_by", "type": "member", "label": "申请人", "default": "me"},
            ],
        },
        {
            "id": "words", "label": "词库", "title": "{code}",
            "keywords": {"code": "code", "rows": "rows", "word": "word"},
            "fields": [
                {"id": "code", "type": "text", "label": "代码"},
                {"id": "rows", "type": "sub_form", "label": "词",
                 "fields": [{"id": "word", "type": "text", "label": "词"}]},
            ],
        },
    ],
    "rules": [
        {
            "id": "capture", "label": "留言", "when": {"trigger": "message_received"},
            "then": [{"action": "create_record", "with": {"form": "note", "values": {
                "sender": "sender_name", "content": "text", "direction": "direction", "at": "sent_at",
                "action": "action", "refers_to": "refers_to",
            }}}],
        },
        {
            "id": "wanted", "label": "要货", "when": {"trigger": "record_created", "form": "note"},
            "if": "CONTAINS_ANY(content, KEYWORDS('buy'))",
            "then": [{"action": "find_or_create", "with": {
                "form": "order", "match": {"name": "sender"}, "link": "order"}}],
        },
        {
            "id": "big", "label": "大单", "when": {"trigger": "record_created", "form": "order"},
            "if": "price > 1000",
            "then": [
                {"action": "add_tags", "with": {"tags": ["大单"]}},
                {"action": "create_task", "with": {
                    "to": "person:zhou", "title": "看看 {name}", "due_in": "PT9H",
                    "outcomes": [{"id": "ok", "label": "好"}]}},
                {"action": "notify", "with": {"to": "person:wang", "title": "大单来了：{name}"}},
            ],
        },
        {
            "id": "late", "label": "拖延",
            "when": {"trigger": "date_reached", "form": "order", "field": "due_at"},
            "then": [{"action": "set_fields", "with": {"values": {"state": "'late'"}}}],
        },
    ],
    "flows": [
        {
            "id": "discount", "label": "打折", "form": "discount",
            "nodes": [
                {"id": "start", "type": "start", "label": "发起"},
                {"id": "boss", "type": "approval", "label": "店长审批", "options": {"approvers": ["person:lu"]}},
                {"id": "end", "type": "end", "options": {"state": "approved"}},
                {"id": "no", "type": "end", "options": {"state": "rejected"}},
            ],
            "edges": [
                {"from": "start", "to": "boss"}, {"from": "boss", "to": "end", "on": "approve"},
                {"from": "boss", "to": "no", "on": "reject"},
            ],
        },
    ],
    "reports": [
        {
            "id": "sales", "label": "销售",
            "filters": [{"id": "state", "kind": "choice", "label": "状态", "fields": {"order": "state"}}],
            "widgets": [
                {"id": "by_owner", "type": "bar", "label": "各人", "options": {
                    "dataset": {"form": "order"}, "dimensions": [{"field": "owner"}],
                    "measures": [{"id": "n", "aggregate": "count"},
                                 {"id": "sum", "aggregate": "sum", "field": "price"}]}},
                {"id": "by_day", "type": "line", "label": "各日", "options": {
                    "dataset": {"form": "order", "on": "due_at", "period": "this_month"},
                    "dimensions": [{"field": "due_at", "bucket": "day"}],
                    "measures": [{"id": "n", "aggregate": "count"}]}},
            ],
        },
    ],
    "roles": [
        {"id": "clerk", "label": "店员", "reports": {"sales": "rows"}, "forms": {
            "order": {"rows": "owner == me", "actions": ["read", "create"], "fields": {"secret": "hide"}},
            "discount": {"rows": "asked_by == me", "actions": ["read", "create", "update"]},
        }},
        {"id": "keeper", "label": "档案员", "forms": {"note": {"actions": ["read", "export"]}}},
    ],
    "channels": [
        {"id": "chat", "label": "聊天", "connector": "webhook", "options": {
            "fields": {"vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}},
    ],
}  # fmt: skip

PEOPLE: dict[str, Any] = {
    "departments": [{"id": "shop", "name": "店里"}],
    "people": [
        {"id": "zhou", "name": "周婧", "department": "shop"}, {"id": "wang", "name": "王磊", "department": "shop"},
        {"id": "lu", "name": "陆志恒", "department": "shop"},
    ],
    "roles": {"shop": {"clerk": ["zhou", "wang"], "keeper": ["lu"]}},
}  # fmt: skip
ROWS: dict[str, Any] = {
    "form": "order",
    "rows": [
        {"key": "old", "values": {"name": "旧单", "due_at": {"$moment": {"workday": -1}}, "owner": "wang"}},
        {"key": "next", "values": {"name": "新单", "before": {"$record": "order/old"}}},
    ],
}
WORDS: dict[str, Any] = {
    "form": "words", "rows": [{"key": "buy", "values": {"code": "buy", "rows": [{"word": "要货"}]}}]
}  # fmt: skip


def write_shop(folder: Path, *tests: Mapping[str, Any], **more: Any) -> Path:
    """The shop as a folder with its data, and these tests."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    files = {
        "app.json": {**SHOP, "tests": list(tests), **more},
        "data/organisation.json": PEOPLE,
        "data/order.json": ROWS,
        "data/words.json": WORDS,
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return folder
