"""A form's layout as sections and related lists; without one: all fields, then everything that links here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from metamodel.forms import FieldDefinition, Form, View
from metamodel.labels import label_text


@dataclass(frozen=True, slots=True)
class Block:
    """A section (fields with their spans), a note, or a related list (`options` as written)."""

    kind: str
    label: str = ""
    columns: int = 2
    fields: tuple[tuple[str, int], ...] = ()
    folded: bool = False
    note: str = ""
    options: Mapping[str, Any] = dataclass_field(default_factory=dict)


def blocks_of(form: Form, language: str, untitled: str) -> list[Block]:
    """The blocks of a form's layout, in order."""
    if not form.layout:
        return [Block("section", untitled, fields=tuple((field.id, 1) for field in form.fields))]
    return [_block(item, language, untitled) for item in form.layout]


def _block(item: Mapping[str, Any], language: str, untitled: str) -> Block:
    label = label_text(item.get("label"), language)
    match item.get("kind", "section"):
        case "related":
            return Block("related", label, options=item)
        case "note":
            return Block("note", label, note=label_text(item.get("text"), language))
    columns = item.get("columns", 2)
    return Block(
        "section", label or untitled, columns if columns in (1, 2, 3) else 2,
        tuple(_placed(entry) for entry in item.get("fields", ())), bool(item.get("folded")),
    )  # fmt: skip


def _placed(entry: Any) -> tuple[str, int]:
    if isinstance(entry, Mapping):
        return str(entry.get("field", "")), int(entry.get("span", 1))
    return str(entry), 1


def list_columns(form: Form, view: View | None, most: int = 8) -> list[str]:
    """Field ids of the columns: the view's, else the first that may stand in a list."""
    if view and view.columns:
        return [name for name in view.columns if form.field(name)]
    return [field.id for field in form.fields if fits_in_list(field)][:most]


def fits_in_list(field: FieldDefinition) -> bool:
    return field.usable and field.type is not None and not field.type.container
