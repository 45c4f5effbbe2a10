"""An app of jobs in a workshop: a layout with every kind of block, and a view of every kind."""

from __future__ import annotations

from typing import Any

from engine.access.people import Membership
from engine.runtime import Runtime

APP = "workshop"
JOBS = f"/apps/{APP}/forms/job"
STATES = {
    "choices": [
        {"value": "new", "label": {"zh": "新建", "en": "New"}, "color": "grey"},
        {"value": "doing", "label": {"zh": "进行中", "en": "Doing"}, "color": "blue"},
        {"value": "done", "label": {"zh": "完成", "en": "Done"}, "color": "green"},
    ]
}

LAYOUT: list[dict[str, Any]] = [
    {"kind": "section", "id": "head", "label": "基本", "columns": 3,
     "fields": ["name", {"field": "state", "span": 2}, "begins", "ends"]},
    {"kind": "note", "id": "hint", "text": "完成之后要写结果。", "visible": "state == 'done'"},
    {"kind": "divider", "id": "line", "label": "其余"},
    {"kind": "tabs", "id": "parts", "tabs": [
        {"id": "outcome", "label": "结果", "visible": "state == 'done'",
         "blocks": [{"kind": "section", "id": "out", "fields": ["result"]}]},
        {"id": "papers", "label": "资料", "blocks": [
            {"kind": "section", "fields": ["photos"]},
            {"kind": "embed", "id": "map", "label": "地图", "url": "https://maps.example.com/?q=1", "height": 200},
            {"kind": "related", "id": "said", "label": "备注", "form": "remark", "link": "job"}]}]},
    {"kind": "button", "id": "finish", "rule": "finish", "label": "完工"},
]  # fmt: skip

VIEWS: list[dict[str, Any]] = [
    {"id": "table", "label": "表格", "columns": ["name", "state", "begins", "price"]},
    {"id": "cards", "label": "卡片", "kind": "card", "options": {"fields": ["state", "price"]}},
    {"id": "board", "label": "看板", "kind": "kanban", "options": {"by": "state", "sum": "price",
                                                               "fields": ["begins", "price"]}},
    {"id": "month", "label": "日历", "kind": "calendar", "options": {"from": "begins", "to": "ends"}},
    {"id": "bars", "label": "甘特图", "kind": "gantt", "options": {"from": "begins", "to": "ends", "hue": "state"}},
    {"id": "photos", "label": "画廊", "kind": "gallery", "options": {"cover": "photos"}},
]  # fmt: skip

WORKSHOP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": APP, "label": {"zh": "车间", "en": "Workshop"}},
    "forms": [
        {
            "id": "job", "label": {"zh": "工单", "en": "Job"}, "title": "{name}", "layout": LAYOUT, "views": VIEWS,
            "duplicates": [["name", "begins"]],
            "fields": [
                {"id": "name", "type": "text", "label": "名称", "required": True},
                {"id": "state", "type": "select", "label": "状态", "options": STATES, "default": "'new'"},
                {"id": "begins", "type": "date", "label": "开始"},
                {"id": "ends", "type": "date", "label": "结束"},
                {"id": "result", "type": "text", "label": "结果", "required": True},
                {"id": "price", "type": "money", "label": "报价"},
                {"id": "photos", "type": "attachment", "label": "照片"},
                {"id": "lines", "type": "sub_form", "label": "明细", "fields": [
                    {"id": "kind", "type": "select", "label": "类别", "options": {"choices": [
                        {"value": "part", "label": "配件"}, {"value": "hours", "label": "工时"}]}},
                    {"id": "what", "type": "text", "label": "品名", "visible": "kind == 'part'",
                     "required_if": "kind == 'part'"},
                    {"id": "count", "type": "integer", "label": "数量", "options": {"minimum": 1}},
                    {"id": "each", "type": "money", "label": "单价"},
                    {"id": "sum", "type": "formula", "label": "小计",
                     "options": {"result": "money", "expression": "count * each"}},
                ]},
            ],
        },
        {
            "id": "remark", "label": "备注", "title": "{words}",
            "fields": [{"id": "job", "type": "link", "label": "工单", "options": {"form": "job"}},
                       {"id": "words", "type": "text", "label": "内容"}],
        },
    ],
    "rules": [
        {"id": "finish", "label": "完工", "when": {"trigger": "button", "form": "job", "label": "完成"},
         "then": [{"action": "set_fields", "with": {"values": {"state": "'done'", "result": "'好'"}}}]},
    ],
    "roles": [
        {"id": "worker", "label": "工人", "forms": {
            "job": {"actions": ["read", "create", "update"]}, "remark": {"actions": ["read", "create"]}}},
        {"id": "guest", "label": "访客", "forms": {"job": {"actions": ["read"], "fields": {"price": "hide"}}}},
    ],
}  # fmt: skip


def open_workshop(runtime: Runtime) -> None:
    """Published; zhou works in it, wei looks at it."""
    runtime.applications.publish(None, WORKSHOP, "system")

    def save(unit: Any) -> None:
        members = [("worker", "zhou"), ("guest", "wei")]
        runtime.people.save_memberships(unit, [Membership(APP, role, "person", who) for role, who in members])

    runtime.database.write(save)
