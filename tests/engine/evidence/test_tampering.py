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
from tests.engine.evidence.archive import fill
from tests.engine.evidence.tampering import EDITS, Edit, Nothing, Tampering

SEED = int(os.environ.get("MUNIMENT_TAMPERING_SEED", "20261120"))
NUMBER = {"sqlite": 500, "postgresql": 80}


@pytest.fixture
def vault(config: Config, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(config, clock)
    fill(runtime, clock)
    yield runtime
    runtime.close()


def tamper(vault: Runtime, edit: Edit, random: Random) -> tuple[int | None, Report]:
    """What verification says with this edit in place; the edit is undone."""
    with vault.database.connect() as connection:
        transaction = connection.begin()
        try:
            record = edit(Tampering(connection, random))
            return record, inspect(vault, connection)
        finally:
            transaction.rollback()


def draw(random: Random, untried: list[Edit]) -> Edit:
    """Each once, then as often as they weigh."""
    return untried[0] if untried else random.choices([*EDITS], [*EDITS.values()])[0]


def test_random_edits_are_all_found(vault: Runtime) -> None:
    random, untried = Random(SEED), [*EDITS]
    assert verify(vault).clean
    done, missed = 0, []
    while done < NUMBER[vault.database.dialect]:
        edit = draw(random, untried)
        try:
            record, report = tamper(vault, edit, random)
        except Nothing:
            continue
        done += 1
        untried = untried[1:]
        named = {finding.record for finding in report.findings}
        if report.clean or (record is not None and str(record) not in named):
            missed.append(f"edit {done}, {edit.__name__} of {record}: {report.text('en')}")
    assert missed == []
    assert verify(vault).clean  # every one was undone
