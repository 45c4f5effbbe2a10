"""Checks of what makes it evidence: triggers, keys and their copies, verification, checkpoints, witnesses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from engine.clock import from_microseconds, microseconds
from engine.evidence.check_surroundings import check_triggers
from engine.evidence.findings import Report
from engine.evidence.key_sources import KeyFile
from engine.evidence.keys import MASTER, ROTATED, SINGLE
from engine.evidence.ledger import LOGS, size
from engine.evidence.strangers import event_triggers
from engine.runtime import Runtime
from engine.system_tables import verifications, witnesses
from metamodel.problems import Problem, problem

VERIFIED, WITNESSED = timedelta(days=8), timedelta(days=8)
OLD = timedelta(days=2 * 365)  # a key that was not rotated for so long
COVERED = 5_000  # entries that may wait for a checkpoint while much is captured


def triggers(runtime: Runtime) -> Iterator[Problem]:
    """Each stands there with the text it should have, and nothing else."""
    report = Report()
    with runtime.database.read() as connection:
        check_triggers(connection, runtime.catalog.all(), (), report)
        others = event_triggers(connection)
    yield from (found.problem for found in report.findings)
    if others:
        yield problem("doctor.event_triggers", names=", ".join(others))


def keys(runtime: Runtime) -> Iterator[Problem]:
    """A copy of the present ones lies elsewhere, and their folder is nobody else's."""
    if runtime.key_copies.confirmed_at() is None:
        yield problem("doctor.no_key_copy")
    source = runtime.keys.source
    if isinstance(source, KeyFile) and source.path.parent.stat().st_mode & 0o022:
        yield problem("doctor.key_folder", folder=source.path.parent)
    old = {kind: days for kind, days in _ages(runtime).items() if kind in ROTATED and days > OLD.days}
    if old:
        yield problem("doctor.keys_old", days=max(old.values()), kinds=", ".join(old))


def key_ages(runtime: Runtime) -> Iterator[Problem]:
    """How long the present key of each kind is in use, as far as that is known."""
    known = _ages(runtime)
    told = ", ".join(f"{kind} {known[kind]}" if kind in known else f"{kind} ?" for kind in (MASTER, *SINGLE))
    yield problem("doctor.key_ages", ages=told)


def _ages(runtime: Runtime) -> dict[str, int]:
    """In days, by kind; without those nobody knows."""
    now = microseconds(runtime.clock.now())
    day = timedelta(days=1) // timedelta(microseconds=1)
    return {kind: max(now - since, 0) // day for kind, since in runtime.keys.ages().items() if since}


def verification(runtime: Runtime) -> Iterator[Problem]:
    query = sa.select(verifications.c.at, verifications.c.result).order_by(verifications.c.id.desc()).limit(1)
    with runtime.database.read() as connection:
        last = connection.execute(query).first()
    if last is None:
        yield problem("doctor.never_verified")
    elif json.loads(last.result).get("findings"):
        yield problem("doctor.not_clean", at=_told(last.at))
    elif last.at < microseconds(runtime.clock.now() - VERIFIED):
        yield problem("doctor.verified_long_ago", at=_told(last.at))


def checkpoint(runtime: Runtime) -> Iterator[Problem]:
    """What was written is covered: somebody works the jobs."""
    for log in sorted(LOGS):
        with runtime.database.read() as connection:
            waiting = size(connection, log) - runtime.ledger.covered(log)
        if waiting > COVERED:
            yield problem("doctor.uncovered", log=log, number=waiting)


def witnessed(runtime: Runtime) -> Iterator[Problem]:
    """Somebody else holds a checkpoint that is not old."""
    query = sa.select(sa.func.max(witnesses.c.at)).where(witnesses.c.state == "done")
    with runtime.database.read() as connection:
        last = connection.scalar(query)
    if last is None:
        yield problem("doctor.no_witness")
    elif last < microseconds(runtime.clock.now() - WITNESSED):
        yield problem("doctor.witness_old", at=_told(last))


def _told(moment: int) -> str:
    return from_microseconds(moment).isoformat(timespec="minutes")
