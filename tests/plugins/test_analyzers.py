"""Analyzers: words cut and counted, negative words, working time until an answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from metamodel.plugin_api import Finding, Material
from plugins.analyzers.negative_words import NegativeWords, NegativeWordsOptions
from plugins.analyzers.response_time import ResponseTime, ResponseTimeOptions
from plugins.analyzers.words import NameSource, Words, WordsOptions

REAL = Path(__file__).parents[3] / "shared" / "data" / "wecom_messages.jsonl"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class House:
    """A house that knows what the test tells it; it works from nine to six on weekdays."""

    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    named: Sequence[str] = ()
    staff: Sequence[str] = ()
    now: datetime = datetime(2026, 11, 20, 1, tzinfo=UTC)

    def keywords(self, code: str) -> Sequence[str] | None:
        return self.lists.get(code)

    def names(self, app: str, form: str, field: str) -> Sequence[str]:
        return self.named

    def people(self) -> Sequence[str]:
        return self.staff

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        total, moment = timedelta(), start
        while moment < end:
            local = moment.astimezone(ZONE)
            if local.weekday() < 5 and 9 <= local.hour < 18:
                total += timedelta(minutes=1)
            moment += timedelta(minutes=1)
        return total


def words_of(text: str, house: House | None = None, **options: Any) -> dict[str, int]:
    material = Material("1", ({"content": text},))
    (finding,) = Words().find(WordsOptions(field="content", **options), [material], house or House())
    assert finding.words is not None
    return dict(finding.words)


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("合同的价格，价格再看看", {"合同": 1, "价格": 2}),
        ("请问发票抬头怎么改？发票税号也要改", {"发票": 2, "抬头": 1, "税号": 1}),
        ("給個報價單", {"报价单": 1}),  # traditional characters
        ("ＳＡＰ接口和sap对接", {"sap": 2, "接口": 1, "对接": 1}),  # full width, capitals
        ("您好，好的，谢谢，嗯嗯，收到", {}),  # politeness
        ("很不满意，数据不同步", {"不满意": 1, "数据": 1, "不同步": 1}),  # no praise
        ("", {}),
        ("！？…", {}),
    ],
)
def test_words_are_cut_folded_and_counted(text: str, words: dict[str, int]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "打19900001234找我", "11010519491231002X", "6222020000000000000", "a.b@example.com",
        "HT2026-0012", "见 https://example.com/发票?x=1", "GD20261120-003", "10:30", "3-4-3", "[图片]", "85折", "三个",
        "两台", "第一",
    ],
)  # fmt: skip
def test_numbers_addresses_and_placeholders_are_no_words(text: str) -> None:
    assert words_of(text).keys() <= {"找我"}


def test_whole_words_stay_in_one_piece_the_longest_first() -> None:
    text = "我来安排交付计划，巡检云的交付"
    assert "交付计划" not in words_of(text)
    house = House(lists={"top": ["交付计划", "我来安排"]}, named=["巡检云"])
    options: dict[str, Any] = {"lists": ("top", "none"), "names": (NameSource(form="product", field="name"),)}
    found = words_of(text, house, **options)
    assert found == {"我来安排": 1, "交付计划": 1, "巡检云": 1, "交付": 1}
    assert words_of("交付计划", whole=("交付", "交付计划")) == {"交付计划": 1}


def test_our_peoples_names_do_not_count_unless_asked_for() -> None:
    house = House(staff=["陈思雨"])
    assert "陈思雨" not in words_of("陈思雨，报价", house)
    assert words_of("陈思雨，报价", house, people=True)["陈思雨"] == 1


def test_words_that_do_not_count_may_be_named() -> None:
    assert words_of("合同价格", without=("合同",)) == {"价格": 1}


def test_several_fields_are_read_together() -> None:
    reads = Words().reads(WordsOptions(field="content", more=("transcript",)))
    assert reads.fields == ("content", "transcript")
    material = Material("1", ({"content": "合同", "transcript": None},))
    (finding,) = Words().find(WordsOptions(field="content"), [material], House())
    assert finding == Finding(words=Counter({"合同": 1}))


@pytest.mark.skipif(not REAL.exists(), reason="the recorded messages are not here")
def test_real_messages_give_words_people_would_pick() -> None:
    texts = [json.loads(line)["message"].get("text", {}).get("content", "") for line in REAL.open("rb")]
    materials = [Material(str(number), ({"content": text},)) for number, text in enumerate(texts)]
    found = Words().find(WordsOptions(field="content"), materials, House())
    total: Counter[str] = Counter()
    for finding in found:
        assert finding.words is not None
        total.update(finding.words)
    assert [word for word, _ in total.most_common(6)] == ["酒店", "景点", "北京", "周边", "餐馆", "推荐"]
    assert all(len(word) > 1 and not any(letter.isdigit() for letter in word) for word in total)
    assert not total.keys() & {"我们", "可以", "谢谢", "您好", "一个"}


# -- negative words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("很不满意，太慢了，太 慢了", 3),
        ("真的很满意", 0),
        ("不滿意！", 1),
        ("", 0),
        (None, 0),
    ],
)
def test_negative_words_are_counted(text: str | None, uses: int) -> None:
    house = House(lists={"negative": ["不满意", "太慢"]})
    options = NegativeWordsOptions(field="content", into="negative_count")
    material = Material("1", ({"content": text},))
    assert NegativeWords().find(options, [material], house) == [Finding({"negative_count": uses})]


def test_without_the_list_the_words_given_count() -> None:
    options = NegativeWordsOptions(field="content", into="n", otherwise=("垃圾",))
    material = Material("1", ({"content": "垃圾，不满意"},))
    assert NegativeWords().find(options, [material], House()) == [Finding({"n": 1})]
    assert NegativeWords().find(options, [material], House(lists={"negative": []})) == [Finding({"n": 0})]


# -- response time ---------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def waits(*events: tuple[str, str] | tuple[str, str, str], **options: Any) -> dict[str, Any]:
    rows = tuple(
        {"sent_at": at(e[0]), "direction": e[1], "content": e[2] if len(e) > 2 else "？"} for e in events
    )
    asked = ResponseTimeOptions(
        first="first", average="average", waiting="waiting", text="content", **options
    )
    (finding,) = ResponseTime().find(asked, [Material("1", rows)], House())
    return dict(finding.values)


MINUTES = timedelta(minutes=1)


def test_the_first_and_the_average_answer_and_nobody_waits() -> None:
    found = waits(
        ("19 10:00", "in"), ("19 10:01", "in"), ("19 10:10", "out"), ("19 10:11", "out"),
        ("19 11:00", "in"), ("19 11:20", "out"),
    )  # fmt: skip
    assert found == {"first": 10 * MINUTES, "average": 15 * MINUTES, "waiting": None}


def test_whoever_waits_waits_since_the_first_unanswered_message() -> None:
    found = waits(("19 10:00", "in"), ("19 10:05", "out"), ("19 10:06", "in"), ("19 10:30", "in"))
    assert found["waiting"] == at("19 10:06")
    assert found["first"] == 5 * MINUTES


def test_only_working_time_counts() -> None:
    assert waits(("19 23:48", "in"), ("20 09:02", "out"))["first"] == 2 * MINUTES
    assert waits(("20 17:50", "in"), ("23 09:10", "out"))["first"] == 20 * MINUTES  # over a weekend


def test_we_wrote_first_and_nobody_answered() -> None:
    assert waits(("19 10:00", "out")) == {"first": None, "average": None, "waiting": None}


@pytest.mark.parametrize("goodbye", ["好的，谢谢！", "收到", "OK", "嗯 嗯", "[表情]", "辛苦了～"])
def test_a_goodbye_needs_no_answer(goodbye: str) -> None:
    assert waits(("19 10:00", "out"), ("19 10:01", "in", goodbye))["waiting"] is None


def test_a_question_behind_a_thank_you_does() -> None:
    assert waits(("19 10:01", "in", "好的，那价格呢"))["waiting"] == at("19 10:01")


def test_order_of_arrival_does_not_matter_and_systems_are_not_heard() -> None:
    found = waits(("19 10:10", "out"), ("19 10:00", "in"), ("19 10:05", "system"))
    assert found["first"] == 10 * MINUTES


def test_only_the_fields_that_are_named_are_filled() -> None:
    (finding,) = ResponseTime().find(ResponseTimeOptions(first="f"), [Material("1", ())], House())
    assert finding.values == {"f": None}
    assert ResponseTime().reads(ResponseTimeOptions()).fields == ("sent_at", "direction")
