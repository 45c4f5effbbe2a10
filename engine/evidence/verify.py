"""`verify`: recompute everything and compare, from rows and keys up to the signed checkpoints.

The work is laid out in steps (`steps.py`) that this process or several take; what cannot be seen from
inside, namely what was cut off the end of a log, it learns from the newest checkpoint's copy beside the
database and from witnesses. The runtime, the command line and the evidence page call it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal, Protocol

import msgspec
import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database
from engine.evidence.check_leaves import LeafCheck, Signer
from engine.evidence.check_rows import RowCheck
from engine.evidence.check_surroundings import (
    OpensFiles,
    check_audit,
    check_catalog,
    check_files,
    check_inbox,
    check_triggers,
    check_versions,
)
from engine.evidence.check_tombstones import check_tombstones
from engine.evidence.check_trees import TreeCheck, check_copy, unknown_logs
from engine.evidence.findings import Finding as Finding, Report
from engine.evidence.keyed import FormOf, Keyed
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger, checkpoint_file
from engine.evidence.seals import Box, Seals
from engine.evidence.sieve import Sieve
from engine.evidence.steps import Outcome, Plan, Step, make_plan
from engine.evidence.verifications import Verifications
from engine.tables import Entry, FormTable, form_table, read_entries
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

Mode = Literal["full", "quick", "since"]
Progress = Callable[[int, int], object]
WORTH_PROCESSES = 100_000  # rows and leaves; fewer are done before another process has begun


class Publications(Protocol):
    def get(self, app: str) -> App: ...


class Installation(Protocol):
    """`engine.runtime.Runtime`, as far as it is needed here."""

    @property
    def database(self) -> Database: ...
    @property
    def keys(self) -> MasterKeys: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def applications(self) -> Publications: ...
    @property
    def files(self) -> OpensFiles: ...
    @property
    def box(self) -> Box: ...


@dataclass(frozen=True)
class Wanted:
    """`mode`: "quick" opens no sealed values; "since" looks at what is newer than the last verification
    that found nothing (all, when there is none). `reopen` opens the installation once more, in each of
    `workers` other processes; `resume`: one that was stopped goes on."""

    mode: Mode = "full"
    by: str = ""
    workers: int = 0
    reopen: Callable[[], Installation] | None = None
    resume: bool = False


def verify(installation: Installation, progress: Progress | None = None, wanted: Wanted | None = None) -> Report:
    """The report; kept in `verifications` when somebody asked for it (`by`)."""
    wanted = wanted or Wanted()
    installation.ledger.log_audit()
    # First the copies, then the database: what is copied was committed before, never the other way round.
    copies = _copies(installation)
    return _Run(installation, wanted, copies, progress or (lambda done, total: None)).run()


def inspect(
    installation: Installation, connection: sa.Connection, mode: Mode = "full",
    copies: Mapping[str, str] | None = None,
) -> Report:  # fmt: skip
    """All that can be seen on this connection, in its snapshot; writes nothing."""
    copies = _copies(installation) if copies is None else copies
    plan = make_plan(connection, mode, _now(installation), None)
    worker = Worker(installation, connection, plan)
    return put_together(installation, connection, plan, [worker.take(step) for step in plan.steps], copies)


class _Run:
    """One verification: taken up or planned, worked through, put together, kept."""

    def __init__(
        self, here: Installation, wanted: Wanted, copies: Mapping[str, str], progress: Progress
    ) -> None:
        self._here, self._wanted, self._copies, self._progress = here, wanted, copies, progress
        self._kept = Verifications(here.database, here.box)

    def run(self) -> Report:
        plan, done = (self._kept.unfinished() if self._wanted.resume else None) or (self._plan(), {})
        run = self._kept.begin(plan) if self._wanted.by and not done else None
        total = sum(step.weight for step in plan.steps)
        self._progress(0, total)
        reached = sum(plan.steps[number].weight for number in done)
        for number, outcome in self._outcomes(plan, [n for n in range(len(plan.steps)) if n not in done]):
            done[number] = outcome
            reached += plan.steps[number].weight
            self._progress(min(reached, total - 1), total)
            if run is not None:
                self._kept.step_done(run, number, outcome)
        with self._here.database.read() as connection:
            outcomes = [done[number] for number in range(len(plan.steps))]
            report = put_together(self._here, connection, plan, outcomes, self._copies)
        if self._wanted.by:
            self._kept.keep(plan, report, self._wanted.by)
        self._progress(total, total)
        return report

    def _plan(self) -> Plan:
        since = self._kept.reached() if self._wanted.mode == "since" else None
        mode: Mode = "full" if self._wanted.mode == "since" and since is None else self._wanted.mode
        with self._here.database.read() as connection:
            return make_plan(connection, mode, _now(self._here), since)

    def _outcomes(self, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
        weight = sum(plan.steps[number].weight for number in numbers)
        if self._wanted.reopen is None or not self._wanted.workers or weight < WORTH_PROCESSES:
            return self._alone(plan, numbers)
        return self._together(plan, numbers)

    def _alone(self, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
        for number in numbers:
            with self._here.database.read() as connection:
                yield number, Worker(self._here, connection, plan).take(plan.steps[number])

    def _together(self, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
        """The heavy ones first, so that all end at about the same time."""
        with ProcessPoolExecutor(
            self._wanted.workers, get_context("spawn"), _open_here, (self._wanted.reopen, plan)
        ) as pool:
            heavy = sorted(numbers, key=lambda number: -plan.steps[number].weight)
            waiting = {pool.submit(_take_here, plan.steps[number]): number for number in heavy}
            for future in as_completed(waiting):
                yield waiting[future], msgspec.json.decode(future.result(), type=Outcome)


# -- in a process of its own -----------------------------------------------------------------------------
_opened: list[tuple[Installation, Plan]] = []


def _open_here(reopen: Callable[[], Installation], plan: Plan) -> None:
    os.nice(5)  # people are working
    _opened.append((reopen(), plan))
    gc.freeze()


def _take_here(step: Step) -> bytes:
    here, plan = _opened[0]
    with here.database.read() as connection:
        return msgspec.json.encode(Worker(here, connection, plan).take(step))


# -- a step --------------------------------------------------------------------------------------------
class Worker:
    """Takes steps of a plan on one connection."""

    def __init__(self, here: Installation, connection: sa.Connection, plan: Plan) -> None:
        self._here, self._connection, self._plan = here, connection, plan
        self._opening = plan.mode != "quick"

    def take(self, step: Step) -> Outcome:
        outcome = Outcome(Report())
        with _without_sweeping():
            getattr(self, f"_{step.kind}")(step, outcome)
        return outcome

    def _leaves(self, step: Step, outcome: Outcome) -> None:
        check = LeafCheck(
            self._connection, step.log, step.start or 0, step.stop, _signer(self._here, step.log), outcome.report
        )
        outcome.stretch = check.run()

    def _records(self, step: Step, outcome: Outcome) -> None:
        report = outcome.report
        forms = Forms(self._here, self._connection)
        tables = [keyed for table in forms.judged if (keyed := Keyed.of(table, forms.form_of)).has_keys]
        seals = Seals(self._here.keys)
        found = Sieve(tables, seals, self._opening).sift(self._connection, step.only())
        report.counts["records"] += found.rows
        report.counts["keys"] += found.number_of_keys
        doubts = {record for record in found.doubts if type(record) is int}
        RowCheck(self._connection, tables, forms.skipped, seals, report, self._opening).run(doubts)

    def _audit(self, step: Step, outcome: Outcome) -> None:
        check_audit(self._connection, self._here.keys, step.only(), self._plan.started, outcome.report)

    def _inbox(self, step: Step, outcome: Outcome) -> None:
        check_inbox(self._connection, self._here.box, step.only(), outcome.report, self._opening)

    def _files(self, step: Step, outcome: Outcome) -> None:
        check_files(self._connection, self._here.files, step.only(), outcome.report, self._opening)

    def _around(self, _step: Step, outcome: Outcome) -> None:
        connection, report, keys = self._connection, outcome.report, self._here.keys
        forms = Forms(self._here, connection)
        report.absorb(forms.report)
        unknown_logs(connection, report)
        check_tombstones(connection, forms.judged, keys.public_key, report, lambda: None)
        check_versions(connection, keys, report)
        check_triggers(connection, forms.judged, report)


class Forms:
    """The tables of every form there ever was, parked ones too: their rows are evidence still. Those whose
    entries in the catalog are wrong cannot be judged."""

    def __init__(self, here: Installation, connection: sa.Connection) -> None:
        self._here, self.report = here, Report()
        try:
            entries = read_entries(connection)
        except (msgspec.DecodeError, TypeError, AttributeError):
            self.report.add("catalog_unreadable")
            entries = []
        damaged = check_catalog(connection, entries, self.form_of, self.report)
        self.skipped: Collection[tuple[str, str]] = damaged if entries else Everything()
        self.judged = [t for t in _all_tables(entries) if (t.app, t.form) not in self.skipped]

    @property
    def form_of(self) -> FormOf:
        def form_of(app: str, form: str) -> Form | None:
            with suppress(Rejected):
                return self._here.applications.get(app).form(form)
            return None

        return form_of


class Everything(Collection[tuple[str, str]]):
    """Has it all."""

    def __contains__(self, item: object) -> bool:
        return True

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _all_tables(entries: list[Entry]) -> list[FormTable]:
    return [
        form_table(
            entry, [own for own in entries if own.field and (own.app, own.form) == (entry.app, entry.form)]
        )
        for entry in entries
        if not entry.field
    ]


@contextmanager
def _without_sweeping() -> Iterator[None]:
    """Python looks for circles after every few hundred rows otherwise, a quarter of the time; a step makes none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


# -- all together ----------------------------------------------------------------------------------------
def put_together(
    here: Installation, connection: sa.Connection, plan: Plan, outcomes: Sequence[Outcome],
    copies: Mapping[str, str],
) -> Report:  # fmt: skip
    """What the steps found, the trees over their stretches, and what was kept elsewhere."""
    report = Report()
    for outcome in outcomes:
        report.absorb(outcome.report)
    for log in LOGS:
        stretches = [o.stretch for s, o in zip(plan.steps, outcomes, strict=True) if o.stretch and s.log == log]
        known = earlier_roots(connection, log, plan.since, report) if plan.since else []
        report.reached[log] = TreeCheck(connection, log, plan.signed[log], report, known).run(stretches)
        if copies[log]:
            check_copy(connection, log, _signer(here, log), copies[log], report)
    return report


def _signer(here: Installation, log: str) -> Signer:
    return Signer(here.ledger.origin_of(log), here.keys.public_key)


def _now(here: Installation) -> int:
    return microseconds(here.database.clock.now())


def _copies(installation: Installation) -> dict[str, str]:
    return {log: _copy(installation.database.config.data, log) for log in LOGS}


def _copy(data: Path, log: str) -> str:
    path = checkpoint_file(data, log)
    return path.read_text("utf-8") if path.exists() else ""
