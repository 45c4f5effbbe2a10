"""A post room: two channels, a rule that makes letters of what comes in, another that knows callers by their number."""

from __future__ import annotations

from typing import Any

from engine.access.people import Membership
from engine.runtime import Runtime

CAPTURE = "/design/post/capture"
VALUES = {
    "channel": "channel", "content": "text", "sent_at": "sent_at", "about": "CONCAT(sender_name, '：', text)",
}  # fmt: skip
CAPTURE_RULE: dict[str, Any] = {
    "id": "capture", "label": {"zh": "捕获来信", "en": "Capture letters"}, "when": {"trigger": "message_received"},
    "if": "direction == 'in'",
    "then": [{"action": "create_record", "with": {"form": "letter", "values": VALUES}}],
}  # fmt: skip
BY_PHONE: dict[str, Any] = {
    "id": "by_phone", "label": "按号码归人", "when": {"trigger": "message_received", "channel": "phone"},
    "then": [
        {"action": "notify", "with": {"to": "person:cheng", "title": "来电"}},
        {"action": "find_or_create", "with": {
            "form": "person", "match": {"number": "sender_id"}, "create": {"name": "sender_name"}}},
    ],
}  # fmt: skip
HOOK = {"fields": {"vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}
POST: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "post", "label": "收发室"},
    "forms": [
        {"id": "letter", "label": {"zh": "来信", "en": "Letter"}, "kind": "archive", "title": "{channel}", "fields": [
            {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "L{0000}"}},
            {"id": "channel", "type": "text", "label": "渠道", "evidence": True, "required": True},
            {"id": "content", "type": "long_text", "label": "内容", "evidence": True, "sealed": True},
            {"id": "about", "type": "text", "label": "摘要", "evidence": True, "sealed": True},
            {"id": "sent_at", "type": "datetime", "label": "时间", "evidence": True, "required": True},
            {"id": "duration", "type": "duration", "label": "时长"},
            {"id": "read_on", "type": "date", "label": "阅读日"},
        ]},
        {"id": "person", "label": "来电人", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "姓名"}, {"id": "number", "type": "text", "label": "号码"},
        ]},
    ],
    "rules": [CAPTURE_RULE, BY_PHONE],
    "roles": [
        {"id": "keeper", "label": "设计", "manages": ["design", "channels"], "combines": "小店一人兼任"},
        {"id": "porter", "label": "传达", "manages": ["channels"], "forms": {"letter": {"actions": ["read"]}}},
        {"id": "clerk", "label": "文书", "manages": ["design"], "forms": {"letter": {"actions": ["read"]}}},
        {"id": "guard", "label": "门卫", "manages": ["design"], "forms": {
            "letter": {"actions": ["read"], "fields": {"content": "mask"}}}},
    ],
    "channels": [
        {"id": "chat", "label": "聊天", "connector": "webhook", "options": HOOK},
        {"id": "phone", "label": "电话", "connector": "webhook", "options": {**HOOK, "example": {
            "id": "7", "at": 1795136400, "from": "19900000001", "text": "样例里的话"}}},
    ],
}  # fmt: skip
TABLE = "/rules/0/then/0/with/values"


def open_post_room(runtime: Runtime) -> None:
    """Published; cheng designs it and minds its channels, wei only minds them; zhou and wang design, and read the
    letters in full and masked."""
    runtime.applications.publish(None, POST, "system")
    held = {"keeper": "cheng", "porter": "wei", "clerk": "zhou", "guard": "wang"}
    members = [Membership("post", role, "person", who) for role, who in held.items()]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, members))
