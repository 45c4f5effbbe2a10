"""A small archive of conversations to be packed: both kinds of form, files, several rights to export."""

from __future__ import annotations

from typing import Any

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.evidence.tombstones import Cause
from engine.packages import Request
from engine.records.query import Change
from engine.runtime import Runtime


def field(identifier: str, type_: str, **rest: Any) -> dict[str, Any]:
    return {"id": identifier, "type": type_, "label": f"{identifier}·标签", **rest}


OWN = {"evidence": True}
SEALED = {"evidence": True, "sealed": True}
SIDES = {"choices": [{"value": "in", "label": "客户"}, {"value": "out", "label": "我方"}]}
CHAT = {
    "messages": {"form": "message", "link": "conversation"}, "side": "side", "sender": "sender", "time": "sent_at",
    "text": "content", "attachments": "files",
}  # fmt: skip
CASE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "case", "label": "存档"},
    "forms": [
        {"id": "customer", "label": "客户", "title": "{name}", "fields": [
            field("name", "text"), field("phone", "text", sealed=True, mask=True)]},
        {"id": "conversation", "label": "会话", "title": "{name}",
         "fields": [field("name", "text"), field("customer", "link", options={"form": "customer"})],
         "views": [{"id": "chat", "label": "原文", "kind": "chat", "options": CHAT}]},
        {"id": "message", "label": "消息", "kind": "archive", "title": "{sender}", "fields": [
            field("side", "select", options=SIDES, **OWN), field("sender", "text", mask=True, **SEALED),
            field("content", "long_text", searchable=True, **SEALED), field("account", "text", **OWN),
            field("sent_at", "datetime", **OWN), field("sent_on", "date", **OWN), field("price", "money", **OWN),
            field("recalled", "boolean", **OWN), field("people", "text_list", **OWN),
            field("files", "attachment", **SEALED), field("tags", "tags"), field("score", "integer"),
            field("note", "text", sealed=True), field("conversation", "link", options={"form": "conversation"})]},
        {"id": "remark", "label": "备注", "title": "{text}", "fields": [
            field("text", "text"), field("about", "links", options={"form": "message"})]},
    ],
    "channels": [
        {"id": "wecom_in", "label": "企业微信存档", "connector": "webhook", "options": {"fields": {
            "vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}},
        {"id": "phone_in", "label": "电话录音", "connector": "webhook", "options": {"fields": {
            "vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}}],
    "roles": [
        {"id": "counsel", "label": "法务", "forms": {
            name: {"actions": ["read", "export"]} for name in ("customer", "conversation", "message", "remark")},
         "manages": ["retention"]},
        {"id": "seller", "label": "销售", "forms": {
            "message": {"rows": "account == 'a1'", "actions": ["read", "export"], "fields": {"sender": "mask"}},
            "conversation": {"actions": ["read"]}}},
        {"id": "outside", "label": "外部", "forms": {
            "message": {"actions": ["read", "export"], "fields": {"account": "hide", "note": "hide"}}}},
        {"id": "reader", "label": "查阅", "forms": {"message": {"actions": ["read"]}}},
    ],
}  # fmt: skip
CAUSE = Cause("request", "qian", request="case/erasure/1")
PEOPLE = {"qian": "counsel", "sun": "seller", "li": "outside", "wu": "reader"}
DANGEROUS = '../../a:b\\c<x>"\x07\u202e名.png'


def furnish(runtime: Runtime) -> None:
    """The app, its people, three conversations of four messages, two revisions on some of them."""
    runtime.applications.publish(None, CASE, "system")

    def people(unit: Any) -> None:
        runtime.people.save_departments(unit, [Department("all", "全体")])
        runtime.people.save_people(unit, [Person(p, f"人{p}", department="all") for p in PEOPLE])
        runtime.people.save_memberships(unit, [Membership("case", r, "person", p) for p, r in PEOPLE.items()])

    runtime.database.write(people)
    create = runtime.records.create
    customers = create(
        SYSTEM, "case", "customer", [{"name": f"公司{n}", "phone": f"1380000000{n}"} for n in (1, 2)]
    )
    talks = create(SYSTEM, "case", "conversation", [
        {"name": f"=会话{n}", "customer": customers[n % 2]} for n in range(3)])  # fmt: skip
    picture = runtime.store_file(SYSTEM, b"\x89PNG picture" * 50, DANGEROUS, "image/png")["id"]
    rows = [message(n, talks[n % 3], [picture] if n % 5 == 0 else []) for n in range(12)]
    made = create(SYSTEM, "case", "message", rows[:7])
    runtime.ledger.integrate()
    made += create(SYSTEM, "case", "message", rows[7:])
    runtime.ledger.integrate()
    runtime.records.update(
        SYSTEM, "case", "message", [Change(i, {"tags": ["报价"], "score": 7}) for i in made[::3]]
    )
    gone = [int(made[1])]
    runtime.database.write(lambda unit: runtime.records.shredder.shred(unit, "case", "message", gone, CAUSE))
    create(SYSTEM, "case", "remark", [{"text": "+1 很重要", "about": made[:2]}])
    runtime.ledger.integrate()


def message(number: int, talk: str, files: list[str]) -> dict[str, Any]:
    row = {
        "side": ("in", "out")[number % 2], "sender": f"客户王{number}", "account": f"a{number % 2 + 1}",
        "content": f"第 {number} 条 <b>价格</b>\n=SUM(1)", "sent_at": f"2026-11-{number + 1:02d}T10:00:00+08:00",
        "sent_on": f"2026-11-{number + 1:02d}", "price": f"{number}.05", "recalled": number % 4 == 0,
        "people": ["甲", "乙"], "files": files, "note": f"内部{number}" if number % 2 else None, "conversation": talk,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value not in (None, [])}


def viewer(runtime: Runtime, person: str) -> Viewer:
    return runtime.require_viewer(person)


def ask(form: str = "message", **rest: Any) -> Request:
    return Request(**{"app": "case", "form": form, "reason": "诉讼取证", **rest})


def packed(runtime: Runtime, person: str = "qian", **rest: Any) -> bytes:
    return b"".join(runtime.packages.stream(viewer(runtime, person), ask(**rest)))
