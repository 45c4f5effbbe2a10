"""A form's layout as pages draw it: its blocks, then the fields that stand in none; and what fits a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metamodel.application import App
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


def way_to(apps: Mapping[str, App], app: App, form: Form, path: str) -> tuple[FieldDefinition, ...]:
    """The fields a path like `customer.level` leads through, the last at its end; () where it leads nowhere."""
    link, _, rest = path.partition(".")
    field = form.field(link)
    if field is None or not rest:
        return (field,) if field else ()
    there = behind(apps, app, field)
    further = way_to(apps, *there, rest) if there else ()
    return (field, *further) if further else ()


def behind(apps: Mapping[str, App], app: App, field: FieldDefinition) -> tuple[App, Form] | None:
    """The form that a link points at."""
    reference = field.type.reference(field) if field.type and field.options is not None else None
    if reference is None or reference.target != "record":
        return None
    holder = apps.get(reference.app, app) if reference.app else app
    form = holder.form(reference.form)
    return (holder, form) if form else None


def is_column(way: Sequence[FieldDefinition]) -> bool:
    """May what a way leads to stand in a list? Not behind a link to several records: there is one cell."""
    return bool(way) and fits_in_list(way[-1]) and not any(one.type and one.type.many for one in way[:-1])


def fits_in_list(field: FieldDefinition) -> bool:
    return field.usable and field.type is not None and not field.type.container
