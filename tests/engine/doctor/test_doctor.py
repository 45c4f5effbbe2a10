"""The doctor finds what is not looked after, says so once it is, and never falls over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.access.installation import Installation, administrator, save_installation
from engine.access.people import Person
from engine.access.viewer import SYSTEM
from engine.backup import make_backup
from engine.clock import FrozenClock, microseconds
from engine.config import Config
from engine.doctor import CHECKS, Finding, examine
from engine.doctor.surroundings import certificate
from engine.runtime import Runtime
from engine.system_tables import inbox, jobs, witnesses
from metamodel.problems import Problem
from tests.engine.certificates import make_certificate
from tests.engine.server_programs import server_programs


@pytest.fixture
def house(config: Config, clock: FrozenClock) -> Iterator[Runtime]:
    """Set up as it should be; nothing is looked after yet."""
    runtime = Runtime.open(replace(config, pg_bin=server_programs()), clock)
    runtime.database.write(_set_up(runtime))
    runtime.close()
    runtime = Runtime.open(runtime.config, clock)
    yield runtime
    runtime.close()


def _set_up(runtime: Runtime) -> Callable[[Any], None]:
    def work(unit: Any) -> None:
        save_installation(unit, Installation("ACME", "Asia/Shanghai"))
        runtime.people.save_people(unit, [Person("root", "Root")])
        runtime.people.save_memberships(unit, [administrator("root")])

    return work


def codes(runtime: Runtime) -> set[str]:
    """What is found; but for the stopped clock, which no database server shares."""
    return {found.code.partition(".")[2] for one in examine(runtime) for found in one.problems} - {
        "clock_differs"
    }


NEGLECTED = {"no_key_copy", "never_verified", "no_witness", "no_backup", "no_mail"}


def test_what_nobody_looked_after_is_said_until_somebody_does(
    house: Runtime, tmp_path: Path, clock: FrozenClock
) -> None:
    assert codes(house) == NEGLECTED
    house.confirm_key_copy(SYSTEM, house.key_copies.code, "保险柜")
    house.verify()
    make_backup(house, tmp_path / "disk")
    row = {
        "id": 1, "log": "records", "size": 1, "witness": "tsa", "kind": "rfc3161", "target": "x",
        "at": microseconds(clock.now()), "state": "done",
    }  # fmt: skip
    write(house, sa.insert(witnesses).values(row))
    assert codes(house) == {"no_mail"}
    clock.advance(days=20)
    assert codes(house) == {"no_mail", "verified_long_ago", "backup_old", "witness_old"}
    house.rotate_key()
    assert "no_key_copy" in codes(house)


def write(runtime: Runtime, *statements: Any) -> None:
    def work(unit: Any) -> None:
        for statement in statements:
            unit.connection.execute(statement)

    runtime.database.write(work)


def test_what_goes_wrong_is_found(house: Runtime, clock: FrozenClock) -> None:
    sealed = {"raw_sealed": b"", "digest": b"d", "received_at": 1}
    write(
        house,
        sa.insert(inbox).values(id=1, channel="wecom", state="quarantine", **sealed),
        sa.insert(jobs).values(id=1, name="send_mail", payload=b"", state="dead", run_at=1),
    )
    drop = 'DROP TRIGGER "leaves_kept"' + (" ON leaves" if house.database.dialect == "postgresql" else "")
    with house.database.connect() as connection, connection.begin():
        connection.exec_driver_sql(drop)
    house.ledger.integrate()
    house.confirm_key_copy(SYSTEM, house.key_copies.code, "safe")
    clock.advance(days=-1)
    house.people.organisation()
    assert codes(house) >= {"quarantine", "dead_jobs", "trigger_missing", "clock_behind"}
    assert [one.check.name for one in examine(house) if one.state == "error"] == ["clock", "triggers"]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (0, "doctor.certificate_late"),
        (-30, None),
        (-2, "doctor.certificate_late"),
        (-10, "doctor.certificate_renew"),
    ],
)
def test_a_certificate_is_renewed_in_time(
    house: Runtime, tmp_path: Path, clock: FrozenClock, days: int, code: str | None
) -> None:
    from datetime import UTC, datetime

    make_certificate(tmp_path)  # for a day from now
    clock.set(datetime.now(UTC) + timedelta(days=days))
    house.config = replace(house.config, tls_certificate=tmp_path / "cert.pem")
    assert [found.code for found in certificate(house)] == ([code] if code else [])


def test_settings_that_differ(house: Runtime) -> None:
    house.config = replace(
        house.config, zone=ZoneInfo("UTC"), synchronous="NORMAL", smtp_url="smtp://127.0.0.1:1",
        tls_certificate=Path("/nowhere"),
    )  # fmt: skip
    wanted = {"zone_differs", "failed"} | ({"synchronous"} if house.database.dialect == "sqlite" else set())
    assert codes(house) >= wanted
    (mail,) = [one for one in examine(house) if one.check.name == "mail"]
    assert [found.code for found in mail.problems] == ["mail.failed"]
    assert "mail" not in [one.check.name for one in examine(house, away=False)]


def test_an_empty_installation_is_told_what_to_do(config: Config, clock: FrozenClock) -> None:
    runtime = Runtime.open(config, clock)
    assert codes(runtime) == NEGLECTED | {"not_set_up", "no_administrator"}
    runtime.close()


def test_every_finding_has_words(house: Runtime) -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for one in examine(house):
        assert one.label("zh") != one.label("en")
        assert set(one.to_json("zh")) == {"check", "state", "problems", "notes"}
    worst = Finding(CHECKS[0], [Problem("doctor.no_backup", severity="warning")])
    assert worst.state == "warning"
