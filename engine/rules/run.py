"""Run: one pass of an app's rules over a batch, and what performers of effects may use of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec

from engine.access.viewer import SYSTEM, Viewer
from engine.database import Unit
from engine.expressions import EvaluationContext
from engine.records.contexts import LinkedRecords, Resolve
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.rows import Row, Rows
from engine.records.services import Services
from engine.rules.changes import Changes
from engine.rules.fitting import Fitted, Fitters
from engine.rules.showing import Showing
from engine.rules.subjects import Subject
from engine.rules.trace import Trace
from engine.whole_numbers import is_whole_number
from metamodel.expressions.types import Type
from metamodel.plugin_api import Effect
from metamodel.problems import Problem, Rejected, problem

RETRIES = 3
Refused = Callable[[int, list[Problem]], None]  # told the place of a row and what is wrong with it


class Planned(msgspec.Struct, frozen=True):
    """One effect, and whose it is."""

    subject: Subject
    effect: Any


@dataclass
class Run:
    """`actor` set it off, `viewer` is whom effects are written as, `source` and `trace` are those of the
    rule that runs now."""

    unit: Unit
    services: Services
    records: Records
    fitters: Fitters
    actor: Viewer = SYSTEM
    viewer: Viewer = SYSTEM
    source: str = ""
    app: str = ""
    changes: Changes = field(default_factory=Changes)
    trace: Trace | None = None
    subjects: Sequence[Subject] = ()  # those the rule at work looks at
    _context: EvaluationContext | None = None

    @property
    def context(self) -> EvaluationContext:
        """Made when first asked for, and again after something was written: links are read once."""
        if self._context is None:
            made = self.services.context(self.unit.connection, self.actor, self.unit.moment, self.app)
            self._context = replace(made, resolve=self._resolving(made))
        return self._context

    def _resolving(self, made: EvaluationContext) -> Resolve:
        rows = Rows(self.services)
        linked = LinkedRecords(self.unit.connection, self.services.programs, rows, beside=self.beside)

        def resolve(of: Type, identifier: str, name: str) -> Any:
            if of.kind != "record":
                return made.resolve(of, identifier, name)
            return self._resolved(linked.resolve, of, identifier, name)

        return resolve

    def beside(self, app: str, form: str) -> Iterator[int]:
        """Records of that form that the subjects link to: what one of them asks for, the next one will."""
        for subject in self.subjects:
            if subject.program is not None:
                yield from subject.program.linked(subject.values, app, form)

    def use(self, context: EvaluationContext) -> None:
        """Evaluate in this one, as long as nothing is written."""
        self._context = context

    def _resolved(self, stored: Resolve, of: Type, identifier: str, name: str) -> Any:
        """An attribute behind a link, with what waits to be written there."""
        known = is_whole_number(identifier)
        wanted = self.changes.of(of.app, of.form, int(identifier)) if known else None
        if wanted is None:
            return stored(of, identifier, name)
        if name in wanted.lists:
            return wanted.of(name, wanted.values.get(name, stored(of, identifier, name)) or [])
        return wanted.values[name] if name in wanted.values else stored(of, identifier, name)

    @property
    def drafts(self) -> dict[tuple[str, str, int], Subject]:
        """Records that rules are looking at in this unit and that are not written yet."""
        found: dict[tuple[str, str, int], Subject] = self.unit.notes.setdefault("rules.drafts", {})
        return found

    @cached_property
    def showing(self) -> Showing:
        return Showing(self.unit.connection, self.services, self.beside)

    def act_as(self, viewer: Viewer) -> None:
        """Write as somebody else from here on; what waits is written first."""
        if viewer != self.viewer:
            self.flush()
            self.viewer = viewer

    def program(self, app: str, form: str) -> FormProgram:
        return self.services.programs.get(app, form)

    def fail(self, subject: Subject, problems: Iterable[Problem]) -> None:
        found = list(problems)
        subject.problems += found
        if self.trace is not None:
            self.trace.problems += found

    def fit(self, program: FormProgram, values: Mapping[str, Any]) -> Fitted:
        """What expressions gave, as the fields' own values."""
        return self.fitters.fit(program, values)

    def load(self, program: FormProgram, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Row]:
        """What stands in these records now, for the app."""
        return Rows(self.services).by_ids(self.unit.connection, self.viewer, program, ids, fields)

    def create(
        self,
        program: FormProgram,
        rows: Sequence[Mapping[str, Any]],
        refused: Callable[[int, list[Problem]], None],
    ) -> list[int | None]:
        """New records, their ids in order; a row that cannot be is told to `refused` and stops no other.
        The write path refuses before it writes anything, so trying again without it is safe."""
        made: list[int | None] = [None] * len(rows)
        places = list(range(len(rows)))
        for _ in range(RETRIES):
            if not places:
                break
            try:
                ids = self.records.writer.create(
                    self.unit,
                    self.viewer,
                    program.app.id,
                    program.form.id,
                    [rows[p] for p in places],
                    raw=False,
                )
            except Rejected as error:
                places = self._without_refused(places, error.problems, refused)
                continue
            for place, identifier in zip(places, ids, strict=True):
                made[place] = identifier
            return made
        for place in places:
            refused(place, [problem("rule.not_created", form=program.form.text())])
        return made

    def _without_refused(self, places: list[int], problems: Iterable[Problem], refused: Refused) -> list[int]:
        """Paths begin with the row's place among those sent; a problem of no row is everybody's."""
        by_row: dict[int, list[Problem]] = {}
        for found in problems:
            head = found.path.split("/")[1] if "/" in found.path else ""
            rows = [int(head)] if is_whole_number(head) else list(range(len(places)))
            for row in rows:
                by_row.setdefault(row, []).append(found)
        for row, found_there in by_row.items():
            refused(places[row], found_there)
        return [place for row, place in enumerate(places) if row not in by_row]

    def flush(self) -> None:
        """Write what effects left for records that are not drafts."""
        if self.changes.flush(self):
            self._context = None
            self.__dict__.pop("showing", None)


Performer = Callable[[Run, Sequence[Planned]], None]
Performers = dict[type[Effect], Performer]
