"""The views designer of a form: its views as a list, the chosen one's panel, and what the view looks like.

The draft is edited in the browser like everywhere in the designer; here are the page and the part it asks for anew.
"""

from __future__ import annotations

from typing import Any

import jsonpatch
from litestar import Response, get, post

from builder_ui.design_frame import design_frame
from builder_ui.design_uses import uses
from builder_ui.design_views import Views
from builder_ui.models.design_views import ViewsPage
from builder_ui.pages.design.form_designer import wanted_id
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit
from engine.web.body import json_object
from metamodel.problems import Rejected, problem
from metamodel.renaming import NamedPart, renamed

VIEWS = "/design/{app_id:str}/forms/{form_id:str}/views"
STYLES = (
    "design", "list", "form", "arranged", "chat", "field_types", "design_form", "design_roles", "design_menu",
    "expression", "design_views",
)  # fmt: skip


@get(VIEWS, sync_to_thread=True)
def views_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """`at`: the id of the chosen view."""
    visit = site.visit(request)
    views = Views(visit, visit.runtime.designing.look(visit.viewer, app_id), form_id)
    frame = design_frame(visit, app_id, "forms", form_id)
    page = ViewsPage(
        frame, form_id, views.label, f"/design/{app_id}/forms/{form_id}", views.body(visit.query.get("at", "")),
        _words(visit),
    )  # fmt: skip
    title = f"{visit.text('Views')} · {views.label} · {frame.label}"
    return visit.page("design/views.html", page, title=title, styles=STYLES)


@get(f"{VIEWS}/body", sync_to_thread=True)
def views_body(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The same of `revision`, without the frame."""
    visit = site.visit(request)
    views = Views(visit, visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit)), form_id)
    return visit.part("design/views_body.html", views.body(visit.query.get("at", "")))


@get(f"{VIEWS}/uses", sync_to_thread=True)
def view_uses(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """Who uses the view `at`, as `revision` is."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    part = NamedPart("view", visit.query.get("at", ""), form_id)
    return visit.part("design/uses.html", uses(visit, looked, part))


@post(f"{VIEWS}/names", sync_to_thread=True, status_code=200)
def name_view(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{revision, view, id}` -> `{id, patch}`: what has to change where for a view to be called so. Nothing is changed.
    Rejected: id.fixed, id.pattern, id.duplicate."""
    visit, sent = site.visit(request), json_object(body)
    revision, old = sent.get("revision"), str(sent.get("view") or "")
    looked = visit.runtime.designing.look(visit.viewer, app_id, revision if type(revision) is int else 0)
    views = Views(visit, looked, form_id)
    if old in views.published:
        raise Rejected([problem("id.fixed", "/id", value=old)])
    taken = {str(one.get("id")) for one in views.raws} - {old}
    new = wanted_id(sent, taken, {"zh": "视图", "en": "view"})
    check, part = visit.runtime.applications.reading, NamedPart("view", old, form_id)
    made = renamed(looked.draft.document, part, new, lambda document: check(document)[1])
    return {"id": new, "patch": jsonpatch.make_patch(looked.draft.document, made).patch}


def _words(visit: Visit) -> dict[str, str]:
    """What the script calls its steps and says; places in braces are filled there."""
    text = visit.text
    return {
        "add": text("add the view {name}"), "move": text("move the view {name}"), "kind": text("{name} becomes {kind}"),
        "copy": text("duplicate the view {name}"), "copied": text("{name} (copy)"),
        "remove": text("remove the view {name}"), "removed": text("View “{name}” removed"), "undo": text("Undo"),
        "set": text("change “{what}” of the view {name}"),
        "identify": text("the view {name} becomes {id}"), "moved": text("{name} now stands at place {n}"),
    }  # fmt: skip


HANDLERS = (views_page, views_body, view_uses, name_view)
