"""What of a record may stand in a definition, which is not encrypted: plain values that people gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.records.program import FormProgram
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue

BLANK: tuple[Any, ...] = (None, "", [])


def told_values(program: FormProgram, values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON, of what people give; encrypted contents by an example of their kind where a record needs one."""
    found = {}
    for name, value in values.items():
        known = program.fields.get(name)
        if known is not None and tellable(known.field):
            found[name] = _told(known.field, value)
    return found


def told_json(program: FormProgram, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same of values that are JSON already, as a viewer gets them."""
    found = {}
    for name, value in values.items():
        known = program.fields.get(name)
        if known is not None and tellable(known.field):
            found[name] = _told(known.field, value, written=True)
    return found


def tellable(one: FieldDefinition) -> bool:
    """Given by people, and plain, or needed; of a file only that there is one."""
    if one.type is None or one.derived is not None:
        return False
    return not one.sealed or one.required or points_at(one) == "file"


def points_at(one: FieldDefinition) -> str:
    reference = one.type.reference(one) if one.type else None
    return reference.target if reference is not None else ""


def _told(one: FieldDefinition, value: Any, written: bool = False) -> Any:
    """`written`: the value is JSON."""
    if value in BLANK or one.type is None:
        return None
    if one.type.container:
        columns = {column.id: column for column in one.fields if tellable(column)}
        return [
            {name: _told(columns[name], cell, written) for name, cell in row.items() if name in columns}
            for row in value
        ]
    if one.sealed and points_at(one) != "file":
        return _example(one)
    return value if written else one.type.to_json(value, one)


def _example(one: FieldDefinition) -> Any:
    assert one.type is not None
    for raw, _ in one.type.examples:
        try:
            return one.type.to_json(one.type.parse(raw, one), one)
        except BadValue:
            continue
    return None
