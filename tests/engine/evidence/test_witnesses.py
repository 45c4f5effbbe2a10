"""Witnesses: what each is shown and gives, and that `verify` holds the archive against all they keep."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.verify import verify
from engine.evidence.witnesses.settings import LedgerSettings, Witness
from engine.runtime import Runtime
from engine.system_tables import witnesses
from metamodel.problems import Rejected
from tests.engine.evidence.archive import fill
from tests.engine.evidence.authority import Authority, authority
from tests.engine.evidence.damage import force, kinds
from tests.engine.notifications.mail_server import Postbox, serving


@pytest.fixture
def stamps(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with authority(folder) as made:
        yield made


@pytest.fixture
def vault(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data, outgoing_allowed=("127.0.0.1",)), clock)
    fill(runtime, clock, 10)
    yield runtime
    runtime.close()


def appoint(runtime: Runtime, *made: Witness) -> None:
    runtime.database.write(lambda unit: runtime.witnesses.save(unit, LedgerSettings(made)))


def rows(runtime: Runtime) -> list[tuple[str, str, str]]:
    with runtime.database.read() as connection:
        found = connection.execute(sa.select(witnesses).order_by(witnesses.c.id)).all()
    return [(row.log, row.state, row.error) for row in found]


def grow(runtime: Runtime, clock: FrozenClock, **later: float) -> None:
    clock.advance(**later)
    runtime.records.create(SYSTEM, "vault", "letter", [{"subject": "新"}])
    runtime.ledger.integrate()


# -- time stamps -----------------------------------------------------------------------------------------
def test_an_authority_stamps_both_logs_and_its_tokens_are_checked_offline(
    vault: Runtime, stamps: Authority, clock: FrozenClock
) -> None:
    appoint(vault, Witness("tsa", "rfc3161", stamps.url, 24, stamps.roots))
    assert vault.witnesses.give() == 2
    assert rows(vault) == [("records", "done", ""), ("audit", "done", "")]
    assert vault.witnesses.give() == 0  # they have seen it
    grow(vault, clock, hours=1)
    assert vault.witnesses.give() == 0  # not yet due
    assert vault.witnesses.give("tsa") >= 1  # asked for
    stamps.down = True
    report = verify(vault)
    assert report.clean, report.text("en")
    assert report.counts["witnesses"] >= 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE witnesses SET receipt = (SELECT max(receipt) FROM witnesses WHERE log = 'audit')",
        "UPDATE witnesses SET receipt = NULL WHERE log = 'records'",
        "UPDATE witnesses SET receipt = x'30820000' WHERE log = 'records'",
    ],
)
def test_a_token_of_something_else_is_found(vault: Runtime, stamps: Authority, statement: str) -> None:
    appoint(vault, Witness("tsa", "rfc3161", stamps.url, 24, stamps.roots))
    vault.witnesses.give()
    force(vault, statement)
    assert kinds(verify(vault)) == {"receipt_broken"}


def test_an_authority_of_another_root_is_not_believed(
    vault: Runtime, stamps: Authority, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with authority(folder) as other:
        appoint(vault, Witness("tsa", "rfc3161", stamps.url, 24, other.roots))
        assert vault.witnesses.give() == 0
    assert {state for _, state, _ in rows(vault)} == {"failed"}


def test_a_witness_that_does_not_answer_is_asked_again(vault: Runtime, stamps: Authority) -> None:
    appoint(vault, Witness("tsa", "rfc3161", stamps.url, 24, stamps.roots))
    stamps.down = True
    assert vault.witnesses.give() == 0
    assert rows(vault) == [("records", "failed", "HTTP 503"), ("audit", "failed", "HTTP 503")]
    stamps.down = False
    assert vault.witnesses.give() == 2
    assert [state for _, state, _ in rows(vault)] == ["done", "done"]


# -- folders ---------------------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "elsewhere"
    made.mkdir()
    return made


def change_copy(folder: Path) -> None:
    path = next(folder.iterdir())
    path.chmod(0o644)
    path.write_text(path.read_text().replace("time", "tine"))


def remove_copy(folder: Path) -> None:
    next(folder.iterdir()).unlink()


@pytest.mark.parametrize("damage", [change_copy, remove_copy])
def test_a_folder_keeps_every_checkpoint_it_was_shown(
    vault: Runtime, clock: FrozenClock, folder: Path, damage: Callable[[Path], None]
) -> None:
    appoint(vault, Witness("worm", "folder", str(folder), 1))
    assert vault.witnesses.give() == 2
    grow(vault, clock, hours=2)
    assert vault.witnesses.give() >= 1
    assert len(list(folder.iterdir())) >= 3
    assert verify(vault).clean
    damage(folder)
    assert "receipt_broken" in kinds(verify(vault))


def test_an_archive_turned_back_whole_is_known_by_the_folder(
    sqlite_data: Path, clock: FrozenClock, folder: Path, tmp_path: Path
) -> None:
    """Database, tiles, checkpoint copies and key: all as yesterday. Only the witness remembers."""
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    fill(runtime, clock, 10)
    appoint(runtime, Witness("worm", "folder", str(folder), 1))
    runtime.close()
    yesterday = tmp_path / "yesterday"
    shutil.copytree(sqlite_data, yesterday)
    today = Runtime.open(Config(data=sqlite_data), clock)
    grow(today, clock, hours=2)
    today.witnesses.give()
    today.close()
    back = Runtime.open(Config(data=yesterday), clock)
    report = verify(back)
    back.close()
    assert kinds(report) == {"checkpoint_missing"}


# -- mail ------------------------------------------------------------------------------------------------
def test_a_mail_box_gets_the_note(sqlite_data: Path, clock: FrozenClock) -> None:
    box = Postbox()
    with serving(box) as port:
        runtime = Runtime.open(Config(data=sqlite_data, smtp_url=f"smtp://127.0.0.1:{port}"), clock)
        fill(runtime, clock, 10)
        appoint(runtime, Witness("lawyer", "mail", "lawyer@example.org"))
        assert runtime.witnesses.give() == 2
        note = runtime.ledger.checkpoint("records")
        report = verify(runtime)
        runtime.close()
    attached = next(iter(box.messages[0].iter_attachments()))
    assert note is not None
    assert attached.get_content() == note.encode()
    assert report.clean


# -- settings --------------------------------------------------------------------------------------------
GOOD = Witness("a", "folder", "/", 1)


@pytest.mark.parametrize(
    ("witness", "path", "code"),
    [
        (GOOD, "", ""),
        (Witness("a", "oracle", "/"), "/witnesses/0/kind", "witness.unknown_kind"),
        (Witness("a", "folder", "/not/there"), "/witnesses/0/target", "witness.bad_folder"),
        (Witness("a", "folder", "relative"), "/witnesses/0/target", "witness.bad_folder"),
        (Witness("a", "folder", "/", 0), "/witnesses/0/hours", "witness.bad_hours"),
        (Witness("a", "mail", "nobody"), "/witnesses/0/target", "witness.bad_mail"),
        (Witness("a", "rfc3161", "ftp://x", 1, "x"), "/witnesses/0/target", "witness.bad_address"),
        (Witness("a", "rfc3161", "http://x", 1, "x"), "/witnesses/0/roots", "witness.bad_roots"),
    ],
)
def test_settings(vault: Runtime, witness: Witness, path: str, code: str) -> None:
    try:
        appoint(vault, witness)
        found = [("", "")]
    except Rejected as refused:
        found = [(one.path, one.code) for one in refused.problems]
    assert (path, code) in found
