"""What a list finds as a file: its columns or others, CSV or Excel, or a ZIP with the files as well; only what the
viewer may see leaves, and it comes in again as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from builder_ui.layouts import fits_in_list
from builder_ui.listing import Listing
from builder_ui.models.parts import Option
from builder_ui.pages.importing.start import PRIVATE
from builder_ui.pages.listing import LIST, total_text
from builder_ui.site import Ask, Here, InPath
from engine.exports import KINDS, Kind
from engine.records.exporting import inner_of
from engine.records.query import Condition, Query
from metamodel.forms import FieldDefinition
from metamodel.problems import Rejected, problem


@dataclass(frozen=True, slots=True)
class ExportForm:
    """The drawer: the list's own query goes along hidden; `total` is what the progress is counted against;
    `files`: there are some that may go along; `rows`: there are sub-forms."""

    action: str
    about: str
    total: int
    hidden: tuple[tuple[str, str], ...]
    columns: tuple[Option, ...]
    files: bool = False
    rows: bool = False


@get(f"{LIST}/export/form", sync_to_thread=True)
def export_form(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[bytes]:
    """Which columns, in which format."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    if not listing.may("export"):
        raise Rejected([problem("access.denied")])
    found = visit.runtime.records.page(visit.viewer, app_id, form_id, replace(listing.query(size=1), page=0))
    kept = tuple((name, value) for name, value in listing.asked.items() if name not in ("columns", "page"))
    kept += tuple(("where", condition.in_url()) for condition in listing.conditions)
    page = ExportForm(
        f"{listing.base}/export", total_text(visit, found), found.total if found.total_exact else 0, kept,
        _columns(listing), any(_holds_files(field) for field in _readable(listing)),
        any(map(inner_of, _readable(listing))),
    )  # fmt: skip
    return visit.part("parts/export.html", page)


@get(f"{LIST}/export", sync_to_thread=True)
def export(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Stream:
    """What the list shows (or the chosen rows, or `column`s) as CSV that Excel opens, or `as=xlsx`, or `as=zip`: a
    workbook with the files it names; `rows=sheets`: rows of sub-forms on sheets of their own."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    kind: Kind = next((one for one in KINDS if one == visit.query.get("as")), "csv")
    apart = visit.query.get("rows") == "sheets"
    made = visit.runtime.exports.make(visit.viewer, app_id, form_id, _query(listing), kind, apart)
    name = f"{form_id}-{visit.moments.today:%Y%m%d-%H%M}.{kind}"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(made, media_type=KINDS[kind], headers=headers)


def _query(listing: Listing) -> Query:
    visit = listing.visit
    chosen = [name for name in visit.several("column") if listing.form.field(name)]
    columns = [name for name in chosen or listing.columns if listing.access(name) != "hide"]
    query = replace(listing.query(columns=columns), page=0)
    ids = visit.several("record")
    if not ids:
        return query
    return replace(query, conditions=(*query.conditions, Condition("id", "any_of", tuple(ids))))


def _readable(listing: Listing) -> list[FieldDefinition]:
    return [field for field in listing.form.fields if field.usable and listing.access(field.id) != "hide"]


def _columns(listing: Listing) -> tuple[Option, ...]:
    """Every field that may be read, those of the list first and chosen; sub-forms by their rows."""
    shown: list[Any] = listing.columns
    language = listing.visit.language
    fields = [field for field in _readable(listing) if fits_in_list(field) or inner_of(field)]
    fields.sort(key=lambda field: shown.index(field.id) if field.id in shown else len(shown))
    return tuple(
        Option(
            f.id,
            f.text(language),
            f.id in shown,
            sub=listing.visit.text("a line for each row") if inner_of(f) else "",
        )
        for f in fields
    )


def _holds_files(field: FieldDefinition) -> bool:
    reference = field.type.reference(field) if field.type is not None else None
    own = reference is not None and reference.target == "file"
    return own or any(map(_holds_files, inner_of(field)))


HANDLERS = (export_form, export)
