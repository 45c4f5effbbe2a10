"""The menu designer: the menu as people will see it, what can be put there, and one entry's properties.

The draft is edited in the browser like everywhere in the designer; here are the page and the part it asks for anew.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.design_frame import design_frame
from builder_ui.design_menu import Menu
from builder_ui.models.design_menu import MenuPage
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit

MENU = "/design/{app_id:str}/menu"
STYLES = ("design", "form", "design_roles", "design_menu")


@get(MENU, sync_to_thread=True)
def menu_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """`at`: the place of what is chosen, like `0.2`."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id)
    frame = design_frame(visit, app_id, "menu")
    page = MenuPage(frame, Menu(visit, looked).body(visit.query.get("at", "")), _words(visit))
    return visit.page("design/menu.html", page, title=f"{visit.text('Menu')} · {frame.label}", styles=STYLES)


@get(f"{MENU}/body", sync_to_thread=True)
def menu_body(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """The same of `revision`, without the frame."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    return visit.part("design/menu_body.html", Menu(visit, looked).body(visit.query.get("at", "")))


def _words(visit: Visit) -> dict[str, str]:
    """What the script calls its steps and says; places in braces are filled there."""
    text = visit.text
    return {
        "add": text("add {name} to the menu"), "move": text("move {name} to {where}"), "remove": text("remove {name}"),
        "removed": text("“{name}” removed from the menu"), "undo": text("Undo"), "group": text("new group"),
        "new_group": text("New group"), "set": text("change {name}"), "forms": text("Forms"), "boards": text("Boards"),
        "make": text("menu of all forms and boards"), "moved": text("{name} now stands in {where}, place {n}"),
    }  # fmt: skip


HANDLERS = (menu_page, menu_body)
