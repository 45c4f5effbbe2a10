"""Another type for a published field: which types can hold its values, before anything happens.

What does not convert to one of them `conversion.py` says; choosing one is an edit of the draft like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from builder_ui.site import Ask, Here, InPath, Visit
from builder_ui.templating import href
from metamodel.labels import label_text
from metamodel.plugin_api import Field

FORM = "/design/{app_id:str}/forms/{form_id:str}"


@dataclass(frozen=True, slots=True)
class TypeTile:
    """`href` leads to a closer look at it, `conversion` answers what of the values converts."""

    name: str
    label: str
    icon: str
    about: str
    href: str
    conversion: str


@dataclass(frozen=True, slots=True)
class TypesDrawer:
    """All types that can hold the values of a field, or the `chosen` one of them."""

    label: str
    back: str
    types: tuple[TypeTile, ...] = ()
    chosen: TypeTile | None = None


@get(f"{FORM}/types", sync_to_thread=True)
def types_drawer(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """`field` -> the types that can hold its values; with `to` that one. Rejected for what is not published."""
    visit = site.visit(request)
    field, to = visit.query.get("field", ""), visit.query.get("to", "")
    found = visit.runtime.conversions.types(visit.viewer, app_id, form_id, field)
    base = f"/design/{app_id}/forms/{form_id}"
    tiles = tuple(_tile(visit, base, field, one.type, one.converts, one.tried) for one in found)
    there = visit.runtime.applications.get(app_id).form(form_id)
    known = there.field(field) if there else None
    page = TypesDrawer(
        known.text(visit.language) if known else field, href(f"{base}/types", field=field), tiles,
        next((tile for tile in tiles if tile.name == to), None),
    )  # fmt: skip
    return visit.part("design/types.html", page)


def _tile(visit: Visit, base: str, field: str, type_: Field, converts: int, tried: int) -> TypeTile:
    some = visit.text("%(fits)s of %(n)s convert", fits=f"{converts:,}", n=f"{tried:,}")
    return TypeTile(
        type_.name, label_text(type_.label, visit.language, type_.name), type_.icon,
        "" if not tried else some if converts < tried else visit.text("All convert"),
        href(f"{base}/types", field=field, to=type_.name),
        href(f"{base}/conversion", field=field, type=type_.name),
    )  # fmt: skip


HANDLERS = (types_drawer,)
