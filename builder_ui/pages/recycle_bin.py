"""The recycle bin of a form: what was deleted in the last thirty days, and bringing it back."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.layouts import list_columns
from builder_ui.models.around import BinRow, BinView
from builder_ui.models.parts import Link
from builder_ui.pages.door import one
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.records.recycling import PAGE, InBin
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected

BIN = "/apps/{app_id:str}/forms/{form_id:str}/recycle-bin"
STYLES = ("list", "record")
FACTS = 3
SOON = 3  # days


@get(BIN, sync_to_thread=True)
def recycle_bin(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    asked = visit.query.get("page", "")
    number = min(whole_number(asked, 0), 10_000)
    found = visit.runtime.recycle_bin.page(visit.viewer, app_id, form_id, number)
    back = f"/apps/{app_id}/forms/{form_id}"
    here = f"{back}/recycle-bin"
    first = number * PAGE
    page = BinView(
        visit.text("Recycle bin"), (Link(form.text(visit.language), back),),
        tuple(_row(visit, app, form, one) for one in found.items),
        visit.count("%(num)s record", "%(num)s records", found.total),
        f"/api/v1{here}/restore", f"{here}/restore", back,
        f"{here}?page={number + 1}" if found.more else "", f"{here}?page={number - 1}" if first else "",
    )  # fmt: skip
    title = f"{page.title} · {form.text(visit.language)}"
    return visit.page("recycle_bin.html", page, title=title, styles=STYLES, app=app)


def _row(visit: Visit, app: App, form: Form, one: InBin) -> BinRow:
    view = one.view
    names = [
        name for name in list_columns(form, None) if view.display.get(name) not in (None, "", view.title)
    ]
    left = max((one.until - visit.runtime.clock.now()).days, 0)
    return BinRow(
        view.id, view.title, tuple(view.display[name] for name in names[:FACTS]),
        visit.names.get(("person", one.by), one.by), one.by, visit.moments.short(one.at),
        visit.count("%(num)s day left", "%(num)s days left", left), left < SOON,
    )  # fmt: skip


@post(f"{BIN}/restore", sync_to_thread=True)
def restore(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """Where the page has no script: one record comes back and is shown, or all that went `together`."""
    visit, sent = site.visit(request), sent_form(body)
    record, together = one(sent, "record"), one(sent, "together")
    done = visit.runtime.recycle_bin.restore(
        visit.viewer, app_id, form_id, [record] if record else [], together
    )
    if refused := [found for outcome in done for found in outcome.problems]:
        raise Rejected(refused)
    return visit.go(record_url(app_id, form_id, record) if record else f"/apps/{app_id}/forms/{form_id}")


HANDLERS = (recycle_bin, restore)
