"""The ledger measured: a verification without opening sealed values, and a proof out of a million leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.config import Config
from engine.database import Database, Unit
from engine.evidence.keys import MasterKeys
from engine.evidence.ledger import Ledger
from engine.runtime import Runtime
from engine.system_tables import leaves

MILLION = 1_000_000
BATCH = 50_000
RUNS = 3
NOW = 1_795_000_000_000_000


def verified(data: Path, mode: str) -> tuple[float, float]:
    """(records a second of one core's own time, records a second by the clock), the better of `RUNS`, in a process
    of its own, as `muniment verify` is: beside a hundred thousand captured messages in memory it would be slower."""
    command = [sys.executable, "-m", "benchmarks.ledger", str(data), mode]
    runs = [json.loads(subprocess.check_output(command, text=True)) for _ in range(RUNS)]
    return max(own for own, _ in runs), max(clock for _, clock in runs)


def _verify(data: Path, mode: Any) -> tuple[float, float]:
    """The same, here, once; without helpers, so that one core's time is all there is."""
    runtime = Runtime.open(Config(data=data))
    started, worked = time.perf_counter(), time.process_time()
    report = runtime.verify(mode=mode)
    taken, own = time.perf_counter() - started, time.process_time() - worked
    if not report.clean:
        raise RuntimeError(report.text("en"))
    return report.counts["records"] / own, report.counts["records"] / taken


def proof_of_a_million(folder: Path) -> Callable[[], object]:
    """Builds a log of as many leaves as that; what it returns proves one of them, another each time."""
    database = Database(Config(data=folder, synchronous="OFF"))
    database.migrate()
    ledger = Ledger(database, MasterKeys.generate(), "bench.example")
    for start in range(0, MILLION, BATCH):
        database.write(lambda unit, start=start: _append(database, unit, start))
    ledger.integrate()
    places = iter(range(0, MILLION, 9_973))
    return lambda: ledger.proof("records", next(places), MILLION)


def _append(database: Database, unit: Unit, start: int) -> None:
    rows = [
        ("records", place, os.urandom(32), "create", place, 1, "bench", "form", 1, NOW, b"", b"")
        for place in range(start, start + BATCH)
    ]
    database.insert_many(unit.connection, leaves, rows)


if __name__ == "__main__":
    print(json.dumps(_verify(Path(sys.argv[1]), sys.argv[2])))
