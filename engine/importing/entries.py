"""Lines of a file put together into records: one line each, or several where a sub-form has more rows than one.

A line goes on with the record above it when it says nothing of the record itself, or says the same again, and
fills a column of a sub-form: merged cells and filled-down ones read alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.importing.attached import Wanted
from engine.importing.plan import APART, Column, Plan
from engine.sheets import Line
from engine.whole_numbers import is_whole_number
from metamodel.problems import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it stands in the file, with all its lines."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> int:
        """The last line it has on the main sheet; of rows without a record there, their own last."""
        return next(
            (line.number for line in reversed(self.lines) if line.number < APART), self.lines[-1].number
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(line.number for line in self.lines)


FilePlace = tuple[str] | tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry read: what the write path is handed, which line each row of a sub-form came from, and the files
    that have to be stored with it, by field, or by sub-form, row and column."""

    entry: Entry
    values: dict[str, Any]
    origins: dict[str, tuple[int, ...]] = field(default_factory=dict)
    files: dict[FilePlace, tuple[Wanted, ...]] = field(default_factory=dict)

    def line_of(self, found: Problem) -> int:
        """The line a problem with the path `/field`, or `/lines/2/price`, is about."""
        parts = found.path.split("/")[1:]
        numbers = self.origins.get(parts[0], ()) if parts else ()
        place = int(parts[1]) if len(parts) > 1 and is_whole_number(parts[1]) else len(numbers)
        return numbers[place] if place < len(numbers) else self.entry.first.number


@dataclass(frozen=True, slots=True)
class Grouping:
    """How lines of one plan belong together; `known_by` are the places of columns that tell records apart."""

    own: tuple[int, ...]
    rows: tuple[int, ...]
    known_by: tuple[int, ...]

    @classmethod
    def of(cls, plan: Plan, alone: Collection[str]) -> Grouping:
        own = tuple(place for place, column in plan.fields if not column.rows)
        rows = tuple(place for place, column in plan.fields if column.rows)
        return cls(
            own, rows, tuple(p for p, column in plan.fields if not column.rows and column.field in alone)
        )

    def entries(self, lines: Iterable[Line]) -> Iterator[Entry]:
        """In the order of the file."""
        waiting: list[Line] = []
        for line in lines:
            if waiting and not (self.rows and self._goes_on(waiting[0], line)):
                yield Entry(tuple(waiting))
                waiting = []
            waiting.append(line)
        if waiting:
            yield Entry(tuple(waiting))

    def _goes_on(self, first: Line, line: Line) -> bool:
        if not any(line.cells[place] for place in self.rows):
            return False
        if not any(line.cells[place] for place in self.own):
            return True
        named = [place for place in self.known_by if line.cells[place]]
        if named:
            return all(line.cells[place] == first.cells[place] for place in named)
        return all(line.cells[place] == first.cells[place] for place in self.own)

    def differing(self, entry: Entry) -> Iterator[tuple[Line, int]]:
        """Lines that say something else of their record than its first one, and in which column."""
        for line in entry.lines[1:]:
            for place in self.own:
                if line.cells[place] and line.cells[place] != entry.first.cells[place]:
                    yield line, place


def in_batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """Of at least so many lines, never within a record."""
    batch: list[Entry] = []
    lines = 0
    for entry in entries:
        batch.append(entry)
        lines += len(entry.lines)
        if lines >= size:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def rows_of(
    entry: Entry, columns: Sequence[tuple[int, Column]]
) -> list[tuple[Line, list[tuple[int, Column]]]]:
    """The lines that fill some of these columns of one sub-form, with those they fill."""
    found = [(line, [(p, column) for p, column in columns if line.cells[p]]) for line in entry.lines]
    return [(line, filled) for line, filled in found if filled]
