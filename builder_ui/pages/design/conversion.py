"""Beside the chooser of a field's type: how many of its values convert, and the records that do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from builder_ui.cells import record_url
from builder_ui.models.parts import Link
from builder_ui.site import Ask, Here, InPath, Visit
from engine.designing.conversions import Conversion
from metamodel.labels import label_text
from metamodel.problems import Rejected


@dataclass(frozen=True, slots=True)
class ConversionPart:
    """`rows`: a record's title and what stands in it; blank `text`: nothing to say."""

    text: str = ""
    fits: bool = True
    newest: str = ""  # said where not all could be looked at
    rows: tuple[tuple[Link, str], ...] = ()
    hidden: str = ""  # records that do not convert and this designer may not read


@get("/design/{app_id:str}/forms/{form_id:str}/conversion", sync_to_thread=True)
def conversion(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """`?field=ID&type=NAME`. A field that is not published yet has no values: an empty part."""
    visit = site.visit(request)
    field, name = visit.query.get("field", ""), visit.query.get("type", "")
    try:
        found = visit.runtime.conversions.preview(visit.viewer, app_id, form_id, field, {"type": name})
    except Rejected as refused:
        if refused.problems[0].code.startswith(("access.", "app.")):
            raise
        return visit.part("design/conversion.html", ConversionPart())
    return visit.part("design/conversion.html", _part(visit, app_id, form_id, field, name, found))


def _part(visit: Visit, app: str, form: str, field: str, name: str, found: Conversion) -> ConversionPart:
    counts = found.counts
    type_ = visit.runtime.registry.get("field", name)
    label = label_text(type_.label, visit.language) if type_ else name
    if not counts.looked:
        return ConversionPart(visit.text("No values yet: nothing has to be converted."))
    text = visit.text(
        "To %(type)s: %(good)s convert, %(bad)s do not",
        type=label, good=f"{counts.converts:,}", bad=f"{counts.fails:,}",
    )  # fmt: skip
    rows = tuple((Link(row.title, record_url(app, form, row.id)), row.display[field]) for row in found.rows)
    newest = "" if counts.exact else visit.text("of the newest %(num)s", num=f"{counts.looked:,}")
    unseen = max(counts.fails - len(rows), 0)
    hidden = visit.count("%(num)s more record", "%(num)s more records", unseen) if unseen and rows else ""
    return ConversionPart(text, not counts.fails, newest, rows, hidden)


HANDLERS = (conversion,)
