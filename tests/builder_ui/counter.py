"""An app of orders over a counter: choices that depend, rows with cells that close, a form for people outside."""

from __future__ import annotations

from typing import Any

from engine.access.people import Membership
from engine.runtime import Runtime

APP = "counter"
ORDERS = f"/apps/{APP}/forms/order"

LINES: list[dict[str, Any]] = [
    {"id": "kind", "type": "select", "label": "类别", "options": {"choices": [
        {"value": "part", "label": "配件"}, {"value": "hours", "label": "工时"}]}},
    {"id": "what", "type": "select", "label": "品名", "options": {"choices": [
        {"value": "bolt", "label": "螺栓", "if": "kind == 'part'"},
        {"value": "repair", "label": "维修", "if": "kind == 'hours' and record.channel == 'phone'"},
        {"value": "other", "label": "其他"}]}},
    {"id": "count", "type": "integer", "label": "数量", "options": {"minimum": 1}, "default": "1", "total": "sum"},
    {"id": "each", "type": "money", "label": "单价", "writable": "not paid"},
    {"id": "paid", "type": "boolean", "label": "已付"},
    {"id": "by", "type": "member", "label": "经手人"},
    {"id": "day", "type": "date", "label": "交期"},
    {"id": "sum", "type": "formula", "label": "小计", "options": {"result": "money", "expression": "count * each"}},
]  # fmt: skip

COUNTER: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": APP, "label": {"zh": "柜台", "en": "Counter"}},
    "forms": [
        {
            "id": "order", "label": {"zh": "订单", "en": "Order"}, "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": {"zh": "姓名", "en": "Name"}, "required": True},
                {"id": "channel", "type": "radio", "label": {"zh": "渠道", "en": "Channel"}, "options": {"choices": [
                    {"value": "wecom", "label": {"zh": "企业微信", "en": "WeCom"}},
                    {"value": "phone", "label": {"zh": "电话", "en": "Phone"}}]}},
                {"id": "mobile", "type": "mobile", "label": {"zh": "手机", "en": "Mobile"},
                 "visible": "channel == 'phone'", "required_if": "channel == 'phone'"},
                {"id": "reason", "type": "radio", "label": {"zh": "原因", "en": "Reason"}, "options": {"choices": [
                    {"value": "price", "label": "价格", "if": "channel == 'wecom'"},
                    {"value": "time", "label": "交期", "if": "channel == 'phone'"},
                    {"value": "other", "label": "其他"}]}},
                {"id": "goods", "type": "multi_select", "label": "货品", "options": {"choices": [
                    {"value": "a", "label": "甲"}, {"value": "b", "label": "乙", "if": "channel == 'phone'"}]}},
                {"id": "place", "type": "cascade", "label": "地区", "options": {"tree": [
                    {"value": "east", "label": "华东", "if": "channel == 'wecom'", "children": [
                        {"value": "suzhou", "label": "苏州"}, {"value": "wuxi", "label": "无锡"}]},
                    {"value": "west", "label": "西部"}]}},
                {"id": "note", "type": "long_text", "label": {"zh": "说明", "en": "Note"}, "sealed": True},
                {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                {"id": "papers", "type": "attachment", "label": {"zh": "附件", "en": "Papers"}},
                {"id": "clerk", "type": "member", "label": "经办人"},
                {"id": "lines", "type": "sub_form", "label": "明细", "fields": LINES,
                 "options": {"card": ["what", "count"]}},
            ],
            "views": [
                {"id": "table", "label": "表格"},
                {"id": "board", "label": "看板", "kind": "kanban", "options": {"by": "channel"},
                 "default_for": ["clerk"]},
                {"id": "cards", "label": "卡片", "kind": "card", "default_for": ["worker"]},
            ],
        },
        {"id": "visit", "label": {"zh": "回访", "en": "Visit"}, "title": "{name}",
         "fields": [{"id": "order", "type": "link", "label": "订单", "options": {"form": "order"}},
                    {"id": "name", "type": "text", "label": "姓名"}, {"id": "said", "type": "text", "label": "结果"}]},
        {"id": "customer", "label": "客户", "title": "{name}",
         "fields": [{"id": "name", "type": "text", "label": "名称"},
                    {"id": "note", "type": "text", "label": "备注"}]},
    ],
    "roles": [
        {"id": "worker", "label": "店员", "forms": {
            "order": {"actions": ["read", "create", "update"]}, "customer": {"actions": ["read"]}}},
        {"id": "clerk", "label": "文员", "forms": {"order": {"actions": ["read"]}}},
        {"id": "maker", "label": "设计", "manages": ["design"]},
    ],
}  # fmt: skip


def open_counter(runtime: Runtime) -> None:
    """Published; zhou works in it, wei looks at it, cheng designs it."""
    runtime.applications.publish(None, COUNTER, "system")

    def save(unit: Any) -> None:
        members = [("worker", "zhou"), ("clerk", "wei"), ("maker", "cheng")]
        runtime.people.save_memberships(unit, [Membership(APP, role, "person", who) for role, who in members])

    runtime.database.write(save)
