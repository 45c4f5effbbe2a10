"""A small archive with two channels and the rules that make records of messages; lines of traffic."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.access.viewer import SYSTEM
from engine.records.query import Query
from engine.runtime import Runtime

AT = 1_795_136_400_000  # 2026-11-20 09:00 in Beijing, in milliseconds
HOUR = 3_600_000
MINUTE = 60_000
SIGNED = {"header": "X-Signature", "prefix": "sha256="}


def choices(*values: str) -> dict[str, Any]:
    return {"choices": [{"value": value} for value in values]}


ARCHIVE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "archive", "label": "存档"},
    "forms": [
        {
            "id": "message", "label": "消息", "kind": "archive", "title": "{sender_name}",
            "fields": [
                {"id": "channel", "type": "select", "label": "渠道", "evidence": True, "required": True,
                 "options": choices("wecom", "chat")},
                {"id": "account", "type": "text", "label": "账号", "evidence": True},
                {"id": "vendor_id", "type": "text", "label": "渠道消息号", "evidence": True},
                {"id": "thread", "type": "text", "label": "渠道会话号", "evidence": True},
                {"id": "action", "type": "select", "label": "动作", "evidence": True,
                 "options": choices("send", "edit", "recall", "consent", "system")},
                {"id": "refers_to", "type": "link", "label": "所指", "evidence": True, "options": {"form": "message"}},
                {"id": "direction", "type": "select", "label": "方向", "evidence": True,
                 "options": choices("in", "out", "internal", "system")},
                {"id": "sender_name", "type": "text", "label": "发送人", "evidence": True, "sealed": True},
                {"id": "receivers", "type": "message_participants", "label": "接收人", "evidence": True,
                 "sealed": True},
                {"id": "sent_at", "type": "datetime", "label": "时间", "evidence": True, "required": True},
                {"id": "content", "type": "long_text", "label": "内容", "evidence": True, "sealed": True,
                 "searchable": True},
                {"id": "conversation", "type": "link", "label": "会话", "options": {"form": "conversation"}},
                {"id": "staff", "type": "member", "label": "我方"},
                {"id": "tags", "type": "tags", "label": "标签"},
            ],
        },
        {
            "id": "conversation", "label": "会话", "title": "{thread}",
            "fields": [
                {"id": "channel", "type": "select", "label": "渠道", "options": choices("wecom", "chat")},
                {"id": "account", "type": "text", "label": "账号"},
                {"id": "thread", "type": "text", "label": "渠道会话号", "required": True},
                {"id": "happened_at", "type": "datetime", "label": "开始", "required": True},
                {"id": "last_at", "type": "datetime", "label": "最后"},
                {"id": "participants", "type": "members", "label": "参与人"},
                {"id": "contact", "type": "link", "label": "联系人", "options": {"form": "contact"}},
                {"id": "contact_name", "type": "text", "label": "联系人姓名"},
                {"id": "link_state", "type": "select", "label": "关联", "options": choices("auto", "to_confirm")},
                {"id": "tags", "type": "tags", "label": "标签"},
                {"id": "waiting_since", "type": "datetime", "label": "待回复起"},
            ],
        },
        {
            "id": "contact", "label": "联系人", "title": "{name}",
            "fields": [
                {"id": "name", "type": "text", "label": "姓名"},
                {"id": "wecom_id", "type": "text", "label": "企微号"},
                {"id": "chat_id", "type": "text", "label": "访客号"},
            ],
        },
    ],
    "channels": [
        {"id": "wecom", "label": "企业微信", "connector": "wecom_archive"},
        {
            "id": "chat", "label": "在线客服", "connector": "webhook",
            "options": {
                "fields": {"vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text",
                           "conversation_id": "room", "vendor_seq": "seq"},
                "signature": SIGNED,
            },
        },
    ],
    "rules": [
        {
            "id": "capture", "label": "捕获", "when": {"trigger": "message_received"},
            "then": [{"action": "create_record", "with": {"form": "message", "values": {
                "channel": "channel", "account": "account", "vendor_id": "vendor_id", "thread": "conversation_id",
                "action": "action", "refers_to": "refers_to", "direction": "direction",
                "sender_name": "sender_name", "receivers": "receivers", "sent_at": "sent_at", "content": "text",
                "staff": "staff_id",
            }}}],
        },
        {
            "id": "assign", "label": "归入会话", "priority": 10,
            "when": {"trigger": "record_created", "form": "message"},
            "then": [{"action": "find_or_create", "with": {
                "form": "conversation",
                "match": {"channel": "channel", "account": "account", "thread": "thread"},
                "span": {"start": "happened_at", "end": "last_at", "moment": "sent_at", "silence": "PT4H"},
                "add": {"participants": "staff"}, "link": "conversation",
            }}],
        },
        {
            "id": "contact", "label": "关联联系人", "when": {"trigger": "record_created", "form": "conversation"},
            "then": [{"action": "link", "with": {
                "form": "contact", "link": "contact", "match": [{"wecom_id": "thread"}, {"chat_id": "thread"}],
                "copy": {"contact_name": "name"},
                "then": {"link_state": "'auto'"}, "otherwise": {"link_state": "'to_confirm'"},
            }}],
        },
        {
            "id": "price", "label": "价格", "when": {"trigger": "record_created", "form": "message"},
            "if": "'价格' in content",
            "then": [{"action": "add_tags", "with": {"tags": ["商务洽谈"], "of": ["conversation"]}}],
        },
    ],
}  # fmt: skip


def with_rules(*rules: Mapping[str, Any], keep: Sequence[str] = ("capture", "assign")) -> dict[str, Any]:
    """The archive with only these of its own rules, and some more."""
    document = copy.deepcopy(ARCHIVE)
    document["rules"] = [r for r in document["rules"] if r["id"] in keep]
    document["rules"] += [{"label": rule["id"], **rule} for rule in rules]
    return document


def line(number: int, text: str = "你好", *, at: int | None = None, **more: Any) -> bytes:
    """One decrypted WeCom message, a minute after the one before."""
    message = {
        "msgid": f"m{number}", "action": "send", "from": "wm1", "tolist": ["sales04"], "roomid": "",
        "msgtime": AT + number * MINUTE if at is None else at, "msgtype": "text", "text": {"content": text}, **more,
    }  # fmt: skip
    return json.dumps({"seq": number, "message": message}, ensure_ascii=False).encode()


def traffic(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(one + b"\n" for one in lines))
    return path


def rows(runtime: Runtime, form: str, app: str = "archive") -> list[dict[str, Any]]:
    """All records of a form, oldest first, each with its id."""
    found: list[dict[str, Any]] = []
    query = Query(limit=200)
    while True:
        page = runtime.records.page(SYSTEM, app, form, query)
        found += [{"id": item.id, "revision": item.revision, **item.values} for item in page.items]
        if not page.next:
            return found[::-1]
        query = Query(limit=200, after=page.next)
