"""What every connector keeps: whatever arrives becomes messages or a BadValue, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from engine.plugin_loader import load_registry
from metamodel.application import App
from metamodel.plugin_api import BadValue, Connector, Message, RawMessage
from metamodel.problems import TEXTS, Problem

REGISTRY = load_registry()
CONNECTORS: Mapping[str, Connector] = REGISTRY.all("connector")
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

# The least a connector needs to be told; a connector that is not here takes nothing.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "webhook": {"fields": {"vendor_id": "id", "sent_at": "at", "sender_id": "from", "text": "text"}}
}
SIGNED: Mapping[str, Mapping[str, Any]] = {
    "webhook": {**OPTIONS["webhook"], "signature": {"header": "x-sign"}}
}
HOSTILE = [
    b"", b" ", b"{", b"[]", b"null", b"0", b'"text"', b"{}", b"\xff\xfe", b"\0", b'{"a":"\\ud800"}',
    b"[" * 100_000, b'{"message":' * 5_000, b'{"seq":1,"message":null}', b'{"message":{"msgid":1}}',
    b'{"seq":1e400}', b'{"id":"1","at":"never","from":"x"}', b'{"id":"1","at":1e300,"from":"x"}',
    b'{"id":{},"at":[],"from":null}', b"a" * 5_000_000, "｛｝".encode(), b"<xml/>", b"a=1&b=2",
]  # fmt: skip

names = pytest.mark.parametrize("name", sorted(CONNECTORS))


def options_of(name: str) -> Any:
    return msgspec.convert(OPTIONS.get(name, {}), CONNECTORS[name].Options)


def parsed(name: str, body: bytes) -> list[Message]:
    """Messages, or [] for a BadValue that has its words."""
    try:
        found = CONNECTORS[name].parse(RawMessage(body), options_of(name))
    except BadValue as error:
        told = Problem(error.code, params=error.params)
    else:
        assert all(isinstance(message, Message) for message in found)
        return found
    assert told.code in TEXTS
    assert told.text("zh")
    assert told.text("en")
    return []


@names
def test_it_says_what_it_is_in_both_languages(name: str) -> None:
    connector = CONNECTORS[name]
    for words in (connector.label, connector.doc):
        assert isinstance(words, Mapping)
        assert words["zh"]
        assert words["en"]


@names
def test_its_own_options_are_sane(name: str) -> None:
    assert CONNECTORS[name].check_options(options_of(name), App("a", "A")) == []


@names
@pytest.mark.parametrize("given", [OPTIONS, SIGNED], ids=["open", "signed"])
def test_what_takes_nothing_without_a_secret_says_that_it_wants_one(
    name: str, given: Mapping[str, Mapping[str, Any]]
) -> None:
    connector = CONNECTORS[name]
    options = msgspec.convert(given.get(name, {}), connector.Options)
    raw = RawMessage(b"{}", headers={"x-sign": ""})
    with pytest.raises(BadValue) if connector.wants_secret(options) else nullcontext():
        connector.verify(raw, options, "", NOW)


@names
@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:24]))
def test_hostile_bytes_are_messages_or_a_bad_value(name: str, body: bytes) -> None:
    parsed(name, body)
    position = CONNECTORS[name].position(RawMessage(body), options_of(name))
    assert position is None or isinstance(position, int)


@names
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_json_is_messages_or_a_bad_value(name: str, data: Any) -> None:
    words = st.sampled_from(["id", "at", "from", "text", "message", "msgid", "msgtime", "msgtype", "item"])
    json = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=6),
        max_leaves=12,
    )
    parsed(name, msgspec.json.encode(data.draw(json)))


@names
def test_a_file_is_split_line_by_line_and_blank_lines_are_nothing(name: str) -> None:
    lines = iter([b'{"a":1}\r\n', b"\n", b"broken", b"  \n"])
    found = list(CONNECTORS[name].split(lines, "file.jsonl"))
    assert all(isinstance(raw, RawMessage) and raw.body.strip() for raw in found)
    assert len({raw.source for raw in found}) == len(found)


@names
def test_its_sample_can_be_read(name: str) -> None:
    sample = CONNECTORS[name].sample(options_of(name))
    if sample is not None:
        assert len(parsed(name, sample.body)) == 1


@names
def test_ids_are_texts_and_times_have_a_zone(name: str) -> None:
    sample = CONNECTORS[name].sample(options_of(name)) or RawMessage(
        b'{"id":9007199254740993,"at":1795136400,"from":"wm1","text":"hello"}'
    )
    for message in parsed(name, sample.body):
        assert isinstance(message.vendor_id, str)
        assert message.sent_at.utcoffset() is not None
        assert all(isinstance(person.id, str) for person in (message.sender, *message.receivers))
