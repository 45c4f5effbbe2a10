"""What was shredded, by which rule or request; what is only stored, and the way back into use."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from builder_ui.models.retention import GoneLine, GonePage, StoredLine
from builder_ui.pages.retention.desk import BASE, STYLES, Desk
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.clock import from_microseconds
from engine.evidence.tombstones import Tombstone
from engine.retention.restricting import Restricted
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected

GONE = f"{BASE}/shredded"
SHOWN = 100


@get(GONE, sync_to_thread=True)
def gone_page(request: Ask, site: Here) -> Response[Any]:
    return _page(site.visit(request))


@post(f"{GONE}/{{app_id:str}}/{{form_id:str}}/{{record:str}}/lift", sync_to_thread=True)
def lift(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, body: bytes
) -> Response[Any]:
    """A record that was only stored is used again."""
    visit, reason = site.visit(request), sent_form(body).get("reason", [""])[-1]
    try:
        visit.runtime.retention.lift(visit.viewer, app_id, form_id, record, reason)
    except Rejected as refused:
        return _page(visit, refused)
    return visit.go(GONE)


def _page(visit: Visit, refused: Rejected | None = None) -> Response[Any]:
    desk, retention = Desk.of(visit), visit.runtime.retention
    asked = visit.query.get("before", "")
    before = whole_number(asked, 0)
    found = retention.tombstones(SHOWN, before)
    managed = [app.id for app in desk.apps()]
    with visit.runtime.database.read() as connection:
        stored = retention.restricting.latest(connection, managed, SHOWN)
    page = GonePage(
        desk.tabs("/shredded"), tuple(_gone(desk, one) for one in found),
        tuple(_stored(desk, one) for one in stored),
        href(GONE, before=str(found[-1].at)) if len(found) == SHOWN else "",
        desk.said(refused.problems) if refused else (),
    )  # fmt: skip
    title = visit.text("Retention and holds")
    return visit.page("retention_gone.html", page, title=title, styles=STYLES, status=422 if refused else 200)


def _gone(desk: Desk, stone: Tombstone) -> GoneLine:
    return GoneLine(
        desk.record(stone.app, stone.form, str(stone.record)), desk.form_name(stone.app, stone.form),
        desk.visit.moments.short(from_microseconds(stone.at)), desk.why(stone.cause), desk.people(stone.cause),
    )  # fmt: skip


def _stored(desk: Desk, one: Restricted) -> StoredLine:
    return StoredLine(
        desk.record(one.app, one.form, str(one.record)), desk.form_name(one.app, one.form),
        desk.visit.moments.short(one.at), desk.why(one.cause), f"{GONE}/{one.app}/{one.form}/{one.record}/lift",
    )  # fmt: skip


HANDLERS = (gone_page, lift)
