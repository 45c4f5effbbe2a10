"""Messages seen before, by (channel, account, vendor's id and action).

The same message again is dropped. The same id with other content is kept as an edit that
points at the first, since nothing that was captured is ever changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.system_tables import seen_messages
from metamodel.plugin_api import Message

CHUNK = 400
Key = tuple[str, bytes]  # account, vendor hash
_encode = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class Candidate:
    """A message to be taken in: under which key it will be known, and what its content is."""

    message: Message
    key: Key
    digest: bytes
    changed: bool = False  # known before with other content


def key_of(message: Message, action: str = "", vendor_id: str = "") -> Key:
    named = f"{action or message.action}\0{vendor_id or message.vendor_id}"
    return message.account, hashlib.sha256(named.encode("utf-8", "replace")).digest()


def content_digest(message: Message) -> bytes:
    """Of what the message says, not of the vendor's running number nor its bytes' order."""
    said = (
        message.sender.id, [person.id for person in message.receivers], message.sent_at.isoformat(),
        message.conversation_id, message.type, message.text, message.refers_to,
        [(media.name, media.vendor_reference, media.digest) for media in message.attachments],
    )  # fmt: skip
    return hashlib.sha256(_encode(said)).digest()


class Seen:
    """What one channel has seen, as far as a batch asks; grows while the batch is worked."""

    def __init__(self, database: Database, unit: Unit, channel: str) -> None:
        self._database, self._unit, self._channel = database, unit, channel
        self._known: dict[Key, tuple[bytes, int]] = {}
        self._added: list[tuple[str, str, bytes, bytes, int]] = []

    def load(self, messages: Sequence[Message]) -> None:
        """What is known of these messages and of those they refer to, in a statement or two."""
        keys = {key_of(message) for message in messages}
        keys |= {key_of(m, "send", m.refers_to) for m in messages if m.refers_to}
        self._read(keys)

    def _read(self, keys: Iterable[Key]) -> None:
        by_account: dict[str, list[bytes]] = {}
        for account, vendor in keys:
            by_account.setdefault(account, []).append(vendor)
        table = seen_messages.c
        for account, vendors in by_account.items():
            for start in range(0, len(vendors), CHUNK):
                asked = sa.select(table.vendor, table.digest, table.record).where(
                    table.channel == self._channel,
                    table.account == account,
                    table.vendor.in_(vendors[start : start + CHUNK]),
                )
                for vendor, digest, record in self._unit.connection.execute(asked):
                    self._known[account, vendor] = digest, record

    def candidate(self, message: Message) -> Candidate | None:
        """What is to be taken in; None for what was taken in before."""
        key, digest = key_of(message), content_digest(message)
        known = self._known.get(key)
        if known is None:
            return Candidate(message, key, digest)
        if known[0] == digest:
            return None
        version = key_of(message, "version", f"{message.action}\0{message.vendor_id}\0{digest.hex()}")
        self._read([version])
        if version in self._known:
            return None
        edit = replace(message, action="edit", refers_to=message.refers_to or message.vendor_id)
        return Candidate(edit, version, digest, changed=True)

    def record_of(self, message: Message) -> str:
        """The record of the message that this one refers to; blank when it is not here."""
        if not message.refers_to:
            return ""
        _, record = self._known.get(key_of(message, "send", message.refers_to), (b"", 0))
        return str(record) if record else ""

    def add(self, candidate: Candidate, record: str) -> None:
        account, vendor = candidate.key
        number = int(record or 0)
        self._known[candidate.key] = candidate.digest, number
        self._added.append((self._channel, account, vendor, candidate.digest, number))

    def save(self) -> None:
        columns = ("channel", "account", "vendor", "digest", "record")
        self._database.insert_many(self._unit.connection, seen_messages, self._added, columns)
        self._added = []
