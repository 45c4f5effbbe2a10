"""Verification of an honest archive, and that damage is called by its name."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.findings import Report
from engine.evidence.keys import MasterKeys
from engine.evidence.ledger import checkpoint_file
from engine.evidence.rotation import rotate
from engine.evidence.verify import Wanted, verify
from engine.records.query import Change
from engine.runtime import Runtime
from engine.system_tables import audit, checkpoints, files, leaves, record_keys, verifications
from tests.engine.evidence.archive import document, fill
from tests.engine.evidence.damage import force, kinds


@pytest.fixture
def vault(config: Config, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(config, clock)
    fill(runtime, clock, 30)
    yield runtime
    runtime.close()


# -- honest --------------------------------------------------------------------------------------------
def test_an_honest_archive_is_clean(vault: Runtime) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(vault, lambda done, total: seen.append((done, total)), Wanted(by="lu"))
    assert report.clean, report.text("en")
    assert report.counts["records"] == 40
    assert report.counts["keys"] == 40
    assert report.counts["files"] == 3
    assert report.counts["inbox"] == 10
    assert report.counts["versions"] == 2
    assert seen[-1][0] == seen[-1][1] > 0
    with vault.database.read() as connection:
        kept = connection.execute(sa.select(verifications)).mappings().one()
    assert kept["by"] == "lu"
    assert json.loads(kept["result"])["clean"] is True


def test_what_is_younger_than_the_checkpoint_is_clean_too(vault: Runtime) -> None:
    vault.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
    assert verify(vault).clean


def test_a_checkpoint_made_while_it_looks_is_clean(vault: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    read, made = vault.database.read, list[bool]()

    @contextmanager
    def and_then_one_more() -> Iterator[sa.Connection]:
        with read() as connection:
            connection.execute(sa.select(checkpoints)).all()  # the snapshot is taken
            if not made:
                made.append(True)
                vault.records.create(SYSTEM, "vault", "letter", [{"subject": "晚到"}])
                vault.ledger.integrate()
            yield connection

    monkeypatch.setattr(vault.ledger, "log_audit", lambda: None)
    monkeypatch.setattr(vault.database, "read", and_then_one_more)
    assert verify(vault).findings == []
    assert made


def test_a_parked_form_and_a_new_run_are_clean(vault: Runtime, config: Config, clock: FrozenClock) -> None:
    document = dict(vault.applications.document("vault"))
    document["forms"] = [form for form in document["forms"] if form["id"] != "letter"]
    vault.applications.publish(None, document, "it02")
    again = Runtime.open(config, clock)
    report = verify(again)
    again.close()
    assert report.clean, report.text("en")
    assert report.counts["records"] == 40


def test_a_copied_column_is_clean(vault: Runtime) -> None:
    """Another type for a working field: the job that brings the values over records what it changes."""
    document = json.loads(json.dumps(vault.applications.document("vault")))
    (mood,) = [one for form in document["forms"] for one in form["fields"] if one["id"] == "mood"]
    mood["type"] = "long_text"
    vault.applications.publish(None, document, "it02")
    assert verify(vault).clean
    vault.jobs.run_due()
    table = vault.catalog.form("vault", "message")
    with vault.database.read() as connection:
        moods = connection.scalars(
            sa.select(table.fields["mood"]).where(table.fields["mood"].is_not(None))
        ).all()
    assert set(moods) == {"好"}
    report = verify(vault)
    assert report.clean, report.text("en")


def masters(runtime: Runtime) -> set[str]:
    with runtime.database.read() as connection:
        used = set(connection.scalars(sa.select(record_keys.c.master)))
        return used | set(connection.scalars(sa.select(files.c.master)))


def test_rotated_keys_are_clean(vault: Runtime, config: Config, clock: FrozenClock) -> None:
    seen: list[int] = []
    assert rotate(vault.database, vault.keys, lambda done, total: seen.append(total)) == 43
    assert seen[-1] == 43
    assert masters(vault) == {"2"}
    vault.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])  # a running process learns of it
    assert masters(vault) == {"2"}
    assert verify(vault).clean
    again = Runtime.open(config, clock)
    assert rotate(again.database, again.keys) == 44
    assert [*MasterKeys.open(config.master_key).wrapping] == ["2", "3"]
    report = verify(again)
    again.close()
    assert report.clean, report.text("en")


# -- what the streams cannot see by themselves -----------------------------------------------------------
def test_a_log_cut_off_is_known_from_outside(vault: Runtime) -> None:
    """All leaves, tiles and checkpoints of the last step gone, rows too: the note beside the database
    still says that there was more."""
    with vault.database.read() as connection:
        sizes = connection.scalars(sa.select(checkpoints.c.size).where(checkpoints.c.log == "records")).all()
        old, new = sorted(sizes)[-2:]
    assert checkpoint_file(vault.config.data, "records").exists()
    force(
        vault,
        f"DELETE FROM leaves WHERE log = 'records' AND position >= {old}",  # noqa: S608
        f"DELETE FROM checkpoints WHERE log = 'records' AND size = {new}",  # noqa: S608
    )
    assert "checkpoint_missing" in kinds(verify(vault))


def test_an_audit_row_somebody_else_wrote(vault: Runtime) -> None:
    columns = [column.name for column in audit.columns]
    names = ", ".join(f'"{name}"' for name in columns)
    copied = ", ".join("id + 100000" if name == "id" else f'"{name}"' for name in columns)
    force(vault, f"INSERT INTO audit ({names}) SELECT {copied} FROM audit")  # noqa: S608
    vault.ledger.integrate()
    assert kinds(verify(vault)) == {"audit_unlogged"}


def test_damage_is_not_signed_over(vault: Runtime) -> None:
    vault.audit.note(SYSTEM, Occurrence("read", "vault", "message", 1))
    force(vault, "UPDATE leaves SET hash = evidence WHERE log = 'records' AND position = 3")
    vault.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
    assert {"leaf_changed"} <= kinds(verify(vault))


# -- attachments -------------------------------------------------------------------------------------------
def meddle_with_bytes(vault: Runtime) -> None:
    path = next(path for path in (vault.config.data / "files").rglob("*") if path.is_file())
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def remove_bytes(vault: Runtime) -> None:
    next(path for path in (vault.config.data / "files").rglob("*") if path.is_file()).unlink()


def swap_rows(vault: Runtime) -> None:
    with vault.database.read() as connection:
        first, second, *_ = connection.scalars(sa.select(files.c.id).order_by(files.c.id)).all()
    parts = '"digest", "size", "key_wrapped", "name_sealed"'
    other = f"SELECT {parts} FROM files WHERE id = {second}"  # noqa: S608
    force(vault, f"UPDATE files SET ({parts}) = ({other}) WHERE id = {first}")  # noqa: S608


@pytest.mark.parametrize("meddle", [meddle_with_bytes, remove_bytes, swap_rows])
def test_attachments(vault: Runtime, meddle: Callable[[Runtime], None]) -> None:
    meddle(vault)
    report = verify(vault)
    assert kinds(report) == {"file_broken"}
    assert len(report.findings) == 1


@pytest.mark.parametrize("change", ["size = size + 1", "digest = 'ab'", "name_sealed = key_wrapped"])
def test_rows_of_attachments(vault: Runtime, change: str) -> None:
    force(vault, f"UPDATE files SET {change}")  # noqa: S608
    report = verify(vault)
    assert kinds(report) == {"file_broken"}
    assert len(report.findings) == 3


# -- words -------------------------------------------------------------------------------------------------
def test_a_finding_names_the_record(vault: Runtime) -> None:
    with vault.database.read() as connection:
        leaf = connection.execute(sa.select(leaves).where(leaves.c.form == "letter")).mappings().first()
    assert leaf is not None
    table = vault.catalog.form("vault", "letter")
    column = table.fields["subject"].name
    force(vault, f"""UPDATE "{table.table.name}" SET "{column}" = 'x' WHERE id = {leaf["record"]}""")  # noqa: S608
    report = verify(vault, wanted=Wanted(by="lu"))
    (finding,) = report.findings
    assert (finding.kind, finding.app, finding.form, finding.record) == (
        "evidence_changed", "vault", "letter", str(leaf["record"]),
    )  # fmt: skip
    assert str(leaf["record"]) in finding.text("zh")
    assert report.text("en").splitlines()[0] == finding.text("en")
    assert report.to_json()["findings"][0]["text"] == finding.text("zh")


def test_a_thousand_findings_are_enough() -> None:
    report = Report()
    for record in range(1005):
        report.add("row_missing", "a", "b", record)
    assert (len(report.findings), report.more) == (1000, 5)
    assert "1005" in report.text("en").splitlines()[-1]


# -- a copy of the database, opened like any other ------------------------------------------------------------
MOVED_KEYS = "INSERT OR REPLACE INTO record_keys SELECT record + 1, salt, master, wrapped FROM record_keys"
RENAMED = "UPDATE settings SET value = replace(value, 'muniment.invalid', 'other') WHERE name = 'ledger'"


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ([MOVED_KEYS], "key_broken"),
        (["UPDATE leaves SET record = 'x' WHERE position = 2"], "leaf_changed"),
        (["UPDATE checkpoints SET note = 7"], "checkpoint_broken"),
        (["UPDATE app_versions SET document = x'00' WHERE version = 1"], "version_changed"),
        (["UPDATE catalog SET shape = '{'"], "catalog_unreadable"),
        (["UPDATE audit SET at = 'x'"], "audit_changed"),
        (["DELETE FROM leaves", "DELETE FROM checkpoints", "DELETE FROM tiles"], "row_unlogged"),
        ([RENAMED], "checkpoint_broken"),
    ],
)
def test_a_copied_database(
    sqlite_data: Path, clock: FrozenClock, tmp_path: Path, statements: list[str], kind: str
) -> None:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    fill(runtime, clock, 10)
    runtime.close()
    copy = tmp_path / "copy"
    shutil.copytree(sqlite_data, copy)
    with sqlite3.connect(copy / "muniment.db") as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in (*statements, *(sql for _, sql in triggers)):
            connection.execute(statement)
    connection.close()
    again = Runtime.open(Config(data=copy), clock)
    report = verify(again)
    again.close()
    assert kind in kinds(report)


def test_working_changes_keep_it_clean(vault: Runtime) -> None:
    with vault.database.read() as connection:
        record: Any = connection.scalar(sa.select(leaves.c.record).where(leaves.c.form == "message"))
    for tags in (["a"], ["a", "b"], [], None):
        change = Change(str(record), {"tags": tags, "note": "x", "related": []}, None)
        (outcome,) = vault.records.update(SYSTEM, "vault", "message", [change])
        assert outcome.ok
    assert verify(vault).clean


# -- what others read ------------------------------------------------------------------------------------
def test_tiles_published_beside_the_database_are_the_trees(config: Config, clock: FrozenClock) -> None:
    with closing(Runtime.open(config, clock)) as runtime:
        fill(runtime, clock, 300)  # more than a tile
        folder = checkpoint_file(config.data, "records").parent
        growing = next(tile for tile in folder.glob("tile/0/*.p/*"))
        assert verify(runtime).clean
        for tile, number in ((folder / "tile/0/000", 0), (growing, int(growing.parent.stem))):
            honest = tile.read_bytes()
            for damage in (bytes([honest[0] ^ 1]) + honest[1:], honest[:-32], None):
                tile.unlink() if damage is None else tile.write_bytes(damage)
                [finding] = verify(runtime).findings
                assert (finding.kind, finding.problem.params["number"]) == ("published_differs", number)
            tile.write_bytes(honest)
        assert verify(runtime).clean
        without_a_checkpoint(runtime, folder)
        strays(runtime, folder)


def published(runtime: Runtime) -> set[tuple[str, str]]:
    told = ((one.kind, one.problem.params) for one in verify(runtime).findings)
    return {(kind, str(params.get("file", params.get("number", params["log"])))) for kind, params in told}


def without_a_checkpoint(runtime: Runtime, folder: Path) -> None:
    """Whatever is left of the published folder; the next checkpoint makes all of it anew."""
    missing = ("published_missing", "records")
    (folder / "checkpoint").write_bytes(b"")
    assert published(runtime) == {missing}
    (folder / "checkpoint").unlink()
    flipped = folder / "tile/0/000"
    flipped.write_bytes(b"\1" * 32 + flipped.read_bytes()[32:])
    assert published(runtime) == {missing, ("published_differs", "0")}
    shutil.rmtree(folder)
    assert published(runtime) == {missing}
    runtime.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
    runtime.ledger.integrate()
    assert verify(runtime).clean


def strays(runtime: Runtime, folder: Path) -> None:
    """A tile of a tree there is not, one that is no tile; not what a process that was killed left half-written."""
    (growing,) = folder.glob("tile/0/*.p/*")
    names = ("tile/0/077", "tile/5/000", f"tile/0/{growing.parent.name}/3", "tile/0/000.p/9", "hello")
    for name in (*names, "tile/0/002.new"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(bytes(32))
    assert published(runtime) == {("published_stray", name) for name in names}


def test_what_was_never_published_is_not_missed(config: Config, clock: FrozenClock) -> None:
    with closing(Runtime.open(config, clock)) as runtime:
        assert verify(runtime).clean
        runtime.applications.publish(None, document(), "it02")
        runtime.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
        assert verify(runtime).clean


def test_a_copied_checkpoint_that_is_no_text_is_a_finding(vault: Runtime) -> None:
    copy = checkpoint_file(vault.config.data, "records")
    copy.write_bytes(copy.read_bytes().replace(b"time", b"\xff\xfeme", 1))
    assert kinds(verify(vault)) == {"witness_broken"}


def test_not_a_byte_of_a_copied_checkpoint_may_differ(vault: Runtime) -> None:
    """A line's end as another machine writes it, and the bits a signature's last letter has to spare."""
    copy = checkpoint_file(vault.config.data, "records")
    honest = copy.read_bytes()
    for old, new in ((b"\n", b"\r"), (b"=\n", b"=\r"), (honest[-3:-2], bytes([honest[-3] + 1]))):
        there = honest.rindex(old)
        copy.write_bytes(honest[:there] + new + honest[there + len(old) :])
        assert kinds(verify(vault)) == {"witness_broken"}, (old, new)


@pytest.mark.parametrize("identifier", ["'abc'", "x'00'", "1.5"])
def test_a_row_under_what_is_no_number(sqlite_data: Path, clock: FrozenClock, identifier: str) -> None:
    """SQLite takes anything anywhere: a link, a key's record, a leaf's."""
    with closing(Runtime.open(Config(data=sqlite_data), clock)) as runtime:
        fill(runtime, clock, 10)
        link = runtime.catalog.form("vault", "message").links["tags"].name
        force(runtime, f"""INSERT INTO "{link}" (record, value) VALUES ({identifier}, 'x')""")  # noqa: S608
        report = verify(runtime)
        assert kinds(report) == {"strange_id", "link_differs"}
        assert len({finding.record for finding in report.findings}) == 1
