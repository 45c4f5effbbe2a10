"""What somebody typed into a form and did not save: kept while he types, offered when he comes back."""

from __future__ import annotations

from typing import Any

from litestar import Response, post

from builder_ui.cells import record_url
from builder_ui.models.record import KeptNotice
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.records.kept_drafts import KeptDraft
from engine.records.query import RecordView
from engine.web.body import json_object
from metamodel.application import App
from metamodel.forms import Form
from metamodel.problems import Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
MOST = 2_000  # names


@post(f"{FORM}/draft", sync_to_thread=True, status_code=200)
def keep(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{record?, revision, values: {name: [text]}}` → `{kept}`. Only for forms one may fill in."""
    visit, sent = site.visit(request), json_object(body)
    app, form = visit.form(app_id, form_id)
    record = str(sent.get("record") or "") or None
    _may_fill(visit, app, form, record)
    values = sent.get("values")
    if not isinstance(values, dict) or len(values) > MOST:
        raise Rejected([problem("request.unreadable", "/values", reason="{name: [text]}")])
    texts = {name: [str(each) for each in given] for name, given in values.items() if isinstance(given, list)}
    revision = sent.get("revision")
    kept = visit.runtime.kept_drafts.keep(
        visit.viewer, app_id, form_id, record, texts, revision if isinstance(revision, int) else 0
    )
    return {"kept": kept}


@post(f"{FORM}/draft/drop", sync_to_thread=True)
def drop(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    app, form = visit.form(app_id, form_id)
    record = sent.get("record", [""])[-1] or visit.query.get("record", "")
    visit.runtime.kept_drafts.drop(visit.viewer, app_id, form_id, record or None)
    return visit.go(_address(app, form, record))


def _may_fill(visit: Visit, app: App, form: Form, record: str | None) -> None:
    """Rejected as opening the form would be."""
    if record is not None:
        if "update" not in visit.runtime.records.get(visit.viewer, app.id, form.id, record).can:
            raise Rejected([problem("access.denied")])
        return
    with visit.runtime.database.read() as connection:
        ways = visit.runtime.authority.ways(connection, visit.viewer, app, form)
    if form.is_archive or not any("create" in way.actions for way in ways):
        raise Rejected([problem("access.denied")])


def resumed(visit: Visit, app: App, form: Form, record: str | None) -> KeptDraft | None:
    """What was kept, where the address asks to go on with it."""
    if visit.query.get("draft") != "yes":
        return None
    return visit.runtime.kept_drafts.find(visit.viewer, app.id, form.id, record)


def notice(visit: Visit, app: App, form: Form, view: RecordView | None) -> KeptNotice | None:
    """That something is kept; None where nothing is, or it is being gone on with."""
    if visit.query.get("draft") == "yes":
        return None
    record = view.id if view else ""
    kept = visit.runtime.kept_drafts.find(visit.viewer, app.id, form.id, record or None)
    if kept is None:
        return None
    text = visit.text("You typed here on %(when)s and did not save.", when=visit.moments.short(kept.at))
    if view is not None and kept.revision and kept.revision != view.revision:
        text += " " + visit.text("The record was changed since.")
    return KeptNotice(
        text, href(_address(app, form, record), draft="yes"),
        href(f"/apps/{app.id}/forms/{form.id}/draft/drop", record=record),
    )  # fmt: skip


def _address(app: App, form: Form, record: str) -> str:
    if record.isdigit():
        return record_url(app.id, form.id, record) + "/edit"
    return f"/apps/{app.id}/forms/{form.id}/new"


HANDLERS = (keep, drop)
