"""What an import is to do: which column stands for which field, and what becomes of records known already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from engine.records.keyed import Mode
from engine.records.program import FieldProgram, FormProgram
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.problems import Problem

APART = 1_000_000  # lines of the n-th sheet beside the main one are numbered from n times this
Bad = Literal["leave_out", "nothing"]
MODES: tuple[Mode, ...] = ("create", "both", "update")


class Column(msgspec.Struct, frozen=True):
    """One column of the file. `field` blank: left out; `lines.price`: the column `price` of the sub-form `lines`.
    `by`: of a link, the field of the other form that holds what stands in the cells (blank: its title)."""

    heading: str
    field: str = ""
    by: str = ""

    @property
    def rows(self) -> str:
        """The sub-form whose rows it fills, '' for a field of the record itself."""
        return self.field.partition(".")[0] if "." in self.field else ""

    @property
    def cell(self) -> str:
        """The id of the field, within its rows where it is of a sub-form."""
        return self.field.rpartition(".")[2]


class Plan(msgspec.Struct, frozen=True):
    """`heading`: the line of the headings (0: where they seem to be). `key`: the field records are recognised by,
    in every mode but create. `bad`: leave wrong lines out, or import nothing where one is wrong. `attachments`:
    the id of an uploaded ZIP with the files that cells name. `beside`: the sheets whose lines were put among those
    of the main one, found when it was checked."""

    sheet: str = ""
    heading: int = 0
    columns: tuple[Column, ...] = ()
    mode: Mode = "create"
    key: str = ""
    bad: Bad = "leave_out"
    attachments: str = ""
    beside: tuple[str, ...] = ()

    def line(self, number: int) -> str:
        """A line as a person finds it: `5`, or `明细!5` on another sheet."""
        name, row = self._found(number)
        return f"{name}!{row}" if name else f"{row:,}"

    def told(self, number: int) -> Label:
        """The same in words, within a sentence."""
        name, row = self._found(number)
        if not name:
            return {"zh": f"第 {row:,} 行", "en": f"line {row:,}"}
        return {"zh": f"工作表“{name}”第 {row:,} 行", "en": f"line {row:,} of the sheet “{name}”"}

    def _found(self, number: int) -> tuple[str, int]:
        """The sheet, '' for the main one, and the line there."""
        place, row = divmod(number, APART)
        name = self.beside[place - 1] if 0 < place <= len(self.beside) else ""
        return (name, row) if name else ("", number)

    @property
    def fields(self) -> tuple[tuple[int, Column], ...]:
        """(place, column) of those that are taken over."""
        return tuple((place, column) for place, column in enumerate(self.columns) if column.field)

    def place_of(self, found: Problem) -> int | None:
        """Which column of the file a problem of one of its lines is about; None where of none."""
        parts = found.path.split("/")[1:]
        names = {".".join(parts[:1]), ".".join((parts[0], parts[2]))} if len(parts) > 2 else set(parts[:1])
        return next((place for place, column in self.fields if column.field in names), None)


@dataclass(frozen=True, slots=True)
class Target:
    """What a column may stand for: a field, or a column of a sub-form."""

    field: FieldDefinition
    within: FieldDefinition | None = None

    @property
    def id(self) -> str:
        return self.field.id if self.within is None else f"{self.within.id}.{self.field.id}"

    def text(self, language: str = "zh") -> str:
        own = self.field.text(language)
        return own if self.within is None else f"{self.within.text(language)}.{own}"

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a column of it may be headed with."""
        if self.within is None:
            return texts_of(self.field)
        around, own = texts_of(self.within), texts_of(self.field)
        return (*(f"{one}.{other}" for one in around for other in own), *own)


def program_of(program: FormProgram, name: str) -> FieldProgram | None:
    """The field a column stands for: of the form, or of one of its sub-forms."""
    rows, _, cell = name.rpartition(".")
    if not rows:
        return program.fields.get(name)
    cells = program.fields[rows].cells if rows in program.fields else ()
    return next((one for one in cells if one.id == cell), None)


def label_of(program: FormProgram, name: str) -> str:
    """How a person knows it; the id of what is gone."""
    found = program_of(program, name)
    if found is None:
        return name
    rows = name.rpartition(".")[0]
    return Target(found.field, program.fields[rows].field if rows else None).text()


def headings_key(headings: Sequence[str]) -> bytes:
    """The same for the same headings in the same order."""
    return "\0".join(headings).encode()


def texts_of(field: FieldDefinition) -> tuple[str, ...]:
    """Everything a column of this field may be headed with."""
    label = field.label
    words = (label,) if isinstance(label, str) else tuple(label.values())
    return tuple(word for word in (*words, label_text(label, "zh", field.id), field.id) if word)


def targets_of(fields: Sequence[FieldProgram]) -> Iterator[Target]:
    """What columns may stand for in these fields of a form: sub-forms by their columns."""
    for program in fields:
        if program.cells:
            cells = (cell for cell in program.cells if _text_says(cell) or is_file(cell))
            yield from (Target(cell.field, program.field) for cell in cells)
        elif _text_says(program) or is_file(program):
            yield Target(program.field)


def is_file(program: FieldProgram) -> bool:
    return program.reference is not None and program.reference.target == "file"


def _text_says(program: FieldProgram) -> bool:
    """Can a cell say it? Not rows inside a row, files, nor what is computed."""
    type_ = program.field.type
    return (
        type_ is not None and not type_.container and not is_file(program) and program.field.derived is None
    )
