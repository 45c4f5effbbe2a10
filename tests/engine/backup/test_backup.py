"""Backups made while somebody writes, put back elsewhere, damaged, aged, and what was shredded stays so."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.backup import Backup, age_out, make_backup, read_manifest, restore_backup, shredded_file
from engine.backup.aging import list_everywhere
from engine.backup.making import backups_in
from engine.clock import FrozenClock
from engine.config import Config
from engine.doctor import examine
from engine.evidence.keys import MasterKeys
from engine.evidence.tombstones import Cause
from engine.records.query import Query
from engine.retention.pausing import end_pause, pause
from engine.runtime import Runtime
from engine.system_tables import backups, holds, sessions
from metamodel.problems import Rejected
from tests.engine.evidence.archive import fill
from tests.engine.server_programs import server_programs


@pytest.fixture
def vault(config: Config, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(replace(config, pg_bin=server_programs()), clock)
    fill(runtime, clock, 40)
    yield runtime
    runtime.close()


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> Iterator[Callable[[], Config]]:
    """An empty place for a restored installation, of the same kind of database."""
    made: list[str] = []

    def place() -> Config:
        data, url = tmp_path / f"restored{len(made)}", ""
        if database_url:
            server = request.getfixturevalue("postgresql")
            name, url = server.create_empty()
            made.append(name)
        else:
            made.append("")
        return Config(data=data, database_url=url, pg_bin=server_programs())

    yield place
    for name in filter(None, made):
        request.getfixturevalue("postgresql").drop(name)


def messages(runtime: Runtime) -> int:
    return runtime.records.page(SYSTEM, "vault", "message", Query(limit=1)).total


def refusal(work: Callable[[], Any]) -> list[str]:
    with pytest.raises(Rejected) as refused:
        work()
    return [found.code for found in refused.value.problems]


def test_a_backup_made_while_somebody_writes_is_whole(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config]
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            vault.records.create(SYSTEM, "vault", "letter", [{"subject": "忙"} for _ in range(20)])
            vault.ledger.integrate()

    busy = threading.Thread(target=write)
    busy.start()
    try:
        made = make_backup(vault, tmp_path / "backups")
    finally:
        stop.set()
        busy.join()
    restored = restore_backup(made.folder, elsewhere_config := elsewhere(), vault.keys)
    assert (restored.manifest, restored.shredded) == (made.manifest, 0)
    again = Runtime.open(elsewhere_config, vault.clock)
    report = again.verify()
    assert report.clean, report.text("en")
    assert audit_of(again)[0].action == "backup.restore"
    assert messages(again) == messages(vault) == 40
    again.close()
    with vault.database.read() as connection:
        (row,) = connection.execute(sa.select(backups))
    assert (row.name, row.size, row.keys_folder) == (made.folder.name, made.manifest.size, "")


def audit_of(runtime: Runtime) -> list[Any]:
    with runtime.database.read() as connection:
        return runtime.audit.latest(connection, limit=5)


def test_keys_and_data_lie_apart(vault: Runtime, tmp_path: Path) -> None:
    data = vault.config.data
    for place, keys, code in (
        (data / "backups", None, "backup.inside_data"),
        (data.parent, None, "backup.beside_keys"),
        (tmp_path / "one", tmp_path / "one", "backup.beside_keys"),
        (tmp_path / "one", tmp_path / "one" / "keys", "backup.beside_keys"),
        (tmp_path / "one" / "two", tmp_path / "one", "backup.beside_keys"),
    ):
        assert refusal(lambda place=place, keys=keys: make_backup(vault, place, keys)) == [code]
    assert not (tmp_path / "one").exists()


def test_keys_are_copied_where_asked(vault: Runtime, tmp_path: Path, clock: FrozenClock) -> None:
    for _ in range(2):
        clock.advance(hours=1)
        made = make_backup(vault, tmp_path / "disk", tmp_path / "safe")
    assert made.keys is not None
    assert made.keys.stat().st_mode & 0o777 == 0o600
    assert MasterKeys.parse(made.keys.read_text()) == vault.keys
    secret = json.loads(vault.keys.text())["box"].encode()
    assert not any(secret in path.read_bytes() for path in (tmp_path / "disk").rglob("*") if path.is_file())


def test_files_that_did_not_change_lie_there_once(vault: Runtime, tmp_path: Path, clock: FrozenClock) -> None:
    first = make_backup(vault, tmp_path / "disk")
    clock.advance(hours=1)
    second = make_backup(vault, tmp_path / "disk")
    shared = [path for path in second.manifest.files if path.startswith("files/")]
    assert len(shared) == 3
    for path in shared:
        assert (first.folder / path).samefile(second.folder / path)
    assert backups_in(tmp_path / "disk") == [first.folder, second.folder]


def test_postgresql_without_its_programs(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own dump gives the same: rows, tables of forms, indexes, triggers, ids that go on, waiting jobs."""
    if vault.database.dialect != "postgresql":
        pytest.skip("a matter of PostgreSQL")
    monkeypatch.setenv("PATH", str(tmp_path))
    vault.config = replace(vault.config, pg_bin="")
    vault.database.config = vault.config
    vault.database.write(lambda unit: vault.jobs.defer(unit, "remind", {"whom": "legal01"}))
    made = make_backup(vault, tmp_path / "disk")
    assert "tables.dump" in made.manifest.files
    restore_backup(made.folder, config := elsewhere(), vault.keys)
    again = Runtime.open(config, vault.clock)
    report = again.verify()
    assert report.clean, report.text("en")
    assert again.jobs.waiting() == vault.jobs.waiting() >= 1
    reminded: list[Any] = []
    again.jobs.register("remind", lambda payload, _job: reminded.append(payload["whom"]))
    again.jobs.run_due()
    assert reminded == ["legal01"]
    (old, *_), (new, *_) = (
        runtime.records.create(SYSTEM, "vault", "letter", [{"subject": "后来"}]) for runtime in (vault, again)
    )
    assert int(new) >= int(old) > 0
    assert schema_of(again) == schema_of(vault)
    again.close()


def schema_of(runtime: Runtime) -> set[tuple[Any, ...]]:
    """Tables, columns, indexes and triggers."""
    queries = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = current_schema()",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "SELECT tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
    )
    with runtime.database.read() as connection:
        return {tuple(row) for query in queries for row in connection.exec_driver_sql(query)}


@pytest.fixture
def made(vault: Runtime, tmp_path: Path) -> Backup:
    return make_backup(vault, tmp_path / "disk")


def test_a_damaged_backup_is_refused(made: Backup, vault: Runtime, elsewhere: Callable[[], Config]) -> None:
    manifest, config = made.folder / "manifest.json", elsewhere()
    file = next(path for path in made.manifest.files if path.startswith("files/"))
    whole, sealed = manifest.read_text(), (made.folder / file).read_bytes()
    ledger = made.folder / "ledger" / "records" / "checkpoint"
    (made.folder / file).write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    note = ledger.read_bytes()
    ledger.unlink()
    attempt = lambda: restore_backup(made.folder, config, vault.keys)  # noqa: E731
    assert refusal(attempt) == ["backup.file_differs"] * 2
    (made.folder / file).write_bytes(sealed)
    ledger.write_bytes(note)
    for text, code in (
        (whole.replace(file, f"../{file}"), "backup.bad_signature"),
        (whole.replace('"at": ', '"at": 1'), "backup.bad_signature"),
        ("{}", "backup.unreadable"),
        (whole[:100], "backup.unreadable"),
    ):
        manifest.write_text(text)
        assert refusal(attempt) == [code]
    manifest.unlink()
    assert refusal(attempt) == ["backup.none"]
    assert not config.data.exists()
    manifest.write_text(whole)
    attempt()


def test_what_a_restore_needs(
    made: Backup, vault: Runtime, elsewhere: Callable[[], Config], tmp_path: Path
) -> None:
    config = elsewhere()
    assert refusal(lambda: restore_backup(made.folder, config)) == ["restore.no_keys"]
    assert refusal(lambda: restore_backup(made.folder, config, MasterKeys.generate())) == [
        "restore.other_keys"
    ]
    assert refusal(lambda: restore_backup(made.folder, vault.config)) == ["restore.not_empty"]
    other = Config(
        data=tmp_path / "other", database_url="" if config.database_url else "postgresql:///nothing"
    )
    assert refusal(lambda: restore_backup(made.folder, other, vault.keys)) == ["restore.other_database"]
    assert not config.data.exists()


def test_an_older_backup_needs_the_keys_of_its_time(
    made: Backup, vault: Runtime, elsewhere: Callable[[], Config]
) -> None:
    """The signature's key never changes, and the master key it was made under may be gone by now: nothing is put where
    nobody could read it."""
    old, config = MasterKeys.parse(vault.keys.text()), elsewhere()
    for _ in range(3):
        vault.rotate_key()
    assert refusal(lambda: restore_backup(made.folder, config, vault.keys)) == ["restore.other_keys"]
    assert not config.data.exists()
    restore_backup(made.folder, config, old)


def test_keys_that_took_the_place_of_the_environments_come_back_with_the_data(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config]
) -> None:
    given = base64.b64encode(vault.keys.text().encode()).decode()
    runtime = Runtime.open(replace(vault.config, master_key_text=given), vault.clock)
    runtime.rotate_key()
    made = make_backup(runtime, tmp_path / "rotated")
    runtime.close()
    config = replace(elsewhere(), master_key_text=given)
    restore_backup(made.folder, config)
    again = Runtime.open(config, vault.clock)
    assert again.verify(mode="quick").clean
    again.close()


def test_everybody_is_signed_out(vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config]) -> None:
    row = {
        "hash": b"h" * 32, "person": "x", "csrf": "c", "created_at": 1, "seen_at": 1, "expires_at": 2**60,
        "address": "", "agent": "",
    }  # fmt: skip
    vault.database.write(lambda unit: unit.connection.execute(sa.insert(sessions), row) and None)
    made = make_backup(vault, tmp_path / "disk")
    restore_backup(made.folder, config := elsewhere(), vault.keys)
    again = Runtime.open(config, vault.clock)
    with again.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sessions)) == 0
    again.close()


# -- shredding and aging -------------------------------------------------------------------------------
def test_what_was_shredded_since_is_shredded_again(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config], clock: FrozenClock
) -> None:
    old = make_backup(vault, tmp_path / "disk")
    page = vault.records.page(SYSTEM, "vault", "message", Query(limit=3))
    ids = [int(item.id) for item in page.items]
    vault.database.write(
        lambda unit: vault.records.shredder.shred(unit, "vault", "message", ids, Cause("person", "legal01"))
    )
    vault.ledger.integrate()
    list_everywhere(vault.database)
    list_everywhere(vault.database)
    restored = restore_backup(old.folder, config := elsewhere(), vault.keys)
    assert restored.shredded == 3
    again = Runtime.open(config, clock)
    again.ledger.integrate()
    report = again.verify()
    assert report.clean, report.text("en")
    again.close()
    listed = shredded_file(tmp_path / "disk")
    listed.write_text(listed.read_text().replace('"record": "', '"record": "1', 1))
    assert refusal(lambda: restore_backup(old.folder, elsewhere(), vault.keys)) == ["restore.bad_list"]


def shred(runtime: Runtime, app: str, form: str, ids: list[str]) -> None:
    wanted, cause = [int(one) for one in ids], Cause("person", "legal01")
    runtime.database.write(lambda unit: runtime.records.shredder.shred(unit, app, form, wanted, cause))
    list_everywhere(runtime.database)


def alive(runtime: Runtime, app: str, form: str, records: list[str]) -> list[str]:
    """Those that were not shredded."""
    with runtime.database.read() as connection:
        states = runtime.retention.states(connection, SYSTEM, app, form, [int(one) for one in records])
    return [one for one in records if int(one) not in states]


@pytest.mark.parametrize(
    ("form", "values", "marked"),
    [("letter", {"subject": "x"}, True), ("room", {"name": "x"}, True), ("letter", {"subject": "x"}, False)],
)
def test_a_number_given_away_again_is_another_record(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config], form: str, values: Any, marked: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What was made in a restored database under numbers that were shredded elsewhere stays whole when a second restore
    reads the list; without marks, too, as older versions wrote it, since it was made later."""
    clock = vault.clock
    assert isinstance(clock, FrozenClock)
    if not marked:
        monkeypatch.setattr("engine.records.shredding._mark", lambda _row, _newest: "")
    keys = vault.keys
    first = make_backup(vault, tmp_path / "disk")
    gone = vault.records.create(SYSTEM, "vault", form, [values] * 3)
    shred(vault, "vault", form, gone)
    with monkeypatch.context() as patched:  # as older versions restored
        patched.setattr("engine.database.Database.pass_ids", lambda *_: None)
        again = Runtime.open(_put_back(first, elsewhere(), keys, 0), clock)
    clock.advance(hours=1)
    same = again.records.create(SYSTEM, "vault", form, [values] * 6)
    same = [one for one in same if one in gone]
    assert same
    clock.advance(hours=1)
    second = make_backup(again, tmp_path / "disk")
    again.close()
    third = Runtime.open(_put_back(second, elsewhere(), keys, 0), clock)
    assert alive(third, "vault", form, same) == same
    shred(third, "vault", form, same[:1])
    clock.advance(hours=1)
    make_backup(third, tmp_path / "disk")
    third.close()
    if marked:  # the list names both of one number, and either backup loses its own
        last = Runtime.open(_put_back(second, elsewhere(), keys, 1), clock)
        assert alive(last, "vault", form, same) == same[1:]
        last.close()


def _put_back(made: Backup, config: Config, keys: MasterKeys, shredded: int) -> Config:
    assert restore_backup(made.folder, config, keys).shredded == shredded
    return config


OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [{"id": "deal", "label": "商机", "fields": [{"id": "name", "type": "text", "label": "名称"}]}],
}


def test_what_was_never_in_the_backup_stops_no_restore(
    vault: Runtime, tmp_path: Path, elsewhere: Callable[[], Config], clock: FrozenClock
) -> None:
    """Records and apps that came later and were shredded stand in the list; the rest of it is still done, the
    disk cleared of it, and the restored copy writes beside nobody's backups."""
    (letter,) = vault.records.create(SYSTEM, "vault", "letter", [{"subject": "x"}])
    made = make_backup(vault, tmp_path / "disk")
    vault.applications.publish(None, OFFICE, "system")
    shred(vault, "office", "deal", vault.records.create(SYSTEM, "office", "deal", [{"name": "甲"}]))
    shred(vault, "vault", "letter", vault.records.create(SYSTEM, "vault", "letter", [{"subject": "y"}]))
    shred(vault, "vault", "letter", [letter])
    purged: list[Any] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.records.shredding.Shredder.purge", lambda _self, *form: purged.append(form))
        restored = restore_backup(made.folder, config := elsewhere(), vault.keys)
    assert (restored.shredded, restored.listed, restored.left) == (1, True, 0)
    assert purged == [("vault", "letter")]
    before = shredded_file(tmp_path / "disk").read_text()
    again = Runtime.open(config, clock)
    (paused,) = [one for one in examine(again, away=False) if one.check.name == "disposal"]
    assert [one.code for one in paused.problems] == ["doctor.disposal_paused"]
    assert alive(again, "vault", "letter", [letter]) == []
    new = again.records.create(SYSTEM, "vault", "letter", [{"subject": "z"}])
    assert int(new[0]) > max(int(json.loads(line)["record"]) for line in before.splitlines())
    shred(again, "vault", "letter", new)
    assert shredded_file(tmp_path / "disk").read_text() == before
    again.close()
    shutil.copytree(made.folder, tmp_path / "away" / made.folder.name)
    assert not restore_backup(tmp_path / "away" / made.folder.name, elsewhere(), vault.keys).listed


def test_nobody_opens_what_was_restored_by_half(
    made: Backup, vault: Runtime, elsewhere: Callable[[], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = elsewhere()

    def fail(*_: object) -> None:
        raise Rejected([])

    with monkeypatch.context() as patched:
        patched.setattr("engine.backup.restoring._shred_again", fail)
        assert refusal(lambda: restore_backup(made.folder, config, vault.keys)) == ["restore.unfinished"]
    assert refusal(lambda: Runtime.open(config)) == ["restore.unfinished"]
    assert refusal(lambda: restore_backup(made.folder, config, vault.keys)) == ["restore.unfinished"]


def test_backups_age_out_but_not_the_newest_and_not_under_a_hold(
    vault: Runtime, tmp_path: Path, clock: FrozenClock
) -> None:
    made = []
    for _ in range(3):
        made.append(make_backup(vault, tmp_path / "disk").folder)
        clock.advance(days=20)
    keep = timedelta(days=30)
    hold = {"id": 1, "at": 1, "by": "legal01", "detail_sealed": b""}
    vault.database.write(lambda unit: unit.connection.execute(sa.insert(holds), hold) and None)
    assert age_out(vault.database, tmp_path / "disk", keep, clock.now()) == []
    vault.database.write(lambda unit: pause(unit, unit.now))
    release = sa.update(holds).values(released_at=2, released_by="legal01")
    vault.database.write(lambda unit: unit.connection.execute(release) and None)
    assert (
        age_out(vault.database, tmp_path / "disk", keep, clock.now()) == []
    )  # since a restore nobody can tell
    vault.database.write(end_pause)
    assert age_out(vault.database, tmp_path / "disk", keep, clock.now()) == made[:2]
    clock.advance(days=90)
    assert age_out(vault.database, tmp_path / "disk", keep, clock.now()) == []
    assert read_manifest(made[2])
    shutil.rmtree(tmp_path / "disk")
