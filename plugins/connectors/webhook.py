"""Any vendor's webhook, declared: JMESPath says where each part of a message stands, a recipe says
what is signed and how. No code a vendor.

Field names of the recipe and of the mapping are those of the normalised message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from metamodel.plugin_api import (
    BadValue,
    Connector,
    MediaReference,
    Message,
    Options,
    Participant,
    Problem,
    RawMessage,
    Registry,
    Texts,
    excerpt,
    labelled,
    pointer,
    problem,
)
from plugins.connectors.signatures import (
    TEXTS as SIGNATURE_TEXTS,
    SignatureOptions,
    check_signature,
    signed,
    verify,
)
from plugins.connectors.vendor_times import TimeUnit, read_time

if TYPE_CHECKING:
    from metamodel.plugin_api import App

KINDS = ("staff", "customer", "bot", "system")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "direction": ("in", "out", "internal", "system"),
    "action": ("send", "edit", "recall", "consent", "system"),
    "conversation_kind": ("single", "group", "call", "thread"),
    "sender_kind": KINDS,
}


class MessagePaths(Options, frozen=True):
    """JMESPath of each part, within one message; blank: the vendor does not tell."""

    vendor_id: Annotated[str, labelled("消息编号", "Message id")]
    sent_at: Annotated[str, labelled("发送时间", "Sent at")]
    sender_id: Annotated[str, labelled("发送人标识", "Sender's id")]
    sender_name: Annotated[str, labelled("发送人姓名", "Sender's name")] = ""
    sender_kind: Annotated[str, labelled("发送人身份", "Sender's side")] = ""
    receivers: Annotated[
        str, labelled("接收人（标识列表，或 id、name、kind）", "Receivers (ids, or id, name, kind)")
    ] = ""
    text: Annotated[str, labelled("正文", "Text")] = ""
    type: Annotated[str, labelled("类型", "Type")] = ""
    direction: Annotated[str, labelled("方向", "Direction")] = ""
    action: Annotated[str, labelled("动作", "Action")] = ""
    refers_to: Annotated[str, labelled("所指消息编号", "Id of the message it is about")] = ""
    account: Annotated[str, labelled("渠道账号", "Account")] = ""
    conversation_id: Annotated[str, labelled("会话编号", "Conversation id")] = ""
    conversation_kind: Annotated[str, labelled("会话类型", "Kind of conversation")] = ""
    vendor_seq: Annotated[str, labelled("序号", "Running number")] = ""
    duration: Annotated[str, labelled("时长（秒）", "Duration (seconds)")] = ""
    attachments: Annotated[
        str, labelled("附件（name、url、type、size）", "Attachments (name, url, type, size)")
    ] = ""


class WebhookOptions(Options, frozen=True):
    fields: Annotated[MessagePaths, labelled("各部分的位置（JMESPath）", "Where each part stands (JMESPath)")]
    body: Annotated[Literal["json", "form"], labelled("报文格式", "Format of the body")] = "json"
    messages: Annotated[str, labelled("消息列表（JMESPath）", "The list of messages (JMESPath)")] = "[@]"
    time_unit: Annotated[TimeUnit, labelled("时间单位", "Unit of times")] = "auto"
    values: Annotated[
        dict[str, dict[str, str]],
        labelled("取值对照，如 direction: incoming→in", "Values, like direction: incoming→in"),
    ] = {}
    defaults: Annotated[dict[str, str], labelled("缺省值", "Where the vendor does not tell")] = {}
    signature: Annotated[SignatureOptions | None, labelled("签名", "Signature")] = None
    example: Annotated[dict[str, Any] | None, labelled("示例报文", "An example of the body")] = None


class Webhook(Connector):
    name = "webhook"
    label = {"zh": "通用 Webhook", "en": "Webhook"}
    icon = "webhook"
    doc = {
        "zh": "任何厂商推送的 JSON 或表单，按配置对照",
        "en": "Any vendor's JSON or form, mapped by settings",
    }
    texts = {
        **SIGNATURE_TEXTS,
        "channel.bad_path": Texts("JMESPath 不正确：{reason}", "The JMESPath is not valid: {reason}"),
        "channel.bad_example": Texts("示例报文读不出：{reason}", "The example cannot be read: {reason}"),
        "channel.unknown_part": Texts("消息没有“{part}”这一部分", "A message has no part “{part}”"),
        "channel.unknown_value": Texts(
            "“{part}”不能是“{value}”，可用 {known}", "“{part}” cannot be “{value}”; there are {known}"
        ),
        "message.not_json": Texts("不是 JSON：{reason}", "Not JSON: {reason}"),
        "message.not_a_form": Texts("不是表单数据", "Not form data"),
        "message.no_part": Texts("消息缺少“{part}”", "The message lacks “{part}”"),
        "message.unknown_value": Texts(
            "“{part}”的值“{value}”没有对照", "No value is set for “{value}” of “{part}”"
        ),
    }
    Options = WebhookOptions

    # -- is this definition sane -------------------------------------------------------------------

    def check_options(self, options: WebhookOptions, app: App) -> list[Problem]:
        found = [*_check_path(options.messages, "/messages")]
        for part, path in _paths(options).items():
            found += _check_path(path, f"/fields/{part}")
        for part, known in options.values.items():
            found += _check_part(part, pointer("values", part))
            for sent, ours in known.items():
                found += _check_choice(part, ours, pointer("values", part, sent))
        for part, ours in options.defaults.items():
            place = pointer("defaults", part)
            found += _check_part(part, place) or _check_choice(part, ours, place)
        found += check_signature(options.signature) if options.signature else []
        return found or self._check_example(options)

    def _check_example(self, options: WebhookOptions) -> list[Problem]:
        """Settings that cannot read the vendor's own example will not read its messages."""
        example = self.sample(options)
        if example is None:
            return []
        try:
            self.parse(example, options)
        except BadValue as error:
            told = problem(error.code, **error.params)
            reason = {language: told.text(language) for language in ("zh", "en")}
            return [problem("channel.bad_example", "/example", reason=reason)]
        return []

    # -- arriving ----------------------------------------------------------------------------------

    def wants_secret(self, options: WebhookOptions) -> bool:
        return options.signature is not None

    def verify(self, raw: RawMessage, options: WebhookOptions, secret: str, now: datetime) -> None:
        if options.signature is not None:
            verify(raw, options.signature, secret, now)

    def sign(self, raw: RawMessage, options: WebhookOptions, secret: str, now: datetime) -> RawMessage:
        return signed(raw, options.signature, secret, now) if options.signature else raw

    def sample(self, options: WebhookOptions) -> RawMessage | None:
        if options.example is None:
            return None
        form = options.body == "form"
        body = urlencode(options.example).encode() if form else msgspec.json.encode(options.example)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return RawMessage(body, {"content-type": kind}, source="example")

    def parse(self, raw: RawMessage, options: WebhookOptions) -> list[Message]:
        document = _decoded(raw, options)
        items = _search(options.messages, document)
        return [
            _message(item, options)
            for item in (items if isinstance(items, list) else [items])
            if item is not None
        ]

    def position(self, raw: RawMessage, options: WebhookOptions) -> int | None:
        if not options.fields.vendor_seq:
            return None
        try:
            found = [message.vendor_seq for message in self.parse(raw, options)]
        except BadValue:
            return None
        return max((number for number in found if number is not None), default=None)


def _paths(options: WebhookOptions) -> dict[str, str]:
    known: dict[str, str] = msgspec.structs.asdict(options.fields)
    return known


def _check_path(path: str, place: str) -> list[Problem]:
    try:
        jmespath.compile(path or "@")
    except (JMESPathError, RecursionError) as error:
        return [problem("channel.bad_path", place, reason=str(error).splitlines()[0])]
    return []


def _check_part(part: str, place: str) -> list[Problem]:
    known = {field.name for field in msgspec.structs.fields(MessagePaths)}
    return [] if part in known else [problem("channel.unknown_part", place, part=part)]


def _check_choice(part: str, value: str, place: str) -> list[Problem]:
    known = CHOICES.get(part, (value,))
    if value in known:
        return []
    return [problem("channel.unknown_value", place, part=part, value=value, known=" ".join(known))]


# -- reading ---------------------------------------------------------------------------------------


def _decoded(raw: RawMessage, options: WebhookOptions) -> Any:
    if options.body == "form":
        try:
            return dict(parse_qsl(raw.body.decode(), keep_blank_values=True, max_num_fields=1000))
        except ValueError:
            raise BadValue("message.not_a_form") from None
    try:
        return msgspec.json.decode(raw.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadValue("message.not_json", reason=str(error)[:200]) from None


def _search(path: str, item: Any) -> Any:
    """A path that does not fit what was sent finds nothing."""
    try:
        return jmespath.search(path, item) if path else None
    except (JMESPathError, RecursionError):
        return None


class _Parts:
    """The parts of one message, as its vendor tells them."""

    def __init__(self, item: Any, options: WebhookOptions) -> None:
        self._options = options
        self._found = {part: _search(path, item) for part, path in _paths(options).items() if path}

    def raw(self, part: str) -> Any:
        found = self._found.get(part)
        return self._options.defaults.get(part) if found is None or found == "" else found

    def text(self, part: str, default: str = "") -> str:
        found = self.raw(part)
        if isinstance(found, bool):
            found = "true" if found else "false"
        if isinstance(found, (dict, list)):
            found = msgspec.json.encode(found).decode()
        text = default if found is None else str(found).replace("\0", "\ufffd")
        return self._options.values.get(part, {}).get(text, text)

    def needed(self, part: str) -> str:
        text = self.text(part).strip()
        if not text:
            raise BadValue("message.no_part", part=part)
        return text[:200]

    def choice(self, part: str, default: str) -> Any:
        text = self.text(part, default)
        if text not in CHOICES[part]:
            raise BadValue("message.unknown_value", part=part, value=excerpt(text, 20))
        return text

    def number(self, part: str) -> float | None:
        try:
            return float(self.text(part))
        except ValueError:
            return None


def _message(item: Any, options: WebhookOptions) -> Message:
    parts = _Parts(item, options)
    direction = parts.choice("direction", "in")
    sender = Participant(
        parts.needed("sender_id"),
        parts.choice("sender_kind", "customer" if direction == "in" else "staff"),
        parts.text("sender_name"),
    )
    sequence = parts.number("vendor_seq")
    other: Literal["staff", "customer"] = "staff" if direction == "in" else "customer"
    receivers = tuple(_receivers(parts.raw("receivers"), other))
    return Message(
        vendor_id=parts.needed("vendor_id"),
        sender=sender,
        receivers=receivers,
        sent_at=read_time(parts.raw("sent_at"), options.time_unit),
        account=parts.text("account"),
        vendor_seq=int(sequence) if sequence is not None and 0 <= sequence < 2**53 else None,
        conversation_id=parts.text("conversation_id")
        or "|".join(sorted({sender.id, *(p.id for p in receivers)})),
        conversation_kind=parts.choice("conversation_kind", "single"),
        direction=direction,
        action=parts.choice("action", "send"),
        type=parts.text("type", "text"),
        text=parts.text("text"),
        refers_to=parts.text("refers_to"),
        duration=parts.number("duration"),
        attachments=tuple(_attachments(parts.raw("attachments"))),
    )


def _receivers(found: Any, kind: Literal["staff", "customer"]) -> list[Participant]:
    items: Sequence[Any] = found if isinstance(found, list) else [] if found is None else [found]
    return [receiver for item in items if (receiver := _receiver(item, kind)).id]


def _receiver(item: Any, kind: Any) -> Participant:
    if isinstance(item, dict):
        said = item.get("kind")
        side = said if said in KINDS else kind
        return Participant(str(item.get("id") or ""), side, str(item.get("name") or ""))
    return Participant(str(item) if isinstance(item, (str, int)) else "", kind)


def _attachments(found: Any) -> list[MediaReference]:
    items = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
    return [
        MediaReference(
            name=str(item.get("name") or "file")[:255],
            media_type=str(item.get("type") or "application/octet-stream")[:200],
            size=item["size"] if type(item.get("size")) is int else None,
            vendor_reference=str(item.get("url") or ""),
        )
        for item in items
        if isinstance(item, dict)
    ]


def register(registry: Registry) -> None:
    registry.add(Webhook())
