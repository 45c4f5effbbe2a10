"""Many records at once: set a field, add a tag; every row that cannot be changed says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.inputs import Inputs, raw_values
from builder_ui.listing import Listing
from builder_ui.models.inputs import Input
from builder_ui.models.listing import BulkOutcome
from builder_ui.models.parts import Option
from builder_ui.pages.listing import LIST, changeable
from builder_ui.site import Ask, Here, InPath, sent_form
from engine.records.query import Change, Query
from engine.whole_numbers import is_whole_number
from metamodel.forms import FieldDefinition
from metamodel.problems import Rejected, problem

MOST = 1_000


@dataclass(frozen=True, slots=True)
class BulkForm:
    """The drawer: which field, its input, and which records."""

    action: str
    kind: str
    fields: tuple[Option, ...]
    input: Input | None
    records: tuple[str, ...]
    everything: bool
    count: int
    choose_url: str


@get(f"{LIST}/bulk", sync_to_thread=True)
def bulk_form(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    tag_field, fields = changeable(listing)
    kind = visit.query.get("kind", "edit")
    chosen = tag_field if kind == "tag" else visit.query.get("field", "")
    known = next((listing.form.field(f.id) for f in fields if f.id == chosen), None)
    records, everything = tuple(visit.several("record")), visit.query.get("all") == "yes"
    made = _input(listing, known, kind) if known else None
    count = len(_ids(listing, records, everything)) if everything else len(records)
    options = tuple(Option(f.id, f.text, f.id == chosen) for f in fields)
    query = request.url.query or ""
    page = BulkForm(
        f"{listing.base}/bulk?{query}",
        kind,
        options,
        made,
        records,
        everything,
        count,
        f"{listing.base}/bulk?{query}",
    )
    return visit.part("parts/bulk.html", page)


@post(f"{LIST}/bulk", sync_to_thread=True)
def bulk_change(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """The one write path, record by record; nothing that fails stops the rest."""
    visit, sent = site.visit(request), sent_form(body)
    listing = Listing(visit, *visit.form(app_id, form_id))
    if sent.get("kind") == ["delete"]:
        records = _ids(listing, sent.get("record", []), sent.get("all") == ["yes"])
        plain = "application/json" not in request.headers.get("accept", "")
        return _deleted(listing, _delete(listing, records)) if plain else Response(_delete(listing, records))
    known = listing.form.field(sent.get("field", [""])[-1])
    if known is None:
        raise Rejected([problem("value.unknown_field", field=sent.get("field", [""])[-1])])
    ids = _ids(listing, sent.get("record", []), sent.get("all") == ["yes"])
    value = raw_values([known], sent).get(known.id)
    changes = _changes(listing, known, ids, value, adding=sent.get("kind") == ["tag"])
    outcomes = visit.runtime.records.update(visit.viewer, app_id, form_id, changes)
    failed = tuple(
        (o.id, record_url(app_id, form_id, o.id), " ".join(p.text(visit.language) for p in o.problems))
        for o in outcomes if not o.ok
    )  # fmt: skip
    outcome = BulkOutcome(len(outcomes) - len(failed), _titled(listing, failed), listing.address())
    return visit.page(
        "outcome.html", outcome, title=listing.form.text(visit.language), styles=("list",), app=listing.app
    )


def _deleted(listing: Listing, told: Mapping[str, Any]) -> Response[Any]:
    """Where the page has no script: the list says what went, and has a button that brings it back."""
    went = told["together"] if told["deleted"] else ""
    return listing.visit.go(listing.address(gone=went, went=str(told["deleted"]), stay=str(told["refused"])))


def _delete(listing: Listing, records: Sequence[str]) -> dict[str, Any]:
    """Into the recycle bin, each on its own: `{deleted, refused, why, together}`, `why` of the first refused."""
    visit = listing.visit
    gone = visit.runtime.recycle_bin.delete(visit.viewer, listing.app.id, listing.form.id, records)
    refused = [found.text(visit.language) for one in gone.outcomes for found in one.problems[:1]]
    why = refused[0] if refused else ""
    return {"deleted": len(gone.gone), "refused": len(refused), "why": why, "together": gone.together}


def _input(listing: Listing, known: FieldDefinition, kind: str) -> Input:
    inputs = Inputs(listing.base, listing.visit.presenter(listing.app.id))
    made = inputs.input(known, None, "", {"required": False})
    return replace(made, macro="picker", many=True) if kind == "tag" else made


def _ids(listing: Listing, chosen: Sequence[str], everything: bool) -> list[str]:
    """The records meant: the chosen ones, or the first thousand the list finds."""
    if not everything:
        return [record for record in dict.fromkeys(chosen) if is_whole_number(record)][:MOST]
    query: Query = replace(listing.query(size=MOST, columns=listing.title_fields), page=0, count=False)
    page = listing.visit.runtime.records.page(listing.visit.viewer, listing.app.id, listing.form.id, query)
    return [item.id for item in page.items]


def _changes(
    listing: Listing, known: FieldDefinition, ids: Sequence[str], value: Any, *, adding: bool
) -> list[Change]:
    if not adding:
        return [Change(record, {known.id: value}) for record in ids]
    stood = _standing(listing, known, ids)
    added = value if isinstance(value, list) else [value]
    return [Change(r, {known.id: list(dict.fromkeys([*stood.get(r, []), *added]))}) for r in ids]


def _standing(listing: Listing, known: FieldDefinition, ids: Sequence[str]) -> dict[str, list[Any]]:
    """What stands in a many-valued field of these records now."""
    visit, found = listing.visit, {}
    for record in ids:
        try:
            view = visit.runtime.records.get(visit.viewer, listing.app.id, listing.form.id, record)
        except Rejected:
            continue  # the update says so
        found[record] = list(view.values.get(known.id) or [])
    return found


def _titled(listing: Listing, failed: Sequence[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    made = []
    for record, url, reason in failed:
        try:
            viewed = listing.visit.runtime.records.get(
                listing.visit.viewer, listing.app.id, listing.form.id, record
            )
            made.append((viewed.title, url, reason))
        except Rejected:
            made.append((record, url, reason))
    return tuple(made)


HANDLERS = (
    bulk_form,
    bulk_change,
)
