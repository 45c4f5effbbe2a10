"""Candidates: the newest records of a form that one viewer may read, and those of them a condition may hold for.

For trying: what is masked or hidden does not take part, and what lies behind a link is blank where this
viewer may not read it, so that a condition of his own making tells him nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access.readable import ReadableColumns
from engine.access.viewer import Viewer
from engine.expressions import EvaluationContext
from engine.records.contexts import LinkedRecords
from engine.records.newest import Found, Newest
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.rules.narrowing import Narrowed, Narrowing
from engine.rules.run import Run
from metamodel.expressions import Expression
from metamodel.expressions.types import Type


class Candidates:
    """`conditions`: those that are going to be asked; `where`: which records are meant at all."""

    def __init__(
        self, run: Run, viewer: Viewer, program: FormProgram, conditions: Sequence[Expression | None],
        where: str, last: int,
    ) -> None:  # fmt: skip
        self._run, self._viewer, self._program, self._conditions = run, viewer, program, conditions
        self._services, self._connection = run.services, run.unit.connection
        self.rows = Rows(run.services)
        self.context = self._readable_context()
        self.narrowing = Narrowing(run.services, program, self.context, self._columns())
        self._where, used = self._meant(where)
        self.names = self._named(used)
        self._newest = Newest(run.services, self._connection, viewer, program, self.names, last, used)
        self.tried = self._newest.tried

    def _columns(self) -> ReadableColumns:
        services, program = self._services, self._program
        return ReadableColumns(
            self._connection, services.authority, services.catalog, services.apps(), self._viewer,
            program.app, program.form,
        )  # fmt: skip

    def _readable_context(self) -> EvaluationContext:
        """The run's own, but for links."""
        made = self._run.context
        linked = LinkedRecords(self._connection, self._services.programs, self.rows, self._viewer)

        def resolve(of: Type, identifier: str, name: str) -> Any:
            there = linked if of.kind == "record" else made
            return there.resolve(of, identifier, name)

        return replace(made, resolve=resolve)

    def _meant(self, where: str) -> tuple[list[sa.ColumnElement[bool]], frozenset[str]]:
        if not where:
            return [], frozenset()
        program = self._program
        condition, used = self._services.authority.condition(
            self._connection, self._viewer, program.app, program.form, where, self._columns()
        )
        return [condition], used

    def _named(self, used: Iterable[str]) -> list[str]:
        """The fields that the conditions read."""
        paths = [path for condition in self._conditions if condition for path in condition.names]
        names = {path[0] for path in paths} | set(used)
        return [name for name in self._program.fields if name in names]

    def __iter__(self) -> Iterator[Found]:
        """Records a condition may hold for, newest first, with what the conditions read."""
        each = [self._decided(self.narrowing.of(condition)) for condition in self._conditions]
        narrowed = [sa.or_(*(sa.and_(*parts) for parts in each))] if all(each) else []
        return self._newest.found([*self._where, *narrowed])

    def others(self, found: Collection[int], most: int) -> list[int]:
        """The newest of those tried that are not among `found`."""
        return self._newest.others(found, most) if self.tried else []

    def _decided(self, narrowed: Narrowed) -> list[sa.ColumnElement[bool]]:
        words = [self._newest.words(narrowed.words)] if narrowed.words is not None else []
        return [*narrowed.where, *words]
