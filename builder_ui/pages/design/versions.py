"""版本: what an app was, what differs between any two of them, going back, and what was set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from litestar import Response, get

from builder_ui.design_frame import design_frame
from builder_ui.models.design_life import ParkedLine, Told, VersionLine, VersionsPage
from builder_ui.pages.design.app import APP, STYLES, edits, said, who_did
from builder_ui.pages.design.apps import APPS
from builder_ui.site import Ask, Here, InPath, Visit
from engine.clock import from_microseconds
from engine.designing.parking import Parked
from engine.whole_numbers import whole_number
from metamodel.labels import label_text

VERSIONS = f"{APP}/versions"
SHOWN, EDITS = 300, 40


@get(VERSIONS, sync_to_thread=True)
def versions_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    """`old` and `new` are what is compared; 0 is the draft."""
    visit = site.visit(request)
    frame = design_frame(visit, app_id, "versions")
    old, new = _number(visit, "old", frame.version), _number(visit, "new", 0)
    title = visit.text("Versions")
    changes = visit.runtime.life.versions.compare(visit.viewer, app_id, old, new) if frame.version else []
    names = {0: visit.text("the draft")}
    compared = visit.text(
        "From %(old)s to %(new)s",
        old=names.get(old) or visit.text("version %(version)s", version=old),
        new=names.get(new) or visit.text("version %(version)s", version=new),
    )
    page = VersionsPage(
        frame, title, f"{APPS}/{app_id}/versions", tuple(_versions(visit, app_id, old, new)), old, new, compared,
        tuple(Told(one.kind, said(visit, one)) for one in changes[:SHOWN]),
        tuple(_parked(visit, app_id)), edits(visit, app_id, EDITS), "{}",
    )  # fmt: skip
    return visit.page("design/versions.html", page, title=title, styles=STYLES)


@get(f"{VERSIONS}/{{number:int}}/document", sync_to_thread=True)
def version_document(request: Ask, site: Here, app_id: InPath, number: int) -> dict[str, Any]:
    """A version's document, for the draft to become it."""
    visit = site.visit(request)
    return dict(visit.runtime.life.versions.document(visit.viewer, app_id, number))


def _number(visit: Visit, name: str, otherwise: int) -> int:
    text = visit.query.get(name, "")
    return whole_number(text, otherwise)


def _versions(visit: Visit, app: str, old: int, new: int) -> Iterator[VersionLine]:
    base = f"{APPS}/{app}"
    for one in visit.runtime.life.versions.of(visit.viewer, app):
        yield VersionLine(
            one.number, visit.text("Version %(version)s", version=one.number),
            visit.moments.short(from_microseconds(one.at)), who_did(visit, one.by),
            one.hash[:12], f"{base}/export?version={one.number}", f"{base}/versions/{one.number}/document",
            one.number == old, one.number == new,
        )  # fmt: skip


def _parked(visit: Visit, app: str) -> Iterator[ParkedLine]:
    for one in visit.runtime.life.versions.parked(visit.viewer, app):
        part = {
            "kind": one.kind, "form": one.form, "path": one.path, "definition": one.definition,
            "permissions": one.permissions,
        }  # fmt: skip
        values = (
            visit.count("%(num)s record", "%(num)s records", one.values)
            if one.kind in ("form", "column")
            else visit.count("%(num)s value", "%(num)s values", one.values)
        )
        label = label_text(one.label, visit.language, one.path or one.form)
        yield ParkedLine(
            label, _where(visit, one), values, visit.text("Last in version %(version)s", version=one.version),
            "" if one.taken else json.dumps(part, ensure_ascii=False),
            visit.text("A field of this id is there, as another type") if one.taken else "",
            {"form": "list", "column": "table"}.get(one.kind, "text"),
        )  # fmt: skip


def _where(visit: Visit, one: Parked) -> str:
    if one.kind == "form":
        return visit.text("Form")
    return label_text(one.form_label, visit.language, one.form)


HANDLERS = (versions_page, version_document)
