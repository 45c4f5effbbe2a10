"""Erasing on request: what an approved flow asks to be shredded, done by a job.

What a hold keeps stays; of what a minimum still keeps only the use ends (PIPL art. 47); the rest is
shredded. The job goes on from its last batch when it was stopped, and tells the request what became of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.evidence.tombstones import Approval, Cause
from engine.jobs import Jobs
from engine.records.lifetimes import Condition, Lifetimes
from engine.records.records import Records
from engine.records.services import Services
from engine.records.shredding import BATCH
from engine.retention.disposal import Disposal
from engine.retention.pausing import paused
from engine.system_tables import flow_instances, flow_steps, settings
from engine.whole_numbers import whole_number
from metamodel.effects import Shred, ShredTarget
from metamodel.problems import Rejected, problem

JOB = "erase"
SAID_YES = "approve"
LATER = timedelta(hours=1)


class Run(Protocol):
    """`engine.rules.run.Run`, as far as it is needed here."""

    @property
    def unit(self) -> Unit: ...
    @property
    def actor(self) -> Viewer: ...


class Planned(Protocol):
    """`engine.rules.run.Planned`."""

    @property
    def effect(self) -> Any: ...


@dataclass
class Progress:
    """Which target the job is at, the last record it looked at, and what became of those before."""

    target: int = 0
    after: int = 0
    counts: Counter[str] = field(default_factory=Counter)  # shredded restricted held


class Erasing:
    def __init__(self, services: Services, records: Records, jobs: Jobs, disposal: Disposal) -> None:
        self._services, self._records, self._jobs, self._disposal = services, records, jobs, disposal
        jobs.register(JOB, self.work)

    def perform(self, run: Run, planned: Sequence[Planned]) -> None:
        """The performer of the effect; the runtime registers it with the rules."""
        for one in planned:
            self.ask(run.unit, one.effect, run.actor)

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, unit: Unit, effect: Shred, by: Viewer) -> None:
        """Done after the unit is committed. Nobody has anything shredded alone: without another person's
        yes in a flow about the record that asks, the whole unit is Rejected (retention.needs_approval)."""
        (newest,) = self._services.database.take_ids(unit.connection, 1)

        def settle(inside: Unit) -> None:  # by then the step of whoever approved last is written
            approvals = self._approvals(inside.connection, effect.record)
            if not any(person != by.person for person, _ in approvals):
                raise Rejected([problem("retention.needs_approval")])
            told = {"effect": msgspec.to_builtins(effect), "by": by.person, "newest": newest}
            self._jobs.defer(inside, JOB, {**told, "approvals": approvals})

        unit.before_commit(f"{JOB}:{newest}", settle)

    def _approvals(self, connection: sa.Connection, record: str) -> list[tuple[str, int]]:
        """Who said yes in the newest flow about this record, and when."""
        number = whole_number(record, -1)
        newest = sa.select(sa.func.max(flow_instances.c.id)).where(flow_instances.c.record == number)
        query = sa.select(flow_steps.c.person, flow_steps.c.at).where(
            flow_steps.c.instance == newest.scalar_subquery(), flow_steps.c.action == SAID_YES
        )
        return [(row.person, row.at) for row in connection.execute(query.order_by(flow_steps.c.number))]

    # -- the job -----------------------------------------------------------------------------------

    def work(self, payload: Mapping[str, Any], job: str) -> None:
        """Batch by batch, each with its progress; then the answer to whoever asked."""
        if self._services.database.write(partial(self._wait, payload=payload, job=job)):
            return
        effect = msgspec.convert(payload["effect"], Shred)
        request = f"{effect.app}/{effect.form}/{effect.record}"
        said = tuple(Approval(person, at) for person, at in payload["approvals"])
        cause = Cause("request", payload["by"], request=request, approvals=said)
        step = partial(self._batch, effect=effect, cause=cause, newest=payload["newest"], job=job)
        while not self._services.database.write(step):
            pass
        self._disposal.purge()
        self._services.database.write(partial(self._answer, effect=effect, job=job))

    def _wait(self, unit: Unit, payload: Mapping[str, Any], job: str) -> bool:
        """While disposal pauses it comes again later, from where it was."""
        if not paused(unit.connection):
            return False
        later = self._jobs.defer(unit, JOB, payload, run_at=unit.moment + LATER)
        _save(unit, later, _load(unit.connection, job))
        unit.connection.execute(sa.delete(settings).where(settings.c.name == _name(job)))
        return True

    def _batch(self, unit: Unit, effect: Shred, cause: Cause, newest: int, job: str) -> bool:
        """Is everything done?"""
        self._disposal.alone(unit)
        progress = _load(unit.connection, job)
        if progress.target >= len(effect.targets):
            return True
        target = effect.targets[progress.target]
        program = self._services.programs.get(target.app, target.form)
        verdicts = self._disposal.verdicts(unit, program)
        wanted = sa.and_(_wanted(verdicts.lifetimes, target), verdicts.lifetimes.up_to(newest))
        ids = verdicts.lifetimes.ids(sa.and_(wanted, ~verdicts.lifetimes.shredded()), BATCH, progress.after)
        held = set(verdicts.lifetimes.among(verdicts.held, ids))
        kept = set(verdicts.lifetimes.among(verdicts.protected(), ids)) - held
        free = [one for one in ids if one not in held and one not in kept]
        self._disposal.carry_out(unit, program, sorted(kept), "store_only", cause)
        self._disposal.carry_out(unit, program, free, "shred", cause)
        progress.counts.update(shredded=len(free), restricted=len(kept), held=len(held))
        progress.after = ids[-1] if len(ids) == BATCH else 0
        progress.target += int(len(ids) < BATCH)
        _save(unit, job, progress)
        return False

    def _answer(self, unit: Unit, effect: Shred, job: str) -> None:
        """The counts into the request's fields, and what is set when all is done."""
        counts = _load(unit.connection, job).counts
        names = {"shredded": effect.shredded, "restricted": effect.restricted, "held": effect.held}
        values = {**effect.done, **{name: counts[what] for what, name in names.items() if name}}
        unit.connection.execute(sa.delete(settings).where(settings.c.name == _name(job)))
        if values:
            with suppress(Rejected):  # the request itself may have been shredded
                self._records.writer.update(
                    unit, SYSTEM, effect.app, effect.form, {int(effect.record): values}
                )


def _wanted(lifetimes: Lifetimes, target: ShredTarget) -> Condition:
    return lifetimes.one(int(target.record)) if target.record else lifetimes.where(target.where)


# -- where a job is ----------------------------------------------------------------------------------
def _name(job: str) -> str:
    return f"{JOB}:{job}"


def _load(connection: sa.Connection, job: str) -> Progress:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == _name(job)))
    if text is None:
        return Progress()
    raw = json.loads(text)
    return Progress(raw["target"], raw["after"], Counter(raw["counts"]))


def _save(unit: Unit, job: str, progress: Progress) -> None:
    value = json.dumps({"target": progress.target, "after": progress.after, "counts": dict(progress.counts)})
    unit.connection.execute(sa.delete(settings).where(settings.c.name == _name(job)))
    unit.connection.execute(sa.insert(settings).values(name=_name(job), value=value))
