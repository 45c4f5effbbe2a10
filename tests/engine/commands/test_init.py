"""`muniment init`, by options and by a person at a terminal, and what goes with it: keys, copies, rotation."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.access.installation import administers
from engine.cli import main
from engine.config import Config
from engine.runtime import Runtime


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MUNIMENT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def data(sqlite_data: Path) -> str:
    return str(sqlite_data)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def token_of(output: str) -> str:
    (line,) = [line for line in output.splitlines() if "/invitation/" in line]
    return line.rsplit("/", 1)[1].strip()


def test_by_options(data: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    made = run(
        *("init", "--data", data, "--organisation", "ACME", "--zone", "Europe/Berlin", "--language", "en"),
        *("--admin", "root", "--admin-name", "Ada", "--sheet", str(sheet)),
    )
    assert made.exit_code == 0, made.output
    runtime = Runtime.open(Config.from_environment(data))
    viewer = runtime.require_viewer("root")
    assert (runtime.installation.organisation, str(runtime.config.zone)) == ("ACME", "Europe/Berlin")
    assert runtime.invitations.find(token_of(made.output)).person == "root"
    assert runtime.manages_anywhere(viewer, "people")
    assert not any(administers(viewer, what) for what in ("audit", "design", "retention", "access"))
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert runtime.key_copies.code in sheet.read_text()
    runtime.close()


def test_run_again_it_changes_nothing_and_goes_on_where_something_is_missing(data: str) -> None:
    first = run("init", "--data", data, "--zone", "Europe/Berlin")
    assert "muniment init --admin" in first.output
    second = run("init", "--data", data, "--zone", "Asia/Tokyo", "--admin", "root")
    assert token_of(second.output)
    third = run("init", "--data", data, "--admin", "other")
    assert (third.exit_code, "/invitation/" in third.output) == (0, False)
    runtime = Runtime.open(Config.from_environment(data))
    assert str(runtime.config.zone) == "Europe/Berlin"
    assert set(runtime.people.organisation().people) == {"root"}
    runtime.close()


def test_mistakes_are_named_together(data: str) -> None:
    result = run("init", "--data", data, "--zone", "Nowhere/Land", "--admin", "The Boss")
    assert result.exit_code == 1
    assert "init.bad_zone" in result.output
    assert "init.bad_admin" in result.output


def test_somebody_at_a_terminal_is_asked(data: str) -> None:
    """Organisation, zone, language, account, name, mail, no file; then the sheet with its QR code, once."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", "init", "--data", data],
        stdin=there, stdout=there, stderr=there, env={**os.environ, "LANG": "zh_CN.UTF-8"},
    )  # fmt: skip
    os.close(there)
    os.write(here, "恒锐\n\nzh\nboss\n周婧\n\n\n".encode())
    output = b""
    while chunk := read(here):
        output += chunk
    assert process.wait(20) == 0, output.decode()
    text = output.decode()
    assert token_of(text)
    assert "恢复单 · 恒锐" in text
    assert text.count("\u2580") + text.count("\u2588") > 100  # the QR code
    assert "恢复单" not in run("init", "--data", data).output


def read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # the other end is closed
        return b""


def test_the_sheet_as_a_page_to_print(data: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.pdf"
    done = run("init", "--data", data, "--organisation", "恒锐", "--sheet", str(sheet))
    assert done.exit_code == 0, done.output
    assert sheet.read_bytes().startswith(b"%PDF-")
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert run("keys", "sheet", "--data", data, "--to", str(sheet)).exit_code != 0  # never over another


def test_keys_come_back_from_the_sheet(data: str, tmp_path: Path) -> None:
    sheet, file = tmp_path / "sheet.html", Path(data) / "keys" / "master.json"
    run("init", "--data", data)
    assert run("keys", "sheet", "--data", data, "--to", str(sheet)).exit_code == 0
    before = file.read_text()
    assert "keys.there_already" in run("keys", "restore", "--data", data, str(sheet)).output
    file.unlink()
    restored = run("keys", "restore", "--data", data, str(sheet))
    assert (restored.exit_code, file.read_text()) == (0, before)
    code = run("keys", "check", str(file)).output.strip()
    assert code in restored.output
    refused = run("keys", "confirm", "--data", data, "--code", "AAAA-BBBB", "--place", "safe")
    assert "keys.other_code" in refused.output
    assert run("keys", "confirm", "--data", data, "--code", code, "--place", "safe").exit_code == 0
    rotated = run("rotate-key", "--data", data)
    assert rotated.exit_code == 0
    assert "keys sheet" in rotated.output  # another code, another copy


def test_whoever_opens_the_keys_or_takes_them_out_leaves_a_row(data: str, tmp_path: Path) -> None:
    """Which command on which machine, where they lie and went, and nothing of the keys themselves."""
    sheet = tmp_path / "sheet.txt"
    run("init", "--data", data)
    run("search", "no_app", "no_form", "words of a customer", "--as", "root", "--data", data)
    run("keys", "sheet", "--data", data, "--to", str(sheet))
    run("rotate-key", "--data", data)
    with (
        closing(Runtime.open(Config.from_environment(data))) as runtime,
        runtime.database.read() as connection,
    ):
        rows = [one for one in runtime.audit.latest(connection) if one.action.startswith("key.")][::-1]
        code, file = runtime.key_copies.code, str(runtime.config.master_key)
    told = [(one.action, one.detail.get("command"), one.detail.get("place")) for one in rows]
    assert told == [
        ("key.open", "muniment init", file), ("key.open", "muniment search", file),
        ("key.open", "muniment keys sheet", file), ("key.copy", "muniment keys sheet", str(sheet)),
        ("key.open", "muniment rotate-key", file), ("key.rotate", None, None), ("key.drop", None, None),
    ]  # fmt: skip
    assert all(one.detail["machine"] and one.detail["account"] for one in rows[:5])
    assert rows[0].detail["code"] in sheet.read_text()
    assert rows[0].detail["code"] != code  # keys were rotated
    assert "words of a customer" not in str(rows)
