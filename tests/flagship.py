"""The flagship with its sample data, loaded once in a run by whoever comes first and copied: it takes a minute.

On SQLite for all workers, with what was logged and left in temporary files meanwhile; on PostgreSQL for
the worker that owns the server. The moment is that of the app's tests, so they need no other.
"""

from __future__ import annotations

import fcntl
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from engine.app_tests import Prepared
from engine.clock import FrozenClock
from engine.commands.demo import load_samples
from engine.config import Config
from engine.runtime import Runtime
from engine.sample_data import Known

MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # a Friday, 18:00 in Shanghai


class GoingClock:
    """Begins at the moment of the samples and goes on from there."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        return MOMENT + timedelta(seconds=time.monotonic() - self._began)


def load(config: Config) -> Prepared:
    """Into an empty directory or database; nobody has it open afterwards."""
    known: dict[str, Known] = {}
    runtime = Runtime.open(config, FrozenClock(MOMENT))
    try:
        load_samples(runtime, MOMENT.date().isoformat(), lambda _: None, known)
        if config.database_url:  # its own round, autovacuum, is off in tests
            with runtime.database.connect() as connection, connection.begin():
                connection.execute(sa.text("ANALYZE"))
    finally:
        runtime.close()
    return Prepared(config, known, ours=False)


def loaded_disk(factory: pytest.TempPathFactory) -> Path:
    """A folder to copy from: `data`, `temporary`, `everything.log`; what the rows are called is beside it."""
    shared = factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    disk, making = shared / "flagship", shared / "flagship-in-the-making"
    with (shared / "flagship.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not disk.exists():
            with watched(making):
                prepared = load(Config(data=making / "data", synchronous="OFF"))
            names = {name: asdict(known) for name, known in prepared.known.items()}
            disk.with_suffix(".json").write_bytes(msgspec.json.encode(names))
            making.rename(disk)
    return disk


def loaded_data(factory: pytest.TempPathFactory) -> Prepared:
    """The same as the app's tests want it."""
    disk = loaded_disk(factory)
    names = msgspec.json.decode(disk.with_suffix(".json").read_bytes(), type=dict[str, Known])
    return Prepared(Config(data=disk / "data"), names, ours=False)


@contextmanager
def watched(disk: Path) -> Iterator[None]:
    """Temporary files are made here meanwhile, and everything that is logged is written down."""
    (disk / "temporary").mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(disk / "everything.log", encoding="utf-8")
    root, level = logging.getLogger(), logging.getLogger().level
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TMPDIR", "SQLITE_TMPDIR"):
            patch.setenv(name, str(disk / "temporary"))
        patch.setattr(tempfile, "tempdir", None)
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.setLevel(level)
            root.removeHandler(handler)
            handler.close()
