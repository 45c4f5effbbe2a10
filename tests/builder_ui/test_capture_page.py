"""What incoming messages become: the tables of a draft, what is wrong with a row at the row, and who may look."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from engine.config import Config
from engine.runtime import Runtime
from metamodel.application import load
from metamodel.plugin_api import Message, Participant
from metamodel.scope import MESSAGE
from tests.builder_ui.desk import Tab, furnish
from tests.builder_ui.post_room import CAPTURE, POST, TABLE, VALUES, open_post_room


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("data"), synchronous="OFF"))
    furnish(runtime)
    open_post_room(runtime)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def designer(runtime: Runtime) -> Tab:
    return Tab(runtime, "cheng")


def edit(runtime: Runtime, *steps: dict[str, Any]) -> int:
    """The revision after these steps on what is published."""
    viewer = runtime.require_viewer("cheng")
    designing = runtime.designing
    newest = designing.open(viewer, "post")
    begun = designing.edit(
        viewer, "post", newest.revision, [{"op": "replace", "path": "", "value": copy.deepcopy(POST)}]
    )
    if not steps:
        return begun.draft.revision
    return designing.edit(viewer, "post", begun.draft.revision, list(steps)).draft.revision


def body(runtime: Runtime, designer: Tab, *steps: dict[str, Any], asked: str = "") -> str:
    """The tables after these steps."""
    return designer.page(f"{CAPTURE}/body?revision={edit(runtime, *steps)}{asked}")


def row(page: str, field: str, table: str = "capture-0") -> str:
    found = re.search(rf'<tr id="{table}\.{field}".*?</tr>', page, re.S)
    assert found, field
    return found[0]


def chosen(row: str) -> str:
    """The words of the source that is chosen."""
    return "".join(re.findall(r'<option value="[^"]*" selected>([^<]*)<', row))


def told(row: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<li[^>]*>.*?<span>([^<]*)</span></li>", row)]


def test_a_table_says_in_words_what_fills_each_field(runtime: Runtime, designer: Tab) -> None:
    edit(runtime)
    page = designer.page(CAPTURE)
    assert re.findall(r'<tr id="capture-0\.(\w+)"', page) == ["channel", "content", "about", "sent_at"]
    assert [chosen(row(page, name)) for name in VALUES] == ["渠道", "消息内容", "发送时间", "表达式 …"]
    assert "多行文本" in row(page, "content")
    assert 'title="必填"' in row(page, "channel")
    assert 'title="必填"' not in row(page, "content")
    (head,) = re.findall(r'<section class="card capture" data-rule="capture".*?<table', page, re.S)
    text = re.sub(r"<[^>]+>|\s+", " ", head)
    assert "捕获来信" in text
    assert "任一渠道" in text
    assert "来信" in text
    assert "仅当 方向 == 'in'" in unescape(text)
    (written,) = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", row(page, "about"))
    assert unescape(written) == VALUES["about"]
    assert 'data-expression-editor-form-value="@message"' in row(page, "about")
    free = re.findall(r'id="add-capture-0".*?</select>', page, re.S)[0]
    assert re.findall(r'<option value="(\w+)">', free) == ["duration", "read_on"], (
        "a number is given by itself"
    )


def test_every_rule_that_makes_a_record_of_a_message_has_one(runtime: Runtime, designer: Tab) -> None:
    """Whatever the action; what it fills otherwise is not offered."""
    page = body(runtime, designer)
    assert re.findall(r'data-rule="(\w+)" data-place="(\d)" data-option="(\w+)"', page) == [
        ("capture", "0", "values"), ("by_phone", "1", "create"),
    ]  # fmt: skip
    assert chosen(row(page, "name", "by_phone-1")) == "发送人"
    assert "add-by_phone-1" not in page
    (head,) = re.findall(r'data-rule="by_phone".*?<table', page, re.S)
    assert "电话" in head


def test_sources_that_fit_are_offered_first_and_others_cannot_be_chosen(
    runtime: Runtime, designer: Tab
) -> None:
    moment = row(body(runtime, designer), "sent_at")
    fitting, others = re.findall(r"<optgroup.*?</optgroup>", moment, re.S)
    assert re.findall(r'<option value="(\w+)"', fitting) == ["sent_at", "received_at", "refers_to"]
    assert set(re.findall(r'<option value="(\w+)" disabled>', others)) == MESSAGE.keys() - {
        "sent_at", "received_at", "refers_to",
    }  # fmt: skip


def test_a_step_of_the_draft_shows_in_the_table(runtime: Runtime, designer: Tab) -> None:
    revision = edit(
        runtime,
        {"op": "replace", "path": f"{TABLE}/content", "value": "customer_name"},
        {"op": "add", "path": f"{TABLE}/duration", "value": "duration"},
        {"op": "remove", "path": f"{TABLE}/about"},
    )
    page = designer.page(f"{CAPTURE}/body?revision={revision}")
    assert re.findall(r'<tr id="capture-0\.(\w+)"', page) == ["channel", "content", "sent_at", "duration"]
    assert chosen(row(page, "content")) == "客户名称"
    assert "<html" not in page
    before = designer.page(f"{CAPTURE}/body?revision={revision - 1}")
    assert chosen(row(before, "content")) == "消息内容"


def test_rows_asked_for_are_there_to_be_filled_or_written(runtime: Runtime, designer: Tab) -> None:
    asked = "&fresh=capture-0.duration&written=capture-0.channel,capture-0.duration"
    page = body(runtime, designer, asked=asked)
    assert "expression-box" in row(page, "channel")
    assert "expression-box" in row(page, "duration")
    assert 'data-do="drop"' in row(page, "duration"), "one may think better of it"


def test_problems_stand_at_their_rows(runtime: Runtime, designer: Tab) -> None:
    """The very ones that publishing tells, with the way to the row."""
    revision = edit(
        runtime,
        {"op": "remove", "path": f"{TABLE}/channel"},
        {"op": "add", "path": f"{TABLE}/read_on", "value": "channel"},
        {"op": "add", "path": f"{TABLE}/number", "value": "vendor_id"},
        {"op": "add", "path": f"{TABLE}/gone", "value": "text"},
        {"op": "replace", "path": f"{TABLE}/about", "value": "nobody"},
        {"op": "replace", "path": "/rules/0/if", "value": "directoin == 'in'"},
    )
    page = designer.page(f"{CAPTURE}/body?revision={revision}")
    assert told(row(page, "channel")) == ["“来信”的“渠道”必填，却没有来源：这样的记录存不下来"]
    assert 'class="mild"' in row(page, "channel")
    assert chosen(row(page, "channel")) == "选择来源 …"
    assert 'data-do="drop"' not in row(page, "channel"), "it cannot be done without"
    assert chosen(row(page, "read_on")) == "渠道 · 文字", "what does not fit stays to be seen"
    for field in ("read_on", "number", "gone", "about"):
        assert len(told(row(page, field))) == 1, field
    assert told(row(page, "sent_at")) == []
    (of_rule,) = re.findall(r'data-rule="capture".*?<table', page, re.S)
    assert len(told(of_rule)) == 1
    problems = designer.page(f"/design/post/problems?revision={revision}")
    places = re.findall(r'href="(/design/post/capture[^"]*)"', problems)
    assert sorted(places) == [
        f"{CAPTURE}?at=capture-0",
        *(f"{CAPTURE}?at=capture-0.{name}" for name in ("about", "channel", "gone", "number", "read_on")),
    ]


def test_where_no_rule_captures_one_is_made(runtime: Runtime, designer: Tab) -> None:
    page = body(runtime, designer, {"op": "remove", "path": "/rules"})
    assert "还没有规则把消息变成记录" in page
    starts = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', page)
    assert [(label, bool(first)) for _, first, label in starts] == [("来信", True), ("来电人", False)]
    rule = json.loads(unescape(starts[0][0]))
    app, problems = load({**POST, "rules": [rule]}, runtime.registry)
    assert app is not None
    assert [one.code for one in problems] == []
    assert rule["then"][0]["with"] == {
        "form": "letter", "values": {"channel": "channel", "sent_at": "sent_at", "duration": "duration"}
    }  # fmt: skip


def test_without_a_channel_there_are_no_messages(runtime: Runtime, designer: Tab) -> None:
    gone = [{"op": "remove", "path": path} for path in ("/channels", "/rules")]
    page = body(runtime, designer, *gone)
    assert "没有渠道，就没有消息" in page
    assert "capture-start" not in page


def test_a_draft_nothing_can_be_made_of_says_so(runtime: Runtime, designer: Tab) -> None:
    assert "这份草稿读不出来" in body(runtime, designer, {"op": "replace", "path": "/muniment", "value": 99})


WORDS = "原件在保险柜第三层"


@pytest.fixture(scope="module")
def letter(runtime: Runtime) -> str:
    """The id of the letter that a message became."""
    sender = Participant("wm1", "customer", "李雷")
    message = Message("m1", sender, (), datetime(2026, 11, 20, 1, tzinfo=UTC), text=WORDS)
    (record,) = runtime.channels.take("chat", message)
    return record


def examples(page: str) -> dict[str, str]:
    """What stands beside each field."""
    found = re.findall(r'data-field="(\w+)".*?class="capture-example[^>]*><span[^>]*>([^<]*)<', page, re.S)
    return {field: unescape(text) for field, text in found}


def test_whoever_may_read_it_sees_what_the_newest_message_gives(runtime: Runtime, letter: str) -> None:
    """By the draft's table, not by what is published; that he looked is noted once."""
    steps = (
        {"op": "replace", "path": f"{TABLE}/about", "value": "CONCAT(sender_name, ' ', LEN(text))"},
        {"op": "add", "path": f"{TABLE}/read_on", "value": "text"},
        {"op": "add", "path": f"{TABLE}/duration", "value": "duration"},
    )
    clerk = Tab(runtime, "zhou")
    for _ in range(2):
        page = body(runtime, clerk, *steps)
    (of_letter,) = re.findall(r'data-rule="capture".*?</table>', page, re.S)
    assert examples(of_letter) == {
        "channel": "chat", "content": WORDS, "about": "李雷 9", "sent_at": "2026-11-20 09:00", "duration": "–",
        "read_on": f"“{WORDS}”不是日期",
    }  # fmt: skip
    assert "capture-example refused" in of_letter
    assert f'href="/apps/post/forms/letter/records/{letter}"' in of_letter
    with runtime.database.read() as connection:
        looks = [one for one in runtime.audit.latest(connection, limit=30) if one.action == "view"]
    assert [(one.person, str(one.record)) for one in looks] == [("zhou", letter)]


@pytest.mark.parametrize("person", ["cheng", "wang"])
def test_whoever_may_not_read_all_of_it_sees_the_sample(runtime: Runtime, letter: str, person: str) -> None:
    page = body(runtime, Tab(runtime, person))
    assert WORDS not in page
    assert "李雷" not in page
    assert f"/records/{letter}" not in page
    assert "示例：电话自带的样例" in page
    assert examples(page)["content"] == "样例里的话"


@pytest.mark.parametrize("path", [CAPTURE, f"{CAPTURE}/body"])
def test_only_designers_see_it(runtime: Runtime, path: str) -> None:
    assert Tab(runtime, "wei").get(path).status_code == 403
    assert Tab(runtime).get(path).status_code in (303, 401)


def test_the_ways_there(runtime: Runtime, designer: Tab) -> None:
    """From the designer's tabs, its overview and bindings, and a channel's page; there as words for whoever does not
    design."""
    edit(runtime)
    overview = designer.page("/design/post")
    assert f'<a href="{CAPTURE}">捕获</a>' in overview
    assert f'<a href="{CAPTURE}?at=capture-0">捕获来信</a>' in overview
    assert f'href="{CAPTURE}"' in designer.page("/design/post/bindings")
    assert f'href="{CAPTURE}"' not in designer.page("/design/desk"), "no channel, no messages"
    channel = designer.page("/apps/post/channels/phone")
    assert f'<a href="{CAPTURE}?at=capture-0">捕获来信</a>' in channel
    assert f'<a href="{CAPTURE}?at=by_phone-1">按号码归人</a>' in channel
    porter = Tab(runtime, "wei").page("/apps/post/channels/chat")
    assert "捕获来信" in porter
    assert "按号码归人" not in porter
    assert "/design/" not in porter
