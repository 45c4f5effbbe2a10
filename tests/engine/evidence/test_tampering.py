"""Random edits of an archive by somebody who has the database and not the keys: `verify` finds them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest

from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.findings import Report
from engine.evidence.verify import inspect, verify
from engine.runtime import Runtime
from tests.engine.evidence.archive import fill, keep_and_shred
from tests.engine.evidence.tampering import COVERED, EDITS, Edit, Nothing, Tampering

SEED = int(os.environ.get("MUNIMENT_TAMPERING_SEED", "20261120"))
NUMBER = {"sqlite": 500, "postgresql": 80}


@pytest.fixture
def vault(config: Config, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(config, clock)
    fill(runtime, clock)
    keep_and_shred(runtime, clock)
    yield runtime
    runtime.close()


def tamper(vault: Runtime, edit: Edit, random: Random) -> tuple[int | None, set[str], Report]:
    """Which record and tables it was about, and what verification says with it in place; it is undone."""
    with vault.database.connect() as connection:
        transaction = connection.begin()
        try:
            attacker = Tampering(connection, random)
            record = edit(attacker)
            return record, attacker.touched, inspect(vault, connection)
        finally:
            transaction.rollback()


def draw(random: Random, untried: list[Edit]) -> Edit:
    """Each once, then as often as they weigh."""
    return untried[0] if untried else random.choices([*EDITS], [*EDITS.values()])[0]


def test_random_edits_are_all_found(vault: Runtime) -> None:
    random, untried = Random(SEED), [*EDITS]
    assert verify(vault).clean
    done, missed, touched = 0, [], set[str]()
    while done < NUMBER[vault.database.dialect]:
        edit = draw(random, untried)
        try:
            record, tables, report = tamper(vault, edit, random)
        except Nothing:
            continue
        done += 1
        touched |= tables
        untried = untried[1:]
        named = {finding.record for finding in report.findings}
        if report.clean or (record is not None and str(record) not in named):
            missed.append(f"edit {done}, {edit.__name__} of {record}: {report.text('en')}")
    assert missed == []
    assert touched >= COVERED, "each covered table is edited at least once"
    assert verify(vault).clean  # every one was undone
