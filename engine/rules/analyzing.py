"""Performs RunAnalyzer: one reading, one call and one writing for all records of a batch.

What an analyzer finds in the record that set off the rule joins its first revision. What it finds
in other records' rows (a conversation's messages) waits for the end of the unit, when all of
them are written, so that forty messages cost their conversation one look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.analysis import Analysis
from engine.database import Unit
from engine.expressions import EvaluationContext
from engine.failures import failure
from engine.records.gathering import rows_pointing_at, texts_of
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.rows import Rows
from engine.records.services import Services
from engine.rules.fitting import Fitters
from engine.rules.performers import set_own
from engine.rules.run import Planned, Run
from metamodel.plugin_api import Analyzer, Finding, Material, Reads, RunAnalyzer
from metamodel.problems import Problem, Rejected, problem

MOST_NAMES = 5_000
log = logging.getLogger("muniment.rules")


class Calendar(Protocol):
    def between(self, start: datetime, end: datetime) -> timedelta: ...


@dataclass
class Task:
    """One analyzer with one set of options, over records of one form; `subjects` are drafts still."""

    analyzer: Analyzer
    options: Any
    reads: Reads
    app: str
    form: str
    records: dict[int, None] = dataclass_field(default_factory=dict)
    drafts: list[Planned] = dataclass_field(default_factory=list)


class Analyzing:
    def __init__(
        self, services: Services, records: Records, analysis: Analysis, calendar: Callable[[], Calendar]
    ) -> None:
        self._services, self._records, self._analysis = services, records, analysis
        self._calendar, self._rows, self._fitters = calendar, Rows(services), Fitters()

    def perform(self, run: Run, planned: Sequence[Planned]) -> None:
        """The performer of RunAnalyzer."""
        tasks: dict[tuple[str, str, str, bytes], Task] = {}
        for one in planned:
            effect: RunAnalyzer = one.effect
            key = (
                effect.analyzer,
                effect.app,
                effect.form,
                msgspec.json.encode(effect.options, order="sorted"),
            )
            try:
                task = tasks[key] if key in tasks else tasks.setdefault(key, self._task(effect))
            except Rejected as error:
                run.fail(one.subject, error.problems)
                continue
            if not task.reads.form and one.subject.is_own(effect.app, effect.form, effect.record):
                task.drafts.append(one)
            elif effect.record:
                task.records[int(effect.record)] = None
        for key, task in tasks.items():
            self._of_drafts(run, task)
            self._at_the_end(run.unit, key, task)

    def _task(self, effect: RunAnalyzer) -> Task:
        analyzer = self._services.registry.get("analyzer", effect.analyzer)
        if analyzer is None:
            raise Rejected([problem("analyzer.unknown_type", name=effect.analyzer, known="")])
        try:
            options = msgspec.convert(effect.options, analyzer.Options)
        except msgspec.ValidationError as error:
            raise Rejected([problem("options.unreadable", text=str(error))]) from None
        return Task(analyzer, options, analyzer.reads(options), effect.app, effect.form)

    # -- drafts ------------------------------------------------------------------------------------

    def _of_drafts(self, run: Run, task: Task) -> None:
        if not task.drafts:
            return
        fields = task.reads.fields
        materials = [
            Material(one.subject.record, ({name: one.subject.values.get(name) for name in fields},))
            for one in task.drafts
        ]
        try:
            found = self._find(run.unit, task, materials)
        except Rejected as error:
            for one in task.drafts:
                run.fail(one.subject, error.problems)
            return
        for one, finding in zip(task.drafts, found, strict=True):
            set_own(run, one, finding.values)
        self._store_words(run.unit, zip((int(one.subject.record) for one in task.drafts), found, strict=True))

    # -- what is written already -------------------------------------------------------------------

    def _at_the_end(self, unit: Unit, key: Any, task: Task) -> None:
        if not task.records:
            return
        waiting: dict[Any, Task] = unit.notes.setdefault("analyses", {})
        known = waiting.setdefault(key, task)
        known.records.update(task.records)
        unit.before_commit("analyses", self._finish)

    def _finish(self, unit: Unit) -> None:
        for task in unit.notes.pop("analyses", {}).values():
            try:
                self._work(unit, task)
            except Rejected as error:  # what was captured stays captured
                log.warning("analyzer %s: %s", task.analyzer.name, [found.code for found in error.problems])

    def _work(self, unit: Unit, task: Task) -> None:
        program = self._services.programs.get(task.app, task.form)
        materials = list(self._materials(unit.connection, program, task))
        found = self._find(unit, task, materials)
        pairs = [(int(one.record), finding) for one, finding in zip(materials, found, strict=True)]
        self._write(unit, program, pairs)
        self._store_words(unit, pairs)

    def _materials(self, connection: sa.Connection, program: FormProgram, task: Task) -> Iterable[Material]:
        reads, records = task.reads, list(task.records)
        if not reads.form:
            rows = self._rows.by_ids(connection, SYSTEM, program, records, reads.fields)
            return (Material(str(record), (row.values,)) for record, row in rows.items())
        there = self._services.programs.get(task.app, reads.form)
        found = rows_pointing_at(connection, self._rows, there, reads.via, records, reads.fields)
        return (Material(str(record), tuple(found.get(str(record), ()))) for record in records)

    def _find(self, unit: Unit, task: Task, materials: Sequence[Material]) -> list[Finding]:
        context = self._services.context(unit.connection, SYSTEM, unit.moment, task.app)
        house = House(self._services, unit, context, self._calendar(), task.app)
        try:
            return task.analyzer.find(task.options, materials, house)
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:
            log.error("analyzer %s\n%s", task.analyzer.name, failure())
            raise Rejected([problem("analyzer.failed", name=task.analyzer.name)]) from error

    def _write(self, unit: Unit, program: FormProgram, found: Iterable[tuple[int, Finding]]) -> None:
        """Only what differs is written, so that another look at the same changes nothing."""
        changes: dict[int, Mapping[str, Any]] = {}
        problems: list[Problem] = []
        for record, finding in found:
            if finding.values:
                changes[record], wrong = self._fitters.fit(program, finding.values)
                problems += wrong
        if problems:
            raise Rejected(problems)
        if changes:
            self._records.writer.update(unit, SYSTEM, program.app.id, program.form.id, changes, raw=False)

    def _store_words(self, unit: Unit, found: Iterable[tuple[int, Finding]]) -> None:
        words = {record: finding.words for record, finding in found if finding.words is not None}
        if words:
            self._analysis.store(unit, words)


class House:
    """What analyzers may ask besides (plugin_api.House)."""

    def __init__(
        self, services: Services, unit: Unit, context: EvaluationContext, calendar: Calendar, app: str
    ) -> None:
        self._services, self._unit, self._context = services, unit, context
        self._calendar, self._app = calendar, app

    @property
    def now(self) -> datetime:
        return self._unit.moment

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        return self._calendar.between(start, end)

    def keywords(self, code: str) -> Sequence[str] | None:
        return self._context.keywords(code)

    def names(self, app: str, form: str, field: str) -> Sequence[str]:
        program = self._services.programs.get(app or self._app, form)
        return texts_of(self._unit.connection, program, field, MOST_NAMES)

    def people(self) -> Sequence[str]:
        return [person.name for person in self._services.people.organisation().people.values()]
