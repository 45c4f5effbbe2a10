"""A second small app beside the desk: leave with an approval over two levels, and a rule's to-dos and button."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.access.people import Membership
from engine.runtime import Runtime
from tests.builder_ui.desk import PEOPLE

FACTS = ["applicant", "kind", "days", "reason", "cost"]


def approval(identifier: str, label: str, level: int, **more: Any) -> dict[str, Any]:
    options = {"approvers": [f"manager:applicant:{level}"], "facts": FACTS, **more}
    return {"id": identifier, "type": "approval", "label": label, "options": options}


OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": {"zh": "办公", "en": "Office"}},
    "forms": [
        {
            "id": "leave", "label": {"zh": "请假", "en": "Leave"}, "title": "{applicant} {kind}",
            "fields": [
                {"id": "applicant", "type": "member", "label": "申请人", "default": "me", "writable": "false"},
                {"id": "kind", "type": "text", "label": {"zh": "类别", "en": "Kind"}, "required": True},
                {"id": "days", "type": "integer", "label": "天数", "required": True},
                {"id": "reason", "type": "long_text", "label": "事由"},
                {"id": "cost", "type": "money", "label": "费用"},
            ],
        },
        {
            "id": "inquiry", "label": {"zh": "查询", "en": "Inquiry"},
            "fields": [
                {"id": "owner", "type": "member", "label": "谁的"},
                {"id": "found", "type": "related_query", "label": "命中数", "options": {
                    "result": "integer", "queries": [{"form": "deal", "where": "owner == record.owner"}]}},
                {"id": "worth", "type": "related_query", "label": "涉及金额", "options": {
                    "result": "money", "combine": "max", "queries": [
                        {"form": "deal", "aggregate": "max", "field": "amount", "where": "owner == record.owner"}]}},
            ],
        },
        {
            "id": "deal", "label": {"zh": "线索", "en": "Lead"}, "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": "名称", "required": True},
                {"id": "words", "type": "text", "label": "原话"},
                {"id": "owner", "type": "member", "label": "负责人"},
                {"id": "amount", "type": "money", "label": "金额"},
                {"id": "tags", "type": "tags", "label": "标签"},
            ],
            "views": [{"id": "all", "label": "全部", "columns": ["name", "words", "tags"]}],
        },
    ],
    "rules": [
        {
            "id": "follow", "label": {"zh": "重要线索", "en": "Hot lead"},
            "when": {"trigger": "record_created", "form": "deal"}, "if": "CONTAINS_ANY(words, '报价')",
            "then": [
                {"action": "add_tags", "with": {"tags": ["重要"]}},
                {"action": "create_task", "with": {
                    "to": "person:wang", "title": "跟进线索:{name}", "note": "{words}", "due_in": "PT4H",
                    "outcomes": [
                        {"id": "confirm", "label": {"zh": "确认", "en": "Confirm"}, "style": "primary"},
                        {"id": "no", "label": {"zh": "不是线索", "en": "No lead"}, "reason": True}]}},
            ],
        },
        {
            "id": "confirmed", "label": "已确认",
            "when": {"trigger": "task_closed", "rule": "follow", "outcomes": ["confirm"], "form": "deal"},
            "then": [{"action": "add_tags", "with": {"tags": ["关键"]}}],
        },
        {
            "id": "star", "label": "星标",
            "when": {"trigger": "button", "form": "deal", "label": {"zh": "加星标", "en": "Star it"}},
            "then": [{"action": "add_tags", "with": {"tags": ["星标"]}}],
        },
    ],
    "flows": [
        {
            "id": "leave", "label": {"zh": "请假审批", "en": "Leave"}, "form": "leave", "applicant": "applicant",
            "nodes": [
                {"id": "start", "type": "start", "label": "发起"},
                approval("manager", "经理审批", 1),
                {"id": "long", "type": "condition", "label": "超过三天"},
                approval("boss", "总监审批", 2, may=["approve", "reject", "return", "add", "transfer"]),
                {"id": "end", "type": "end", "label": "通过", "options": {"state": "approved"}},
                {"id": "rejected", "type": "end", "label": "驳回", "options": {"state": "rejected"}},
            ],
            "edges": [
                {"from": "start", "to": "manager"},
                {"from": "manager", "to": "long", "on": "approve"},
                {"from": "manager", "to": "rejected", "on": "reject"},
                {"from": "long", "to": "boss", "if": "days > 3"},
                {"from": "long", "to": "end"},
                {"from": "boss", "to": "end", "on": "approve"},
                {"from": "boss", "to": "rejected", "on": "reject"},
            ],
        }
    ],
    "roles": [
        {"id": "clerk", "label": "职员", "forms": {
            "leave": {"rows": "applicant == me", "actions": ["read", "create", "update"]},
            "deal": {"actions": ["read", "create", "update"]},
            "inquiry": {"actions": ["read", "create"]}}},
        {"id": "keeper", "label": "管理", "manages": ["design", "audit"], "forms": {}},
    ],
    "menus": [
        {"items": [
            {"label": {"zh": "待办", "en": "To-dos"}, "page": "tasks"},
            {"label": {"zh": "我的申请", "en": "My requests"}, "page": "requests"},
            {"label": {"zh": "请假", "en": "Leave"}, "form": "leave"},
            {"label": {"zh": "线索", "en": "Leads"}, "form": "deal"},
            {"label": {"zh": "规则日志", "en": "Rule log"}, "page": "rule_log"}]}
    ],
}  # fmt: skip


def open_office(runtime: Runtime) -> None:
    """Publishes it: zhou's superior is wang, his is wei; cheng keeps the definitions."""
    runtime.applications.publish(None, OFFICE, "system")
    above = {"zhou": "wang", "wang": "wei"}
    staff = [replace(person, superior=above.get(person.id)) for person in PEOPLE]
    roles = {"zhou": "clerk", "wang": "clerk", "wei": "clerk", "cheng": "keeper"}

    def save(unit: Any) -> None:
        runtime.people.save_people(unit, staff)
        runtime.people.save_memberships(
            unit, [Membership("office", role, "person", person) for person, role in roles.items()]
        )

    runtime.database.write(save)
