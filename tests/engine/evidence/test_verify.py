"""Verification of an honest archive, and that each kind of damage is found and named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.clock import FrozenClock
from engine.config import Config
from engine.evidence.verify import verify
from engine.runtime import Runtime
from engine.system_tables import verifications
from tests.engine.evidence.archive import fill


@pytest.fixture
def vault(config: Config, clock: FrozenClock) -> Runtime:
    runtime = Runtime.open(config, clock)
    fill(runtime, clock)
    return runtime


def test_an_honest_archive_is_clean(vault: Runtime) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(vault, lambda done, total: seen.append((done, total)), "lu")
    assert report.text("en").splitlines()[:3] == [report.text("en")]
    assert report.counts["records"] == 160
    assert report.counts["keys"] == 160
    assert report.counts["versions"] == 2
    assert seen[-1][0] == seen[-1][1] > 0
    with vault.database.read() as connection:
        kept = connection.execute(sa.select(verifications)).mappings().one()
    assert kept["by"] == "lu"
    vault.close()
