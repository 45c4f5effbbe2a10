"""Records of a file as values: names resolved, cells parsed, files found; everything wrong with them told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.access.viewer import Viewer
from engine.importing.attached import Attached, Wanted
from engine.importing.entries import Entry, FilePlace, Grouping, Row, rows_of
from engine.importing.marks import Marks
from engine.importing.plan import Column, Plan, is_file, label_of, program_of
from engine.importing.resolving import Resolver
from engine.records.keyed import Keyed
from engine.records.program import FieldProgram, FormProgram
from engine.records.services import Services
from engine.records.state import parse_value
from engine.sheets import Line
from metamodel.plugin_api import BadValue
from metamodel.problems import Problem, pointer, problem

Wrong = dict[int, list[Problem]]  # by line, with paths `/field` or `/rows/2/cell`
Told = list[tuple[int, Problem]]  # (line, what is wrong with it)
Read = Callable[[str], tuple[Any, list[Problem]]]
TO_COME = "1"  # stands for a file that is stored with its record
BLANK: tuple[Any, ...] = ("", [])


class Reading:
    """One import's lines, by its plan, as its person. Keys seen are remembered over all batches."""

    def __init__(
        self, services: Services, keyed: Keyed, viewer: Viewer, program: FormProgram, plan: Plan,
        attached: Attached,
    ) -> None:  # fmt: skip
        self._program, self._plan, self._attached = program, plan, attached
        self._resolver = Resolver(services, keyed, viewer, program, plan.columns)
        self._columns = plan.fields
        self._own: list[tuple[int, FieldProgram, Read]] = []
        self._rows: dict[str, list[tuple[int, Column]]] = {}
        self._known: list[dict[str, tuple[Any, list[Problem]]]] = []
        for place, column in plan.fields:
            field = program_of(program, column.field)
            if column.rows:
                self._rows.setdefault(column.rows, []).append((place, column))
            elif field is not None:
                self._own.append((place, field, self._remembering(self._reader(column, field))))
        mapped = {column.field for _, column in plan.fields}
        alone = {p.id for p in program.unique if p.id in mapped} | ({plan.key} if plan.key else set())
        self.grouping = Grouping.of(plan, alone)
        self._alone = [(place, field) for place, field, _ in self._own if field.id in alone]
        self._seen = Marks()

    def rows(self, entries: Sequence[Entry]) -> tuple[list[Row], Wrong]:
        """The values of these records; what cannot be told from the cells alone is wrong already."""
        lines = [line for entry in entries for line in entry.lines]
        for known in self._known:
            known.clear()
        finds = self._resolver.finds
        self._resolver.prepare(
            {c.field: {line.cells[place] for line in lines} for place, c in self._columns if finds(c.field)}
        )
        rows: list[Row] = []
        wrong: Wrong = {}
        for entry in entries:
            row, told = self._row(entry)
            if told:
                wrong |= spread(entry, told, self._plan)
            else:
                rows.append(row)
        return rows, wrong

    def pass_over(self, entries: Iterable[Entry]) -> None:
        """Records that were taken before: their keys are known."""
        for entry in entries:
            self._again(entry.first)

    def _row(self, entry: Entry) -> tuple[Row, Told]:
        """A blank cell says nothing: a new record gets its default, a known one keeps what stands there."""
        first, told = entry.first, Told()
        values: dict[str, Any] = {}
        files: dict[FilePlace, tuple[Wanted, ...]] = {}
        for place, field, read in self._own:
            if text := first.cells[place]:
                value, found = read(text)
                if found:
                    told += [(first.number, one) for one in found]
                elif isinstance(value, tuple):
                    files[field.id,] = value
                elif value is not None:
                    values[field.id] = value
        origins: dict[str, tuple[int, ...]] = {}
        for name, columns in self._rows.items():
            given, origins[name], found_in = self._given(name, rows_of(entry, columns), files)
            told += found_in
            if given:
                values[name] = given
        told += self._again(first) + self._differing(entry)
        return Row(entry, values, origins, files), told

    def _remembering(self, read: Read) -> Read:
        """What was read in this batch need not be read again: dates, names, choices come many times."""
        known: dict[str, tuple[Any, list[Problem]]] = {}
        self._known.append(known)

        def remembered(text: str) -> tuple[Any, list[Problem]]:
            found = known.get(text)
            if found is None:
                found = read(text)
                if not (
                    found[1] or isinstance(found[0], (list, dict))
                ):  # those may be changed by whoever has one
                    known[text] = found
            return found

        return remembered

    def _reader(self, column: Column, field: FieldProgram) -> Read:
        """How a cell of this column becomes a value; files are a tuple of what is wanted."""
        if is_file(field):
            return lambda text: self._attached.find(field, text)
        if not self._resolver.finds(column.field):
            return lambda text: parse_value(field, text)

        def resolved(text: str) -> tuple[Any, list[Problem]]:
            raw, wrong = self._resolver.value(column.field, text)
            return (None, wrong) if wrong or raw in BLANK else parse_value(field, raw)

        return resolved

    def _given(
        self,
        name: str,
        lines: Sequence[tuple[Line, list[tuple[int, Column]]]],
        files: dict[FilePlace, tuple[Wanted, ...]],
    ) -> tuple[list[dict[str, Any]] | None, tuple[int, ...], Told]:
        """The rows of a sub-form, the lines they came from, and what is wrong with their cells."""
        given, told = list[dict[str, Any]](), Told()
        for number, (line, filled) in enumerate(lines):
            row: dict[str, Any] = {}
            for place, column in filled:
                raw, wrong = self._cell(column, line.cells[place])
                told += [(line.number, one.under(pointer(name, number))) for one in wrong]
                if isinstance(raw, tuple):
                    files[name, number, column.cell], raw = raw, [TO_COME] * len(raw)
                row[column.cell] = raw
            given.append(row)
        numbers = tuple(line.number for line, _ in lines)
        if told or not given:
            return None, numbers, told
        field = self._program.fields[name].field
        try:
            return (field.type.parse(given, field) if field.type else None), numbers, []
        except BadValue as bad:
            found = problem(bad.code, pointer(name), **{"field": field.text(), **bad.params})
            return None, numbers, [(numbers[0], found)]

    def _cell(self, column: Column, text: str) -> tuple[Any, list[Problem]]:
        """What the sub-form is handed for a cell; paths `/cell`."""
        field = program_of(self._program, column.field)
        assert field is not None
        if is_file(field):
            return self._attached.find(field, text)
        raw, wrong = self._resolver.value(column.field, text)
        return raw, wrong or parse_value(field, raw)[1]

    def _again(self, line: Line) -> Told:
        """What must be there once is there twice in this file."""
        found = Told()
        for place, field in self._alone:
            if text := line.cells[place]:
                first = self._seen.first(field.id, text, line.number)
                if first != line.number:
                    said = {"field": field.field.text(), "value": text[:100], "line": self._plan.told(first)}
                    found.append((line.number, problem("import.twice", pointer(field.id), **said)))
        return found

    def _differing(self, entry: Entry) -> Told:
        """A record's later lines say of it what the first one says, or nothing."""
        if len(entry.lines) == 1:
            return []
        names = dict(self._columns)
        return [
            (line.number, problem(
                "import.differs", pointer(names[place].field), line=self._plan.told(entry.first.number),
                field=label_of(self._program, names[place].field),
            ))
            for line, place in self.grouping.differing(entry)
        ]  # fmt: skip


def spread(entry: Entry, told: Told, plan: Plan) -> Wrong:
    """All lines of a record that is wrong somewhere: they come in together, mended, or not at all."""
    found: Wrong = {}
    for number, one in told:
        found.setdefault(number, []).append(one)
    where = plan.told(min(found))
    for number in entry.numbers:
        found.setdefault(number, [problem("import.with_line", line=where)])
    return found
