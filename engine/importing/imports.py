"""Imports as people do them: a file opened, mapped, checked without writing, then written by a job.

Open → checking → checked → running → done; a job that dies goes on where it stopped, and what it wrote and
noted is one unit of work, so no line comes in twice. An import and its file are its person's alone, for a week.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import msgspec

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.evidence.seals import Box
from engine.importing.beside import beside_names
from engine.importing.judging import Judge
from engine.importing.plan import Plan, is_file, program_of
from engine.importing.running import Runner
from engine.importing.shown import Import, Look, State, WrongLine
from engine.importing.store import Store
from engine.importing.uploads import Uploads
from engine.importing.workbooks import template, wrong_workbook
from engine.jobs import Jobs
from engine.records.records import Records
from engine.records.services import Services
from metamodel.problems import Rejected, problem

KEPT = timedelta(days=7) // timedelta(microseconds=1)
WORK, EXPIRE = "import_records", "expire_imports"
WHOLE = 10_000  # lines that may be one unit of work: others wait to write meanwhile
LISTED = 20


class Imports:
    """`viewer_of` a person's id."""

    def __init__(
        self, services: Services, records: Records, box: Box, jobs: Jobs,
        viewer_of: Callable[[str], Viewer | None],
    ) -> None:  # fmt: skip
        self._services, self._jobs = services, jobs
        self._store = Store(services.database, box)
        self._judge, self._uploads = Judge(services, self._store), Uploads(services, records)
        self.runner = Runner(services, records, self._store, self._judge, self._uploads, viewer_of)
        jobs.register(WORK, lambda payload, _job: self.runner.work(str(payload["import"])))
        jobs.register(EXPIRE, lambda _payload, _job: self.expire(), every=timedelta(hours=1))

    # -- before anything is written ----------------------------------------------------------------

    def may(self, viewer: Viewer, app: str, form: str) -> bool:
        """May this person bring records of this form in?"""
        return self._judge.may(viewer, app, form)

    def template(self, viewer: Viewer, app: str, form: str) -> bytes:
        """A workbook to fill in, with a column for every field this person may fill. Rejected (access.denied)."""
        program, targets = self._judge.targets(viewer, app, form)
        return template(program, targets, viewer.language)

    def takes_files(self, viewer: Viewer, app: str, form: str) -> bool:
        """May this person bring files in, named by cells?"""
        program, targets = self._judge.targets(viewer, app, form)
        return any(is_file(field) for one in targets if (field := program_of(program, one.id)))

    def open(self, viewer: Viewer, app: str, form: str, file: str, attachments: str = "") -> str:
        """The id of a new import of this uploaded file, which may be a ZIP with a spreadsheet and the files it
        names; `attachments`: the id of a ZIP beside it. Rejected: access.denied, import.*, sheet.*."""
        self._judge.targets(viewer, app, form)
        name = self._uploads.name(viewer, file)
        self._uploads.sheet(viewer, app, form, file, Plan())
        plan = Plan(attachments=self._uploads.archive_of(viewer, file, attachments))
        self._uploads.note(viewer, {file, plan.attachments})

        def work(unit: Unit) -> str:
            return self._store.add(unit, viewer, app, form, file, name, unit.now + KEPT, plan)

        return self._services.database.write(work)

    def get(self, viewer: Viewer, identifier: str) -> Import:
        """Rejected (import.unknown) alike for what is not there and what is somebody else's."""
        found = self._store.get(identifier, viewer.person)
        going = self.runner.under_way.get(identifier)
        return found if going is None or found.state != "running" else replace(found, done=going)

    def of(self, viewer: Viewer, app: str, form: str) -> list[Import]:
        return self._store.of(viewer.person, app, form, LISTED)

    def look(self, viewer: Viewer, identifier: str, plan: Plan | None = None) -> Look:
        """The file and what its columns seem to stand for; `plan`: what was chosen so far."""
        found = self.get(viewer, identifier)
        chosen = plan or found.plan
        if not chosen.attachments:
            chosen = msgspec.structs.replace(chosen, attachments=found.plan.attachments)
        sheet = self._uploads.sheet(viewer, found.app, found.form, found.file, chosen)
        return self._judge.look(viewer, found, sheet, chosen)

    def check(self, viewer: Viewer, identifier: str, plan: Plan) -> None:
        """Try every line by a job. Rejected: import.* for a plan that cannot be."""
        found = self.get(viewer, identifier)
        sheet = self._uploads.sheet(viewer, found.app, found.form, found.file, plan)
        beside = self._uploads.archive_of(viewer, found.file, plan.attachments or found.plan.attachments)
        plan = msgspec.structs.replace(
            plan, sheet=sheet.name, heading=sheet.heading, attachments=beside, beside=beside_names(sheet)
        )
        self._judge.require(viewer, found, sheet, plan)
        self._uploads.note(viewer, {beside} - {found.file, found.plan.attachments})
        if plan.bad == "nothing" and sum(1 for _ in islice(sheet.lines(), WHOLE + 1)) > WHOLE:
            raise Rejected([problem("import.whole_too_long", "/bad", limit=WHOLE)])

        def work(unit: Unit) -> None:
            again: tuple[State, ...] = ("open", "checked", "failed", "stopped")
            if found.right and found.state in ("failed", "stopped"):
                raise Rejected([problem("import.not_now")])  # some of it stands in the form already
            self._store.mark(unit, identifier, again, state="checking", **_NOTHING)
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
            self.runner.audit(unit, viewer, "import.begin", found, detail)
            self._jobs.defer(unit, WORK, {"import": identifier})

        self._services.database.write(work)

    def stop(self, viewer: Viewer, identifier: str) -> None:
        """What is written stays; it can go on. All or nothing: nothing is written. Rejected (import.not_now)."""
        found = self.get(viewer, identifier)
        if found.state == "running" and found.plan.bad == "nothing":
            self.runner.given_up.add(identifier)  # its unit ends before the one below can begin

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
        sheet = self._uploads.sheet(viewer, found.app, found.form, found.file, found.plan)
        program = self._services.programs.get(found.app, found.form)
        wrong = list(self._store.wrong(found.id))
        return wrong_workbook(program, sheet, found.plan, wrong, viewer.language)

    # -- tidying -----------------------------------------------------------------------------------

    def in_use(self, unit: Unit) -> set[int]:
        """The uploads of imports that are not over: their sheets, and the ZIPs beside them."""
        return {file for row in self._store.under_way(unit) for file in self._store.files_of(row)}

    def expire(self) -> int:
        """Imports past their week lose their file and what was wrong in it; how many."""

        def work(unit: Unit) -> int:
            old = self._store.old(unit)
            gone = [file for row in old for file in self._store.files_of(row)]
            self._services.files.remove(unit, gone, unheld=True)
            for row in old:
                self._store.end(unit, row.id)
            return len(old)

        return self._services.database.write(work)


_NOTHING = {"total": 0, "line": 0, "done": 0, "created": 0, "updated": 0, "wrong": 0, "problem": ""}
