"""What a person asked others to approve, and what may be done with a running flow: withdraw, remind, comment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post

from builder_ui import flow_drawing
from builder_ui.cells import record_url
from builder_ui.models.parts import Link, Tab
from builder_ui.models.tasks import RequestLine, RequestsPage
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from builder_ui.templating import href
from metamodel.application import App
from metamodel.human_text import show_list
from metamodel.problems import Rejected, problem

if TYPE_CHECKING:
    from engine.flows import RequestView

STYLES = ("list", "record", "form", "tasks")
RUNNING = ("running", "returned")


@get("/requests", sync_to_thread=True)
def requests_page(request: Ask, site: Here) -> Response[Any]:
    return _list(site.visit(request), None)


@get("/apps/{app_id:str}/requests", sync_to_thread=True)
def app_requests_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """The same within an app: its requests, in its frame."""
    visit = site.visit(request)
    return _list(visit, visit.app(app_id))


def _list(visit: Visit, app: App | None) -> Response[Any]:
    state, base = visit.query.get("state", ""), f"/apps/{app.id}/requests" if app else "/requests"
    mine = [r for r in visit.runtime.flows.mine(visit.viewer) if app is None or r.app == app.id]
    counted = sum(r.state in RUNNING for r in mine)
    named = (("", visit.text("All"), ""), ("running", visit.text("Under way"), str(counted or "")),
             ("ended", visit.text("Ended"), ""))  # fmt: skip
    tabs = tuple(Tab(text, href(base, state=name), name == state, count) for name, text, count in named)
    wanted = [r for r in mine if not state or (r.state in RUNNING) == (state == "running")]
    wanted.sort(key=lambda r: r.state not in RUNNING)
    title = visit.text("My requests")
    lines = tuple(_line(visit, r) for r in wanted)
    page = RequestsPage(title, tabs, lines, tuple(_new(visit, app)))
    return visit.page("requests.html", page, title=title, styles=STYLES, app=app)


def _line(visit: Visit, view: RequestView) -> RequestLine:
    open_ = view.state in RUNNING
    names = show_list(view.waiting_for, visit.language)
    waiting = visit.text("Waits for you to change it") if view.state == "returned" else ""
    if view.state == "running" and names:
        waiting = visit.text("Waits for %(names)s", names=names)
    started = visit.text("Asked %(time)s", time=visit.moments.short(view.started_at))
    return RequestLine(
        view.title, record_url(view.app, view.form, view.record, tab="flow"), view.label, view.state_label,
        flow_drawing.HUES.get(view.state, "grey"), started, waiting,
        _since(visit, view) if open_ else "",
        visit.moments.short(view.ended_at) if view.ended_at else "", tuple(view.waiting_for),
    )  # fmt: skip


def _since(visit: Visit, view: RequestView) -> str:
    """How long it has waited where it waits now."""
    flow = visit.runtime.flows.view(visit.viewer, view.app, view.form, view.record)
    return flow_drawing.waited(visit, flow) if flow else ""


def _new(visit: Visit, app: App | None) -> Iterator[Link]:
    """The forms with a flow that this viewer may fill in."""
    for each in [app] if app else visit.runtime.apps_of(visit.viewer):
        roles = [role for name in visit.viewer.roles_in(each.id) if (role := each.role(name))]
        for flow in each.flows:
            form = each.form(flow.form)
            allowed = any("create" in p.actions for r in roles if (p := r.forms.get(flow.form)))
            if form is not None and allowed:
                yield Link(form.text(visit.language), f"/apps/{each.id}/forms/{form.id}/new")


@post(f"{RECORD}/flow", sync_to_thread=True)
def act(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, body: bytes
) -> Response[Any]:
    """Withdraw, remind, submit again, comment; or begin a flow that begins by hand."""
    visit, sent = site.visit(request), sent_form(body)
    action, comment = sent.get("action", [""])[-1], sent.get("comment", [""])[-1].strip()
    flows = visit.runtime.flows
    view = flows.view(visit.viewer, app_id, form_id, record)
    if action.startswith("start:"):
        flow = action.removeprefix("start:")
        visit.runtime.database.write(lambda unit: flows.start(unit, visit.viewer, app_id, flow, record))
    elif view is None:
        raise Rejected([problem("record.unknown", record=record)])
    else:
        flows.act(visit.viewer, view.instance, action, comment, sent.get("to", [""])[-1])
    address = record_url(app_id, form_id, record, tab="flow")
    return visit.go(local_address(sent.get("next", [""])[-1], address))


HANDLERS = (
    requests_page,
    app_requests_page,
    act,
)
