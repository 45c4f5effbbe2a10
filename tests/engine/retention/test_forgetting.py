"""Every room forgets the words of a shredded record: opened with our own keys, nothing of them is left."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.evidence.audit_log import audit_place
from engine.evidence.tombstones import Cause
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import audit, inbox, notifications, record_keys, rule_runs, tasks, words
from metamodel.plugin_api import RawMessage
from tests.engine.archive_app import ARCHIVE
from tests.engine.channels.deliveries import SECRET, delivery

SAID, OTHER = "一百二十万元的底价", "周五见"
TELL: list[dict[str, Any]] = [
    {
        "id": "look", "label": "看一看", "when": {"trigger": "record_created", "form": "message"},
        "then": [
            {"action": "create_task", "with": {"to": "person:wang", "title": "有消息", "note": "{content}",
                                               "of": "conversation"}},
            {"action": "notify", "with": {"to": "person:wang", "title": "有消息", "body": "{content}"}},
            {"action": "run_analyzer", "with": {"analyzer": "words", "options": {"field": "content"}}},
        ],
    }
]  # fmt: skip


@pytest.fixture
def archive(make_runtime: Callable[[], Runtime]) -> Iterator[Runtime]:
    runtime = make_runtime()
    document = copy.deepcopy(ARCHIVE)
    document["rules"] += TELL
    everything = {form["id"]: {"actions": ["read"]} for form in document["forms"]}
    document["roles"] = [{"id": "reader", "label": "读者", "forms": everything, "manages": ["design"]}]
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [Person("wang", "王磊")]))
    runtime.applications.publish(None, document, "system")
    member = Membership("archive", "reader", "person", "wang")
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [member]))
    runtime.channels.set_secret("chat", SECRET)
    yield runtime
    runtime.close()


def arrive(runtime: Runtime, *raw: RawMessage) -> list[int]:
    ids = runtime.channels.receive("chat", list(raw))
    runtime.jobs.run_due()
    return [int(one) for one in runtime.channels.records_of(ids)]


def shred(runtime: Runtime, *records: int) -> None:
    shredder, cause = runtime.records.shredder, Cause("person", "ye")
    runtime.database.write(lambda unit: shredder.shred(unit, "archive", "message", records, cause))


def everything_kept(runtime: Runtime) -> str:
    """All that lies sealed in our own tables, opened."""
    box, found = runtime.box, list[Any]()
    with runtime.database.read() as connection:
        for row in connection.execute(sa.select(tasks)):
            place = b"task %d " % row.id
            parts = {"title": row.title_sealed, "detail": row.detail_sealed, "comment": row.comment_sealed}
            found += [
                box.open_json(sealed, place + name.encode()) for name, sealed in parts.items() if sealed
            ]
        for row in connection.execute(sa.select(notifications)):
            found.append(box.open_json(row.body_sealed, b"notification %d body" % row.id))
        for row in connection.execute(sa.select(rule_runs)):
            found.append(box.open_json(row.trace_sealed))
        for row in connection.execute(sa.select(inbox)):
            found.append(box.open(row.raw_sealed, row.digest).decode("utf-8", "replace"))
        for row in connection.execute(sa.select(words)):
            found.append(box.open(row.word_sealed, row.key).decode())
        for entry in connection.execute(sa.select(audit)).mappings():
            found.append(box.open_json(entry["detail_sealed"], audit_place(entry)))
    return repr(found)


def test_nothing_of_it_is_left_anywhere(archive: Runtime) -> None:
    first, second = arrive(archive, delivery(text=SAID), delivery(id="2", seq=2, text=OTHER))
    kept = everything_kept(archive)
    assert all(text in kept for text in (SAID, OTHER, "底价"))
    shred(archive, first)
    kept = everything_kept(archive)
    assert SAID not in kept
    assert "底价" not in kept
    assert OTHER in kept
    assert archive.records.page(SYSTEM, "archive", "message", Query(text="底价")).total == 0
    task = archive.tasks.of(archive.require_viewer("wang")).items
    assert [one.note for one in task if one.note] == [OTHER]
    assert archive.verify().clean
    assert second


def test_raw_bytes_stay_as_long_as_one_of_their_records_does(archive: Runtime) -> None:
    (first,) = arrive(archive, delivery(text=SAID))
    again = delivery(text=SAID, seq=9)  # the vendor sends it once more, in other bytes
    assert arrive(archive, again) == []
    shred(archive, first)
    assert SAID not in everything_kept(archive)
    assert arrive(archive, delivery(text=SAID), again) == []  # and it does not come in again
    (only,) = archive.channels.all()[1:2]
    assert only.counts == {"shredded": 2}


def test_the_words_are_gone_from_the_disk(archive: Runtime) -> None:
    (first,) = arrive(archive, delivery(text=SAID))
    archive.ledger.integrate()
    wrapped = sa.select(record_keys.c.wrapped).where(record_keys.c.record == first)
    with archive.database.read() as connection:
        key = connection.execute(wrapped).scalar_one()
    shred(archive, first)
    archive.records.shredder.purge("archive", "message")
    if archive.database.dialect == "sqlite":
        folder: Path = archive.config.data
        assert not [path for path in folder.rglob("*") if path.is_file() and bytes(key) in path.read_bytes()]
