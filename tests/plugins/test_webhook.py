"""The declarative webhook: signature recipes on vendors' own vectors, mapping of real shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from metamodel.application import App
from metamodel.plugin_api import BadValue, RawMessage
from plugins.connectors.webhook import Webhook, WebhookOptions

FIELDS = {"vendor_id": "id", "sent_at": "at", "sender_id": "from"}
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO_BODY = (
    b"CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212"
)

# name, recipe, secret, body, headers, moment (seconds)
VECTORS: list[tuple[str, dict[str, Any], str, bytes, dict[str, str], int]] = [
    (
        "slack v0",
        {
            "header": "X-Slack-Signature", "prefix": "v0=", "template": "v0:{timestamp}:{body}",
            "timestamp_header": "X-Slack-Request-Timestamp",
        },
        "8f742231b10e8888abcd99yyyzzz85a5",
        SLACK_BODY,
        {
            "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "x-slack-request-timestamp": "1531420618",
        },
        1531420618,
    ),
    (
        "twilio",
        {
            "header": "X-Twilio-Signature", "algorithm": "sha1", "encoding": "base64", "template": "{url}{form}",
            "url": "https://mycompany.com/myapp.php?foo=1&bar=2",
        },
        "12345",
        TWILIO_BODY,
        {"x-twilio-signature": "0/KCTR6DLpKmkAf8muzZqo1nDgQ="},
        0,
    ),
    (
        "dingtalk robot",
        {
            "header": "sign", "encoding": "base64", "template": "{timestamp}\\n{secret}",
            "timestamp_header": "timestamp", "tolerance": 3600,
        },
        "this is secret",
        b"{}",
        {"sign": "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=", "timestamp": "1577262236757"},
        1577262236,
    ),
    (
        "token in a header",
        {"header": "X-Telegram-Bot-Api-Secret-Token", "kind": "token"},
        "s3cret-token",
        b"{}",
        {"x-telegram-bot-api-secret-token": "s3cret-token"},
        0,
    ),
]  # fmt: skip


def options(**more: Any) -> WebhookOptions:
    return msgspec.convert({"fields": FIELDS, **more}, WebhookOptions)


def code_of(work: Any) -> str:
    with pytest.raises(BadValue) as refused:
        work()
    return refused.value.code


@pytest.mark.parametrize(("name", "recipe", "secret", "body", "headers", "at"), VECTORS)
def test_signatures(
    name: str, recipe: dict[str, Any], secret: str, body: bytes, headers: dict[str, str], at: int
) -> None:
    webhook, settings = Webhook(), options(signature=recipe)
    now = datetime.fromtimestamp(at, UTC)
    assert webhook.check_options(settings, App("a", "A")) == []
    webhook.verify(RawMessage(body, headers), settings, secret, now)
    header = recipe["header"].lower()
    wrong = {**headers, header: headers[header][:-2] + "00"}
    for raw in (RawMessage(body, wrong), RawMessage(body, {**headers, header: "é"})):
        assert code_of(lambda raw=raw: webhook.verify(raw, settings, secret, now)) == "channel.bad_signature"
    assert code_of(lambda: webhook.verify(RawMessage(body), settings, secret, now)) == "channel.no_signature"
    other = RawMessage(body, {**headers, header: recipe.get("prefix", "") + "0"})
    assert code_of(lambda: webhook.verify(other, settings, secret + "x", now)) == "channel.bad_signature"
    assert (
        code_of(lambda: webhook.verify(RawMessage(body, headers), settings, "", now)) == "channel.no_secret"
    )
    if "timestamp_header" in recipe:
        late = now + timedelta(seconds=recipe.get("tolerance", 300) + 1)
        assert (
            code_of(lambda: webhook.verify(RawMessage(body, headers), settings, secret, late))
            == "channel.stale"
        )


def test_the_body_is_signed_as_it_came() -> None:
    recipe = {
        "header": "X-Signature",
        "prefix": "sha256=",
        "template": "{timestamp}.{body}",
        "timestamp_header": "T",
    }
    from plugins.connectors.signatures import SignatureOptions, sign

    settings = options(signature=recipe)
    body = b'{"b" : 1,\n "a": "\xe4\xbd\xa0"}'
    signature = "sha256=" + sign(body, msgspec.convert(recipe, SignatureOptions), "k", "1531420618")
    headers = {"x-signature": signature, "t": "1531420618"}
    now = datetime.fromtimestamp(1531420618, UTC)
    Webhook().verify(RawMessage(body, headers), settings, "k", now)
    changed = RawMessage(body.replace(b" ", b""), headers)
    assert code_of(lambda: Webhook().verify(changed, settings, "k", now)) == "channel.bad_signature"


CHATWOOT = {
    "fields": {
        "vendor_id": "id", "sent_at": "created_at", "sender_id": "sender.id", "sender_name": "sender.name",
        "text": "content", "direction": "message_type", "conversation_id": "conversation.id",
        "account": "account.id", "attachments": "attachments[].{name: file_name, url: data_url, type: mime}",
    },
    "messages": "[@][?event=='message_created']",
    "values": {"direction": {"incoming": "in", "outgoing": "out", "template": "system", "activity": "system"}},
}  # fmt: skip


def test_a_vendors_shape_is_mapped() -> None:
    body = {
        "event": "message_created", "id": 9007199254740993, "content": "你们价格多少", "message_type": "incoming",
        "created_at": 1795136400, "sender": {"id": 7, "name": "李雷"}, "conversation": {"id": 12},
        "account": {"id": 1}, "attachments": [{"file_name": "a.png", "data_url": "https://x/a", "mime": "image/png"}],
    }  # fmt: skip
    settings = msgspec.convert(CHATWOOT, WebhookOptions)
    (message,) = Webhook().parse(RawMessage(msgspec.json.encode(body)), settings)
    assert (message.vendor_id, message.text, message.direction) == ("9007199254740993", "你们价格多少", "in")
    assert (message.sender.id, message.sender.name, message.sender.kind) == ("7", "李雷", "customer")
    assert (message.conversation_id, message.account) == ("12", "1")
    assert message.sent_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert [(a.name, a.media_type) for a in message.attachments] == [("a.png", "image/png")]


def test_an_event_that_is_no_message_is_nothing() -> None:
    settings = msgspec.convert(CHATWOOT, WebhookOptions)
    assert Webhook().parse(RawMessage(b'{"event":"conversation_typing_on"}'), settings) == []


def test_a_form_body_is_mapped() -> None:
    settings = msgspec.convert(
        {
            "body": "form",
            "fields": {
                "vendor_id": "RecordingSid", "sent_at": "RecordingStartTime", "sender_id": "From",
                "duration": "RecordingDuration",
            },
            "defaults": {"type": "call", "conversation_kind": "call"},
        },
        WebhookOptions,
    )  # fmt: skip
    body = (
        b"RecordingSid=RE1&RecordingStartTime=2026-11-20T01%3A00%3A00Z&From=%2B861990000&RecordingDuration=62"
    )
    (message,) = Webhook().parse(RawMessage(body), settings)
    assert (message.type, message.conversation_kind, message.duration) == ("call", "call", 62.0)


@pytest.mark.parametrize(
    ("at", "unit", "seconds"),
    [
        (1795136400, "auto", 0), (1795136400000, "auto", 0), ("1795136400000000", "auto", 0),
        (1795136400.25, "auto", 0.25), ("2026-11-20T09:00:00+08:00", "auto", 0), ("2026-11-20 01:00:01", "auto", 1),
        (1795136400, "milliseconds", None), ("soon", "auto", None), (-1, "auto", None), (True, "auto", None),
    ],
)  # fmt: skip
def test_times(at: Any, unit: str, seconds: float | None) -> None:
    settings = options(time_unit=unit)
    raw = RawMessage(msgspec.json.encode({"id": "1", "from": "a", "at": at}))
    if seconds is None and unit == "auto":
        assert code_of(lambda: Webhook().parse(raw, settings)) == "message.no_part"
        return
    sent_at = Webhook().parse(raw, settings)[0].sent_at
    expected = datetime(2026, 11, 20, 1, 0, tzinfo=UTC) + timedelta(seconds=seconds or 0)
    assert (sent_at == expected) == (seconds is not None)


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"messages": "[?"}, "/messages", "channel.bad_path"),
        ({"fields": {**FIELDS, "text": "a."}}, "/fields/text", "channel.bad_path"),
        ({"values": {"nothing": {}}}, "/values/nothing", "channel.unknown_part"),
        ({"values": {"direction": {"a/b": "up"}}}, "/values/direction/a~1b", "channel.unknown_value"),
        ({"defaults": {"action": "shout"}}, "/defaults/action", "channel.unknown_value"),
        ({"signature": {"header": "X", "template": "{nonce}"}}, "/signature/template", "channel.bad_template"),
        ({"signature": {"header": "X", "template": "{timestamp}"}}, "/signature/timestamp_header",
         "channel.no_timestamp_header"),
        ({"signature": {"header": "X", "template": "{url}"}}, "/signature/url", "channel.no_url"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_told_where(more: dict[str, Any], path: str, code: str) -> None:
    found = Webhook().check_options(options(**more), App("a", "A"))
    assert [(problem.path, problem.code) for problem in found] == [(path, code)]


@pytest.mark.parametrize(("name", "recipe", "secret", "body", "headers", "at"), VECTORS)
def test_the_example_is_signed_as_its_vendor_would(
    name: str, recipe: dict[str, Any], secret: str, body: bytes, headers: dict[str, str], at: int
) -> None:
    settings = options(signature=recipe, example={"id": "1", "at": 1795136400, "from": "a"})
    webhook, now = Webhook(), datetime.fromtimestamp(1795136400, UTC)
    sample = webhook.sample(settings)
    assert sample is not None
    webhook.verify(webhook.sign(sample, settings, secret, now), settings, secret, now)


def test_an_example_that_cannot_be_read_is_told() -> None:
    (found,) = Webhook().check_options(options(example={"id": "1"}), App("a", "A"))
    assert (found.path, found.code) == ("/example", "channel.bad_example")
    assert "sent_at" in found.text("zh") or "sender_id" in found.text("zh")
