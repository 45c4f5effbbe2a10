"""What a list finds as a file: its columns or others, CSV or Excel, or a ZIP with the files as well; only what the
viewer may see leaves, and it comes in again as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from builder_ui.layouts import fits_in_list
from builder_ui.listing import Listing
from builder_ui.models.parts import Option
from builder_ui.pages.importing.start import PRIVATE, WORKBOOK
from builder_ui.pages.listing import LIST, is_numeric, total_text
from builder_ui.site import Ask, Here, InPath
from engine.packages.names import file_name
from engine.packages.zipping import Zipping
from engine.records.exporting import inner_of
from engine.records.query import Condition, Query
from engine.spreadsheets import csv_lines
from engine.workbook_writing import workbook_pieces
from metamodel.forms import FieldDefinition
from metamodel.problems import Rejected, problem

FILES = "files"  # the folder of a ZIP they lie in


@dataclass(frozen=True, slots=True)
class ExportForm:
    """The drawer: the list's own query goes along hidden; `total` is what the progress is counted against;
    `files`: there are some that may go along."""

    action: str
    about: str
    total: int
    hidden: tuple[tuple[str, str], ...]
    columns: tuple[Option, ...]
    files: bool = False


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
    )  # fmt: skip
    return visit.part("parts/export.html", page)


@get(f"{LIST}/export", sync_to_thread=True)
def export(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Stream:
    """What the list shows (or the chosen rows, or `column`s) as CSV that Excel opens, or `as=xlsx`, or `as=zip`: a
    workbook with the files it names."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    query = _query(listing)
    if visit.query.get("as") == "zip":
        return _packed(listing, query, visit.runtime.watermark(visit.viewer))
    rows = visit.runtime.records.export(visit.viewer, app_id, form_id, query)
    heading = next(rows)  # a refusal comes here, before anything is on its way
    name = f"{form_id}-{visit.moments.today:%Y%m%d-%H%M}"
    mark = visit.runtime.watermark(visit.viewer)
    if visit.query.get("as") == "xlsx":
        pieces = workbook_pieces(heading, rows, _numeric(listing, query), mark)
        return _sent(pieces, WORKBOOK, f"{name}.xlsx")
    lines: Iterator[list[str]] = chain([heading], rows, [[mark]] if mark else [])
    return _sent(csv_lines(lines), "text/csv; charset=utf-8", f"{name}.csv")


def _sent(pieces: Iterator[bytes], media_type: str, name: str) -> Stream:
    """As it comes: nobody waits for the end before the beginning, and little is held."""
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(pieces, media_type=media_type, headers=headers)


def _packed(listing: Listing, query: Query, mark: str) -> Stream:
    """The workbook, and the files beside it under the paths its cells name."""
    visit, form = listing.visit, listing.form
    taken: dict[str, str] = {}

    def place(record: int, file: str, name: str) -> str:
        path = f"{FILES}/{record}/{file_name(name)}"
        path = path if taken.get(path, file) == file else f"{FILES}/{record}/{file}-{file_name(name)}"
        taken[path] = file
        return path

    rows = visit.runtime.records.export(visit.viewer, listing.app.id, form.id, query, place)
    heading = next(rows)  # every refusal comes here

    def pieces() -> Iterator[bytes]:
        packing = Zipping(visit.moments.now)
        yield from packing.add(
            f"{form.id}.xlsx", workbook_pieces(heading, rows, _numeric(listing, query), mark)
        )
        for path, file in taken.items():
            yield from packing.add(path, visit.runtime.files.open(file))
        if mark:
            yield from packing.add("watermark.md", [mark.encode()])
        yield from packing.finish()

    return _sent(pieces(), "application/zip", f"{form.id}-{visit.moments.today:%Y%m%d-%H%M}.zip")


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
    asked = [field for name in query.columns if (field := listing.form.field(name))]
    fields = [one for field in asked for one in (inner_of(field) or (field,))]
    return frozenset(place for place, field in enumerate(fields) if is_numeric(field))


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
    return reference is not None and reference.target == "file"


HANDLERS = (export_form, export)
