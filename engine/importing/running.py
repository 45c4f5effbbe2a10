"""The job of an import: every line tried, then written batch by batch from where it stopped, or all at once.

What a batch wrote and how far it went is one unit of work, so no line comes in twice. Where everything is one
unit, how far it is is known to this process alone until it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.importing.entries import Entry, Row, in_batches
from engine.importing.judging import Judge
from engine.importing.lines import Lines, Written
from engine.importing.reading import Wrong
from engine.importing.shown import Import, State
from engine.importing.store import Stopped, Store
from engine.importing.uploads import Uploads
from engine.records.records import Records
from engine.records.services import Services
from engine.sheets import Sheet
from metamodel.problems import Rejected, problem

BATCH = 250  # lines in one unit of work
Told = Callable[[Unit, Written], None]
Do = Callable[[Sequence[Row], int, Wrong, Told], None]


class Runner:
    """`viewer_of` a person's id. `under_way`: lines done of imports that are one unit of work; `given_up`: those
    of them that somebody stopped."""

    def __init__(
        self, services: Services, records: Records, store: Store, judge: Judge, uploads: Uploads,
        viewer_of: Callable[[str], Viewer | None],
    ) -> None:  # fmt: skip
        self._services, self._records, self._store, self._judge = services, records, store, judge
        self._uploads, self._viewer_of = uploads, viewer_of
        self.under_way: dict[str, int] = {}
        self.given_up: set[str] = set()

    def work(self, identifier: str) -> None:
        """What cannot be done is told to the person, and not tried again; a bug is."""
        found = self._store.get(identifier)
        if not found.busy:
            return
        viewer = self._viewer_of(found.person)
        try:
            if viewer is None:
                raise Rejected([problem("access.no_such_person", person=found.person)])
            self._run(replace(viewer, language=self._store.language(identifier)), found)
        except Stopped:
            return
        except Rejected as refused:
            self._failed(identifier, refused.problems[0].code)

    def _failed(self, identifier: str, code: str) -> None:
        def work(unit: Unit) -> None:
            self._store.mark(unit, identifier, ("checking", "running"), state="failed", problem=code)

        with suppress(Rejected):  # somebody stopped it meanwhile
            self._services.database.write(work)

    def _run(self, viewer: Viewer, found: Import) -> None:
        sheet = self._uploads.sheet(viewer, found.app, found.form, found.file, found.plan)
        if not found.total:
            found = self._counted(found, sheet)
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

    def _counted(self, found: Import, sheet: Sheet) -> Import:
        total = sum(1 for _ in sheet.lines())
        self._services.database.write(
            lambda unit: self._store.mark(unit, found.id, ("checking",), total=total)
        )
        return replace(found, total=total)

    def _each(self, found: Import, sheet: Sheet, lines: Lines, do: Do, left_out: Collection[int]) -> None:
        """Batch by batch, from where it went to; records known to be wrong are passed over."""
        after, done = self._store.line(found.id), 0
        for batch in _batches(sheet, lines):
            lines.reading.pass_over(entry for entry in batch if entry.last <= after)
            done += sum(len(entry.lines) for entry in batch)
            if batch[-1].last > after:
                fresh = [one for one in batch if one.last > after and one.first.number not in left_out]
                rows, wrong = lines.reading.rows(fresh)
                do(rows, batch[-1].last, wrong, self._counting(found, done))

    def _counting(self, found: Import, done: int) -> Told:
        return lambda unit, written: self._store.count(unit, found.id, found.state, written, done)

    # -- all or nothing ----------------------------------------------------------------------------

    def _whole(self, viewer: Viewer, found: Import, sheet: Sheet, lines: Lines) -> None:
        """One unit of work; where a line turns out wrong after all, it is told and nothing was written."""
        self.given_up.discard(found.id)
        try:
            batches = self._watched(found, _batches(sheet, lines))
            wrong = lines.take_all(batches, self._at_the_end(viewer, found))
        finally:
            self.under_way.pop(found.id, None)
        if not wrong:
            return

        def work(unit: Unit) -> None:
            none = {"created": 0, "updated": 0, "wrong": len(wrong)}
            self._store.mark(unit, found.id, ("running",), state="checked", **none)
            self._store.note_wrong(unit, found.id, wrong)

        self._services.database.write(work)

    def _watched(self, found: Import, batches: Iterator[list[Entry]]) -> Iterator[list[Entry]]:
        """Says how far it is; raises Stopped when somebody stopped it: in this process, or (where two may write at
        once) in another."""
        done = 0
        for batch in batches:
            if found.id in self.given_up or self._store.state(found.id) != found.state:
                raise Stopped
            yield batch
            done += sum(len(entry.lines) for entry in batch)
            self.under_way[found.id] = done

    def _at_the_end(self, viewer: Viewer, found: Import) -> Told:
        """Counts together what the batches wrote; that, and that it is done, is part of the unit itself."""
        key = f"import:{found.id}"

        def told(unit: Unit, written: Written) -> None:
            before = unit.notes.get(key, Written(0))
            unit.notes[key] = Written(
                written.upto, before.created + written.created, before.updated + written.updated
            )
            unit.before_commit(key, done)

        def done(unit: Unit) -> None:
            self._counting(found, found.total)(unit, unit.notes[key])
            self._end(unit, viewer, found, "done")

        return told

    def _finish(self, viewer: Viewer, found: Import, state: State) -> None:
        self._services.database.write(lambda unit: self._end(unit, viewer, found, state))

    def _end(self, unit: Unit, viewer: Viewer, found: Import, state: State) -> None:
        self._store.mark(unit, found.id, (found.state,), state=state, done=found.total)
        if state == "done":
            counts = self._store.counts(unit, found.id)
            self.audit(unit, viewer, "import.done", found, {"import": found.id, **counts})

    def audit(
        self, unit: Unit, viewer: Viewer, action: str, found: Import, detail: Mapping[str, object]
    ) -> None:
        self._services.audit.add(
            unit, viewer, [Occurrence(action, found.app, found.form, detail=dict(detail))]
        )


def _batches(sheet: Sheet, lines: Lines) -> Iterator[list[Entry]]:
    return in_batches(lines.reading.grouping.entries(sheet.lines()), BATCH)
