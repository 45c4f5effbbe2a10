"""概览: one app at a glance: what it is made of, what it needs, how it stands, what was done to its draft lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from litestar import Response, get

from builder_ui.capture_places import mappings
from builder_ui.design_frame import design_frame
from builder_ui.models.design_life import Edit, FormLine, Need, OverviewPage, PartList
from builder_ui.models.parts import Link
from builder_ui.pages.design.apps import APPS, state_of
from builder_ui.site import Ask, Here, InPath, Visit
from engine.access.viewer import SYSTEM
from engine.applications import Draft
from engine.clock import from_microseconds
from metamodel.changes import Change
from metamodel.labels import label_text

APP = f"{APPS}/{{app_id:str}}"
STYLES = ("list", "form", "pages", "design", "design_app")
EDITS = 8


@get(APP, sync_to_thread=True)
def overview_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    frame = design_frame(visit, app_id, "overview")
    draft = visit.runtime.designing.open(visit.viewer, app_id)
    served = app_id in visit.runtime.applications.served()
    changed = served and draft.document != visit.runtime.applications.document(app_id)
    state, words = state_of(visit, frame.version, changed)
    head = draft.document.get("app") or {}
    page = OverviewPage(
        frame, frame.label, frame.label, str(head.get("icon") or ""),
        label_text(head.get("description"), visit.language), visit.language,
        state, words, tuple(_forms(visit, app_id, draft.document, served)),
        tuple(_parts(visit, app_id, draft.document)),
        tuple(_needs(visit, draft.document)), tuple(_needed_by(visit, app_id)), edits(visit, app_id, EDITS),
        f"{APPS}/{app_id}/bindings", _loose(visit, app_id),
        served and bool(visit.viewer.roles_in(app_id)),
    )  # fmt: skip
    return visit.page("design/app.html", page, title=frame.label, styles=STYLES)


def edits(visit: Visit, app: str, limit: int) -> tuple[Edit, ...]:
    """What was done to the draft lately, newest first."""
    found = visit.runtime.designing.history(visit.viewer, app, limit)
    return tuple(_edit(visit, one) for one in found)


def who_did(visit: Visit, person: str) -> str:
    """The name of a person; commands act as the system."""
    return visit.text("System") if person == SYSTEM.person else visit.names.get(("person", person), person)


def said(visit: Visit, change: Change) -> str:
    """A change in words; types by what people call them."""
    if change.kind == "type_changed":
        names = [visit.runtime.registry.get("field", str(name)) for name in (change.old, change.new)]
        old, new = (
            kind.label if kind else name for kind, name in zip(names, (change.old, change.new), strict=True)
        )
        change = replace(change, old=label_text(old, visit.language), new=label_text(new, visit.language))
    return change.text(visit.language)


def _edit(visit: Visit, draft: Draft) -> Edit:
    who = who_did(visit, draft.by)
    note = draft.note or visit.text("Revision %(revision)s", revision=draft.revision)
    return Edit(visit.moments.short(from_microseconds(draft.at)), who, note)


def objects(document: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The parts of one kind that are objects; a draft may hold anything."""
    parts = document.get(kind)
    return [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []


def _forms(visit: Visit, app: str, document: Mapping[str, Any], served: bool) -> Iterable[FormLine]:
    counts: Mapping[str, int] = visit.runtime.life.impacts.records(app) if served else {}
    links: Mapping[str, int] = visit.runtime.public_forms.counted(visit.viewer, app) if served else {}
    for form in objects(document, "forms"):
        name = str(form.get("id", ""))
        fields = len(objects(form, "fields"))
        records = visit.count("%(num)s record", "%(num)s records", counts[name]) if counts.get(name) else ""
        kind = visit.text("Archive") if form.get("kind") == "archive" else ""
        about = " · ".join(filter(None, (kind, visit.count("%(num)s field", "%(num)s fields", fields))))
        yield FormLine(
            label_text(form.get("label"), visit.language, name), f"{APPS}/{app}/forms/{name}",
            str(form.get("icon") or "list"), about, records, _public(visit, app, name, links),
        )  # fmt: skip


def _public(visit: Visit, app: str, form: str, links: Mapping[str, int]) -> Link | None:
    """The way to the links by which people without an account fill it in, where there are any."""
    if form not in links:
        return None
    words = visit.count("%(num)s public link", "%(num)s public links", links[form])
    return Link(words, f"{APPS}/{app}/forms/{form}/public", "globe")


def _parts(visit: Visit, app: str, document: Mapping[str, Any]) -> Iterable[PartList]:
    read = visit.runtime.designing.look(visit.viewer, app).app
    tables = {one.rule.id: one.address for one in mappings(read)} if read is not None else {}
    kinds = (
        ("rules", visit.text("Rules"), "pulse"), ("flows", visit.text("Flows"), "flow"),
        ("reports", visit.text("Boards"), "board"), ("roles", visit.text("Roles"), "people"),
        ("channels", visit.text("Channels"), "channel"),
    )  # fmt: skip
    for kind, title, icon in kinds:
        parts = objects(document, kind)
        if parts:
            usual = {"roles": f"{APPS}/{app}/permissions", "channels": f"{APPS}/{app}/capture"}.get(kind, "")
            own = tables if kind == "rules" else {}
            links = (
                Link(
                    label_text(one.get("label"), visit.language, name := str(one.get("id", ""))),
                    f"{APPS}/{app}/capture{own[name]}" if name in own else usual,
                )
                for one in parts
            )
            yield PartList(title, icon, tuple(links))


def _needs(visit: Visit, document: Mapping[str, Any]) -> Iterable[Need]:
    served = {one.id: one for one in visit.runtime.applications.all()}
    for need in objects(document, "requires"):
        app = str(need.get("app", ""))
        yield Need(served[app].text(visit.language) if app in served else app, app in served)


def _needed_by(visit: Visit, app: str) -> Iterable[Need]:
    for other in visit.runtime.applications.all():
        if other.required(app) is not None:
            yield Need(other.text(visit.language), True)


def _loose(visit: Visit, app: str) -> str:
    """What is to be bound yet; of a draft nothing can be made of, nothing is said."""
    if visit.runtime.designing.look(visit.viewer, app).app is None:
        return ""
    loose = visit.runtime.life.bindings.of(visit.viewer, app).loose
    return (
        visit.count(
            "%(num)s thing is not bound to this house yet",
            "%(num)s things are not bound to this house yet", loose,
        ) if loose else ""
    )  # fmt: skip


HANDLERS = (overview_page,)
