"""Records as lines of text: one each, or as many as a sub-form in it has rows. Imports read them back as they were.

A record's own cells stand in its first line only, so that its lines are told from those of the next record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from engine.records.program import FieldProgram
from engine.records.references import show
from engine.records.rows import Row
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import Display

Place = Callable[[int, str, str], str]  # record, file, its name -> where it lies beside the sheet


def inner_of(field: FieldDefinition) -> tuple[FieldDefinition, ...]:
    """The columns a sub-form is shown in; none of a field that has one of its own."""
    return tuple(one for one in field.fields if one.usable)


def holds_rows(field: FieldProgram) -> bool:
    """Is it a sub-form?"""
    return bool(field.cells)


def headings(fields: Sequence[FieldProgram], opened: Collection[str], language: str) -> list[str]:
    """A sub-form that is opened has a column for each of its own: 明细.产品."""
    return [text for field in fields for text in _headings(field, opened, language)]


def _headings(field: FieldProgram, opened: Collection[str], language: str) -> list[str]:
    own = field.field.text(language)
    if field.id not in opened:
        return [own]
    return [f"{own}.{cell.field.text(language)}" for cell in field.cells] or [own]


def lines(
    fields: Sequence[FieldProgram], opened: Collection[str], row: Row, display: Display,
    place: Place | None = None, shut: Collection[str] = (),
) -> Iterator[list[str]]:  # fmt: skip
    """`place`: files are not shown by name but by where they lie; in `shut` fields they are not to be had."""
    inner = {field.id: _rows(field, row) for field in fields if field.cells and field.id in opened}
    for number in range(max(map(len, inner.values()), default=1) or 1):
        made: list[str] = []
        for field in fields:
            if field.id in inner:
                some = inner[field.id]
                here = None if field.id in shut else place
                made += _cells(field, some[number] if number < len(some) else {}, row, display, here)
            else:
                made.append(
                    "" if number else _shown(field, row, display, None if field.id in shut else place)
                )
        yield made


def _rows(field: FieldProgram, row: Row) -> list[dict[str, Any]]:
    """Those with something in them."""
    value = row.values.get(field.id)
    rows = value if isinstance(value, list) else []
    return [one for one in rows if any(one.get(cell.id) is not None for cell in field.cells)]


def _cells(
    field: FieldProgram, given: dict[str, Any], row: Row, display: Display, place: Place | None
) -> list[str]:
    masked = row.access.get(field.id) == "mask"

    def text(cell: FieldProgram) -> str:
        value = given.get(cell.id)
        if value is None or cell.field.type is None:
            return ""
        if masked:
            return value if isinstance(value, str) else ""
        if place is not None and cell.holds_files:
            return _files(cell.files(value), row, display, place)
        return cell.field.type.display(value, cell.field, display)

    return [text(cell) for cell in field.cells]


def _shown(field: FieldProgram, row: Row, display: Display, place: Place | None) -> str:
    value, reference = row.values.get(field.id), field.reference
    if place is None or value is None or reference is None or reference.target != "file":
        return show(field, row, display)
    assert field.field.type is not None
    files = field.field.type.references(value, field.field)
    return _files(files, row, display, place)


def _files(files: Iterable[str], row: Row, display: Display, place: Place) -> str:
    """A name may hold a comma, so it never parts them; an import takes either sign."""
    joint = "、" if display.language.startswith("zh") else "; "
    return joint.join(place(row.id, one, display.name("file", one)) for one in files)
