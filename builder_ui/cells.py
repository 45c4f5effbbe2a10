"""Values as people see them: cells and the chips and files in them, ready to draw.

`drawing.py` makes them from records; templates (`parts/cells.html`) show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from builder_ui.templating import href
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Choice, Reference

CellKind = Literal["blank", "text", "long", "number", "boolean", "chips", "files", "rows", "away", "pending"]
Look = Literal["fill", "dot", "link", "person", "plain"]
FILE_ICONS = {"image": "image", "audio": "voice", "video": "video"}


class Chip(NamedTuple):
    """One word or link; `key` decides the colour when `hue` names none.

    Tags are filled, a single choice is a dot and its word, records are links, people have a face:
    colour stays with what was put there to be seen.
    """

    text: str
    hue: str = ""
    key: str = ""
    href: str = ""
    icon: str = ""
    title: str = ""
    look: Look = "fill"


@dataclass(frozen=True, slots=True)
class FileLink:
    """`href` blank: it does not open for who reads this. `below`: what stands under it, of a signature."""

    name: str
    href: str
    size: str = ""
    media_type: str = ""
    below: str = ""

    @property
    def icon(self) -> str:
        return "lock" if not self.href else FILE_ICONS.get(self.media_type.split("/")[0], "file")


class Cell(NamedTuple):
    """One field of one record, ready to draw. `away`: there is a value, and this viewer may not see it;
    `pending`: it is still being computed, or brought over from the type it was."""

    field: str
    label: str
    kind: CellKind
    text: str = ""
    chips: tuple[Chip, ...] = ()
    files: tuple[FileLink, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()  # of Cells
    widths: tuple[int, ...] = ()  # of the columns; and what stands below each, where any wants a total
    totals: tuple[str, ...] = ()
    masked: bool = False
    sealed: bool = False
    evidence: bool = False
    span: int = 1
    own: frozenset[str] = frozenset()  # what its type draws itself: look (on a page), cell (in a list), print
    look: str = ""  # one of our macros that draws it on a page, and `short` in a list
    short: str = ""
    inner: Any = None  # the value they draw
    type: str = ""  # of the field, where its plugin brings macros
    adding: Any = None  # of the other end of a link: what may be linked here (`models/record.py`)

    @property
    def on_page(self) -> str:
        """Its kind, or "own" where its type has a say."""
        return "own" if "look" in self.own or "print" in self.own else self.kind

    @property
    def in_list(self) -> str:
        return "own" if "cell" in self.own else self.kind


def choice_chip(choice: Choice | None, value: str, language: str, look: Look = "fill") -> Chip:
    if choice is None:
        return Chip(value, key=value, look=look)
    return Chip(label_text(choice.label, language, value), choice.color, value, look=look)


def record_url(app: str, form: str, record: str, **query: Any) -> str:
    return href(f"/apps/{app}/forms/{form}/records/{record}", **query)


def file_size(size: int) -> str:
    """Bytes as people say them."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError


def pointed(fields: Iterable[FieldDefinition], values: Mapping[str, Any]) -> Iterator[tuple[Reference, str]]:
    """Every record these JSON values point at, cells of sub-forms included."""
    for field in fields:
        value = values.get(field.id)
        if not value or field.type is None or field.options is None:
            continue
        if field.type.container and isinstance(value, list):
            for row in value:
                yield from pointed(field.fields, row)
            continue
        reference = field.type.reference(field)
        if reference is not None and reference.target == "record":
            yield from ((reference, str(item)) for item in (value if isinstance(value, list) else [value]))
