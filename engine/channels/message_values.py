"""A message as rules see it: one flat mapping of Python values (the names of metamodel.scope.MESSAGE)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine.access.people import Person
from metamodel.plugin_api import Message, Participant


def message_values(
    message: Message, channel: str, *, received_at: datetime, raw_digest: bytes, people: Mapping[str, Person],
    record: str = "", files: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """`people` lends our own people's names; `record` is the one the message refers to."""
    everybody = [_named(person, people) for person in (message.sender, *message.receivers)]
    sender, *receivers = everybody
    staff = [person["id"] for person in everybody if person["kind"] == "staff"]
    customer = next((person for person in everybody if person["kind"] == "customer"), {})
    return {
        "channel": channel,
        "account": message.account or None,
        "vendor_id": message.vendor_id,
        "vendor_seq": message.vendor_seq,
        "sender_id": sender["id"],
        "sender_name": sender["name"] or sender["id"],
        "sender_kind": sender["kind"],
        "receivers": receivers,
        "sent_at": message.sent_at,
        "received_at": received_at,
        "direction": message.direction,
        "action": message.action,
        "type": message.type,
        "text": message.text or None,
        "conversation_id": message.conversation_id or None,
        "conversation_kind": message.conversation_kind,
        "refers_to": record or None,
        "original_id": message.refers_to or None,
        "duration": None if message.duration is None else timedelta(seconds=message.duration),
        "attachments": list(files),
        "media_state": _media_state(message, files),
        "staff": list(dict.fromkeys(staff)),
        "staff_id": staff[0] if staff else None,
        "customer_id": customer.get("id"),
        "customer_name": customer.get("name") or customer.get("id"),
        "raw_digest": raw_digest.hex(),
    }


def _named(person: Participant, people: Mapping[str, Person]) -> dict[str, str]:
    name = person.name
    if not name and person.kind == "staff" and (known := people.get(person.id)) is not None:
        name = known.name
    return {"id": person.id, "name": name, "kind": person.kind}


def _media_state(message: Message, files: Iterable[str]) -> str:
    if not message.attachments:
        return "none"
    return "fetched" if len(list(files)) == len(message.attachments) else "pending"
