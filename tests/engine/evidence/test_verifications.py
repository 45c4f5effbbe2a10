"""Verifications in steps: gone on with, of what is new only, by several processes, quickly, against notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from engine.access.viewer import SYSTEM
from engine.cli import main
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence import notes, steps, verify as verify_module
from engine.evidence.notes import Checkpoint
from engine.evidence.verifications import Verifications
from engine.evidence.verify import Wanted, inspect, verify
from engine.evidence.verifying import verify_when_due
from engine.runtime import Runtime
from engine.system_tables import verification_steps
from tests.engine.evidence.archive import fill
from tests.engine.evidence.damage import force, kinds


@pytest.fixture
def vault(config: Config, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """With steps so small that there are many."""
    monkeypatch.setattr(steps, "LEAVES", 256)
    monkeypatch.setattr(steps, "ROWS", 64)
    runtime = Runtime.open(config, clock)
    fill(runtime, clock, 200)
    yield runtime
    runtime.close()


def add(runtime: Runtime) -> int:
    (record,) = runtime.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
    runtime.ledger.integrate()
    return int(record)


def damage(runtime: Runtime, record: int) -> None:
    letter = runtime.catalog.form("vault", "letter")
    column = letter.fields["subject"].name
    force(runtime, f"""UPDATE "{letter.table.name}" SET "{column}" = 'x' WHERE id = {record}""")  # noqa: S608


class Stopped(Exception):
    pass


def test_one_that_was_stopped_goes_on(vault: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    take = verify_module.Worker.take

    def until_it_stops(
        worker: verify_module.Worker, connection: sa.Connection, step: steps.Step
    ) -> steps.Outcome:
        if len(taken) == 4:
            raise Stopped
        taken.append(step.kind)
        return take(worker, connection, step)

    monkeypatch.setattr(verify_module.Worker, "take", until_it_stops)
    with pytest.raises(Stopped):
        verify(vault, wanted=Wanted(by="lu"))
    monkeypatch.setattr(verify_module.Worker, "take", take)
    seen: list[tuple[int, int]] = []
    report = verify(vault, lambda done, total: seen.append((done, total)), Wanted(by="lu", resume=True))
    assert report.clean, report.text("en")
    assert report.counts["records"] == 210
    assert 0 < seen[0][0] < seen[0][1] == seen[-1][0]
    with vault.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(verification_steps)) == 0


def test_steps_somebody_else_wrote_are_not_believed(vault: Runtime) -> None:
    kept = Verifications(vault.database, vault.box)
    with vault.database.read() as connection:
        plan = steps.make_plan(connection, "full", 0, None)
    run = kept.begin(plan)
    for number in range(len(plan.steps)):
        kept.step_done(run, number, steps.Outcome())
    force(vault, "UPDATE verification_steps SET number = number + 1000 WHERE number > 0")
    assert kept.unfinished() is None


def test_what_is_new_is_enough_after_one_that_found_nothing(vault: Runtime) -> None:
    old = add(vault)
    assert verify(vault, wanted=Wanted(by="lu")).clean
    new = add(vault)
    report = verify(vault, wanted=Wanted(mode="since", by="lu"))
    assert report.clean, report.text("en")
    assert 1 <= report.counts["records"] < 210
    damage(vault, new)
    report = verify(vault, wanted=Wanted(mode="since", by="lu"))
    assert [finding.record for finding in report.findings] == [str(new)]
    damage(vault, old)  # another time, when all is looked at
    assert {finding.record for finding in verify(vault).findings} == {str(old), str(new)}


def test_the_tree_before_is_still_the_one_that_was_verified(vault: Runtime) -> None:
    assert verify(vault, wanted=Wanted(by="lu")).clean
    other = "SELECT hashes FROM tiles WHERE level = 0 AND number = 0 AND log = 'records'"
    force(vault, f"UPDATE tiles SET hashes = ({other}) WHERE level = 1 AND log = 'records'")  # noqa: S608
    assert "root_differs" in kinds(verify(vault, wanted=Wanted(mode="since")))


def test_quickly_without_opening_what_is_sealed(vault: Runtime) -> None:
    with vault.database.read() as connection:
        assert inspect(vault, connection, "quick").clean
    record = add(vault)
    damage(vault, record)
    with vault.database.read() as connection:
        assert [f.record for f in inspect(vault, connection, "quick").findings] == [str(record)]


def test_several_processes_find_the_same(
    config: Config, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "ROWS", 64)
    monkeypatch.setattr(verify_module, "WORTH_PROCESSES", 0)
    runtime = Runtime.open(config, clock)
    fill(runtime, clock, 100)
    damage(runtime, add(runtime))
    alone = verify(runtime)
    together = verify(runtime, wanted=Wanted(workers=2, reopen=partial(Runtime.open, config)))
    runtime.close()
    assert together.to_json()["findings"] == alone.to_json()["findings"]
    assert len(alone.findings) == 1
    assert together.counts == alone.counts


def test_a_checkpoint_somebody_kept(vault: Runtime, tmp_path: Path) -> None:
    note = vault.ledger.checkpoint("records") or ""
    assert verify(vault, wanted=Wanted(notes=(note,))).clean
    forged = note.replace("previous ", "previous 1")
    assert kinds(verify(vault, wanted=Wanted(notes=(forged, "nothing")))) == {"witness_broken"}
    other = Checkpoint(vault.ledger.origin_of("records"), int(note.split("\n")[1]), bytes(32), 1, 0)
    stolen = notes.sign(other, vault.keys.signer)  # by whoever has the key, too
    assert kinds(verify(vault, wanted=Wanted(notes=(note, stolen)))) == {"checkpoint_forked"}
    last = "SELECT max(size) FROM checkpoints WHERE log = 'records'"
    force(vault, f"DELETE FROM checkpoints WHERE log = 'records' AND size = ({last})")  # noqa: S608
    (vault.config.data / "ledger" / "records" / "checkpoint").unlink()
    assert "checkpoint_missing" in kinds(verify(vault, wanted=Wanted(notes=(note,))))


def test_by_itself_what_is_new_every_day_and_everything_every_week(
    vault: Runtime, clock: FrozenClock
) -> None:
    done: list[str] = []

    def run(mode: steps.Mode) -> None:
        done.append(mode)
        vault.verify(mode=mode)

    for _ in range(8):
        verify_when_due(vault.database, run)
        verify_when_due(vault.database, run)
        clock.advance(hours=24)
    assert done == ["full", *["since"] * 6, "full"]


def test_the_command_line(sqlite_data: Path, clock: FrozenClock) -> None:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    fill(runtime, clock, 10)
    runtime.close()
    file = sqlite_data / "ledger" / "records" / "checkpoint"
    for words in (["--quick"], [], ["--since-last"], ["--checkpoint", str(file)]):
        result = CliRunner().invoke(main, ["verify", "--data", str(sqlite_data), *words])
        assert result.exit_code == 0, result.output
    database = sqlite_data / "muniment.db"
    database.write_bytes(b"SQLite format 2\0" + database.read_bytes()[16:])
    result = CliRunner().invoke(main, ["verify", "--data", str(sqlite_data)])
    assert result.exit_code == 1
    assert "evidence.database_unreadable" in result.output


def test_a_fence_of_an_archive_that_is_gone(vault: Runtime) -> None:
    """What is found in a step is kept for whoever goes on: by name, whatever the database calls it."""
    letter = vault.catalog.form("vault", "letter").table.name
    fence = f'DROP TRIGGER "{letter}_kept"'
    if vault.database.dialect == "postgresql":
        fence += f' ON "{letter}"'
    vault.database.write(lambda unit: unit.connection.execute(sa.text(fence)))
    report = verify(vault, wanted=Wanted(mode="quick", by="lu"))
    assert not report.clean
    assert f"{letter}_kept" in report.text("en")
