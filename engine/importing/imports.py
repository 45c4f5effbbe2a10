"""Imports as people do them: a file opened, mapped, checked without writing, then written by a job.

Open → checking → checked → running → done; a job that dies goes on where it stopped, and what it wrote and
noted is one unit of work, so no line comes in twice. An import and its file are its person's alone, for a week.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.evidence.seals import Box
from engine.importing.judging import Judge
from engine.importing.lines import Lines, Row, Written, Wrong
from engine.importing.plan import Plan
from engine.importing.shown import Import, Look, State, WrongLine
from engine.importing.store import Stopped, Store
from engine.importing.workbooks import template, wrong_workbook
from engine.jobs import Jobs
from engine.records.records import Records
from engine.records.services import Services
from engine.sheets import Line, Sheet, open_sheet
from engine.system_tables import files
from metamodel.problems import Rejected, problem

KEPT = timedelta(days=7) // timedelta(microseconds=1)
WORK, EXPIRE = "import_records", "expire_imports"
BATCH = 250  # lines in one unit of work
WHOLE = 10_000  # lines that may be one unit of work: others wait to write meanwhile
LISTED = 20
Told = Callable[[Unit, Written], None]
Do = Callable[[Sequence[Row], int, Wrong, Told], None]


class Imports:
    """`viewer_of` a person's id."""

    def __init__(
        self, services: Services, records: Records, box: Box, jobs: Jobs,
        viewer_of: Callable[[str], Viewer | None],
    ) -> None:  # fmt: skip
        self._services, self._records, self._jobs, self._viewer_of = services, records, jobs, viewer_of
        self._store = Store(services.database, box)
        self._judge = Judge(services, self._store)
        jobs.register(WORK, lambda payload, _job: self._work(str(payload["import"])))
        jobs.register(EXPIRE, lambda _payload, _job: self.expire(), every=timedelta(hours=1))

    # -- before anything is written ----------------------------------------------------------------

    def may(self, viewer: Viewer, app: str, form: str) -> bool:
        """May this person bring records of this form in?"""
        return self._judge.may(viewer, app, form)

    def template(self, viewer: Viewer, app: str, form: str) -> bytes:
        """A workbook to fill in, with a column for every field this person may fill. Rejected (access.denied)."""
        program, fields = self._judge.fields(viewer, app, form)
        return template(program, fields, viewer.language)

    def open(self, viewer: Viewer, app: str, form: str, file: str) -> str:
        """The id of a new import of this uploaded file. Rejected: access.denied, file.unknown, sheet.*."""
        self._judge.fields(viewer, app, form)
        name = self._name(viewer, file)
        self._sheet(viewer, file, Plan())
        return self._services.database.write(
            lambda unit: self._store.add(unit, viewer, app, form, file, name, unit.now + KEPT)
        )

    def get(self, viewer: Viewer, identifier: str) -> Import:
        """Rejected (import.unknown) alike for what is not there and what is somebody else's."""
        return self._store.get(identifier, viewer.person)

    def of(self, viewer: Viewer, app: str, form: str) -> list[Import]:
        return self._store.of(viewer.person, app, form, LISTED)

    def look(self, viewer: Viewer, identifier: str, plan: Plan | None = None) -> Look:
        """The file and what its columns seem to stand for; `plan`: what was chosen so far."""
        found = self.get(viewer, identifier)
        chosen = plan or found.plan
        return self._judge.look(viewer, found, self._sheet(viewer, found.file, chosen), chosen)

    def check(self, viewer: Viewer, identifier: str, plan: Plan) -> None:
        """Try every line by a job. Rejected: import.* for a plan that cannot be."""
        found = self.get(viewer, identifier)
        sheet = self._sheet(viewer, found.file, plan)
        plan = msgspec.structs.replace(plan, sheet=sheet.name, heading=sheet.heading)
        self._judge.require(viewer, found, sheet, plan)
        total = sum(1 for _ in sheet.lines())
        if plan.bad == "nothing" and total > WHOLE:
            raise Rejected([problem("import.whole_too_long", "/bad", limit=WHOLE)])

        def work(unit: Unit) -> None:
            again: tuple[State, ...] = ("open", "checked", "failed", "stopped")
            if found.right and found.state in ("failed", "stopped"):
                raise Rejected([problem("import.not_now")])  # some of it stands in the form already
            self._store.mark(unit, identifier, again, state="checking", total=total, **_NOTHING)
            self._store.forget_wrong(unit, identifier)
            self._store.plan(unit, found, viewer.language, plan)
            self._store.remember(unit, viewer, found, plan)
            self._jobs.defer(unit, WORK, {"import": identifier})

        self._services.database.write(work)

    # -- writing -----------------------------------------------------------------------------------

    def begin(self, viewer: Viewer, identifier: str) -> None:
        """Write what was checked; what was wrong is left out. Rejected: import.not_now."""
        found = self.get(viewer, identifier)
        if found.state == "checked" and (not found.right or (found.wrong and found.plan.bad == "nothing")):
            raise Rejected([problem("import.not_now")])

        def work(unit: Unit) -> None:
            fresh = {"line": 0, "done": 0, "created": 0, "updated": 0} if found.state == "checked" else {}
            when: tuple[State, ...] = ("checked", "stopped", "failed")
            self._store.mark(unit, identifier, when, state="running", problem="", **fresh)
            detail = {"import": identifier, "file": found.name, "count": found.right}
            self._audit(unit, viewer, "import.begin", found, detail)
            self._jobs.defer(unit, WORK, {"import": identifier})

        self._services.database.write(work)

    def stop(self, viewer: Viewer, identifier: str) -> None:
        """What is written stays; it can go on. Rejected (import.not_now)."""
        found = self.get(viewer, identifier)

        def work(unit: Unit) -> None:
            to = "open" if found.state == "checking" else "stopped"
            self._store.mark(unit, identifier, (found.state,) if found.busy else (), state=to)

        self._services.database.write(work)

    def wrong(self, viewer: Viewer, identifier: str, limit: int) -> list[WrongLine]:
        """The first wrong lines."""
        return list(self._store.wrong(self.get(viewer, identifier).id, limit))

    def wrong_workbook(self, viewer: Viewer, identifier: str) -> bytes:
        """Every wrong line as it stood in the file, with what is wrong beside it: to be mended and imported
        again as it is. Rejected (import.file_gone)."""
        found = self.get(viewer, identifier)
        sheet = self._sheet(viewer, found.file, found.plan)
        program = self._services.programs.get(found.app, found.form)
        wrong = list(self._store.wrong(found.id))
        return wrong_workbook(program, sheet, found.plan, wrong, viewer.language)

    # -- the job -----------------------------------------------------------------------------------

    def _work(self, identifier: str) -> None:
        """What cannot be done is told to the person, and not tried again; a bug is."""
        found = self._store.get(identifier)
        if not found.busy:
            return
        viewer = self._viewer_of(found.person)
        try:
            if viewer is None:
                raise Rejected([problem("access.no_such_person", person=found.person)])
            viewer = replace(viewer, language=self._store.language(identifier))
            self._run(viewer, found)
        except Stopped:
            return
        except Rejected as refused:
            code = refused.problems[0].code
            self._services.database.write(
                lambda unit: self._store.mark(
                    unit, identifier, ("checking", "running"), state="failed", problem=code
                )
            )

    def _run(self, viewer: Viewer, found: Import) -> None:
        sheet = self._sheet(viewer, found.file, found.plan)
        program = self._services.programs.get(found.app, found.form)
        self._judge.require(viewer, found, sheet, found.plan)
        lines = Lines(self._services, self._records, viewer, program, found.plan)
        if found.state == "checking":
            self._each(found, sheet, lines, lines.attempt, frozenset())
            self._finish(viewer, found, "checked")
        elif found.plan.bad == "nothing":
            self._whole(viewer, found, sheet, lines)
        else:
            self._each(found, sheet, lines, lines.take, self._store.wrong_lines(found.id))
            self._finish(viewer, found, "done")

    def _each(self, found: Import, sheet: Sheet, lines: Lines, do: Do, left_out: Collection[int]) -> None:
        """Batch by batch, from where it went to; lines known to be wrong are passed over."""
        after, done = self._store.line(found.id), 0
        for batch in _batches(sheet):
            lines.pass_over(line for line in batch if line.number <= after)
            done += len(batch)
            if batch[-1].number > after:
                fresh = [line for line in batch if line.number > after and line.number not in left_out]
                rows, wrong = lines.rows(fresh)
                do(rows, batch[-1].number, wrong, self._counting(found, done))

    def _counting(self, found: Import, done: int) -> Told:
        return lambda unit, written: self._store.count(unit, found.id, found.state, written, done)

    def _whole(self, viewer: Viewer, found: Import, sheet: Sheet, lines: Lines) -> None:
        """One unit of work; where a line turns out wrong after all, it is told and nothing was written."""
        wrong = lines.take_all(lambda: _batches(sheet), self._counting(found, found.total))
        if not wrong:
            self._finish(viewer, found, "done")
            return

        def work(unit: Unit) -> None:
            none = {"created": 0, "updated": 0, "wrong": len(wrong)}
            self._store.mark(unit, found.id, ("running",), state="checked", **none)
            self._store.note_wrong(unit, found.id, wrong)

        self._services.database.write(work)

    def _finish(self, viewer: Viewer, found: Import, state: State) -> None:
        def work(unit: Unit) -> None:
            self._store.mark(unit, found.id, (found.state,), state=state, done=found.total)
            if state == "done":
                detail = {"import": found.id, **self._store.counts(unit, found.id)}
                self._audit(unit, viewer, "import.done", found, detail)

        self._services.database.write(work)

    # -- tidying -----------------------------------------------------------------------------------

    def expire(self) -> int:
        """Imports past their week lose their file and what was wrong in it; how many."""

        def work(unit: Unit) -> int:
            old = self._store.old(unit)
            gone = [row.file for row in old if row.file is not None]
            mine = sa.and_(files.c.id.in_(gone), files.c.record.is_(None))
            unit.connection.execute(sa.delete(files).where(mine))
            for row in old:
                self._store.end(unit, row.id)
            return len(old)

        return self._services.database.write(work)

    def _sheet(self, viewer: Viewer, file: str, plan: Plan) -> Sheet:
        """Rejected: import.file_gone, sheet.*."""
        self._name(viewer, file)
        return open_sheet(b"".join(self._services.files.open(file)), plan.sheet, plan.heading)

    def _name(self, viewer: Viewer, file: str) -> str:
        """Rejected (import.file_gone) for what is not this person's own upload."""
        with self._services.database.read() as connection:
            described = self._services.files.describe(connection, [file]) if file.isdigit() else []
            name = str(described[0]["name"]) if described else ""
            shown = self._records.reader.file_name(connection, viewer, file, name) if described else None
        if shown is None:
            raise Rejected([problem("import.file_gone")])
        return shown[:200]

    def _audit(
        self, unit: Unit, viewer: Viewer, action: str, found: Import, detail: Mapping[str, Any]
    ) -> None:
        self._services.audit.add(unit, viewer, [Occurrence(action, found.app, found.form, detail=detail)])


_NOTHING = {"line": 0, "done": 0, "created": 0, "updated": 0, "wrong": 0, "problem": ""}


def _batches(sheet: Sheet) -> Iterator[list[Line]]:
    lines = sheet.lines()
    while batch := list(islice(lines, BATCH)):
        yield batch
