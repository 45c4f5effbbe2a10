"""Messages seen before, by (channel, account, vendor's id and action).

The same message again is dropped. The same id with other content is kept as an edit that
points at the first, since nothing that was captured is ever changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec
import sqlalchemy as sa

from engine.database import Database, Unit
from engine.system_tables import seen_messages
from metamodel.plugin_api import Message

CHUNK = 400
Key = tuple[str, bytes]  # account, vendor hash
_encode = msgspec.msgpack.Encoder().encode
_table = seen_messages.c
_ASKED = sa.select(_table.vendor, _table.digest, _table.record).where(
    _table.channel == sa.bindparam("channel"),
    _table.account == sa.bindparam("account"),
    _table.vendor.in_(sa.bindparam("vendors", expanding=True)),
)


class Candidate(msgspec.Struct):
    """A message that may be new: under which key it is known, which one it refers to, what it says.
    `changed`: known before with other content."""

    message: Message
    key: Key
    refers: Key | None
    digest: bytes
    changed: bool = False


def candidate_of(message: Message, fingerprint: Callable[[bytes], bytes]) -> Candidate:
    refers = _key(message.account, "send", message.refers_to) if message.refers_to else None
    key = _key(message.account, message.action, message.vendor_id)
    return Candidate(message, key, refers, fingerprint(_content(message)))


def _key(account: str, action: str, vendor_id: str) -> Key:
    return account, hashlib.sha256(f"{action}\0{vendor_id}".encode("utf-8", "replace")).digest()


def _content(message: Message) -> bytes:
    """What the message says, without the vendor's running number and its bytes' order."""
    said = (
        message.sender.id, [person.id for person in message.receivers], message.sent_at,
        message.conversation_id, message.type, message.text, message.refers_to,
        [(media.name, media.vendor_reference, media.digest) for media in message.attachments],
    )  # fmt: skip
    return _encode(said)


class Seen:
    """What one channel has seen, as far as a batch asks; grows while the batch is worked."""

    def __init__(self, database: Database, unit: Unit, channel: str) -> None:
        self._database, self._unit, self._channel = database, unit, channel
        self._known: dict[Key, tuple[bytes, int]] = {}
        self._added: list[tuple[str, str, bytes, bytes, int]] = []

    def load(self, candidates: Sequence[Candidate]) -> None:
        """What is known of these messages and of those they refer to, in a statement or two."""
        keys = {candidate.key for candidate in candidates}
        self._read(keys | {candidate.refers for candidate in candidates if candidate.refers})

    def _read(self, keys: Iterable[Key]) -> None:
        by_account: dict[str, list[bytes]] = {}
        for account, vendor in keys:
            by_account.setdefault(account, []).append(vendor)
        for account, vendors in by_account.items():
            for start in range(0, len(vendors), CHUNK):
                asked = {
                    "channel": self._channel,
                    "account": account,
                    "vendors": vendors[start : start + CHUNK],
                }
                for vendor, digest, record in self._unit.connection.execute(_ASKED, asked):
                    self._known[account, vendor] = digest, record

    def unseen(self, candidate: Candidate) -> Candidate | None:
        """What is to be taken in; None for what was taken in before."""
        known = self._known.get(candidate.key)
        if known is None:
            return candidate
        if known[0] == candidate.digest:
            return None
        message = candidate.message
        named = f"{message.action}\0{message.vendor_id}\0{candidate.digest.hex()}"
        version = _key(message.account, "version", named)
        self._read([version])
        if version in self._known:
            return None
        original = message.refers_to or message.vendor_id
        edit = msgspec.structs.replace(message, action="edit", refers_to=original)
        refers = _key(message.account, "send", original)
        self._read([refers])
        return Candidate(edit, version, refers, candidate.digest, changed=True)

    def record_of(self, candidate: Candidate) -> str:
        """The record a message became that was taken in before; blank for none."""
        _, record = self._known.get(candidate.key, (b"", 0))
        return str(record) if record else ""

    def original_of(self, candidate: Candidate) -> str:
        """The record of the message that this one refers to; blank when it is not here."""
        _, record = self._known.get(candidate.refers, (b"", 0)) if candidate.refers else (b"", 0)
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
