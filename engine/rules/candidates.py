"""Candidates: the newest records of a form that one viewer may read, and those of them a condition may hold for.

For trying: what is masked or hidden does not take part, and what lies behind a link is blank where this
viewer may not read it, so that a condition of his own making tells him nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.access.readable import ReadableColumns
from engine.access.viewer import Viewer
from engine.access.visible import Visible
from engine.expressions import EvaluationContext
from engine.records.contexts import LinkedRecords
from engine.records.program import FormProgram
from engine.records.rows import Rows
from engine.rules.narrowing import Narrowed, Narrowing
from engine.rules.run import Run
from engine.system_tables import record_keys
from metamodel.expressions import Expression
from metamodel.expressions.types import Type
from metamodel.problems import Rejected, problem

AT_ONCE = 2_000
Candidate = tuple[int, dict[str, Any]]


class Candidates:
    """`conditions`: those that are going to be asked; `where`: which records are meant at all."""

    def __init__(
        self, run: Run, viewer: Viewer, program: FormProgram, conditions: Sequence[Expression | None],
        where: str, last: int,
    ) -> None:  # fmt: skip
        self._run, self._viewer, self._program, self._conditions = run, viewer, program, conditions
        self._services, self._last, self._connection = run.services, last, run.unit.connection
        self.rows = Rows(run.services)
        self.context = self._readable_context()
        self.narrowing = Narrowing(run.services, program, self.context, self._columns())
        self._where, used = self._meant(where)
        self.names = self._named(used)
        self._visible = self._readable()
        self.tried, self._floor = self._stretch()

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

    def _readable(self) -> Visible:
        visible = self.rows.visible(self._connection, self._viewer, self._program)
        if not visible.ways:
            raise Rejected([problem("access.denied")])
        return visible.reading(self.names)

    def _stretch(self) -> tuple[int, int]:
        """How many records there are to try, and the lowest id among them."""
        newest = self._visible.ids().order_by(self._program.table.table.c.id.desc()).limit(self._last)
        inner = newest.subquery()
        counted = sa.select(sa.func.count(), sa.func.min(inner.c.id)).select_from(inner)
        row = self._connection.execute(counted).one()
        return int(row[0]), int(row[1] or 0)

    def __iter__(self) -> Iterator[Candidate]:
        """Records a condition may hold for, newest first, with what the conditions read."""
        table = self._program.table.table
        narrowed = [*self._where, *self._narrowed()]
        statement = (
            self._visible.ids().where(table.c.id >= self._floor, *narrowed).order_by(table.c.id.desc())
        )
        if any(self._program.fields[name].field.derived is not None for name in self.names):
            return self._whole([int(one) for one in self._connection.scalars(statement)])
        return self._lean(statement)

    def _narrowed(self) -> list[sa.ColumnElement[bool]]:
        each = [self._decided(self.narrowing.of(condition)) for condition in self._conditions]
        return [sa.or_(*(sa.and_(*parts) for parts in each))] if all(each) else []

    def _decided(self, narrowed: Narrowed) -> list[sa.ColumnElement[bool]]:
        conditions = list(narrowed.where)
        if narrowed.words is not None:
            texts = [field.id for field in self._program.searchable]
            found = self._services.search.matching(self._program.table, narrowed.words, texts)
            conditions.append(self._program.table.table.c.id.in_(found))
        return conditions

    def _lean(self, statement: sa.Select[Any]) -> Iterator[Candidate]:
        """Straight from the columns: nothing is masked here, since only ways that read these fields are left."""
        seals, program = self._services.seals, self._program
        stored = [(program.fields[name], program.fields[name].field.sealed) for name in self.names]
        wanted = statement.add_columns(*(program.table.column(one.id) for one, _ in stored))
        if any(sealed for _, sealed in stored):
            wanted = wanted.add_columns(record_keys.c.master, record_keys.c.wrapped).outerjoin(
                record_keys, record_keys.c.record == program.table.table.c.id
            )
        places = list(enumerate(stored, 1))
        for row in self._connection.execute(wanted.execution_options(yield_per=AT_ONCE)):
            record: int = row[0]
            key: bytes | None = None
            values: dict[str, Any] = {"id": str(record)}
            for place, (one, sealed) in places:
                raw = row[place]
                if raw is not None and sealed:
                    if key is None and row[-1] is not None:
                        key = seals.unwrap(row[-2], row[-1], record)
                    raw = None if key is None else one.unseal(seals.open(key, one.id, record, raw))
                    values[one.id] = raw
                else:
                    values[one.id] = None if raw is None else one.decode(raw)
            yield record, values

    def _whole(self, ids: Sequence[int]) -> Iterator[Candidate]:
        """With what is looked up and rolled up, by the ordinary way of reading."""
        for start in range(0, len(ids), AT_ONCE):
            chunk = ids[start : start + AT_ONCE]
            rows = self.rows.by_ids(self._connection, self._viewer, self._program, chunk, self.names)
            for record in chunk:
                yield record, {"id": str(record), **rows[record].values}
