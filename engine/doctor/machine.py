"""Checks of the machine: database, disk, clock, zone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from engine.clock import from_microseconds, microseconds
from engine.runtime import Runtime
from engine.system_tables import audit
from engine.upgrade import current, newest
from metamodel.problems import Problem, problem

TIGHT, FULL = 5 * 1024**3, 512 * 1024**2  # bytes free
DRIFT = timedelta(seconds=30)


def database(runtime: Runtime) -> Iterator[Problem]:
    """It answers, is of our version, and lets commits wait for the disk."""
    with runtime.database.read() as connection:
        found = current(connection) or ""
    if found != newest():
        yield problem("doctor.database_revision", found=found, wanted=newest())
    if runtime.database.dialect == "sqlite" and runtime.config.synchronous.upper() not in ("FULL", "EXTRA"):
        yield problem("doctor.synchronous", value=runtime.config.synchronous)


def disk(runtime: Runtime) -> Iterator[Problem]:
    free = shutil.disk_usage(runtime.config.data).free
    if free < TIGHT:
        code = "doctor.disk_full" if free < FULL else "doctor.disk_tight"
        yield problem(code, folder=runtime.config.data, free=f"{free / 1024**3:.1f}")


def clock(runtime: Runtime) -> Iterator[Problem]:
    """Ours against the database's own and against what was recorded: time must not run backwards."""
    now = runtime.clock.now()
    with runtime.database.read() as connection:
        latest = connection.scalar(sa.select(sa.func.max(audit.c.at)))
        there = connection.scalar(sa.select(sa.func.now())) if runtime.database.dialect != "sqlite" else now
    if latest and latest > microseconds(now + DRIFT):
        yield problem("doctor.clock_behind", recorded=from_microseconds(latest).isoformat(timespec="seconds"))
    if there is not None and abs(there - now) > DRIFT:
        yield problem("doctor.clock_differs", seconds=round(abs(there - now).total_seconds()))


def zone(runtime: Runtime) -> Iterator[Problem]:
    """The environment's against what the installation was told: days and weeks would end elsewhere."""
    settled, used = runtime.installation.zone, str(runtime.config.zone)
    if not settled:
        yield problem("doctor.not_set_up")
    elif settled != used:
        yield problem("doctor.zone_differs", settled=settled, used=used)
