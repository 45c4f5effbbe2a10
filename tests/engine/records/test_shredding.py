"""Shredding a record: its content is gone everywhere, what remains is held by a signed tombstone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.evidence.tombstones import Approval, Cause, tombstones_of
from engine.records.query import Change, Query
from engine.runtime import Runtime
from engine.system_tables import files, record_keys, record_words

CAUSE = Cause("request", "lu", request="office/erasure/9", approvals=(Approval("ye", 5),))


@pytest.fixture
def letters(office: Runtime) -> list[int]:
    client = office.records.create(SYSTEM, "office", "client", [{"name": "远汀", "owner": "zhou"}])[0]
    rows = [
        {"subject": f"信 {n}", "body": f"报价单第 {n} 份", "client": client, "tags": ["急"]} for n in range(4)
    ]
    return [int(one) for one in office.records.create(SYSTEM, "office", "letter", rows)]


def shred(runtime: Runtime, form: str, *ids: int) -> list[int]:
    shredder = runtime.records.shredder
    gone = runtime.database.write(lambda unit: shredder.shred(unit, "office", form, ids, CAUSE))
    shredder.purge("office", form)
    return gone


def rows(runtime: Runtime, query: sa.Select[Any]) -> list[Any]:
    with runtime.database.read() as connection:
        return list(connection.execute(query).all())


def found(runtime: Runtime, text: str) -> list[str]:
    page = runtime.records.page(SYSTEM, "office", "letter", Query(text=text))
    return [one.id for one in page.items]


def test_content_key_and_tokens_are_gone_and_the_rest_verifies(office: Runtime, letters: list[int]) -> None:
    first, second, *_ = letters
    assert shred(office, "letter", first, second) == [first, second]
    gone = office.records.get(SYSTEM, "office", "letter", str(first))
    assert (gone.values["body"], gone.values["tags"]) == (None, None)
    assert gone.values["subject"] == "信 0"  # plain evidence
    assert gone.values["client"] is not None  # whose it was
    assert found(office, "报价单") == [str(letters[3]), str(letters[2])]
    keys = sa.select(record_keys.c.record).where(record_keys.c.record.in_(letters))
    assert [row.record for row in rows(office, keys)] == letters[2:]
    office.ledger.integrate()
    assert office.verify().to_json()["findings"] == []


def test_the_tombstone_says_who_and_why(office: Runtime, letters: list[int]) -> None:
    shred(office, "letter", letters[0])
    with office.database.read() as connection:
        stone = tombstones_of(connection, letters)[letters[0]]
    assert stone.cause == CAUSE
    assert shred(office, "letter", letters[0]) == []  # once


def test_proofs_hold_before_and_after(office: Runtime, letters: list[int]) -> None:
    office.ledger.integrate()
    before = office.records.proof(SYSTEM, "office", "letter", str(letters[0]))
    shred(office, "letter", letters[0])
    office.ledger.integrate()
    after = office.records.proof(SYSTEM, "office", "letter", str(letters[0]))
    assert before is not None
    assert after is not None
    assert office.consistency("records", int(before["size"]), int(after["size"]))
    kinds = [json.loads(proof["entry"])["kind"] for proof in (before, after)]
    assert kinds == ["create", "shred"]


def test_nobody_writes_a_shredded_record(office: Runtime, letters: list[int]) -> None:
    shred(office, "letter", letters[0])
    change = Change(str(letters[0]), {"tags": ["旧"]})
    (refused,) = office.records.update(office.require_viewer("zhou"), "office", "letter", [change])
    assert [one.code for one in refused.problems] == ["record.shredded"]
    assert office.records.update(SYSTEM, "office", "letter", [change])[0].ok  # a rule passes it over
    assert office.records.get(SYSTEM, "office", "letter", str(letters[0])).values["tags"] is None
    assert office.verify().clean


def test_a_plain_record_keeps_only_whose_it_is(office: Runtime) -> None:
    client = office.records.create(
        SYSTEM, "office", "client", [{"name": "远汀", "mobile": "13800001111", "owner": "zhou", "price": "3"}]
    )[0]
    shred(office, "client", int(client))
    left = office.records.get(SYSTEM, "office", "client", client)
    kept = {name for name, value in left.values.items() if value not in (None, 0)}
    assert kept == {"number", "owner"}
    assert office.verify().clean


def test_files_go_with_the_record_but_not_what_others_share(office: Runtime, letters: list[int]) -> None:
    def store(unit: Any) -> list[str]:
        keep = [(b"one", letters[0]), (b"both", letters[0]), (b"both", letters[1])]
        return [
            office.files.store(unit, [content], "a.txt", "text/plain", "zhou", to) for content, to in keep
        ]

    _, _, shared = office.database.write(store)
    folder = office.config.data / "files"
    assert sum(path.is_file() for path in folder.rglob("*")) == 2
    shred(office, "letter", letters[0])
    assert [str(row.id) for row in rows(office, sa.select(files.c.id))] == [shared]
    assert sum(path.is_file() for path in folder.rglob("*")) == 1
    assert b"".join(office.files.open(shared)) == b"both"
    assert office.verify().to_json()["findings"] == []


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("UPDATE tombstones SET statement = replace(statement, 'lu', 'me')", "tombstone_broken"),
        ("UPDATE tombstones SET statement = substr(statement, 3)", "tombstone_broken"),
        ("UPDATE tombstones SET at = at + 1", "tombstone_broken"),
        ("DELETE FROM tombstones", "tombstone_missing"),
        ("UPDATE leaves SET kind = 'change' WHERE kind = 'shred'", "tombstone_unlogged"),
        ("UPDATE {table} SET updated_by = 'me'", "remains_changed"),
    ],
)
def test_what_was_left_cannot_be_touched(office: Runtime, letters: list[int], damage: str, kind: str) -> None:
    shred(office, "letter", letters[0])
    table = office.catalog.form("office", "letter").table.name
    off = {
        "sqlite": "DROP TRIGGER tombstones_{0}",
        "postgresql": "ALTER TABLE tombstones DISABLE TRIGGER ALL",
    }
    with office.database.connect() as connection, connection.begin():
        for name in ("frozen", "kept") if office.database.dialect == "sqlite" else ("",):
            connection.exec_driver_sql(off[office.database.dialect].format(name))
            if name == "frozen":
                connection.exec_driver_sql("DROP TRIGGER leaves_frozen")
        if not name:
            connection.exec_driver_sql("ALTER TABLE leaves DISABLE TRIGGER ALL")
        connection.exec_driver_sql(damage.format(table=table))
    kinds = {one.kind for one in office.verify().findings}
    assert kind in kinds
    assert "check_failed" not in kinds
    assert office.records.get(SYSTEM, "office", "letter", str(letters[0])).values.get("body") is None


def test_words_are_forgotten(office: Runtime, letters: list[int]) -> None:
    office.database.write(
        lambda unit: office.analysis.store(unit, {letters[0]: {"报价": 1}, letters[1]: {"信": 2}})
    )
    shred(office, "letter", letters[0])
    assert [row.record for row in rows(office, sa.select(record_words.c.record))] == [letters[1]]


def test_history_tells_that_it_was_shredded_and_no_values(office: Runtime) -> None:
    (client,) = office.records.create(SYSTEM, "office", "client", [{"name": "远汀", "mobile": "13800001111"}])
    office.records.update(SYSTEM, "office", "client", [Change(client, {"mobile": "13900002222"})])
    shred(office, "client", int(client))
    with office.database.read() as connection:
        entries = office.audit.of_record(connection, int(client))
    assert [one.action for one in entries] == ["record.shred", "update", "create"]
    assert "1390000" not in str(entries)
