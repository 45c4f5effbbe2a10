"""Time passes: a clock that can be set is moved on, and what is due on the way is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.runtime import Runtime

LEDGER = ("integrate_ledger", "witness_ledger", "verify_ledger")  # derive what nobody here waits for
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def pass_time(runtime: Runtime, until: datetime, step: timedelta) -> None:
    """On to `until`, stopping at every whole `step` for whatever is due by then."""
    clock = runtime.movable_clock
    while clock.now() < until:
        following = EPOCH + ((clock.now() - EPOCH) // step + 1) * step
        clock.set(min(following, until))
        strike(runtime)


def strike(runtime: Runtime) -> None:
    """What comes round by itself, and the jobs that are due."""
    runtime.jobs.come_round(but=LEDGER)
    runtime.jobs.run_due()


def step_for(wait: timedelta) -> timedelta:
    """Small steps for short waits: every ten minutes of an afternoon, every hour of a week."""
    if wait <= timedelta(hours=12):
        return timedelta(minutes=10)
    return timedelta(hours=1) if wait <= timedelta(days=14) else timedelta(hours=6)
