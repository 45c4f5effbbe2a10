"""WeCom 企业微信 会话内容存档: decrypted messages, one `{"seq", "message"}` a line.

Fetching and decrypting are the operator's (the vendor's SDK); this reads what came out.
Every message is kept: types nobody knows as `unknown`, with their raw bytes in the inbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec

from metamodel.plugin_api import (
    BadValue,
    Connector,
    Message,
    Options,
    Participant,
    RawMessage,
    Registry,
    Texts,
    labelled,
)
from plugins.connectors.wecom_content import Reading, read_content

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_BELOW = 10**11  # a vendor time below it counts seconds, not milliseconds
LATEST = 253_402_300_799_999  # the last millisecond of the year 9999
Side = Literal["staff", "customer", "bot", "system"]
Direction = Literal["in", "out", "internal", "system"]


class _Numbered(msgspec.Struct):
    """The vendor's running number alone, without reading the rest."""

    seq: Any = None


class WeComArchiveOptions(Options, frozen=True):
    account: Annotated[str, labelled("企业标识（corpid）", "Corp id")] = ""


class WeComArchive(Connector):
    name = "wecom_archive"
    label = {"zh": "企业微信会话存档", "en": "WeCom chat archive"}
    icon = "wecom"
    doc = {"zh": "企业微信会话内容存档中已解密的消息", "en": "Decrypted messages of WeCom's chat archive"}
    texts = {
        "message.not_json": Texts("不是 JSON：{reason}", "Not JSON: {reason}"),
        "message.not_an_object": Texts("不是一条消息", "Not a message"),
        "message.no_id": Texts("消息没有编号（{field}）", "The message has no id ({field})"),
        "message.no_sender": Texts("消息没有发送人（{field}）", "The message has no sender ({field})"),
        "message.no_time": Texts(
            "消息没有可读的时间（{field}）", "The message has no readable time ({field})"
        ),
    }
    Options = WeComArchiveOptions

    def parse(self, raw: RawMessage, options: WeComArchiveOptions) -> list[Message]:
        envelope = decode(raw.body)
        message = envelope.get("message", envelope)
        if not isinstance(message, dict):
            raise BadValue("message.not_an_object")
        if message.get("action") == "switch":
            return [_switch(message, envelope, options)]
        return [_message(message, envelope, options)]

    def position(self, raw: RawMessage, options: WeComArchiveOptions) -> int | None:
        try:
            return _known_sequence(msgspec.json.decode(raw.body, type=_Numbered).seq)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None  # told when it is parsed

    def sample(self, options: WeComArchiveOptions) -> RawMessage:
        message = {
            "msgid": "sample_1_external", "action": "send", "from": "wm_sample", "tolist": ["sales04"],
            "roomid": "", "msgtime": 1_795_136_400_000, "msgtype": "text",
            "text": {"content": "你好，请问报价？"},
        }  # fmt: skip
        return RawMessage(msgspec.json.encode({"seq": 1, "message": message}), source="sample")


def decode(body: bytes) -> dict[str, Any]:
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadValue("message.not_json", reason=str(error)[:200]) from None
    if not isinstance(decoded, dict):
        raise BadValue("message.not_an_object")
    return decoded


def _message(
    message: Mapping[str, Any], envelope: Mapping[str, Any], options: WeComArchiveOptions
) -> Message:
    kind = str(message.get("msgtype") or "")
    sender = _person(_identifier(message, "from", "message.no_sender"))
    receivers = tuple(_person(item) for item in _names(message.get("tolist")))
    reading = read_content(kind, message, Reading())
    room = message.get("roomid")
    return Message(
        vendor_id=_identifier(message, "msgid", "message.no_id"),
        sender=sender,
        receivers=receivers,
        sent_at=_moment(message.get("msgtime"), "msgtime"),
        account=options.account,
        vendor_seq=_sequence(envelope),
        conversation_id=room if isinstance(room, str) and room else _pair((sender, *receivers)),
        conversation_kind="group" if room else "single",
        direction=_direction(sender, receivers),
        action=_action(kind, message),
        type=reading.type,
        text=reading.text,
        refers_to=reading.refers_to,
        duration=reading.duration,
        attachments=tuple(reading.media),
    )


def _switch(message: Mapping[str, Any], envelope: Mapping[str, Any], options: WeComArchiveOptions) -> Message:
    """A member of staff changed to another of the corps they belong to."""
    person = _identifier(message, "user", "message.no_sender")
    return Message(
        vendor_id=_identifier(message, "msgid", "message.no_id"),
        sender=Participant(person, "staff"),
        receivers=(),
        sent_at=_moment(message.get("time"), "time"),
        account=options.account,
        vendor_seq=_sequence(envelope),
        conversation_id=person,
        direction="system",
        action="system",
        type="event",
        text=f"[{person} 切换了企业]",
    )


def _action(kind: str, message: Mapping[str, Any]) -> Literal["send", "recall", "consent"]:
    if kind == "revoke" or message.get("action") == "recall":
        return "recall"
    return "consent" if kind in ("agree", "disagree") else "send"


def _identifier(message: Mapping[str, Any], key: str, code: str) -> str:
    found = message.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found.strip():
        raise BadValue(code, field=key)
    return found.strip()[:200]


def _sequence(envelope: Mapping[str, Any]) -> int | None:
    return _known_sequence(envelope.get("seq"))


def _known_sequence(found: Any) -> int | None:
    return found if type(found) is int and 0 <= found < 2**63 else None


def _moment(found: Any, key: str) -> datetime:
    """Milliseconds, or seconds where the number is too small for them."""
    if type(found) is not int or not 0 < found <= LATEST:
        raise BadValue("message.no_time", field=key)
    milliseconds = found * 1000 if found < SECONDS_BELOW else found
    return EPOCH + timedelta(milliseconds=milliseconds)


def _names(found: Any) -> list[str]:
    items = found if isinstance(found, list) else []
    return [item[:200] for item in items if isinstance(item, str) and item]


def _person(identifier: str) -> Participant:
    return Participant(identifier, _side(identifier))


def _side(identifier: str) -> Side:
    """External ids begin with wm or wo, robots with wb; everything else is a member of staff."""
    start = identifier[:2]
    return "customer" if start in ("wm", "wo") else "bot" if start == "wb" else "staff"


def _direction(sender: Participant, receivers: tuple[Participant, ...]) -> Direction:
    if sender.kind == "customer":
        return "in"
    return "out" if any(person.kind == "customer" for person in receivers) else "internal"


def _pair(people: tuple[Participant, ...]) -> str:
    """The conversation of a single chat: ours first, then theirs, whoever writes."""
    return "|".join(dict.fromkeys(person.id for person in sorted(people, key=_ours_first)))


def _ours_first(person: Participant) -> tuple[bool, str]:
    return person.kind == "customer", person.id


def register(registry: Registry) -> None:
    registry.add(WeComArchive())
