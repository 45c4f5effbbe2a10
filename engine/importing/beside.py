"""Rows of sub-forms on sheets of their own, as other tools write them and our own exports: put among the lines of the
records they belong to, as if they had stood there.

Such a sheet is called as the sub-form is. The first of its headings that the main sheet has, too, says whose row a line
is. A row nobody there is called so by is a line of its own, after the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.importing.plan import APART, texts_of
from engine.records.program import FieldProgram, FormProgram
from engine.sheets import Line, Sheet, open_sheet
from engine.workbook_writing import sheet_name
from metamodel.problems import Rejected


@dataclass(frozen=True, slots=True)
class Beside:
    """A sheet of rows: `key` says whose row a line is, `place` is the same column of the main sheet; `columns` are
    the others."""

    sheet: Sheet
    key: int
    place: int
    columns: tuple[int, ...]

    def by_record(self) -> dict[str, list[Line]]:
        """A blank cell goes on with the record above it."""
        found: dict[str, list[Line]] = {}
        whose = ""
        for line in self.sheet.lines():
            whose = line.cells[self.key] or whose
            found.setdefault(whose, []).append(line)
        return found


@dataclass(frozen=True)
class JoinedSheet(Sheet):
    """The main sheet, and behind its columns those of the others."""

    main: Sheet | None = None
    beside: tuple[Beside, ...] = ()

    def lines(self, after: int = 0) -> Iterator[Line]:
        assert self.main is not None
        waiting = [one.by_record() for one in self.beside]
        none = ("",) * (len(self.headings) - len(self.main.headings))
        for line in self.main.lines():
            yield Line(line.number, line.cells + none)
            for number, one in enumerate(self.beside):
                rows = waiting[number].pop(line.cells[one.place], [])
                yield from (self._placed(number, row, "") for row in rows)
        for number, rest in enumerate(waiting):
            for whose, rows in rest.items():
                yield from (self._placed(number, row, whose) for row in rows)

    def _placed(self, number: int, row: Line, whose: str) -> Line:
        one, cells = self.beside[number], [""] * len(self.headings)
        assert self.main is not None
        cells[one.place] = whose
        start = len(self.main.headings) + sum(len(other.columns) for other in self.beside[:number])
        for place, column in enumerate(one.columns, start):
            cells[place] = row.cells[column]
        return Line((number + 1) * APART + row.number, tuple(cells))


def joined(sheet: Sheet, content: bytes, program: FormProgram) -> Sheet:
    """With the sheets of its sub-forms' rows; as it is, where there are none, or it is one of them itself."""
    named = {sheet_name(text): field for field in _sub_forms(program) for text in texts_of(field.field)}
    if sheet.name in named:
        return sheet
    beside = tuple(
        found
        for name in sheet.names
        if name in named and (found := _beside(sheet, content, name)) is not None
    )
    if not beside:
        return sheet
    more = [f"{one.sheet.name}.{one.sheet.headings[place]}" for one in beside for place in one.columns]
    return JoinedSheet(
        sheet.names, sheet.name, sheet.heading, (*sheet.headings, *more), content, sheet.deep, sheet, beside
    )  # fmt: skip


def _beside(main: Sheet, content: bytes, name: str) -> Beside | None:
    try:
        sheet = open_sheet(content, name)
    except Rejected:  # nothing stands in it
        return None
    key = next((place for place, text in enumerate(sheet.headings) if text and text in main.headings), None)
    if key is None:
        return None
    columns = tuple(place for place, text in enumerate(sheet.headings) if text and place != key)
    return Beside(sheet, key, main.headings.index(sheet.headings[key]), columns)


def _sub_forms(program: FormProgram) -> Sequence[FieldProgram]:
    return [field for field in program.inputs if field.cells]


def beside_names(sheet: Sheet) -> tuple[str, ...]:
    """The other sheets of a joined one, in the order their lines are numbered."""
    return tuple(one.sheet.name for one in sheet.beside) if isinstance(sheet, JoinedSheet) else ()
