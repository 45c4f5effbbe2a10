"""An app whose texts hold what is not for everybody, and two who read it: in full, and masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.runtime import Runtime

PATTERNS = {"patterns": ["mobile", "id_card", "bank_card", "email"]}
MOBILE, CARD, MAIL = "19900001234", "6222020000000000000", "wang.lei@example.com"
SECRETS = (MOBILE, CARD, "wang.lei", "0000123", "020000")
CLINIC: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "clinic", "label": "诊所"},
    "forms": [
        {"id": "patient", "label": "病人", "title": "{name} {mobile}", "fields": [
            {"id": "name", "type": "text", "label": "姓名", "required": True},
            {"id": "mobile", "type": "mobile", "label": "手机", "mask": True, "searchable": True}]},
        {"id": "note", "label": "记录", "kind": "archive", "title": "记录 {sender}", "fields": [
            {"id": "words", "type": "long_text", "label": "内容", "evidence": True, "sealed": True,
             "searchable": True, "mask": PATTERNS},
            {"id": "sender", "type": "text", "label": "发送人", "evidence": True, "sealed": True,
             "searchable": True, "mask": True},
            {"id": "scan", "type": "attachment", "label": "原件", "sealed": True, "mask": PATTERNS},
            {"id": "remark", "type": "long_text", "label": "备注", "sealed": True, "mask": PATTERNS},
            {"id": "patient", "type": "link", "label": "病人", "options": {"form": "patient"}},
            {"id": "reached", "type": "lookup", "label": "联系方式",
             "options": {"through": "patient", "field": "mobile"}},
            {"id": "state", "type": "select", "label": "状态",
             "options": {"choices": [{"value": "new"}, {"value": "done"}]}}],
         "views": [{"id": "all", "label": "全部", "columns": ["words", "sender", "reached"]}]},
    ],
    "rules": [
        {"id": "tell", "label": "告知", "when": {"trigger": "record_created", "form": "note"}, "then": [
            {"action": "create_task", "with": {"to": ["role:full", "role:part"], "title": "新记录 {patient.mobile}",
                                               "note": "说了：{words}"}},
            {"action": "notify", "with": {"to": ["role:full", "role:part"], "title": "有新记录",
                                          "body": "说了：{words}"}}]}],
    "reports": [{"id": "board", "label": "看板", "widgets": [
        {"id": "list", "type": "list", "label": "记录",
         "options": {"dataset": {"form": "note"}, "columns": ["words", "sender", "reached"]}}]}],
    "roles": [
        {"id": "full", "label": "全部", "reports": {"board": "rows"}, "manages": ["design"], "combines": "测试",
         "forms": {"patient": {"actions": ["read"]}, "note": {"actions": ["read", "update", "export"]}}},
        {"id": "part", "label": "部分", "reports": {"board": "rows"}, "manages": ["design"], "combines": "测试",
         "unmask": {"minutes": 30},
         "forms": {"patient": {"actions": ["read"], "fields": {"mobile": "mask"}},
                   "note": {"actions": ["read", "export"],
                            "fields": {"words": "mask", "sender": "mask", "remark": "mask", "scan": "mask"}}}},
        {"id": "own", "label": "自己的",
         "forms": {"note": {"actions": ["read"], "fields": {"words": "mask"}, "unmasked": "state == 'done'"}}},
    ],
}  # fmt: skip
PEOPLE = [
    Person("fu", "傅全", superior="gu"), Person("bu", "卜分", superior="gu"), Person("zi", "子己"),
    Person("gu", "顾明"),
]  # fmt: skip
ROLES = {"fu": "full", "bu": "part", "zi": "own"}
SAID = f"我的手机 {MOBILE}，卡 {CARD}，邮箱 {MAIL}，想问报价"


def settle(runtime: Runtime, app: dict[str, Any] = CLINIC) -> None:
    runtime.applications.publish(None, app, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, PEOPLE)
        members = [Membership("clinic", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)


def add_note(runtime: Runtime, **values: Any) -> str:
    (record,) = runtime.records.create(SYSTEM, "clinic", "note", [values])
    return record


@pytest.fixture
def clinic(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    settle(runtime)
    yield runtime
    runtime.close()


def viewer(runtime: Runtime, person: str) -> Viewer:
    return runtime.require_viewer(person)
