"""Records read from a file are tried, or written in batches; wrong ones are told and left out.

Trying is the write path itself with its unit undone at the end, so what it says is what will happen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.files import Kept
from engine.importing.attached import Attached, Wanted
from engine.importing.entries import Entry, Row
from engine.importing.plan import Plan
from engine.importing.reading import Reading, Wrong, spread
from engine.records.program import FormProgram
from engine.records.records import Records
from engine.records.services import Services
from engine.whole_numbers import is_whole_number
from metamodel.problems import Problem, Rejected


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a part of a batch: up to which line it goes, and what is wrong among those before it."""

    upto: int
    created: int = 0
    updated: int = 0
    wrong: Wrong = field(default_factory=dict)


Told = Callable[[Unit, Written], None]
Named = dict[int, list[Problem]]  # by place among the rows, with paths `/field`


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
    """One import's lines, by its plan, as its person."""

    def __init__(
        self, services: Services, records: Records, viewer: Viewer, program: FormProgram, plan: Plan
    ) -> None:
        self._services, self._records, self._viewer = services, records, viewer
        self._program, self._plan = program, plan
        self._attached = Attached(services.files, plan.attachments)
        self.reading = Reading(services, records.keyed, viewer, program, plan, self._attached)

    def attempt(self, rows: Sequence[Row], upto: int, wrong: Wrong, told: Told) -> None:
        """What would come of these rows is told; nothing of them is written."""
        database = self._services.database

        def undone(some: Sequence[Row]) -> tuple[int, int]:
            def work(unit: Unit) -> None:
                raise _Undone(*self._write(unit, some, {}, trial=True))

            try:
                database.write(work)
            except _Undone as what:
                return what.created, what.updated
            raise AssertionError("unreachable")

        def once(some: Sequence[Row], line: int, found: Wrong) -> None:
            made = undone(some) if some else (0, 0)
            database.write(lambda unit: told(unit, Written(line, *made, found)))

        _settle(rows, upto, wrong, once, self._plan)

    def take(self, rows: Sequence[Row], upto: int, wrong: Wrong, told: Told) -> None:
        """Write these rows without those that turn out wrong; each part with what is told of it in one unit."""
        kept = self._keep(rows)  # the slow half, outside of any unit

        def once(some: Sequence[Row], line: int, found: Wrong) -> None:
            self._services.database.write(
                lambda unit: told(unit, Written(line, *self._write(unit, some, kept), found))
            )

        _settle(rows, upto, wrong, once, self._plan)

    def take_all(self, batches: Iterable[Sequence[Entry]], told: Told) -> Wrong:
        """All of it in one unit of work, or nothing: then what is wrong in the first batch that has something."""

        def work(unit: Unit) -> None:
            for batch in batches:
                rows, wrong = self.reading.rows(batch)
                if wrong:
                    raise _Refused(wrong)
                try:
                    told(unit, Written(batch[-1].last, *self._write(unit, rows, self._keep(rows))))
                except Rejected as refused:
                    raise _Refused(_told_by_line(rows, refused.problems, self._plan)) from None

        try:
            self._services.database.write(work)
        except _Refused as refused:
            return refused.wrong
        return {}

    def _write(
        self, unit: Unit, rows: Sequence[Row], kept: Mapping[Wanted, Kept], *, trial: bool = False
    ) -> tuple[int, int]:
        """How many were created and changed. Rejected with paths `/place/field`."""
        if not rows:
            return 0, 0
        app, form = self._program.app.id, self._program.form.id
        sent = [self._values(unit, row, kept) for row in rows]
        if self._plan.mode == "create":
            made = self._records.writer.create(unit, self._viewer, app, form, sent, raw=False, trial=trial)
            return len(made), 0
        written = self._records.keyed.write(
            unit, self._viewer, app, form, self._plan.key, sent, mode=self._plan.mode, raw=False, trial=trial
        )
        created = sum(one.created for one in written)
        return created, len(written) - created

    def _values(self, unit: Unit, row: Row, kept: Mapping[Wanted, Kept]) -> dict[str, Any]:
        """With the ids of its files, which are made in the record's own unit."""
        values = copy.deepcopy(row.values) if any(len(place) > 1 for place in row.files) else {**row.values}
        for place, wanted in row.files.items():
            held = [self._stored(unit, one, kept) for one in wanted]
            if len(place) == 1:
                values[place[0]] = held
            else:
                values[place[0]][place[1]][place[2]] = held
        return values

    def _stored(self, unit: Unit, one: Wanted, kept: Mapping[Wanted, Kept]) -> str:
        return self._services.files.store(
            unit, kept.get(one) or one.pretended, one.name, one.media_type, self._viewer.person
        )

    def _keep(self, rows: Sequence[Row]) -> dict[Wanted, Kept]:
        wanted = {one for row in rows for several in row.files.values() for one in several}
        return {one: self._attached.keep(one) for one in wanted}


def _settle(
    rows: Sequence[Row],
    upto: int,
    wrong: Wrong,
    once: Callable[[Sequence[Row], int, Wrong], None],
    plan: Plan,
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
            named = _by_place(some, refused.problems)
            if named is None and len(some) > 1:
                middle = len(some) // 2
                waiting += [(some[middle:], line), (some[:middle], some[middle - 1].entry.last)]
                continue
            if named is None and not some:
                raise
            named = named or {0: list(refused.problems)}
            wrong = wrong | _spread(some, named, plan)
            waiting.append(([row for place, row in enumerate(some) if place not in named], line))
        else:
            wrong = {}


def _by_place(rows: Sequence[Row], problems: Iterable[Problem]) -> Named | None:
    """Mistakes by row; None where one is of no row."""
    found: Named = {}
    for one in problems:
        if one.severity != "error":
            continue
        _, _, rest = one.path.partition("/")
        place, slash, inner = rest.partition("/")
        if not is_whole_number(place) or int(place) >= len(rows):
            return None
        found.setdefault(int(place), []).append(replace(one, path=slash + inner))
    return found


def _spread(rows: Sequence[Row], named: Named, plan: Plan) -> Wrong:
    """The same by line, the other lines of those records included."""
    wrong: Wrong = {}
    for place, problems in named.items():
        row = rows[place]
        wrong |= spread(row.entry, [(row.line_of(one), one) for one in problems], plan)
    return wrong


def _told_by_line(rows: Sequence[Row], problems: Sequence[Problem], plan: Plan) -> Wrong:
    return _spread(rows, _by_place(rows, problems) or {0: list(problems)}, plan)
