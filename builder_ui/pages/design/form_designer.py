"""The form designer: palette, canvas and property panel of one form of a draft, and the fragments it asks for.

The definition is edited in the browser and saved by the one way drafts are saved; nothing here changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jsonpatch
from litestar import Response, get, post

from builder_ui.design_canvas import canvas, form_place
from builder_ui.design_frame import design_frame
from builder_ui.design_layout import Block, layout_of
from builder_ui.design_palette import palette
from builder_ui.design_panel import FieldPanel
from builder_ui.design_panel_parts import block_panel, form_panel, mixed_panel
from builder_ui.design_words import designer_words
from builder_ui.models.design_form import FormDesigner, Panel
from builder_ui.pages.design.frame import asked_revision
from builder_ui.site import Ask, Here, InPath, Visit
from engine.designing import Looked
from engine.designing.guessing import Column, guess_fields
from engine.designing.identifiers import identifier
from engine.designing.starting import headings_of
from engine.web.body import json_object
from metamodel.checking import is_reserved
from metamodel.core_schema import ID_PATTERN
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import Label
from metamodel.problems import Rejected, problem
from metamodel.renaming import NamedPart, renamed

FORM = "/design/{app_id:str}/forms/{form_id:str}"
STYLES = ("design", "form", "design_form", "expression")
MOST_CHOSEN = 200
FIELD = {"zh": "字段", "en": "field"}


@get(FORM, sync_to_thread=True)
def designer_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id)
    place, _raw = form_place(looked, form_id)
    frame = design_frame(visit, app_id, "forms", form_id)
    page = FormDesigner(
        frame, form_id, f"/forms/{place}", f"/design/{app_id}/forms/{form_id}",
        palette(visit, visit.runtime.registry), canvas(visit, looked, form_id),
        panel_of(visit, looked, form_id, visit.several("at")), designer_words(visit),
    )  # fmt: skip
    title = f"{page.canvas.label} · {frame.label}"
    return visit.page("design/form_designer.html", page, title=title, styles=STYLES)


@get(f"{FORM}/canvas", sync_to_thread=True)
def canvas_part(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The canvas of `revision` (default: the newest draft)."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    return visit.part("design/canvas.html", canvas(visit, looked, form_id))


@get(f"{FORM}/panel", sync_to_thread=True)
def panel_part(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The properties of what is chosen: `at=field:ID`, `at=field:SUB.ID`, `at=block:ID`, several of them, or none
    for the form; at `revision`."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    return visit.part("design/panel.html", panel_of(visit, looked, form_id, visit.several("at")))


@post(f"{FORM}/names", sync_to_thread=True, status_code=200)
def name_field(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{revision, field, label? | id?}` -> `{id, patch}`: the id made of a label, or the one wished for, and what has
    to change where for it. Nothing is changed. Rejected: id.fixed, id.pattern, id.duplicate."""
    visit, sent = site.visit(request), json_object(body)
    revision = sent.get("revision")
    looked = visit.runtime.designing.look(visit.viewer, app_id, revision if type(revision) is int else 0)
    form = _form(looked, form_id)
    old, taken = _renamed_of(form, str(sent.get("field") or ""))
    if old in published_fields(visit, app_id, form_id):
        raise Rejected([problem("id.fixed", "/id", value=old)])
    new = wanted_id(sent, taken)
    check = visit.runtime.applications.reading
    part = NamedPart("field", old, form_id)
    made = renamed(looked.draft.document, part, new, lambda document: check(document)[1])
    patch = jsonpatch.make_patch(looked.draft.document, made).patch
    return {"id": new, "patch": patch}


@post(f"{FORM}/headings", sync_to_thread=True, status_code=200)
def headings(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{text}` -> `{fields}`: column headings of a spreadsheet as fields of guessed types. Nothing is changed."""
    visit, sent = site.visit(request), json_object(body)
    form = _form(visit.runtime.designing.look(visit.viewer, app_id), form_id)
    columns = [Column(heading) for heading in headings_of(str(sent.get("text") or "")[:20_000])]
    return {"fields": guess_fields(columns, visit.runtime.registry, [one.id for one in form.fields])}


def _renamed_of(form: Form, key: str) -> tuple[str, set[str]]:
    """A field by its key (`price`, `lines.price`), and the ids beside it."""
    *around, name = key.split(".")
    beside = form.fields
    for container in around:
        beside = next((one.fields for one in beside if one.id == container), ())
    if name not in {one.id for one in beside}:
        raise Rejected([problem("form.unknown", form=key)])
    return key, {one.id for one in beside if one.id != name}


def wanted_id(sent: Mapping[str, Any], taken: set[str], what: Label = FIELD) -> str:
    wished = sent.get("id")
    if isinstance(wished, str) and wished:
        if wished in taken:
            raise Rejected([problem("id.duplicate", "/id", value=wished, what=what)])
        if not re.fullmatch(ID_PATTERN, wished) or is_reserved(wished):
            raise Rejected([problem("id.pattern", "/id", value=wished[:80])])
        return wished
    return identifier(str(sent.get("label") or ""), taken)


def panel_of(visit: Visit, looked: Looked, form_id: str, keys: list[str]) -> Panel:
    """The panel for these keys; what is not there any more is left out."""
    form, (place, raw) = _form(looked, form_id), form_place(looked, form_id)
    published = published_fields(visit, looked.draft.app, form_id)
    blocks = {one["id"]: one for one in _every_block(layout_of(raw, looked.app))}
    fields: list[tuple[str, FieldDefinition]] = []
    chosen: list[Block] = []
    for key in keys[:MOST_CHOSEN]:
        kind, _, name = key.partition(":")
        if kind == "field" and (known := field_at(form, name)):
            fields.append((name, known))
        elif kind == "block" and name in blocks:
            chosen.append(blocks[name])
    if fields and not chosen:
        return FieldPanel(visit, looked, form, published).panel(fields)
    if len(chosen) == 1 and not fields:
        return block_panel(visit, looked, form, chosen[0])
    if chosen:
        return mixed_panel(visit, tuple(keys))
    return form_panel(visit, looked, form, place, bool(published))


def field_at(form: Form, key: str) -> FieldDefinition | None:
    """`price`, or `lines.price` of a sub-form."""
    found: FieldDefinition | None = None
    beside = form.fields
    for name in key.split("."):
        found = next((one for one in beside if one.id == name), None)
        beside = found.fields if found else ()
    return found


def published_fields(visit: Visit, app: str, form: str) -> Mapping[str, str]:
    """Type names by key of the fields of the published form; empty where there is none."""
    applications = visit.runtime.applications
    known = applications.get(app).form(form) if app in applications.served() else None
    found = {one.id: one.type_name for one in known.fields} if known else {}
    inner = {
        f"{one.id}.{each.id}": each.type_name
        for one in (known.fields if known else ())
        for each in one.fields
    }
    return {**found, **inner}


def _form(looked: Looked, form_id: str) -> Form:
    form = looked.app.form(form_id) if looked.app else None
    if form is None:
        raise Rejected([problem("form.unknown", form=form_id)])
    return form


def _every_block(blocks: list[Block]) -> list[Block]:
    inner = [
        each for block in blocks for tab in block.get("tabs") or () for each in _every_block(tab["blocks"])
    ]
    return [*blocks, *inner]


HANDLERS = (designer_page, canvas_part, panel_part, name_field, headings)
