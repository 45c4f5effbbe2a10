"""Events: what the write path, channels and to-dos tell rules of.

A record on its way in is told of before it is written, so what rules set on it is part of the same
revision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.drafts import Batch, Stages
from engine.records.state import apply_formulas
from engine.rules.interpreter import Interpreter
from engine.rules.run import Run
from engine.rules.subjects import Subject
from engine.tasks import ClosedTask
from metamodel.problems import Problem, Rejected


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: (app, form, record) it was made into, and what went wrong."""

    records: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]


class Events(Interpreter):
    """Stages of the write path, and what channels and to-dos call."""

    def join(self, stages: Stages) -> None:
        """Become part of the write path."""
        stages.before.append(self.before)
        stages.created.append(self.created)
        stages.updated.append(self.updated)
        stages.deleted.append(self.deleted)

    def before(self, batch: Batch) -> None:
        """Records about to be checked and saved: rules complete them, or refuse."""
        subjects = self._drafts(batch, "before_save")
        refused = [
            found.under(f"/{subject.row}")
            for subject in subjects
            for found in subject.problems
            if found.code == "rule.refused"
        ]
        if refused:
            raise Rejected(refused)

    def created(self, batch: Batch) -> None:
        """New records with their ids, not written yet: what rules set on them is part of revision 1."""
        self._drafts(batch, "record_created")

    def updated(self, batch: Batch) -> None:
        """Changed records, not written yet: what rules set on them is part of the same revision."""
        self._drafts(batch, "record_updated")

    def deleted(self, batch: Batch) -> None:
        """Records that are about to go into the recycle bin: nothing is set on them any more."""
        rules = self.rules(batch.app).listening({"name": "record_deleted", "form": batch.form})
        if rules and batch.drafts:
            run = self.run(batch.unit, batch.app, batch.viewer)
            self.act(run, rules, self.stored(run, batch.form, [draft.id for draft in batch.drafts]))

    def _drafts(self, batch: Batch, event: str) -> list[Subject]:
        rules = self.rules(batch.app).listening({"name": event, "form": batch.form})
        if not rules or not batch.drafts:
            return []
        run = self.run(batch.unit, batch.app, batch.viewer)
        program = self.services.programs.get(batch.app, batch.form)
        subjects = [
            Subject(
                run, batch.app, batch.form, str(draft.id or ""), draft.values, program,
                draft=True, before=draft.before, row=draft.row, causes=draft.causes,
            )
            for draft in batch.drafts
        ]  # fmt: skip
        with _on_their_way(run, subjects):
            self.act(run, rules, subjects)
        if event != "before_save" and (program.formulas or program.computed_rows):
            for subject in subjects:
                if subject.moved:
                    apply_formulas(program, subject.values, run.context, standing=bool(subject.before))
        return subjects

    def on_messages(
        self, unit: Unit, app: str, channel: str, messages: Sequence[dict[str, Any]]
    ) -> list[Outcome]:
        """Messages as `messages.message_values` makes them; an outcome each, in order."""
        rules = self.rules(app).listening({"name": "message_received", "channel": channel})
        run = self.run(unit, app)
        subjects = [Subject(run, app, "", "", values) for values in messages]
        self.act(run, rules, subjects)
        return [Outcome(tuple(subject.made), tuple(subject.problems)) for subject in subjects]

    def task_closed(self, unit: Unit, viewer: Viewer, closed: ClosedTask) -> None:
        """A to-do about a record was closed, by this viewer."""
        if closed.record is None or closed.app not in self.services.apps():
            return
        event = {
            "name": "task_closed", "form": closed.form, "source": closed.source, "outcome": closed.outcome,
        }  # fmt: skip
        rules = self.rules(closed.app).listening(event)
        if rules:
            run = self.run(unit, closed.app, viewer)
            self.act(run, rules, self.stored(run, closed.form, [closed.record]))


@contextmanager
def _on_their_way(run: Run, subjects: Sequence[Subject]) -> Iterator[None]:
    """While rules look at drafts, `record.id` is the id they are going to have, and what other rules want of
    them goes into them."""
    named = [subject for subject in subjects if subject.record]
    for subject in named:
        subject.values["id"] = subject.record
        run.drafts[subject.app, subject.form, int(subject.record)] = subject
    try:
        yield
    finally:
        for subject in named:
            subject.values.pop("id", None)
            run.drafts.pop((subject.app, subject.form, int(subject.record)), None)
