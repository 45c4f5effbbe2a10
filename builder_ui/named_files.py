"""The files in a record's fields, how their names are shown to whoever reads the record, and whether they open."""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.records.query import RecordView
from metamodel.forms import FieldDefinition
from metamodel.masking import Hide, patterns_of
from metamodel.plugin_api import Reference


def file_ids(field: FieldDefinition | None, item: RecordView) -> list[str]:
    return files_of(field, item.values.get(field.id)) if field is not None else []


def files_of(field: FieldDefinition, value: Any) -> list[str]:
    """The ids of the files in a JSON value; of a sub-form's those in its rows."""
    if field.type is None or field.options is None or not isinstance(value, list):
        return []
    if field.type.container:
        rows = [row for row in value if isinstance(row, dict)]
        return [one for row in rows for cell in field.fields for one in files_of(cell, row.get(cell.id))]
    reference = field.type.reference(field)
    held = isinstance(reference, Reference) and reference.target == "file"
    return [str(one) for one in value] if held else []


class Named(NamedTuple):
    """How a file's name is shown; `closed`: it does not open; `foreign`: not even its name is to be had."""

    hide: Hide = str
    closed: bool = False
    foreign: bool = False


def files_in(field: FieldDefinition, item: RecordView) -> dict[str, Named]:
    """The files in a field, as they are for whoever read the record."""
    masked = item.access.get(field.id) == "mask" and field.patterns
    hide: Hide = patterns_of(field.patterns).mask if masked else str
    shut = field.id in item.closed
    return {one: Named(hide, shut, one in item.foreign) for one in file_ids(field, item)}
