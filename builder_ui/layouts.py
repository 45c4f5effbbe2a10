"""A form's layout as pages draw it: its blocks, then the fields that stand in none; and what fits a list."""

from __future__ import annotations

from metamodel.forms import FieldDefinition, Form, View
from metamodel.layouts import Block, PlacedField, placed

REST = "-rest"  # the key of the section of what stands nowhere; no id looks like that


def blocks_of(form: Form, whole: str, rest: str) -> tuple[Block, ...]:
    """The blocks of a form; `whole` heads the one section of a form without a layout, `rest` the last
    section of one with a layout, where the fields are that stand in no block."""
    standing = set(placed(form.layout))
    left = tuple(PlacedField(field.id) for field in form.fields if field.id not in standing)
    if not left:
        return form.layout
    return (*form.layout, Block("section", label=rest if form.layout else whole, fields=left, key=REST))


def list_columns(form: Form, view: View | None, most: int = 8) -> list[str]:
    """Field ids of the columns: the view's, else the first that may stand in a list."""
    if view and view.columns:
        return [name for name in view.columns if form.field(name)]
    return [field.id for field in form.fields if fits_in_list(field)][:most]


def fits_in_list(field: FieldDefinition) -> bool:
    return field.usable and field.type is not None and not field.type.container
