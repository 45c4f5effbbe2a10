"""How long the records of a form are kept: the page of its rules in the designer.

The draft is edited in the browser like everywhere in the designer; here are the page and the part it asks for anew.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.design_frame import design_frame
from builder_ui.design_retention import Keeps
from builder_ui.models.design_retention import KeepPage
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit

RETENTION = "/design/{app_id:str}/forms/{form_id:str}/retention"
STYLES = (
    "design",
    "list",
    "form",
    "arranged",
    "design_form",
    "design_roles",
    "expression",
    "retention",
    "design_retention",
)


@get(RETENTION, sync_to_thread=True)
def keeps_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """`at`: the id of the rule to be shown."""
    visit = site.visit(request)
    keeps = Keeps(visit, visit.runtime.designing.look(visit.viewer, app_id), form_id)
    frame = design_frame(visit, app_id, "forms", form_id)
    desk = "/admin/retention" if visit.runtime.manages_anywhere(visit.viewer, "retention") else ""
    base = f"/design/{app_id}/forms/{form_id}"
    page = KeepPage(frame, form_id, keeps.label, base, keeps.body(), _words(visit), desk)
    title = f"{visit.text('Retention')} · {keeps.label} · {frame.label}"
    return visit.page("design/retention.html", page, title=title, styles=STYLES)


@get(f"{RETENTION}/body", sync_to_thread=True)
def keeps_body(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The same of `revision`, without the frame."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    return visit.part("design/retention_body.html", Keeps(visit, looked, form_id).body())


def _words(visit: Visit) -> dict[str, str]:
    """What the script calls its steps and says; places in braces are filled there."""
    text = visit.text
    return {
        "add": text("new retention rule"), "use": text("use the usual period “{name}”"),
        "set": text("change “{what}” of the rule {name}"), "remove": text("remove the rule {name}"),
        "removed": text("Rule “{name}” removed"), "undo": text("Undo"), "label": text("New rule"),
    }  # fmt: skip


HANDLERS = (keeps_page, keeps_body)
