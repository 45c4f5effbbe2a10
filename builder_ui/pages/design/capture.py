"""What incoming messages become: each capture rule as a table of fields and what of a message fills them.

The draft is edited in the browser like everywhere in the designer; here are the page and the part it asks for anew.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.design_capture import Captures
from builder_ui.design_frame import design_frame
from builder_ui.models.design_capture import CapturePage
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit

CAPTURE = "/design/{app_id:str}/capture"
STYLES = ("design", "list", "form", "expression", "design_app", "design_roles", "design_capture")
MOST = 200  # rows that may be asked for by name


@get(CAPTURE, sync_to_thread=True)
def capture_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """`at`: the row (or the table) to be shown, like `capture_message-0.content`."""
    visit = site.visit(request)
    frame = design_frame(visit, app_id, "capture")
    page = CapturePage(frame, _captures(visit, app_id).body(), _words(visit))
    return visit.page(
        "design/capture.html", page, title=f"{visit.text('Capture')} · {frame.label}", styles=STYLES
    )


@get(f"{CAPTURE}/body", sync_to_thread=True)
def capture_body(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """The same of `revision`, without the frame. `written`, `fresh`: rows that are edited as an expression, and
    those that are to be filled, with commas between."""
    visit = site.visit(request)
    return visit.part("design/capture_body.html", _captures(visit, app_id, asked_revision(visit)).body())


def _captures(visit: Visit, app: str, revision: int = 0) -> Captures:
    looked = visit.runtime.designing.look(visit.viewer, app, revision)
    return Captures(visit, looked, _asked(visit, "written"), _asked(visit, "fresh"))


def _asked(visit: Visit, name: str) -> list[str]:
    return [one for one in visit.query.get(name, "").split(",")[:MOST] if one]


def _words(visit: Visit) -> dict[str, str]:
    """What the script calls its steps and says; places in braces are filled there."""
    text = visit.text
    return {
        "set": text("{field} is filled with {source}"), "drop": text("{field} is not filled any more"),
        "dropped": text("“{field}” is not filled any more"), "undo": text("Undo"),
        "start": text("new rule {name}"),
    }  # fmt: skip


HANDLERS = (capture_page, capture_body)
