"""Importing a definition: a file or a folder becomes a new app's draft, or comes together with the draft that is
there; and both ways out again."""

from __future__ import annotations

import json
from typing import Any

from litestar import Response, get, post

from builder_ui.models.design_life import ClashLine, ImportPage
from builder_ui.models.parts import Link
from builder_ui.pages.design.app import said
from builder_ui.pages.design.apps import APPS, STYLES, designer, trail_to_apps, uploaded
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.access.audit import Occurrence
from engine.applications.packing import pack_file, pack_folder
from engine.designing.clashes import Clash
from engine.designing.starting import Imported
from engine.whole_numbers import whole_number
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

SHOWN = 60


@get(f"{APPS}/import", sync_to_thread=True)
def import_app_page(request: Ask, site: Here) -> Response[Any]:
    return _answer(designer(site.visit(request)))


@post(f"{APPS}/import", sync_to_thread=True, status_code=200)
def import_app(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`file`, and `how` (merge, replace) for an app that is here already. A new one goes on to be bound."""
    visit, sent = designer(site.visit(request)), sent_form(body)
    replaces = sent.get("how") == ["replace"]
    try:
        content = uploaded(visit, sent.get("file", []))
        found = visit.runtime.life.starting.from_file(
            visit.viewer, content, "replace" if replaces else "merge"
        )
    except Rejected as refused:
        words = tuple(one.text(visit.language) for one in refused.problems)
        return _answer(visit, wrong=words, how="replace" if replaces else "merge")
    visit.runtime.audit.note(
        visit.viewer, Occurrence("app.import", found.draft.app, detail={"new": found.new})
    )
    return visit.go(f"{APPS}/{found.draft.app}/bindings") if found.new else _told(visit, found)


@get(f"{APPS}/{{app_id:str}}/export", sync_to_thread=True)
def export_app(request: Ask, site: Here, app_id: InPath) -> Response[bytes]:
    """The definition of `version` (0: the draft), as one JSON file or, `as=folder`, a ZIP with a file a part."""
    visit = site.visit(request)
    text = visit.query.get("version", "")
    version = whole_number(text, 0)
    document = visit.runtime.life.versions.document(visit.viewer, app_id, version)
    folder = visit.query.get("as") == "folder"
    visit.runtime.audit.note(visit.viewer, Occurrence("app.export", app_id, detail={"version": version}))
    name = f"{app_id}-v{version}" if version else f"{app_id}-draft"
    content = pack_folder(document, app_id) if folder else pack_file(document)
    kind = "zip" if folder else "json"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(content, media_type=f"application/{kind}", headers=headers)


def _answer(visit: Visit, **more: Any) -> Response[Any]:
    page = ImportPage(visit.text("Import an app"), trail_to_apps(visit), **more)
    status = 422 if page.wrong else 200
    return visit.page("design/import.html", page, title=page.title, styles=STYLES, status=status)


def _told(visit: Visit, found: Imported) -> Response[Any]:
    """What became of a file of an app that was here: the draft has it, nothing is published."""
    head = found.draft.document.get("app") or {}
    label = label_text(head.get("label"), visit.language, found.draft.app)
    changed = [said(visit, one) for one in found.changes]
    told = (
        visit.count(
            "%(num)s change is in the draft now", "%(num)s changes are in the draft now", len(changed)
        )
        if changed
        else visit.text("The draft has all of it already")
    )
    more = len(changed) - SHOWN
    return _answer(
        visit, app=Link(label, f"{APPS}/{found.draft.app}"), told=told, changes=tuple(changed[:SHOWN]),
        more=visit.text("and %(num)s more", num=f"{more:,}") if more > 0 else "",
        conflicts=tuple(_clash(visit, one) for one in found.conflicts),
        app_id=found.draft.app, revision=found.draft.revision,
    )  # fmt: skip


def _clash(visit: Visit, one: Clash) -> ClashLine:
    take = json.dumps([one.path, one.gone, one.value], ensure_ascii=False)
    return ClashLine(one.found.text(visit.language), take, one.gone)


@post(f"{APPS}/import/take", sync_to_thread=True)
def take_from_file(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """`app`, `revision`, and any `take`: what the file has there stands in the draft from now on."""
    visit, sent = designer(site.visit(request)), sent_form(body)
    app, revision = (sent.get(name, [""])[-1] for name in ("app", "revision"))
    wanted = [_wanted(text) for text in sent.get("take", [])]
    if wanted:
        number = whole_number(revision, 0)
        visit.runtime.life.starting.take(visit.viewer, app, number, wanted)
    return visit.go(f"{APPS}/{app}")


def _wanted(text: str) -> tuple[str, bool, Any]:
    try:
        path, gone, value = json.loads(text)
    except ValueError as error:
        raise Rejected([problem("request.unreadable", "/take", reason=str(error)[:80])]) from error
    return str(path), bool(gone), value


HANDLERS = (import_app_page, import_app, take_from_file, export_app)
