"""What an import is to do: which column stands for which field, and what becomes of records known already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from engine.records.keyed import Mode
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text

Bad = Literal["leave_out", "nothing"]
MODES: tuple[Mode, ...] = ("create", "both", "update")


class Column(msgspec.Struct, frozen=True):
    """One column of the file. `field` blank: left out. `by`: of a link, the field of the other form that holds
    what stands in the cells (blank: its title)."""

    heading: str
    field: str = ""
    by: str = ""


class Plan(msgspec.Struct, frozen=True):
    """`heading`: the line of the headings (0: where they seem to be). `key`: the field records are recognised by,
    in every mode but create. `bad`: leave wrong lines out, or import nothing where one is wrong."""

    sheet: str = ""
    heading: int = 0
    columns: tuple[Column, ...] = ()
    mode: Mode = "create"
    key: str = ""
    bad: Bad = "leave_out"

    @property
    def fields(self) -> tuple[tuple[int, Column], ...]:
        """(place, column) of those that are taken over."""
        return tuple((place, column) for place, column in enumerate(self.columns) if column.field)


def headings_key(headings: Sequence[str]) -> bytes:
    """The same for the same headings in the same order."""
    return "\0".join(headings).encode()


def texts_of(field: FieldDefinition) -> tuple[str, ...]:
    """Everything a column of this field may be headed with."""
    label = field.label
    words = (label,) if isinstance(label, str) else tuple(label.values())
    return tuple(word for word in (*words, label_text(label, "zh", field.id), field.id) if word)
