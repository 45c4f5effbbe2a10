"""What traces cost: messages captured with all rules of the sample, with and without the reasons and deeds of
every record. Run it on a quiet machine: `.venv/bin/python scripts/measure_traces.py [messages] [times]`."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import sqlalchemy as sa

from benchmarks.installation import Installation
from benchmarks.traffic import messages
from engine.rules import interpreter
from engine.rules.reasons import Reasons
from engine.system_tables import rule_runs


def capture(count: int, bare: bool) -> tuple[float, int]:
    """Seconds of this process's time, and bytes of traces."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if bare:
            stack.enter_context(patch.object(interpreter, "Deeds", lambda kinds: None))
            stack.enter_context(patch.object(Reasons, "__bool__", lambda self: False))
        installation = Installation(Path(folder))
        began = time.process_time()
        installation.capture(messages(count))
        taken = time.process_time() - began
        with installation.runtime.database.read() as connection:
            size = connection.scalar(sa.select(sa.func.sum(sa.func.length(rule_runs.c.trace_sealed))))
        installation.runtime.close()
        return taken, size or 0


def main(count: int = 8_000, times: int = 3) -> None:
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(times):
        for bare in taken:
            seconds, size = capture(count, bare)
            taken[bare].append(seconds)
            print(f"{'without' if bare else 'with':8} {seconds:6.2f} s  {size / 1e6:6.2f} MB", flush=True)
    print(f"with / without: {min(taken[False]) / min(taken[True]):.3f}")


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
