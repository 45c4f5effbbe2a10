"""`verify`: recompute everything and compare, from rows and keys up to the signed checkpoints.

The work is laid out in steps (`steps.py`) that this process or several take; what cannot be seen from
inside, namely what was cut off the end of a log, it learns from the newest checkpoint's copy beside the
database and from witnesses. The runtime, the command line and the evidence page call it.
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import msgspec
import sqlalchemy as sa

from engine.clock import microseconds
from engine.database import Database
from engine.evidence.check_audit import check_audit
from engine.evidence.check_leaves import LeafCheck, Signer
from engine.evidence.check_rows import RowCheck
from engine.evidence.check_surroundings import (
    OpensFiles,
    check_catalog,
    check_files,
    check_hidden,
    check_inbox,
    check_pages,
    check_triggers,
    check_versions,
)
from engine.evidence.check_tombstones import check_tombstones
from engine.evidence.check_trees import TreeCheck, check_copy, check_published, earlier_roots, unknown_logs
from engine.evidence.columns import unreadable
from engine.evidence.findings import Finding as Finding, Report
from engine.evidence.keyed import Keyed
from engine.evidence.keys import MasterKeys
from engine.evidence.leaf import LOGS
from engine.evidence.ledger import Ledger, checkpoint_file
from engine.evidence.merkle import Frontier
from engine.evidence.seals import Box, Seals
from engine.evidence.sieve import Sieve
from engine.evidence.states import check_states
from engine.evidence.static_log import StaticLog
from engine.evidence.steps import Mode, Outcome, Plan, Reached, Step, make_plan
from engine.evidence.tiles import WIDTH
from engine.evidence.verifications import Verifications
from engine.evidence.witnesses import check_witnesses
from engine.failures import failure
from engine.processes import leave_no_dump
from engine.tables import Entry, FormTable, form_table, read_entries
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

journal = logging.getLogger("muniment.verify")
Progress = Callable[[int, int], object]
WORTH_PROCESSES = 300_000  # rows and leaves; fewer are done before another process has begun


class Publications(Protocol):
    def get(self, app: str) -> App: ...


class ChecksIndex(Protocol):
    """`engine.records.indexed.Indexed`: the index and the texts are known to rooms above."""

    def check(self, connection: sa.Connection, report: Report, judged: Set[tuple[str, str]]) -> None: ...


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
    @property
    def indexed(self) -> ChecksIndex: ...


@dataclass(frozen=True)
class Wanted:
    """`mode`: "quick" opens no sealed values; "since" looks at what is newer than the last verification
    that found nothing (all, when there is none). `reopen` opens the installation once more, in each of
    `workers` other processes; `resume`: one that was stopped goes on. `notes`: checkpoints somebody kept."""

    mode: Mode = "full"
    by: str = ""
    workers: int = 0
    reopen: Callable[[], Installation] | None = None
    resume: bool = False
    notes: Sequence[str] = ()


def verify(
    installation: Installation, progress: Progress | None = None, wanted: Wanted | None = None
) -> Report:
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
    copies, report = _copies(installation) if copies is None else copies, Report()
    with _reading(connection, report):
        plan = make_plan(connection, mode, _now(installation), None)
        worker = Worker(installation, plan)
        outcomes = [worker.take(connection, step) for step in plan.steps]
        found, _ = put_together(installation, connection, plan, outcomes, copies)
        report.absorb(found)
    return report


class _Run:
    """One verification: taken up or planned, worked through, put together, kept."""

    def __init__(
        self, here: Installation, wanted: Wanted, copies: Mapping[str, str], progress: Progress
    ) -> None:
        self._here, self._wanted, self._copies, self._progress = here, wanted, copies, progress
        self._kept = Verifications(here.database, here.box)

    def run(self) -> Report:
        run, plan, done = (self._kept.unfinished() if self._wanted.resume else None) or self._begin()
        total = sum(step.weight for step in plan.steps)
        reached = sum(plan.steps[number].weight for number in done)
        self._progress(reached, total)
        for number, outcome in self._outcomes(plan, [n for n in range(len(plan.steps)) if n not in done]):
            done[number] = outcome
            reached += plan.steps[number].weight
            self._progress(min(reached, total - 1), total)
            if run:
                self._kept.step_done(run, number, outcome)
        with self._here.database.read() as connection:
            outcomes = [done[number] for number in range(len(plan.steps))]
            report, roots = put_together(self._here, connection, plan, outcomes, self._copies)
            with _reading(connection, report):
                self._check_notes(connection, report)
        if self._wanted.by:
            sound = report.clean and plan.mode != "quick"
            self._kept.keep(report, self._wanted.by, plan.mode, _reached(plan, roots) if sound else None)
        self._progress(total, total)
        return report

    def _check_notes(self, connection: sa.Connection, report: Report) -> None:
        for note in self._wanted.notes:
            log = note.split("\n", 1)[0].rpartition("/")[2]
            if log in LOGS:
                check_copy(connection, log, _signer(self._here, log), note, report)
            else:
                report.add("witness_broken", log=log)

    def _begin(self) -> tuple[int, Plan, dict[int, Outcome]]:
        plan = self._plan()
        return (self._kept.begin(plan) if self._wanted.by else 0), plan, {}

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
        worker = Worker(self._here, plan)
        for number in numbers:
            with self._here.database.read() as connection:
                outcome = worker.take(connection, plan.steps[number])
            yield number, outcome

    def _together(self, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
        """The heavy ones first, so that all end at about the same time."""
        assert self._wanted.reopen is not None
        opening = partial(_open_here, self._wanted.reopen, plan)
        with ProcessPoolExecutor(self._wanted.workers, get_context("spawn"), opening) as pool:
            heavy = sorted(numbers, key=lambda number: -plan.steps[number].weight)
            waiting = {pool.submit(_take_here, plan.steps[number]): number for number in heavy}
            for future in as_completed(waiting):
                yield waiting[future], Outcome.unpacked(future.result())


# -- in a process of its own -----------------------------------------------------------------------------
_workers: list[Worker] = []


def _open_here(reopen: Callable[[], Installation], plan: Plan) -> None:
    leave_no_dump()
    os.nice(5)  # people are working
    _workers.append(Worker(reopen(), plan))
    gc.freeze()


def _take_here(step: Step) -> bytes:
    worker = _workers[0]
    with worker.here.database.read() as connection:
        return worker.take(connection, step).packed()


# -- a step --------------------------------------------------------------------------------------------
class Worker:
    """Takes steps of a plan."""

    def __init__(self, here: Installation, plan: Plan) -> None:
        self.here, self._plan = here, plan
        self._opening = plan.mode != "quick"
        self._forms: Forms | None = None
        self._steps: Mapping[str, Callable[[sa.Connection, Step, Outcome], None]] = {
            "leaves": self._leaves, "records": self._records, "audit": self._audit,
            "inbox": self._inbox, "files": self._files, "around": self._around, "index": self._index,
        }  # fmt: skip

    def take(self, connection: sa.Connection, step: Step) -> Outcome:
        outcome = Outcome()
        with _without_sweeping(), _reading(connection, outcome.report):
            self._steps[step.kind](connection, step, outcome)
        return outcome

    def _leaves(self, connection: sa.Connection, step: Step, outcome: Outcome) -> None:
        signer = _signer(self.here, step.log)
        check = LeafCheck(connection, step.log, step.start or 0, step.stop, signer, outcome.report)
        outcome.stretch = check.run()

    def _records(self, connection: sa.Connection, step: Step, outcome: Outcome) -> None:
        report, forms, seals = outcome.report, self._forms_on(connection), Seals(self.here.keys)
        found = Sieve(forms.keyed, seals, self._opening).sift(connection, step.only())
        report.counts["records"] += len(found.records)
        report.counts["keys"] += found.keys
        close = RowCheck(connection, forms.keyed, forms.skipped, seals, report, self._opening)
        close.run({record for record in found.doubts if type(record) is int})
        for record in sorted((one for one in found.doubts if type(one) is not int), key=repr):
            report.add("strange_id", record=record)  # SQLite takes anything anywhere
            close.run([record])

    def _audit(self, connection: sa.Connection, step: Step, outcome: Outcome) -> None:
        check_audit(connection, self.here.keys, step.only(), self._plan.started, outcome.report)

    def _inbox(self, connection: sa.Connection, step: Step, outcome: Outcome) -> None:
        check_inbox(connection, self.here.box, step.only(), outcome.report, self._opening)

    def _files(self, connection: sa.Connection, step: Step, outcome: Outcome) -> None:
        check_files(connection, self.here.keys, self.here.files, step.only(), outcome.report, self._opening)

    def _index(self, connection: sa.Connection, _step: Step, outcome: Outcome) -> None:
        judged = {(table.app, table.form) for table in self._forms_on(connection).judged}
        self.here.indexed.check(connection, outcome.report, judged)

    def _around(self, connection: sa.Connection, _step: Step, outcome: Outcome) -> None:
        report, keys, forms = outcome.report, self.here.keys, self._forms_on(connection)
        report.absorb(forms.report)
        checks: tuple[Callable[[], object], ...] = (
            lambda: unknown_logs(connection, report),
            lambda: check_tombstones(connection, forms.judged, keys.public_key, report, lambda: None),
            lambda: check_hidden(connection, forms.judged, report),
            lambda: check_versions(connection, keys, report),
            lambda: check_states(connection, keys, report),
            lambda: check_triggers(connection, forms.judged, forms.unjudged, report),
            lambda: check_pages(connection, report, thorough=self._opening),
            *(partial(self._published, connection, log, report) for log in LOGS if self._opening),
        )
        for check in checks:
            with _reading(connection, report):
                check()

    def _published(self, connection: sa.Connection, log: str, report: Report) -> None:
        folder = checkpoint_file(self.here.database.config.data, log).parent
        check_published(connection, log, StaticLog(folder), report)

    def _forms_on(self, connection: sa.Connection) -> Forms:
        """As they are in this snapshot; somebody may publish meanwhile."""
        entries = _entries(connection)
        if self._forms is None or self._forms.entries != entries:
            self._forms = Forms(self.here, connection, entries)
        return self._forms


def _entries(connection: sa.Connection) -> list[Entry] | None:
    try:
        return read_entries(connection)
    except (msgspec.DecodeError, TypeError, AttributeError):
        return None


class Forms:
    """The tables of every form there ever was, parked ones too: their rows are evidence still. Those whose
    entries in the catalog are wrong cannot be judged. `entries` None: the catalog cannot be read."""

    def __init__(self, here: Installation, connection: sa.Connection, entries: list[Entry] | None) -> None:
        self._here, self.entries, self.report = here, entries, Report()
        if entries is None:
            self.report.add("catalog_unreadable")
        damaged = check_catalog(connection, entries or (), self._form_of, self.report)
        self.skipped: Container[tuple[str, str]] = damaged if entries else Everything()
        tables = _all_tables(entries or [])
        self.judged = [table for table in tables if (table.app, table.form) not in self.skipped]
        damaged_ones = {f"{table.table.name}" for table in tables if table not in self.judged}
        self.unjudged: Container[str] = damaged_ones if entries else Everything()
        keyed = (Keyed.of(table, self._form_of) for table in self.judged)
        self.keyed = [one for one in keyed if one.has_keys]

    def _form_of(self, app: str, form: str) -> Form | None:
        with suppress(Rejected):
            return self._here.applications.get(app).form(form)
        return None


class Everything:
    """A container that has it all."""

    def __contains__(self, item: object) -> bool:
        return True


def _all_tables(entries: list[Entry]) -> list[FormTable]:
    return [
        form_table(
            entry, [own for own in entries if own.field and (own.app, own.form) == (entry.app, entry.form)]
        )
        for entry in entries
        if not entry.field
    ]


@contextmanager
def _reading(connection: sa.Connection, report: Report) -> Iterator[None]:
    """Where the database cannot even be read, that is the finding; so is damage nobody thought of, for the other checks
    go on."""
    try:
        yield
    except unreadable(connection) as error:
        report.add("database_unreadable", reason=type(error).__name__)
    except Exception as error:
        journal.error("a check failed\n%s", failure(error))
        report.add("check_failed", reason=type(error).__name__)


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
) -> tuple[Report, dict[str, list[bytes]]]:  # fmt: skip
    """What the steps found, the trees over their stretches, and what was kept elsewhere; and the roots of
    each log's full tiles."""
    report, roots = Report(), dict[str, list[bytes]]()
    for outcome in outcomes:
        report.absorb(outcome.report)
    for log in LOGS:
        roots[log] = []
        with _reading(connection, report):
            roots[log] = _tree(connection, plan, outcomes, log, report)
            if copies[log]:
                check_copy(connection, log, _signer(here, log), copies[log], report)
            elif plan.signed[log] > 0 and not _copies(here)[log]:  # the first one may only just be published
                report.add("published_missing", log=log)
    with _reading(connection, report):
        check_witnesses(connection, {log: _signer(here, log) for log in LOGS}, report)
    return report, roots


def _tree(
    connection: sa.Connection, plan: Plan, outcomes: Sequence[Outcome], log: str, report: Report
) -> list[bytes]:
    """The roots of a log's full tiles."""
    since = plan.since
    known = earlier_roots(connection, log, since.tiles[log], since.roots[log], report) if since else []
    stretches = [
        outcome.stretch
        for step, outcome in zip(plan.steps, outcomes, strict=True)
        if outcome.stretch is not None and step.log == log
    ]
    return TreeCheck(connection, log, plan.signed[log], report, known).run(stretches)


def _reached(plan: Plan, roots: Mapping[str, Sequence[bytes]]) -> Reached:
    """Of full tiles under a checkpoint: these are stored, so the next one can begin with them."""
    tiles = {log: min(len(roots[log]), max(plan.signed[log], 0) // WIDTH) for log in LOGS}
    trees = {log: Frontier() for log in LOGS}
    for log, tree in trees.items():
        tree.extend(roots[log][: tiles[log]])
    return Reached(tiles, {log: tree.root() for log, tree in trees.items()}, plan.ids)


def _signer(here: Installation, log: str) -> Signer:
    return Signer(here.ledger.origin_of(log), here.keys.public_key)


def _now(here: Installation) -> int:
    return microseconds(here.database.clock.now())


def _copies(installation: Installation) -> dict[str, str]:
    return {log: _copy(installation.database.config.data, log) for log in LOGS}


def _copy(data: Path, log: str) -> str:
    path = checkpoint_file(data, log)
    return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""  # line ends as they are
