"""What a list finds as a file: its columns or others, CSV or Excel; only what the viewer may see leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from builder_ui.layouts import fits_in_list
from builder_ui.models.parts import Option
from builder_ui.pages.importing.start import PRIVATE, workbook
from builder_ui.pages.listing import LIST, Listing, is_numeric, total_text
from builder_ui.site import Ask, Here, InPath
from engine.records.query import Condition, Query
from engine.spreadsheets import csv_lines, workbook_of
from metamodel.problems import Rejected, problem


@dataclass(frozen=True, slots=True)
class ExportForm:
    """The drawer: the list's own query goes along hidden; `total` is what the progress is counted against."""

    action: str
    about: str
    total: int
    hidden: tuple[tuple[str, str], ...]
    columns: tuple[Option, ...]


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
        _columns(listing),
    )  # fmt: skip
    return visit.part("parts/export.html", page)


@get(f"{LIST}/export", sync_to_thread=True)
def export(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Stream | Response[bytes]:
    """What the list shows (or the chosen rows, or `column`s) as CSV that Excel opens, or `as=xlsx`."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    query = _query(listing)
    rows = visit.runtime.records.export(visit.viewer, app_id, form_id, query)
    heading = next(rows)  # a refusal comes here, before anything is on its way
    name = f"{form_id}-{visit.moments.today:%Y%m%d-%H%M}"
    mark = site.frames.watermark(visit)
    if visit.query.get("as") == "xlsx":
        return workbook(workbook_of(heading, rows, _numeric(listing, query), mark), f"{name}.xlsx")
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    lines: Iterator[list[str]] = chain([heading], rows, [[mark]] if mark else [])
    return Stream(csv_lines(lines), media_type="text/csv; charset=utf-8", headers=headers)


def _query(listing: Listing) -> Query:
    visit = listing.visit
    chosen = [name for name in visit.several("column") if listing.form.field(name)]
    columns = [name for name in chosen or listing.columns if listing.access(name) != "hide"]
    query = replace(listing.query(columns=columns), page=0)
    ids = visit.several("record")
    if not ids:
        return query
    return replace(query, conditions=(*query.conditions, Condition("id", "any_of", tuple(ids))))


def _numeric(listing: Listing, query: Query) -> frozenset[int]:
    """The places of columns with numbers that can be summed."""
    fields = [field for name in query.columns if (field := listing.form.field(name))]
    return frozenset(place for place, field in enumerate(fields) if is_numeric(field))


def _columns(listing: Listing) -> tuple[Option, ...]:
    """Every field that may be read, those of the list first and chosen."""
    shown: list[Any] = listing.columns
    fields = [f for f in listing.form.fields if fits_in_list(f) and listing.access(f.id) != "hide"]
    fields.sort(key=lambda field: shown.index(field.id) if field.id in shown else len(shown))
    return tuple(Option(f.id, f.text(listing.visit.language), f.id in shown) for f in fields)


HANDLERS = (export_form, export)
