"""One input of a form: everything its macro in `parts/inputs.html` needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder_ui.cells import Chip, FileLink
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class Picked:
    """A chosen record, person, department or tag inside a picker."""

    id: str
    text: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """`macro` names the control; `name` is the HTML name; `value` its text.

    `picker` is the URL that searches, `columns`/`rows` are a sub-form's (a row is a tuple of inputs,
    `blank_row` the one that is copied), `attributes` go onto the control (min, max, step, unit …).
    `parts` are the inputs of a value edited in pieces, `items` what a checklist holds.
    """

    id: str
    name: str
    label: str
    macro: str = "text"
    value: str = ""
    help: str = ""
    required: bool = False
    writable: bool = True
    visible: bool = True
    sealed: bool = False
    evidence: bool = False
    options: tuple[Option, ...] = ()
    without: tuple[str, ...] = ()  # choices that conditions keep back now
    hidden: tuple[str, ...] = ()  # of a picker: those that new entries do not get
    picked: tuple[Picked, ...] = ()
    many: bool = False
    free: bool = False
    picker: str = ""
    files: tuple[FileLink, ...] = ()
    file_ids: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()
    blank_row: tuple[Input, ...] = ()
    widths: tuple[int, ...] = ()  # of its columns in pixels; none where nobody said how wide any is
    totals: Mapping[str, str] | None = None  # what stands below the columns that want it
    attributes: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    span: int = 1
    parts: tuple[Input, ...] = ()
    items: tuple[tuple[str, bool], ...] = ()
    closed: bool = False  # of a cell: a condition closes it for now
    card: tuple[str, ...] = ()  # of a sub-form: the columns on the card of a row
    type: str = ""  # of the field, where its plugin draws the control itself
    form: str = "edit"  # or filter: which of the plugin's macros
    phone: str = ""  # the macro on a phone, where it is another

    @property
    def control_id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def wide(self) -> bool:
        return self.macro in (
            "textarea",
            "code",
            "rows",
            "files",
            "rich",
            "parts",
            "location",
            "checklist",
            "lines",
            "signature",
        )
