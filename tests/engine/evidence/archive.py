"""An archive to be tampered with: many field types, changed records, two versions, every kind of row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM, Viewer
from engine.clock import FrozenClock
from engine.database import Unit
from engine.evidence.tombstones import Cause
from engine.records.query import Change
from engine.retention.holds import Scope
from engine.runtime import Runtime
from engine.system_tables import inbox
from metamodel.retention import RetentionRule

CHOICES = {"choices": [{"value": "wecom", "label": "企业微信"}, {"value": "mail", "label": "邮件"}]}
DAY = 86_400_000_000
WORDS = ["报价", "合同", "您好", "付款", "折扣", "再考虑一下", "安装", "发票"]


def field(identifier: str, type_: str, **rest: Any) -> dict[str, Any]:
    return {"id": identifier, "type": type_, "label": identifier, **rest}


def document(second: bool = False) -> dict[str, Any]:
    """The second version parks two fields and adds one."""
    own = {"evidence": True}
    message = [
        field("channel", "select", options=CHOICES, **own),
        field("content", "long_text", sealed=True, searchable=True, **own),
        field("sender", "text", **own),
        field("people", "text_list", **own),
        field("sent_at", "datetime", **own),
        field("sent_on", "date", **own),
        field("seconds", "duration", **own),
        field("price", "money", **own),
        field("recalled", "boolean", **own),
        field("files", "attachment", **own),
        field("room", "link", options={"form": "room"}),
        field("tags", "tags"),
        field("related", "links", options={"form": "room"}),
        field("score", "integer"),
        field("note", "text", sealed=True),
    ]
    if second:
        parked = ("sent_on", "score")
        message = [one for one in message if one["id"] not in parked] + [field("mood", "text")]
    return {
        "muniment": 1,
        "app": {"id": "vault", "label": "存档"},
        "forms": [
            {"id": "message", "label": "消息", "kind": "archive", "title": "{sender}", "fields": message},
            {"id": "letter", "label": "信件", "kind": "archive", "fields": [field("subject", "text", **own)]},
            {
                "id": "room",
                "label": "会话",
                "fields": [field("name", "text"), field("phone", "text", sealed=True)],
            },
        ],
    }


def message(number: int, rooms: list[str], files: list[str]) -> dict[str, Any]:
    word = WORDS[number % len(WORDS)]
    row: dict[str, Any] = {
        "channel": ("wecom", "mail")[number % 2],
        "content": f"{word},第 {number} 条",
        "sender": f"客户{number % 7}",
        "people": [f"u{number % 5}", f"u{number % 3 + 5}"],
        "sent_at": f"2026-11-{number % 28 + 1:02d}T10:00:00+08:00",
        "sent_on": f"2026-11-{number % 28 + 1:02d}",
        "seconds": "PT1M30S",
        "price": str(number),
        "recalled": number % 4 == 0,
        "tags": [word] if number % 3 else [],
        "related": [rooms[number % len(rooms)]] if number % 4 else [],
        "room": rooms[number % len(rooms)],
        "score": number,
        "note": f"备注{number}" if number % 2 else None,
    }
    if number % 10 == 0:
        row["files"] = [files[number // 10 % len(files)]]
    return {name: value for name, value in row.items() if value not in (None, [])}


def fill(runtime: Runtime, clock: FrozenClock, number: int = 150) -> None:
    """All kinds of rows, under signed checkpoints."""
    applications, records = runtime.applications, runtime.records
    applications.publish(None, document(), "it02")
    runtime.database.write(lambda unit: _organise(runtime, unit))
    rooms = records.create(
        SYSTEM, "vault", "room", [{"name": f"群{n}", "phone": f"1380000{n:04d}"} for n in range(5)]
    )
    files = [
        runtime.store_file(SYSTEM, b"image %d" % n * 100, f"图{n}.png", "image/png")["id"] for n in range(3)
    ]
    rows = [message(n, rooms, files) for n in range(number)]
    made: list[str] = []
    for start in range(0, number, 100):
        made += records.create(SYSTEM, "vault", "message", rows[start : start + 100])
        runtime.ledger.integrate()
        clock.advance(seconds=2)
    records.create(SYSTEM, "vault", "letter", [{"subject": f"主题 {n}"} for n in range(5)])
    _change(runtime, made[::2], {"tags": ["重要商机"], "score": 5})
    applications.publish(None, document(second=True), "it02")
    _change(runtime, made[::5], {"note": "已联系", "mood": "好"})
    for n in range(20):
        runtime.audit.note(
            SYSTEM, Occurrence("read", "vault", "message", int(made[n % number]), detail={"n": n})
        )
    _receive(runtime, 10)
    clock.advance(seconds=2)
    runtime.ledger.integrate()


def keep_and_shred(runtime: Runtime, clock: FrozenClock) -> None:
    """What is held, restricted, kept by a rule, seen in full for a while, and destroyed."""
    message, letter, room = (_ids(runtime, form) for form in ("message", "letter", "room"))

    def work(unit: Unit) -> None:
        keeping, by = runtime.retention, Viewer("it02")
        keeping.holds.set(unit, by, "甲案", "仲裁", Scope("vault", "letter", records=(str(letter[0]),)))
        keeping.restricting.restrict(unit, "vault", "room", room[:2], Cause("request", "it02"))
        rule = RetentionRule("stale", keep="P5Y", then="shred")
        keeping.activations.ask(unit, by, ("vault", "letter", "stale"), rule)
        asked = runtime.unmaskings.add(unit, "u1", "vault", {"message": message[:2]}, "核对号码", 30)
        runtime.unmaskings.decide(unit, asked, "given", "it02")
        for form, gone in (("message", message[3:6]), ("letter", letter[1:2]), ("room", room[-1:])):
            runtime.records.shredder.shred(unit, "vault", form, gone, Cause("request", "it02"))

    runtime.database.write(work)
    clock.advance(seconds=2)
    runtime.ledger.integrate()


def _ids(runtime: Runtime, form: str) -> list[int]:
    own = runtime.catalog.form("vault", form).table.c.id
    with runtime.database.read() as connection:
        return list(connection.scalars(sa.select(own).order_by(own)))


def _organise(runtime: Runtime, unit: Unit) -> None:
    """Who may what."""
    people = [Person("it02", "卫东", post="IT"), Person("u1", "张三", department="sales", superior="it02")]
    runtime.people.save_departments(unit, [Department("sales", "销售部", head="it02")])
    runtime.people.save_people(unit, people)
    runtime.people.save_memberships(unit, [Membership("vault", "reader", "person", "u1")])
    for days in (1, 2):
        runtime.grants.give(
            unit, "u1", "vault", "message", filter="true", newest=10**6, purpose="复核", by="it02",
            expires_at=unit.now + days * DAY,
        )  # fmt: skip


def _change(runtime: Runtime, ids: list[str], values: Mapping[str, Any]) -> None:
    outcomes = runtime.records.update(SYSTEM, "vault", "message", [Change(i, values, None) for i in ids])
    assert all(outcome.ok for outcome in outcomes), [outcome.problems for outcome in outcomes]


def _receive(runtime: Runtime, number: int) -> None:
    def work(unit: Any) -> None:
        ids = runtime.database.take_ids(unit.connection, number)
        for identifier in ids:
            body = b'{"msgid": "%d"}' % identifier
            digest = hashlib.sha256(body).digest()
            row = {
                "id": identifier, "channel": "wecom", "digest": digest, "state": "done",
                "raw_sealed": runtime.box.seal(body, digest), "received_at": unit.now,
            }  # fmt: skip
            unit.connection.execute(sa.insert(inbox).values(row))

    runtime.database.write(work)


LATER = timedelta(hours=2)
