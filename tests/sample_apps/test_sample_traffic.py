"""The recorded traffic is what each channel's connector reads, and it is shaped as promised."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sample_apps
from engine.applications.packing import read_path
from engine.plugin_loader import load_registry
from engine.sample_data import lay_traffic, read_almanac
from metamodel.application import load
from metamodel.plugin_api import Message, RawMessage

ROOT = Path(next(iter(sample_apps.__path__)))
DATA = ROOT / "conversation_archive" / "data"
CHANNELS = ("wecom", "phone", "web_chat", "email", "dingtalk", "social", "wechat_kf")
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@cache
def traffic(channel: str) -> list[Message]:
    registry = load_registry()
    app, _ = load(read_path(ROOT / "conversation_archive")[0], registry)
    assert app is not None
    known = app.channel(channel)
    assert known is not None
    assert known.connector is not None
    almanac = read_almanac(DATA, TODAY, NOW, ZoneInfo("Asia/Shanghai"))
    laid = lay_traffic((DATA / f"{channel}.jsonl").read_text("utf-8").splitlines(), almanac)
    raw = [RawMessage(json.dumps(send, ensure_ascii=False).encode()) for _, send in laid]
    messages = [message for one in raw for message in known.connector.parse(one, known.options)]
    assert [message.sent_at for message in messages] == [at.replace(microsecond=0) for at, _ in laid]
    return messages


def staff() -> Mapping[str, str]:
    organisation = json.loads((ROOT / "crm/data/organisation.json").read_text("utf-8"))
    return {person["id"]: person["name"] for person in organisation["people"]}


def told() -> str:
    """The story: what was said in recordings comes by it."""
    return (DATA / "story.json").read_text("utf-8")


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_line_is_read(channel: str) -> None:
    messages = traffic(channel)
    assert len({(m.account, m.vendor_id, m.action) for m in messages}) == len(messages)
    assert {m.direction for m in messages} == {"in", "out"}
    for message in messages:
        ours = [p for p in (message.sender, *message.receivers) if p.kind == "staff"]
        assert ours, message
        assert all(person.id in staff() for person in ours), message
        assert (message.sender.kind == "staff") == (message.direction == "out"), message
        assert message.account, message
        assert message.conversation_id, message
        assert message.text or message.attachments or message.type != "text", message


@pytest.mark.parametrize("channel", CHANNELS)
def test_somebody_outside_takes_part(channel: str) -> None:
    for message in traffic(channel):
        assert any(p.kind == "customer" for p in (message.sender, *message.receivers)), message


def test_there_is_enough_and_nothing_is_said_too_often() -> None:
    messages = [message for channel in CHANNELS for message in traffic(channel)]
    assert len(messages) >= 2_000
    assert len({(m.account, m.conversation_id) for m in messages}) >= 300
    said = Counter(m.text for m in messages if m.type == "text" and len(m.text) > 6)
    assert [line for line, count in said.items() if count > 12] == []


def test_every_salesperson_is_heard() -> None:
    speakers = {m.sender.id for channel in CHANNELS for m in traffic(channel) if m.direction == "out"}
    assert {f"sales{number:02}" for number in range(1, 14)} <= speakers


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("wecom", "你们巡检云 300 个点位一年多少钱？价格能不能先给个范围"),
        ("wecom", "折扣再低点，85 折我就能往上报"),
        ("wecom", "竞品A 上周来演示了，同样点位便宜三成"),
        ("phone", "看是看了，我们内部再考虑一下吧，年底预算紧"),
        ("email", "合同第七条违约金"),
        ("wecom", "这个月回款要推到下月 10 号"),
        ("web_chat", "从昨晚 5.2 升级完数据就不同步了，产线都停了！"),
        ("dingtalk", "要求退款"),
        ("wecom", "上次帮我们连夜恢复，真的很满意，推荐给兄弟医院了"),
        ("wecom", "也不是不满意，就是界面有点慢"),
        ("wecom", "给您做到 6 折"),
        ("wecom", "不用走合同，您转我个人，便宜两千"),
        ("wecom", "3号炉周四早六点停"),
        ("wechat_kf", "11010519491231002X"),
        ("wecom", "在吗"),
        ("wecom", "王经理，IT 说可以，你出个报价，带 SAP 接口的"),
        ("wecom", "明天上午给您演示账号"),
        ("web_chat", "我们招的合同工也能用这个价格标签打印吗"),
        ("wecom", "竞品Ａ的网关"),
        ("wecom", "第二年免实施费，我做主"),
    ],
)
def test_the_scenarios_are_there_word_by_word(channel: str, words: str) -> None:
    assert any(words in message.text for message in traffic(channel)) or f'"transcript": "{words}"' in told()


def test_a_recall_names_a_message_that_was_sent() -> None:
    messages = traffic("wecom")
    sent = {message.vendor_id for message in messages}
    recalls = [message for message in messages if message.action == "recall"]
    assert len(recalls) >= 10
    assert all(message.refers_to in sent for message in recalls)


def rows(form: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / f"crm/data/{form}.json").read_text("utf-8"))["rows"]
    return found


def test_customers_and_their_contacts() -> None:
    customers = [row["values"] for row in rows("customer")]
    assert Counter(c["level"] for c in customers) == {"A": 6, "B": 14, "C": 20}
    assert max(len(c["name"]) for c in customers) == 62
    assert any("𬭎" in c["name"] for c in customers)
    contacts = [row["values"] for row in rows("contact")]
    assert len(contacts) == 90
    assert sum("dingtalk_id" in c or "web_visitor" in c for c in contacts) == 12


def test_opportunities_contracts_and_tickets() -> None:
    stages = Counter(row["values"]["stage"] for row in rows("opportunity"))
    assert list(stages.values()) != []
    assert [stages[s] for s in ("初步接触", "需求确认", "方案报价", "商务谈判", "合同签订", "赢单", "输单")] == [
        9, 12, 14, 8, 4, 11, 6,
    ]  # fmt: skip
    assert len(rows("contract")) == 18
    tickets = [row["values"] for row in rows("ticket")]
    assert len(tickets) == 120
    assert sum("resolved_at" not in ticket for ticket in tickets) == 11
