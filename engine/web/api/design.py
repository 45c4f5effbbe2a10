"""/api/v1/design: drafts of apps, what the checks say of them, and publishing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import Request, Router, get, patch, post

from engine.applications import Draft
from engine.applications.drafts import Edited
from engine.clock import from_microseconds
from engine.designing import Told
from engine.runtime import Runtime
from engine.web.api.records import record_json
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import SCOPE, may_write, reads, signed_in, viewer_of
from engine.whole_numbers import whole_number
from metamodel.merge import MISSING
from metamodel.problems import Rejected, problem

DESIGN = "/design/{app_id:str}"
LIMIT = 200
Ask = Request[Any, Any, Any]


@post("/design", sync_to_thread=True, guards=[may_write])
def begin_draft(request: Ask, runtime: Runtime, body: bytes) -> dict[str, Any]:
    """`{document}`: the first draft of an app that is not there yet."""
    sent = json_object(body)
    document = sent.get("document")
    if not isinstance(document, dict):
        raise Rejected([problem("request.unreadable", "/document", reason="JSON object expected")])
    return _shown(runtime.designing.begin(viewer_of(request), document))


@get(f"{DESIGN}/draft", sync_to_thread=True)
def open_draft(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """The newest draft, or the one of `revision`; revision 0 is what is published."""
    return _shown(runtime.designing.open(viewer_of(request), app_id, _revision(request)))


@patch(f"{DESIGN}/draft", sync_to_thread=True, guards=[may_write])
def edit_draft(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{on, patch, note?}`: a JSON Patch that was made on revision `on`. What somebody else changed since is named
    in `others`, and `document` is the merged one then; in `conflicts` what both changed, with the other's value. A
    token that only writes is told neither what others wrote nor the document."""
    sent, language = json_object(body), language_of(request)
    on, note = sent.get("on"), sent.get("note") or ""
    if type(on) is not int or on < 0 or not isinstance(note, str):
        raise Rejected([problem("request.unreadable", "/on", reason="whole number expected")])
    made = runtime.designing.edit(viewer_of(request), app_id, on, sent.get("patch") or [], note[:300])
    shown = reads(request)
    merged = {"document": made.draft.document} if made.others and shown else {}
    return {
        "revision": made.draft.revision,
        "others": _others(runtime, made, language) if shown else [],
        "conflicts": [
            found.to_json(language) | ({} if other is MISSING or not shown else {"theirs": other})
            for found, other in zip(made.conflicts, made.instead, strict=True)
        ],
        **merged,
    }


@get(f"{DESIGN}/draft/newer", sync_to_thread=True)
def newer_draft(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """What was changed since the revision `since`: `{revision}` alone where nothing was, else with the `document`
    and, in `others`, what and by whom. Asked again and again by whoever designs."""
    since, language = _number(request, "since"), language_of(request)
    found = runtime.designing.newer(viewer_of(request), app_id, since)
    if found is None:
        return {"revision": since, "others": []}
    others = _others(runtime, found, language)
    return {"revision": found.draft.revision, "others": others, "document": found.draft.document}


def _others(runtime: Runtime, made: Edited, language: str) -> list[dict[str, Any]]:
    people = runtime.people.organisation().people
    names = {who: people[who].name if who in people else who for who, _ in made.others}
    return [
        {"by": who, "name": names[who], "path": one.path, "text": one.text(language)}
        for who, one in made.others
    ]


@get(f"{DESIGN}/history", sync_to_thread=True)
def draft_history(request: Ask, runtime: Runtime, app_id: str) -> list[dict[str, Any]]:
    """The newest revisions, newest first, without their documents."""
    found = runtime.designing.history(viewer_of(request), app_id, LIMIT)
    return [{key: value for key, value in _shown(one).items() if key != "document"} for one in found]


@get(f"{DESIGN}/problems", sync_to_thread=True)
def draft_problems(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """What the checks say of the newest draft, or of `revision`."""
    draft, found = runtime.designing.problems(viewer_of(request), app_id, _revision(request))
    return {"revision": draft.revision, "problems": [one.to_json(language_of(request)) for one in found]}


@get(f"{DESIGN}/preview", sync_to_thread=True)
def preview_draft(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """What publishing would mean: changes and who mentions what they are about, the plan, the problems."""
    language = language_of(request)
    found = runtime.designing.preview(viewer_of(request), app_id, _revision(request))
    return {
        "revision": found.draft.revision, "version": found.version,
        "changes": [_told(one, language) for one in found.changes], "plan": list(found.plan),
        "problems": [one.to_json(language) for one in found.problems],
    }  # fmt: skip


@post(f"{DESIGN}/publish", sync_to_thread=True, status_code=200, guards=[may_write])
def publish_draft(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{revision, reason?}`: the newest draft, named so that nobody publishes what he has not seen. `reason`: why its
    designers should read what they could not, where it gives them that."""
    sent = json_object(body)
    revision, reason = sent.get("revision"), sent.get("reason", "")
    if type(revision) is not int:
        raise Rejected([problem("request.unreadable", "/revision", reason="whole number expected")])
    if not isinstance(reason, str):
        raise Rejected([problem("request.unreadable", "/reason", reason="text expected")])
    return {"version": runtime.designing.publish(viewer_of(request), app_id, revision, reason)}


@post(f"{DESIGN}/conversion", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def try_conversion(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{form, field, type, options?}`: how many values of a published field convert, and the records that do
    not, as far as they are this viewer's to read. Nothing happens."""
    sent = json_object(body)
    found = runtime.conversions.preview(
        viewer_of(request), app_id, str(sent.get("form") or ""), str(sent.get("field") or ""), sent
    )
    counts = found.counts
    return {
        "total": counts.total, "looked": counts.looked, "converts": counts.converts, "fails": counts.fails,
        "rows": [record_json(view) for view in found.rows],
    }  # fmt: skip


@get(f"{DESIGN}/parked", sync_to_thread=True)
def parked_parts(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """Forms, fields and columns of sub-forms (`lines.price`) that were taken away while their values are there, as
    they stood in the last version that had them. `taken`: something else has that id now."""
    found = runtime.life.versions.parked(viewer_of(request), app_id)
    return {"items": [{**asdict(one), "permissions": dict(one.permissions)} for one in found]}


@post(f"{DESIGN}/parked", sync_to_thread=True, status_code=200, guards=[may_write])
def give_back(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{form, path?}`: this part stands in the draft again; published, it has its values."""
    sent = json_object(body)
    form, path = str(sent.get("form") or ""), str(sent.get("path") or "")
    edited = runtime.life.versions.give_back(viewer_of(request), app_id, form, path)
    return {"revision": edited.draft.revision}


router = Router(
    "/",
    route_handlers=[
        try_conversion, parked_parts, give_back,
        begin_draft, open_draft, newer_draft, edit_draft, draft_history, draft_problems, preview_draft, publish_draft,
    ],
    guards=[signed_in],
)  # fmt: skip


def _shown(draft: Draft) -> dict[str, Any]:
    at = from_microseconds(draft.at) if draft.revision else None
    return {
        "app": draft.app, "revision": draft.revision, "at": at, "by": draft.by, "note": draft.note,
        "document": draft.document,
    }  # fmt: skip


def _told(told: Told, language: str) -> dict[str, Any]:
    change = told.change
    mentions = [{"what": one.what, "id": one.id, "path": one.path} for one in told.mentions]
    return {
        "kind": change.kind, "what": change.what, "id": change.id, "path": change.path,
        "text": change.text(language), "mentions": mentions,
    }  # fmt: skip


def _revision(request: Ask) -> int:
    return _number(request, "revision")


def _number(request: Ask, name: str) -> int:
    text = request.query_params.get(name, "")
    return whole_number(text, 0)
