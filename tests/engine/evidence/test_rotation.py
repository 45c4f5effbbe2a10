"""All keys but the signature's are rotated while others work: nothing is rewritten, nothing is lost, everything is
found, and verification stays clean, on both databases and with keys in the environment."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.people import Person
from engine.access.viewer import SYSTEM
from engine.backup import make_backup, restore_backup
from engine.clock import FrozenClock
from engine.config import Config
from engine.doctor import examine
from engine.evidence.audit_log import audit_entry
from engine.evidence.keys import MASTER, ROTATED, MasterKeys
from engine.evidence.rotation import HEARD
from engine.evidence.verify import verify
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import audit, files, inbox, leaves, record_keys
from metamodel.problems import Rejected
from tests.engine.evidence.archive import fill


@pytest.fixture(params=["file", "environment"])
def setting(config: Config, request: pytest.FixtureRequest) -> Config:
    if request.param == "file":
        return config
    return replace(config, master_key_text=base64.b64encode(MasterKeys.generate().text().encode()).decode())


@pytest.fixture
def vault(setting: Config, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(setting, clock)
    fill(runtime, clock, 20)
    yield runtime
    runtime.close()


def found(runtime: Runtime, word: str) -> int:
    return len(runtime.records.page(SYSTEM, "vault", "message", Query(text=word)).items)


def column(runtime: Runtime, which: Any) -> list[Any]:
    with runtime.database.read() as connection:
        return list(connection.scalars(sa.select(which).order_by(which)))


def test_all_of_them_while_others_work(vault: Runtime, setting: Config, clock: FrozenClock) -> None:
    other = Runtime.open(setting, clock)  # another process, which is told nothing
    kept = column(vault, inbox.c.raw_sealed)
    hits, code = found(vault, "报价"), vault.key_copies.code
    assert hits > 0
    assert vault.rotate_key() == 33
    assert vault.key_copies.code != code
    assert {len(vault.keys.rings[kind]) for kind in ("box", "index", "audit")} == {2}

    # Half way: the index is still under the old key, what comes in stands under the new one.
    (made,) = other.records.create(SYSTEM, "vault", "message", [{"content": "报价又来了", "sender": "甲"}])
    other.audit.note(SYSTEM, Occurrence("read", "vault", "message", int(made)))
    assert [found(one, "报价") for one in (vault, other)] == [hits + 1] * 2
    assert verify(vault).clean
    clock.advance(seconds=HEARD / timedelta(seconds=1))
    other.audit.note(SYSTEM, Occurrence("read", "vault", "message", int(made)))
    other.database.write(lambda unit: other.people.save_people(unit, [Person("u1", "张三丰")]))

    # Made anew: the old index key is gone from every process.
    other.jobs.run_due()
    assert [len(one.present_keys.look().index_keys) for one in (vault, other)] == [1, 1]
    assert [found(one, "报价") for one in (vault, other)] == [hits + 1] * 2
    assert found(vault, "又来了") == 1
    assert newest_audit(vault, "key.drop")["person"] == "system"

    # Nothing was rewritten, what is new is under the new keys.
    assert column(vault, inbox.c.raw_sealed) == kept
    assert {sealed[0] for sealed in kept} == {1}
    assert {*column(vault, record_keys.c.master), *column(vault, files.c.master)} == {"2"}
    assert newest_audit(vault)["detail_sealed"][0] == 2
    vault.ledger.integrate()
    assert salted_by(vault) == "new"
    report = verify(vault)
    assert report.clean, report.text("en")
    assert report.counts["indexed"] == 21
    other.close()

    # And once more, with the keys a copy holds.
    again = Runtime.open(setting, clock)
    again.rotate_key(kinds=("box", "audit"))
    again.jobs.run_due()
    assert verify(again).clean
    assert found(again, "报价") == hits + 1
    assert [len(again.keys.rings[kind]) for kind in ("box", "index", "audit")] == [3, 1, 3]
    again.close()


def newest_audit(runtime: Runtime, action: str = "read") -> Any:
    with runtime.database.read() as connection:
        query = sa.select(audit).where(audit.c.action == action).order_by(audit.c.id.desc()).limit(1)
        return connection.execute(query).mappings().one()


def salted_by(runtime: Runtime) -> str:
    """Which audit key the entry about the newest look was salted with."""
    row = newest_audit(runtime)
    mine = sa.and_(leaves.c.kind == "audit", leaves.c.record == row["id"])
    with runtime.database.read() as connection:
        evidence = connection.scalar(sa.select(leaves.c.evidence).where(mine))
    old, new = (one.key for one in runtime.keys.rings["audit"])
    found = {audit_entry(key, row).evidence: name for key, name in ((old, "old"), (new, "new"))}
    return found[bytes(evidence)]  # type: ignore[arg-type]


def test_the_doctor_says_how_old_they_are(config: Config, clock: FrozenClock) -> None:
    runtime = Runtime.open(config, clock)
    (keys,) = (one for one in examine(runtime, away=False) if one.check.name == "keys")
    assert [note.params["ages"] for note in keys.notes] == ["master 0, box 0, index 0, audit 0, signing 0"]
    clock.advance(seconds=800 * 86_400)
    assert old(runtime) == {"days": 800, "kinds": "master, box, index, audit"}
    runtime.rotate_key(kinds=(MASTER, "box"))
    assert old(runtime) == {"days": 800, "kinds": "index, audit"}
    runtime.rotate_key(kinds=ROTATED)
    runtime.jobs.run_due()
    assert old(runtime) is None
    runtime.close()


def old(runtime: Runtime) -> dict[str, Any] | None:
    (keys,) = (one for one in examine(runtime, away=False) if one.check.name == "keys")
    said = [found for found in keys.problems if found.code == "doctor.keys_old"]
    return dict(said[0].params) if said else None


def test_a_backup_holds_what_the_environment_opens(
    sqlite_data: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    """Rotated keys of the environment go with the backup; alone, nobody can open them."""
    given = base64.b64encode(MasterKeys.generate().text().encode()).decode()
    runtime = Runtime.open(Config(sqlite_data, master_key_text=given), clock)
    fill(runtime, clock, 5)
    runtime.rotate_key()
    runtime.jobs.run_due()
    code, made = runtime.key_copies.code, make_backup(runtime, tmp_path / "backups")
    runtime.close()
    there = Config(tmp_path / "there", master_key_text=given)
    restore_backup(made.folder, there)
    restored = Runtime.open(there, clock)
    assert restored.key_copies.code == code
    assert verify(restored).clean
    assert found(restored, "报价") == 1
    restored.close()
    other = base64.b64encode(MasterKeys.generate().text().encode()).decode()
    with pytest.raises(Rejected, match=r"keys\.other_variable"):
        Runtime.open(replace(there, master_key_text=other), clock)
