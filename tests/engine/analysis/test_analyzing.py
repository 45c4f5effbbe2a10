"""Analyzers set off by rules: in the record itself, over a conversation's messages, over what is there."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.records.query import Change
from engine.runtime import Runtime
from engine.system_tables import rule_runs
from tests.engine.archive_app import ARCHIVE, AT, MINUTE, line, rows, traffic

OURS = {"from": "sales04", "tolist": ["wm1"]}
CREATED = {"trigger": "record_created", "form": "message"}


def run(analyzer: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"action": "run_analyzer", "with": {"analyzer": analyzer, "options": options, **more}}


RULES = [
    {"id": "words", "label": "词语", "when": CREATED, "then": [run("words", {"field": "content"})]},
    {
        "id": "negative", "label": "负面词", "when": CREATED, "if": "direction == 'in'",
        "then": [run("negative_words", {"field": "content", "into": "negative", "otherwise": ["不满意"]})],
    },
    {
        "id": "respond", "label": "响应", "when": CREATED,
        "then": [run("response_time", {"first": "first_response", "average": "avg_response",
                                       "waiting": "waiting_since", "text": "content"}, of="conversation")],
    },
]  # fmt: skip


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(ARCHIVE)
    message, conversation, _ = made["forms"]
    message["fields"].append({"id": "negative", "type": "integer", "label": "负面词"})
    conversation["fields"] += [
        {"id": "first_response", "type": "duration", "label": "首次响应"},
        {"id": "avg_response", "type": "duration", "label": "平均响应"},
    ]
    made["rules"] += list(rules or RULES)
    return made


@pytest.fixture
def archive(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    runtime.applications.publish(None, document(), "system")
    yield runtime
    runtime.close()


def words_of(runtime: Runtime, records: list[str]) -> list[dict[str, int]]:
    numbers = [int(record) for record in records]
    with runtime.database.read() as connection:
        found = runtime.analysis.of_records(connection, numbers)
    return [found.get(number, {}) for number in numbers]


def ids(runtime: Runtime, form: str) -> list[str]:
    page = runtime.records.page(SYSTEM, "archive", form, _all())
    return sorted((item.id for item in page.items), key=int)


def _all() -> Any:
    from engine.records.query import Query

    return Query(limit=1000)


def test_words_and_counts_are_part_of_the_first_revision(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest(
        "wecom", [traffic(tmp_path / "a", line(1, "合同的价格，很不满意"), line(2, "您好"))]
    )
    assert [(row["negative"], row["revision"]) for row in rows(archive, "message")] == [(1, 1), (0, 1)]
    assert words_of(archive, ids(archive, "message")) == [{"合同": 1, "价格": 1, "不满意": 1}, {}]


def test_a_conversation_is_looked_at_once_for_all_its_messages(archive: Runtime, tmp_path: Path) -> None:
    messages = [
        line(1, "在吗？", at=AT), line(2, "价格？", at=AT + MINUTE),
        line(3, "您好", at=AT + 5 * MINUTE, **OURS), line(4, "多少钱", at=AT + 6 * MINUTE),
    ]  # fmt: skip
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", *messages)])
    (conversation,) = rows(archive, "conversation")
    assert conversation["first_response"] == "PT5M"
    assert conversation["revision"] == 3  # made, grown, looked at
    assert conversation["waiting_since"] == "2026-11-20T01:06:00Z"
    archive.channels.ingest("wecom", [traffic(tmp_path / "b", line(5, "三千", at=AT + 16 * MINUTE, **OURS))])
    (conversation,) = rows(archive, "conversation")
    assert (conversation["avg_response"], conversation["waiting_since"]) == ("PT7M30S", None)


def test_another_look_at_the_same_changes_nothing(archive: Runtime, tmp_path: Path) -> None:
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "在吗？"))])
    before = rows(archive, "conversation")[0]["revision"]
    archive.channels.ingest("wecom", [traffic(tmp_path / "b", line(2, "在吗？？"))])
    after = rows(archive, "conversation")[0]
    assert (before, after["revision"]) == (2, 3)  # last_at has moved, nothing else


def test_what_is_there_already_is_read_from_the_database(archive: Runtime, tmp_path: Path) -> None:
    button = {
        "id": "again", "label": "重算", "when": {"trigger": "record_updated", "form": "message"},
        "then": [run("words", {"field": "content", "without": ["合同"]})],
    }  # fmt: skip
    archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "合同的价格"))])
    archive.applications.publish(None, document(*RULES, button), "system")
    (message,) = ids(archive, "message")
    archive.records.update(SYSTEM, "archive", "message", [Change(message, {"tags": ["看过"]})])
    assert words_of(archive, [message]) == [{"价格": 1}]


def test_a_broken_analyzer_stops_nobody(archive: Runtime, tmp_path: Path) -> None:
    from plugins.analyzers.words import Words

    class Breaks(Words):
        name = "breaks"

        def find(self, *_: Any) -> Any:
            raise ZeroDivisionError

    with archive.registry.temporarily(Breaks()):
        rules = [
            {"id": "b", "label": "坏", "when": CREATED, "then": [run("breaks", {"field": "content"})]},
            {"id": "c", "label": "坏2", "when": CREATED,
             "then": [run("breaks", {"field": "thread"}, of="conversation")]},
        ]  # fmt: skip
        archive.applications.publish(None, document(*rules), "system")
        archive.channels.ingest("wecom", [traffic(tmp_path / "a", line(1, "合同"))])
    assert len(rows(archive, "message")) == 1
    with archive.database.read() as connection:
        outcomes = dict(connection.execute(sa.select(rule_runs.c.rule, rule_runs.c.outcome)).all())  # type: ignore[arg-type]
    assert outcomes["b"] == "failed"
