"""Lines become records: read as values, then tried or written in batches, wrong ones told and left out.

Trying is the write path itself with its unit undone at the end, so what it says is what will happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.importing.plan import Plan
from engine.importing.resolving import Resolver
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.services import Services
from engine.records.state import parse_values
from engine.sheets import Line
from metamodel.problems import Problem, Rejected, pointer, problem

Row = tuple[int, dict[str, Any]]  # the line's number, values by field


Wrong = dict[int, list[Problem]]  # by line, with paths `/field`


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a part of a batch: up to which line it goes, and what is wrong among those before it."""

    upto: int
    created: int = 0
    updated: int = 0
    wrong: Wrong = field(default_factory=dict)


Told = Callable[[Unit, Written], None]


class _Undone(Exception):
    """Leaves a unit of work without writing anything of it."""

    def __init__(self, created: int, updated: int) -> None:
        super().__init__()
        self.created, self.updated = created, updated


class _Refused(Exception):
    """Something is wrong, so all of it is undone."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__()
        self.wrong = wrong


class Lines:
    """One import's lines, by its plan, as its person. Keys seen are remembered over all batches."""

    def __init__(
        self, services: Services, records: Records, viewer: Viewer, program: FormProgram, plan: Plan
    ) -> None:
        self._services, self._records, self._viewer = services, records, viewer
        self._program, self._plan = program, plan
        self._resolver = Resolver(services, records.keyed, viewer, program, plan.columns)
        alone = [p.id for p in program.unique if any(c.field == p.id for c in plan.columns)]
        self._alone = tuple(dict.fromkeys([*alone, *([plan.key] if plan.key else [])]))
        self._seen: dict[tuple[str, bytes], int] = {}

    def rows(self, lines: Sequence[Line]) -> tuple[list[Row], Wrong]:
        """The values of these lines; what cannot be told from the cells alone is wrong already."""
        fields = self._plan.fields
        self._resolver.prepare({c.field: {line.cells[place] for line in lines} for place, c in fields})
        rows: list[Row] = []
        wrong: Wrong = {}
        for line in lines:
            values, found = self._values(line)
            found += self._again(line)
            if found:  # everything that is wrong with a line is told at once
                wrong[line.number] = [*found, *parse_values(self._program, values)[1]]
            else:
                rows.append((line.number, values))
        return rows, wrong

    def pass_over(self, lines: Iterable[Line]) -> None:
        """Lines that were taken before: their keys are known."""
        for line in lines:
            self._again(line)

    def _values(self, line: Line) -> tuple[dict[str, Any], list[Problem]]:
        """A blank cell says nothing: a new record gets its default, a known one keeps what stands there."""
        values: dict[str, Any] = {}
        wrong: list[Problem] = []
        for place, column in self._plan.fields:
            value, found = self._resolver.value(column.field, line.cells[place])
            wrong += found
            if value not in ("", []):
                values[column.field] = value
        return values, wrong

    def _again(self, line: Line) -> list[Problem]:
        """What must be there once is there twice in this file."""
        found = []
        for place, column in self._plan.fields:
            if column.field in self._alone and (text := line.cells[place]):
                mark = column.field, blake2b(text.casefold().encode(), digest_size=8).digest()
                first = self._seen.setdefault(mark, line.number)
                if first != line.number:
                    label = self._program.fields[column.field].field.text()
                    said = {"field": label, "value": text[:100], "line": first}
                    found.append(problem("import.twice", pointer(column.field), **said))
        return found

    # -- batches -----------------------------------------------------------------------------------

    def attempt(self, rows: Sequence[Row], upto: int, wrong: Wrong, told: Told) -> None:
        """What would come of these rows is told; nothing of them is written."""
        database = self._services.database

        def undone(some: Sequence[Row]) -> tuple[int, int]:
            def work(unit: Unit) -> None:
                raise _Undone(*self._write(unit, some, number=False))

            try:
                database.write(work)
            except _Undone as what:
                return what.created, what.updated
            raise AssertionError("unreachable")

        def once(some: Sequence[Row], line: int, found: Wrong) -> None:
            made = undone(some) if some else (0, 0)
            database.write(lambda unit: told(unit, Written(line, *made, found)))

        _settle(rows, upto, wrong, once)

    def take(self, rows: Sequence[Row], upto: int, wrong: Wrong, told: Told) -> None:
        """Write these rows without those that turn out wrong; each part with what is told of it in one unit."""

        def once(some: Sequence[Row], line: int, found: Wrong) -> None:
            self._services.database.write(
                lambda unit: told(unit, Written(line, *self._write(unit, some), found))
            )

        _settle(rows, upto, wrong, once)

    def take_all(self, batches: Callable[[], Iterable[Sequence[Line]]], told: Told) -> Wrong:
        """All of it in one unit of work, or nothing: then what is wrong in the first batch that has something."""

        def work(unit: Unit) -> None:
            for batch in batches():
                rows, wrong = self.rows(batch)
                if wrong:
                    raise _Refused(wrong)
                try:
                    told(unit, Written(batch[-1].number, *self._write(unit, rows)))
                except Rejected as refused:
                    raise _Refused(
                        _by_line(rows, refused.problems) or {rows[0][0]: list(refused.problems)}
                    ) from None

        try:
            self._services.database.write(work)
        except _Refused as refused:
            return refused.wrong
        return {}

    def _write(self, unit: Unit, rows: Sequence[Row], *, number: bool = True) -> tuple[int, int]:
        """How many were created and changed. Rejected with paths `/place/field`."""
        if not rows:
            return 0, 0
        app, form = self._program.app.id, self._program.form.id
        sent = [values for _, values in rows]
        if self._plan.mode == "create":
            made = self._records.writer.create(unit, self._viewer, app, form, sent, number=number)
            return len(made), 0
        written = self._records.keyed.write(
            unit, self._viewer, app, form, self._plan.key, sent, mode=self._plan.mode, number=number
        )
        created = sum(one.created for one in written)
        return created, len(written) - created


def _settle(
    rows: Sequence[Row], upto: int, wrong: Wrong, once: Callable[[Sequence[Row], int, Wrong], None]
) -> None:
    """`once` over all rows but those it refuses, in order. Where it does not say which, ever smaller parts."""
    waiting = [(list(rows), upto)]
    while waiting:
        some, line = waiting.pop()
        try:
            once(some, line, wrong)
        except Rejected as refused:
            if any(not found.path and found.code.startswith("access.") for found in refused.problems):
                raise
            named = _by_line(some, refused.problems)
            if named is None and len(some) > 1:
                middle = len(some) // 2
                waiting += [(some[middle:], line), (some[:middle], some[middle - 1][0])]
                continue
            named = named or {some[0][0]: list(refused.problems)}
            wrong = wrong | named
            waiting.append(([row for row in some if row[0] not in named], line))
        else:
            wrong = {}


def _by_line(rows: Sequence[Row], problems: Iterable[Problem]) -> Wrong | None:
    """Mistakes by line; None where one is of no row."""
    found: Wrong = {}
    for one in problems:
        if one.severity != "error":
            continue
        _, _, rest = one.path.partition("/")
        place, slash, inner = rest.partition("/")
        if not place.isdigit() or int(place) >= len(rows):
            return None
        found.setdefault(rows[int(place)][0], []).append(replace(one, path=slash + inner))
    return found
