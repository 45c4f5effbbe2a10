"""What a queue of jobs is, whichever database it lies in: the words both kinds share."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from engine.database import Unit
from metamodel.problems import Rejected

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; `payload` is sealed; `attempts` counts this one."""

    id: int
    name: str
    payload: bytes
    attempts: int = 1
    key: str = ""


Perform = Callable[[Job], None]  # raises when the job has to be tried again


class Queue(Protocol):
    """`put` belongs to the caller's unit; a job that fails `MOST_ATTEMPTS` times is dead."""

    def put(self, unit: Unit, job: Job, run_at: int) -> None: ...
    def run_due(self, perform: Perform) -> int: ...
    def work(self, perform: Perform, stop: threading.Event) -> None: ...
    def waiting(self) -> int: ...
    def close(self) -> None: ...


def pause_after(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … an hour."""
    doubled: timedelta = FIRST_PAUSE * (1 << min(attempts - 1, 20))
    return min(doubled, LONGEST_PAUSE)


def describe(error: BaseException) -> str:
    """What went wrong and where, without any word of a record: kept in the clear."""
    if isinstance(error, Rejected):
        return "; ".join(f"{found.code} {found.path}".strip() for found in error.problems)[:2000]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
