"""The permission designer: roles and forms, one role in full, and who gains or loses what against what is published.

The draft is edited in the browser like everywhere in the designer; here are the page and the parts it asks for anew.
"""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.design_effects import effects
from builder_ui.design_frame import design_frame
from builder_ui.design_permissions import Permissions
from builder_ui.design_uses import uses
from builder_ui.models.design_roles import EffectList, PermissionPage
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit
from engine.access.audit import Occurrence
from engine.designing.identifiers import identifier
from metamodel.renaming import NamedPart

PERMISSIONS = "/design/{app_id:str}/permissions"
STYLES = ("design", "form", "expression", "design_roles")


@get(PERMISSIONS, sync_to_thread=True)
def permissions_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """`role`: the one shown in full; without it all of them."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id)
    frame = design_frame(visit, app_id, "permissions")
    body = Permissions(visit, looked).body(visit.query.get("role", ""))
    page = PermissionPage(frame, body, _words(visit), visit.runtime.seeing_as.may(visit.viewer, app_id))
    title = f"{visit.text('Permissions')} · {frame.label}"
    return visit.page("design/permissions.html", page, title=title, styles=STYLES)


@get(f"{PERMISSIONS}/body", sync_to_thread=True)
def permissions_body(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """The same of `revision` and `role`, without the frame."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    return visit.part(
        "design/permissions_body.html", Permissions(visit, looked).body(visit.query.get("role", ""))
    )


@get(f"{PERMISSIONS}/uses", sync_to_thread=True)
def role_uses(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """Who uses `role`, as `revision` is."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    part = NamedPart("role", visit.query.get("role", ""))
    return visit.part("design/uses.html", uses(visit, looked, part))


@get(f"{PERMISSIONS}/effects", sync_to_thread=True)
def permission_effects(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """Who gains and who loses what if `revision` became true; noted in the audit trail, as it counts records."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    if looked.app is None:
        return visit.part("design/effects.html", EffectList((), "", ""))
    found = visit.runtime.consequences.of(looked.app)
    if any(one.amount or one.each for one in found):
        detail = {"revision": looked.draft.revision, "count": len(found)}
        visit.runtime.audit.note(visit.viewer, Occurrence("access.weigh", app_id, detail=detail))
    return visit.part("design/effects.html", effects(visit, looked.app, found))


@get(f"{PERMISSIONS}/name", sync_to_thread=True)
def name_role(request: Ask, site: Here, app_id: InPath) -> dict[str, str]:
    """`{id}` made of `label`, free among the draft's roles."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id)
    taken = {role.id for role in looked.app.roles} if looked.app else set()
    return {"id": identifier(visit.query.get("label", ""), taken)}


def _words(visit: Visit) -> dict[str, str]:
    """What the script calls its steps; places in braces are filled there."""
    text = visit.text
    return {
        "preset": text("{role}: {preset} on {form}"), "action": text("{role}: actions on {form}"),
        "field": text("{role}: {field} of {form}"), "fields": text("{role}: fields of {form}"),
        "rows": text("{role}: records of {form}"), "views": text("{role}: views of {form}"),
        "report": text("{role}: board {name}"), "duty": text("{role}: duties"), "role": text("{role}: settings"),
        "unmask": text("{role}: seeing masked fields in full"), "glass": text("{role}: breaking the glass"),
        "rename": text("rename role {role}"), "add": text("new role {role}"), "copy": text("copy of role {role}"),
        "remove": text("delete role {role}"), "removed": text("Role “{role}” deleted"), "undo": text("Undo"),
        "copied": text("{role} (copy)"),
    }  # fmt: skip


HANDLERS = (permissions_page, permissions_body, role_uses, permission_effects, name_role)
