"""The folder in which tests of apps have their throw-away houses: made for each run, gone afterwards.

A process that is killed leaves its own behind. Whoever begins the next run, or serves, takes away what no living
process holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "trials"
LOCK = "held"
YOUNG = 60.0  # seconds in which a folder may not be held yet: it is just being made


@contextmanager
def trial_folder(data: Path) -> Iterator[Path]:
    """A folder of one's own in the data directory."""
    around = data / FOLDER
    around.mkdir(mode=0o700, exist_ok=True)
    clear_trials(data)
    work = Path(tempfile.mkdtemp(dir=around))
    try:
        with open(work / LOCK, "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clear_trials(data: Path) -> None:
    """Take away what a process that was killed left behind."""
    around = data / FOLDER
    for work in around.iterdir() if around.is_dir() else ():
        if _is_left(work):
            shutil.rmtree(work, ignore_errors=True)


def _is_left(work: Path) -> bool:
    try:
        held = os.open(work / LOCK, os.O_RDWR)
    except OSError:
        return time.time() - work.stat().st_mtime > YOUNG if work.exists() else False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(held)
    return True
