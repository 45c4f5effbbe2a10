"""The ledger: positions, tiles, checkpoints and proofs, on both databases."""

from __future__ import annotations

import base64
import json
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.clock import FrozenClock
from engine.database import Database, Unit
from engine.evidence import merkle, notes
from engine.evidence.audit_log import audit_place
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LeafEntry, entry_bytes, entry_hash
from engine.evidence.ledger import Ledger, checkpoint_file, size
from engine.evidence.seals import Box
from engine.evidence.tiles import split
from engine.system_tables import app_versions, audit, checkpoints, leaves, tiles
from metamodel.problems import Rejected
from tests.engine.evidence.conftest import append, some_entry


def hashes_of(records: range) -> list[bytes]:
    return [entry_hash("records", some_entry(n)) for n in records]


def all_of(database: Database, table: sa.Table, *order: sa.Column[Any]) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(sa.select(table).order_by(*order)).mappings())


# -- entries -----------------------------------------------------------------------------------------
def test_the_bytes_of_an_entry() -> None:
    entry = LeafEntry("create", 12, 1, "archive", "message", 3, 1_795_000_000_000_000, b"e" * 32, b"w" * 32)
    assert entry_bytes("records", entry).decode() == (
        '{"alg":"sha256","app":"archive","evidence":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU=",'
        '"form":"message","kind":"create","log":"records","record":"12","revision":"1",'
        '"time":"1795000000000000","v":"1","version":"3",'
        '"working":"d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c="}'
    )


# -- appending ---------------------------------------------------------------------------------------
def test_positions_have_no_gaps(database: Database, ledger: Ledger) -> None:
    def work(unit: Unit) -> None:
        ledger.append(unit, "records", [some_entry(1)])
        ledger.append(unit, "audit", [some_entry(9, "audit")])
        ledger.append(unit, "records", [some_entry(2), some_entry(3)])
        assert unit.connection.scalar(sa.select(sa.func.count()).select_from(leaves)) == 0

    database.write(work)
    append(database, ledger, range(4, 6))
    rows = all_of(database, leaves, leaves.c.log, leaves.c.position)
    assert [(row["log"], row["position"], row["record"]) for row in rows] == [
        ("audit", 0, 9), ("records", 0, 1), ("records", 1, 2), ("records", 2, 3), ("records", 3, 4), ("records", 4, 5),
    ]  # fmt: skip
    assert [row["hash"] for row in rows[1:]] == hashes_of(range(1, 6))
    assert LeafEntry(*(rows[1][name] for name in LeafEntry._fields)) == some_entry(1)


def test_what_is_rolled_back_leaves_no_gap(database: Database, ledger: Ledger) -> None:
    def fail(unit: Unit) -> None:
        ledger.append(unit, "records", [some_entry(1)])
        raise Rejected([])

    with pytest.raises(Rejected):
        database.write(fail)
    append(database, ledger, range(2, 3))
    assert [(row["position"], row["record"]) for row in all_of(database, leaves)] == [(0, 2)]


def test_many_writers_at_once(database: Database, ledger: Ledger) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 10):
            append(database, ledger, range(number * 3, number * 3 + 3))

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = all_of(database, leaves, leaves.c.position)
    assert [row["position"] for row in rows] == list(range(120))
    assert sorted(row["record"] for row in rows) == list(range(120))
    ledger.integrate()
    assert ledger.covered("records") == 120


# -- the tree ----------------------------------------------------------------------------------------
def test_checkpoints_and_tiles_are_the_trees(
    database: Database, ledger: Ledger, keys: MasterKeys, clock: FrozenClock
) -> None:
    sizes, done = [1, 256, 300, 700, 70_000], 0
    for grown in sizes:
        append(database, ledger, range(done, grown))
        clock.advance(seconds=1)
        ledger.integrate()
        done = grown
    leaf_hashes = hashes_of(range(70_000))
    points = [row for row in all_of(database, checkpoints, checkpoints.c.size) if row["log"] == "records"]
    assert {*sizes} <= {row["size"] for row in points}  # a long way is gone in several steps
    for row, before in zip(points, [None, *points], strict=False):
        point = notes.read(row["note"], "example.org/archive/records", keys.public_key)
        assert point.root == row["root"] == merkle.root(leaf_hashes[: row["size"]])
        assert (point.size, point.time) == (row["size"], row["at"])
        assert point.previous == (before["size"] if before else 0)
    stored = {(row["level"], row["number"]): len(row["hashes"]) // 32 for row in all_of(database, tiles)}
    assert stored == {**{(0, n): 256 for n in range(273)}, (1, 0): 256, (1, 1): 17, (2, 0): 1}


def test_proofs_verify(database: Database, ledger: Ledger) -> None:
    append(database, ledger, range(1000))
    ledger.integrate()
    leaf_hashes = hashes_of(range(1000))
    for position, end in ((0, 1), (0, 1000), (255, 256), (256, 257), (511, 1000), (999, 1000), (3, 700)):
        path = ledger.proof("records", position, end)
        root = ledger.root("records", end)
        assert merkle.verify_inclusion(position, end, leaf_hashes[position], path, root)
    for first, second in ((1, 1000), (256, 512), (257, 999), (1000, 1000), (640, 1000)):
        path = [base64.b64decode(step) for step in ledger.consistency("records", first, second)]
        roots = [merkle.root(leaf_hashes[:end]) for end in (first, second)]
        assert merkle.verify_consistency(first, second, roots[0], roots[1], path)


def test_tiles_are_served(database: Database, ledger: Ledger) -> None:
    """With tiles alone others compute the root: of 700 leaves, two full ones and a partial one of each level."""
    append(database, ledger, range(700))
    ledger.integrate()
    leaf_hashes = hashes_of(range(700))
    first = split(ledger.tile("records", 0, 0))
    assert first == leaf_hashes[:256]
    rest = split(ledger.tile("records", 0, 2, 188))
    above = split(ledger.tile("records", 1, 0, 2))
    assert above == [merkle.root(leaf_hashes[:256]), merkle.root(leaf_hashes[256:512])]
    assert merkle.node_hash(merkle.node_hash(*above), merkle.root(rest)) == ledger.root("records", 700)
    for place in ((0, 2, 189), (0, 3, 1), (1, 0, 3), (2, 0, 1)):
        with pytest.raises(Rejected):
            ledger.tile("records", *place)


def test_a_proof_reads_a_few_rows(database: Database, ledger: Ledger) -> None:
    append(database, ledger, range(70_000))
    ledger.integrate()
    statements: list[str] = []
    with database.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *event: statements.append(event[2]))
        assert ledger.record_proof(connection, 12_345) is not None
    assert len(statements) < 12


@pytest.mark.parametrize(("first", "second"), [(0, 1), (-1, 3), (3, 2), (1, 6), (6, 6)])
def test_sizes_that_are_not(database: Database, ledger: Ledger, first: int, second: int) -> None:
    append(database, ledger, range(5))
    ledger.integrate()
    with pytest.raises(Rejected) as refused:
        ledger.consistency("records", first, second)
    assert refused.value.problems[0].code == "ledger.bad_size"
    with pytest.raises(Rejected):
        ledger.consistency("secrets", 1, 2)


def test_integrating_again_changes_nothing(database: Database, ledger: Ledger) -> None:
    assert ledger.checkpoint("records") is None
    append(database, ledger, range(5))
    ledger.integrate()
    before = ledger.checkpoint("records")
    ledger.integrate()
    assert ledger.checkpoint("records") == before
    assert checkpoint_file(database.config.data, "records").read_text("utf-8") == before


def test_nothing_is_signed_on_top_of_damage(database: Database, ledger: Ledger) -> None:
    append(database, ledger, range(300))
    ledger.integrate()
    append(database, ledger, range(300, 310))
    with database.connect() as connection, connection.begin():
        connection.execute(sa.update(tiles).where(tiles.c.level == 1).values(hashes=bytes(32)))
    with pytest.raises(Rejected) as refused:
        ledger.integrate()
    assert refused.value.problems[0].code == "ledger.damaged"
    assert ledger.covered("records") == 300


# -- records' proofs -----------------------------------------------------------------------------------
def test_the_proof_of_a_record(database: Database, ledger: Ledger, keys: MasterKeys) -> None:
    append(database, ledger, range(10))
    database.write(lambda unit: ledger.append(unit, "records", [some_entry(4, "change", 2)]))
    with database.read() as connection:
        waiting = ledger.record_proof(connection, 4)
        assert ledger.record_proof(connection, 99) is None
    assert waiting is not None
    assert (waiting["position"], "checkpoint" in waiting) == ("10", False)
    ledger.integrate()
    with database.read() as connection:
        proof = json.loads(json.dumps(ledger.record_proof(connection, 4)))
        assert size(connection, "records") == 11
    assert json.loads(proof["entry"])["revision"] == proof["revision"] == "2"
    leaf = merkle.leaf_hash(proof["entry"].encode())
    assert leaf.hex() == proof["leaf_hash"]
    point = notes.read(proof["checkpoint"], "example.org/archive/records", keys.public_key)
    path = [base64.b64decode(step) for step in proof["inclusion"]]
    assert merkle.verify_inclusion(int(proof["position"]), point.size, leaf, path, point.root)
    assert proof["key"] == notes.verifier_key("example.org/archive/records", keys.public_key)


# -- the audit log -------------------------------------------------------------------------------------
def audit_row(keys: MasterKeys, identifier: int, at: int) -> dict[str, Any]:
    row = {
        "id": identifier, "at": at, "person": "dir01", "action": "read", "app": "", "form": "", "record": 4,
        "grant_id": None, "address": "",
    }  # fmt: skip
    return {**row, "detail_sealed": Box(keys).seal_json({}, audit_place(row))}


def add_audit(database: Database, keys: MasterKeys, number: int) -> list[int]:
    def work(unit: Unit) -> list[int]:
        ids = list(database.take_ids(unit.connection, number))
        unit.connection.execute(sa.insert(audit), [audit_row(keys, i, unit.now) for i in ids])
        return ids

    return database.write(work)


def test_audit_rows_get_their_leaves_once(
    database: Database, ledger: Ledger, keys: MasterKeys, clock: FrozenClock
) -> None:
    ids = add_audit(database, keys, 1203)
    ledger.integrate()
    ids += add_audit(database, keys, 2)
    for _ in range(3):
        ledger.integrate()
        clock.advance(minutes=2)
    ids += add_audit(database, keys, 1)
    Ledger(database, keys).integrate()  # a second process
    ledger.integrate()
    rows = [row for row in all_of(database, leaves, leaves.c.position) if row["log"] == "audit"]
    assert [row["record"] for row in rows] == ids
    assert {row["kind"] for row in rows} == {"audit"}
    assert ledger.covered("audit") == len(ids)


def test_a_row_that_appears_late_is_found(
    database: Database, ledger: Ledger, keys: MasterKeys, clock: FrozenClock
) -> None:
    """A slow writer on PostgreSQL commits an id below those already logged."""
    late, *others = database.write(lambda unit: list(database.take_ids(unit.connection, 4)))

    def insert(identifier: int, unit: Unit) -> None:
        unit.connection.execute(sa.insert(audit).values(audit_row(keys, identifier, unit.now)))

    for identifier in others:
        database.write(partial(insert, identifier))
    ledger.integrate()
    clock.advance(seconds=20)
    database.write(partial(insert, late))
    ledger.integrate()
    assert [row["record"] for row in all_of(database, leaves, leaves.c.position)] == [*others, late]


def test_a_row_we_did_not_write_stays_out(database: Database, ledger: Ledger, keys: MasterKeys) -> None:
    """One with another's sealed detail, one sealed by nobody, between our own."""
    (first,) = add_audit(database, keys, 1)
    row = audit_row(keys, 900, 5)
    forged = [{**row, "id": 901}, {**row, "id": 902, "detail_sealed": b"sealed"}, {**row, "person": "lu"}]
    database.write(lambda unit: unit.connection.execute(sa.insert(audit), forged) and None)
    (last,) = add_audit(database, keys, 1)
    ledger.integrate()
    ledger.integrate()
    assert [row["record"] for row in all_of(database, leaves, leaves.c.position)] == [first, last]


def test_a_publication_is_an_entry(database: Database, ledger: Ledger) -> None:
    def publish(unit: Unit) -> None:
        row = {"app": "crm", "version": 3, "document": "{}", "hash": b"h" * 32, "at": unit.now, "by": "it02"}
        unit.connection.execute(sa.insert(app_versions).values(row))
        ledger.append_version(unit, "crm", 3, b"h" * 32)

    database.write(publish)
    (row,) = all_of(database, leaves)
    assert (row["log"], row["kind"], row["app"], row["version"]) == ("audit", "version", "crm", 3)


# -- its name ------------------------------------------------------------------------------------------
def test_the_origin_is_made_once(database: Database, keys: MasterKeys) -> None:
    made = Ledger(database, keys).origin
    assert Ledger(database, keys).origin == made
    assert Ledger(database, keys, made).origin == made
    with pytest.raises(Rejected) as refused:
        Ledger(database, keys, "example.org/other")
    assert refused.value.problems[0].code == "ledger.other_origin"


@pytest.mark.parametrize("origin", ["two words", "a+b"])
def test_an_origin_is_one_word(database: Database, keys: MasterKeys, origin: str) -> None:
    with pytest.raises(Rejected) as refused:
        Ledger(database, keys, origin)
    assert refused.value.problems[0].code == "ledger.bad_origin"


def test_other_keys_are_noticed_at_once(database: Database, keys: MasterKeys, tmp_path: Path) -> None:
    Ledger(database, keys)
    with pytest.raises(Rejected) as refused:
        Ledger(database, MasterKeys.open(tmp_path / "other.json"))
    assert refused.value.problems[0].code == "keys.other_installation"
