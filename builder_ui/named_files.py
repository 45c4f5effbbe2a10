"""The files in a record's fields, how their names are shown to whoever reads the record, and whether they open."""

from __future__ import annotations

from typing import NamedTuple

from engine.records.query import RecordView
from metamodel.forms import FieldDefinition
from metamodel.masking import Hide, patterns_of
from metamodel.plugin_api import Reference


def file_ids(field: FieldDefinition | None, item: RecordView) -> list[str]:
    reference = field.type.reference(field) if field and field.type and field.options is not None else None
    if not isinstance(reference, Reference) or reference.target != "file" or field is None:
        return []
    value = item.values.get(field.id)
    return [str(i) for i in value] if isinstance(value, list) else []


class Named(NamedTuple):
    """How a file's name is shown; `closed`: it does not open."""

    hide: Hide = str
    closed: bool = False


def files_in(field: FieldDefinition, item: RecordView) -> dict[str, Named]:
    """The files in a field, as they are for whoever read the record."""
    masked = item.access.get(field.id) == "mask" and field.patterns
    hide: Hide = patterns_of(field.patterns).mask if masked else str
    return dict.fromkeys(file_ids(field, item), Named(hide, field.id in item.closed))
