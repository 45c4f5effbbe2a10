"""The other end of a link on a record's page: a new record there that links back, one that is there already, or one
that is linked no more. What is written is the link over there (`engine/records/linking.py`)."""

from __future__ import annotations

from typing import Any

from litestar import Response, post

from builder_ui.cells import Cell, record_url
from builder_ui.models.record import Adding
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import BACK, href
from engine.records.query import RecordView
from metamodel.application import App
from metamodel.forms import Form
from metamodel.plugin_api import LinkedFrom
from metamodel.problems import Rejected

RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"


def with_adding(visit: Visit, app: App, form: Form, view: RecordView, cell: Cell) -> Cell:
    """The cell with what may be added there, where it is the other end of a link and anything may."""
    field = form.field(cell.field)
    if (
        field is None
        or not isinstance(field.derived, LinkedFrom)
        or view.access.get(field.id) in ("hide", "mask")
    ):
        return cell
    try:
        offer = visit.runtime.linking.offer(visit.viewer, app.id, form.id, field.id)
    except Rejected:
        return cell
    if not (offer.create or offer.link):
        return cell
    here, base = record_url(app.id, form.id, view.id), f"/apps/{app.id}/forms/{form.id}"
    there = visit.runtime.applications.get(offer.app).form(offer.form)
    new = f"/apps/{offer.app}/forms/{offer.form}/new"
    ids = [str(one) for one in view.values.get(field.id) or ()]
    parting = tuple(zip(cell.chips, ids, strict=True)) if offer.link and len(ids) == len(cell.chips) else ()
    adding = Adding(
        there.text(visit.language) if there else offer.form, field.id, f"{here}/linked/{field.id}",
        href(new, **{offer.via: view.id, BACK: here}) if offer.create else "",
        f"{base}/options/{field.id}" if offer.link else "", visit.csrf, parting,
    )  # fmt: skip
    return cell._replace(adding=adding)


@post(f"{RECORD}/linked/{{field:str}}", sync_to_thread=True)
def link(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, field: InPath, body: bytes
) -> Response[Any]:
    """`add` and `remove`: records over there."""
    visit, sent = site.visit(request), sent_form(body)
    add, remove = ([one for one in sent.get(name, []) if one] for name in ("add", "remove"))
    visit.runtime.linking.link(visit.viewer, app_id, form_id, record, field, add, remove)
    return visit.go(record_url(app_id, form_id, record))


HANDLERS = (link,)
