"""`muniment user …`, and the letter that carries a one-time link, by a real mail server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.access.people import Person
from engine.access.viewer import SYSTEM
from engine.cli import main
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.engine.notifications.mail_server import Postbox, serving

ZHOU = Person("zhou", "周婧", email="zhou@example.com")


@pytest.fixture
def house(tmp_path: Path, config: Config) -> Config:
    """An installation with zhou in it."""
    runtime = Runtime.open(config)
    runtime.database.write(lambda unit: runtime.people.save_people(unit, [ZHOU]))
    runtime.close()
    return config


def test_accounts_from_the_command_line(house: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_DATABASE_URL", house.database_url)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["user", *words, "--data", str(house.data)])
        return done.exit_code, done.output

    assert run("password", "zhou", "--password", "password123")[0] == 1
    assert run("password", "zhou", "--password", "lantern moss 81 ferry") == (0, "")
    assert run("invite", "zhou")[1].startswith("/invitation/")
    code, token = run("token", "zhou", "--scope", "read")
    assert code == 0
    assert run("unlock", "zhou", "--second-factor") == (0, "")
    assert run("invite", "nobody")[0] == 1
    runtime = Runtime.open(house)
    found = runtime.tokens.find(token.strip())
    assert found is not None
    assert found.scopes == {"read"}
    runtime.close()


def test_a_link_goes_by_mail_to_its_owner_alone(house: Config, clock: FrozenClock) -> None:
    postbox = Postbox()
    with serving(postbox) as port:
        mail = replace(house, smtp_url=f"smtp://127.0.0.1:{port}", public_url="https://archive.example.com/")
        runtime = Runtime.open(mail, clock)
        assert runtime.accounts.send_link("zhou", SYSTEM) == "", "nobody else is shown it"
        runtime.jobs.run_due()
        (letter,) = postbox.messages
        text = letter.get_body(("plain",)).get_content()
        link = next(line for line in text.splitlines() if "/invitation/" in line)
        assert letter["To"] == "周婧 <zhou@example.com>"
        token = link.rpartition("/")[2]
        assert runtime.invitations.find(token).person == "zhou"
        stored = b"".join(path.read_bytes() for path in house.data.rglob("*.db*"))
        assert token.encode() not in stored
        runtime.close()
