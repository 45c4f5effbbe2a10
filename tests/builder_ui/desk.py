"""A small archive with people, talks and customers, and a browser's requests against it (no browser)."""

from __future__ import annotations

import re
from typing import Any

from litestar.testing import TestClient

from engine.access.people import Department, Membership, Person
from engine.runtime import Runtime
from tests.serving import app_over

CHANNELS = {
    "choices": [
        {"value": "wecom", "label": {"zh": "企业微信", "en": "WeCom"}, "color": "green"},
        {"value": "phone", "label": "电话"},
    ]
}
SIDES = {"choices": [{"value": v, "label": v} for v in ("in", "out", "system")]}
ACTIONS = {"choices": [{"value": v, "label": v} for v in ("send", "edit", "recall", "consent")]}
TEXT = {"type": "text", "evidence": True, "sealed": True, "searchable": True}

DESK: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "desk", "label": {"zh": "存档台", "en": "Desk"}},
    "forms": [
        {
            "id": "customer", "label": {"zh": "客户", "en": "Customer"}, "title": "{name}",
            "fields": [
                {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "KH{0000}"}},
                {"id": "name", "type": "text", "label": {"zh": "名称", "en": "Name"}, "required": True,
                 "searchable": True},
                {"id": "owner", "type": "member", "label": "负责人", "default": "me"},
                {"id": "channel", "type": "select", "label": "来源", "options": CHANNELS},
                {"id": "tags", "type": "tags", "label": "标签"},
                {"id": "price", "type": "money", "label": "单价"},
                {"id": "since", "type": "date", "label": "合作日期"},
                {"id": "active", "type": "switch", "label": "有效"},
                {"id": "why", "type": "text", "label": "停用原因", "visible": "active == false",
                 "required_if": "active == false"},
                {"id": "lines", "type": "sub_form", "label": "明细", "fields": [
                    {"id": "what", "type": "text", "label": "品名", "required": True},
                    {"id": "count", "type": "integer", "label": "数量"},
                ]},
                {"id": "files", "type": "attachment", "label": "附件"},
                {"id": "talks", "type": "rollup", "label": "会话数",
                 "options": {"form": "talk", "via": "customer", "aggregate": "count"}},
            ],
            "views": [
                {"id": "all", "label": {"zh": "全部", "en": "All"}, "sort": ["name"],
                 "columns": ["number", "name", "owner", "channel", "tags", "price"]},
                {"id": "mine", "label": "我的", "filter": "owner == me"},
            ],
        },
        {
            "id": "talk", "label": {"zh": "会话", "en": "Talk"}, "title": "{number}", "search": {"channel": "channel"},
            "fields": [
                {"id": "number", "type": "auto_number", "label": "会话号", "options": {"pattern": "T{0000}"}},
                {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                {"id": "owner", "type": "member", "label": "责任人"},
                {"id": "channel", "type": "select", "label": "渠道", "options": CHANNELS},
                {"id": "last_at", "type": "datetime", "label": "最后时间"},
                {"id": "summary", "type": "long_text", "label": "摘要"},
                {"id": "tags", "type": "tags", "label": "标签"},
            ],
            "views": [
                {"id": "list", "label": "列表", "columns": ["number", "customer", "owner", "last_at"]},
                {"id": "chat", "label": {"zh": "原文", "en": "Chat"}, "kind": "chat", "options": {
                    "messages": {"form": "line", "link": "talk"}, "side": "side", "sender": "sender",
                    "sender_id": "sender_id", "time": "at", "text": "words", "action": "action",
                    "refers_to": "about", "tags": "tags", "facts": ["customer", "owner"]}},
                {"id": "line_of_time", "label": {"zh": "时间线", "en": "Timeline"}, "kind": "timeline", "options": {
                    "by": "customer", "time": "last_at", "mark": "channel", "who": ["owner"], "text": "summary",
                    "words": {"form": "line", "link": "talk", "text": "words"}, "opens": "chat",
                    "request": {"form": "wish", "field": "customer"}}},
            ],
        },
        {
            "id": "line", "label": {"zh": "消息", "en": "Message"}, "kind": "archive", "title": "{sender}",
            "search": {"from": "sender", "channel": "channel", "date": "at"},
            "fields": [
                {"id": "sender", "label": "发送人", **TEXT},
                {"id": "sender_id", "label": "发送人号", **TEXT},
                {"id": "at", "type": "datetime", "label": "时间", "evidence": True, "options": {"seconds": True}},
                {"id": "side", "type": "select", "label": "方向", "evidence": True, "options": SIDES},
                {"id": "action", "type": "select", "label": "动作", "evidence": True, "options": ACTIONS},
                {"id": "channel", "type": "select", "label": "渠道", "evidence": True, "options": CHANNELS},
                {"id": "about", "type": "link", "label": "所指", "evidence": True, "options": {"form": "line"}},
                {"id": "words", "label": "内容", **TEXT, "type": "long_text"},
                {"id": "talk", "type": "link", "label": "会话", "options": {"form": "talk"}},
                {"id": "tags", "type": "tags", "label": "标签"},
            ],
        },
        {
            "id": "wish", "label": "查阅申请", "title": "申请 {customer}",
            "fields": [{"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
                       {"id": "reason", "type": "long_text", "label": "事由", "required": True}],
        },
    ],
    "roles": [
        {"id": "seller", "label": "销售", "forms": {
            "customer": {"actions": ["read", "create", "update", "export"]},
            "talk": {"rows": "owner == me", "actions": ["read", "update"]},
            "line": {"rows": "talk.owner == me", "actions": ["read", "update"]},
            "wish": {"actions": ["read", "create"]}}},
        {"id": "auditor", "label": "审计", "manages": ["verify", "channels"], "forms": {
            "talk": {"actions": ["read"], "fields": {"summary": "hide"}},
            "line": {"actions": ["read"], "fields": {"words": "hide", "sender": "mask"}}}},
        {"id": "designer", "label": "设计", "manages": ["design"]},
    ],
}  # fmt: skip

PEOPLE = [
    Person("zhou", "周婧", "销售", "east"),
    Person("wang", "王磊", "销售", "east"),
    Person("wei", "魏然", "审计员", "sales"),
    Person("cheng", "程维嘉", "设计", "sales"),
]
ROLES = {"zhou": "seller", "wang": "seller", "wei": "auditor", "cheng": "designer"}
PASSWORD = "correct horse"


def furnish(runtime: Runtime) -> None:
    """The app, its people, and that they may sign in."""
    runtime.applications.publish(None, DESK, "system")
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def save(unit: Any) -> None:
        runtime.people.save_departments(
            unit, [Department("sales", "销售"), Department("east", "华东", "sales")]
        )
        runtime.people.save_people(unit, PEOPLE)
        runtime.people.save_memberships(
            unit, [Membership("desk", role, "person", person) for person, role in ROLES.items()]
        )
        for person in PEOPLE:
            runtime.accounts.passwords.set_hash(unit, person.id, hashed)

    runtime.database.write(save)


class Tab:
    """A signed-in browser tab as far as requests go: cookies, the page's CSRF token, forms."""

    def __init__(self, runtime: Runtime, person: str = "") -> None:
        self.client = TestClient(app_over(runtime))
        self.client.follow_redirects = False
        self.client.headers["accept"] = "text/html"
        if person:
            answer = self.post("/sign-in", {"person": person, "password": PASSWORD})
            assert answer.status_code == 303, answer.text

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def page(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return str(answer.text)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get("/").text)
        return found[1] if found else ""

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Any:
        token = {} if path == "/sign-in" else {"_csrf": self.csrf}
        return self.client.post(path, data={**token, **(fields or {})}, **more)

    def state(self, form: str, **question: Any) -> Any:
        headers = {"x-csrf-token": self.csrf, "accept": "application/json"}
        answer = self.client.post(f"/apps/desk/forms/{form}/state", json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()
