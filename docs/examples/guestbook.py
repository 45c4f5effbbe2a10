"""A web page's guest book, exported as lines of `time | name | words`: a connector in one file."""

from __future__ import annotations

import hashlib
from datetime import UTC

from metamodel.plugin_api import (
    BadValue,
    Connector,
    Message,
    Participant,
    RawMessage,
    Registry,
    Texts,
    read_moment,
)


class Guestbook(Connector):
    name = "guestbook"
    label = {"zh": "留言簿", "en": "Guest book"}
    doc = {"zh": "导出的留言，一行一条", "en": "Exported entries, one a line"}
    texts = {"guestbook.parts": Texts("应有时间、姓名、内容三部分", "A line has a time, a name and words")}

    def parse(self, raw: RawMessage, options: object) -> list[Message]:
        parts = raw.body.decode("utf-8", "replace").replace("\0", "\ufffd").split("|", 2)
        if len(parts) < 3 or not parts[1].strip():
            raise BadValue("guestbook.parts")
        at, name, words = (part.strip() for part in parts)
        return [
            Message(
                vendor_id=hashlib.sha256(raw.body).hexdigest()[:32],  # the vendor has no ids of its own
                sender=Participant(name, "customer", name),
                receivers=(),
                sent_at=read_moment(at, UTC),
                conversation_id=name,
                text=words,
            )
        ]

    def sample(self, options: object) -> RawMessage:
        return RawMessage("2026-11-20 09:05 | 李雷 | 你们周末开门吗".encode(), source="sample")


def register(registry: Registry) -> None:
    registry.add(Guestbook())
