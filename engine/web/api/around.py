"""/api/v1/apps/…: around a record: deleting it, the recycle bin, comments."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import Router, delete, get, post

from engine.records.comments import Comment
from engine.records.query import Outcome
from engine.records.recycling import MOST
from engine.runtime import Runtime
from engine.web.api.records import FORM, Ask, record_json
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import may_write, signed_in, viewer_of
from engine.whole_numbers import is_whole_number
from metamodel.problems import Rejected, problem

RECORD = f"{FORM}/records/{{record:str}}"
BIN = f"{FORM}/recycle-bin"


@delete(RECORD, sync_to_thread=True, guards=[may_write], status_code=200)
def delete_record(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> dict[str, Any]:
    """Into the recycle bin, for thirty days; `{id, together}`. Archives: 409."""
    gone = runtime.recycle_bin.delete(viewer_of(request), app_id, form_id, [record])
    refused = [found for one in gone.outcomes for found in one.problems]
    if refused or not gone.outcomes:
        raise Rejected(refused or [problem("record.unknown", record=record)])
    return {"id": record, "together": gone.together}


@post(f"{FORM}/records:delete", sync_to_thread=True, guards=[may_write], status_code=200)
def delete_records(request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes) -> dict[str, Any]:
    """`{records: [id]}`, at most 1,000, each on its own; `together` brings them back by one call."""
    records = _texts(json_object(body), "records")
    gone = runtime.recycle_bin.delete(viewer_of(request), app_id, form_id, records)
    return {"together": gone.together, "deleted": outcomes_json(gone.outcomes, language_of(request))}


@get(BIN, sync_to_thread=True)
def recycle_bin(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> dict[str, Any]:
    """What this viewer may bring back, the last deleted first; `page` from 0."""
    page = str(request.query_params.get("page", "0"))
    if not is_whole_number(page) or len(page) > 5:
        raise Rejected([problem("request.unreadable", "/page", reason="number expected")])
    found = runtime.recycle_bin.page(viewer_of(request), app_id, form_id, int(page))
    items = [
        {"record": record_json(one.view), "at": one.at, "by": one.by, "until": one.until}
        for one in found.items
    ]
    return {"total": found.total, "more": found.more, "items": items}


@post(f"{BIN}/restore", sync_to_thread=True, guards=[may_write], status_code=200)
def restore_records(request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes) -> dict[str, Any]:
    """`{records: [id]}`, or `{together}` for all that went by one call."""
    sent = json_object(body)
    done = runtime.recycle_bin.restore(
        viewer_of(request), app_id, form_id, _texts(sent, "records"), str(sent.get("together") or "")
    )
    return {"restored": outcomes_json(done, language_of(request))}


@get(f"{RECORD}/comments", sync_to_thread=True)
def list_comments(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str
) -> list[dict[str, Any]]:
    """The newest first; those about a field only for who may read it."""
    return [comment_json(one) for one in runtime.comments.of(viewer_of(request), app_id, form_id, record)]


@post(f"{RECORD}/comments", sync_to_thread=True, guards=[may_write])
def add_comment(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str, body: bytes
) -> dict[str, Any]:
    """`{text, named?: [person], field?}`; whom an @ names is told. `untold`: who may not read the record."""
    sent = json_object(body)
    named = _texts(sent, "named")
    said = runtime.comments.add(
        viewer_of(request), app_id, form_id, record, str(sent.get("text") or ""), named, str(sent.get("field") or "")
    )  # fmt: skip
    return {"id": said.comment, "untold": list(said.untold)}


@delete(f"{RECORD}/comments/{{comment:str}}", sync_to_thread=True, guards=[may_write], status_code=204)
def remove_comment(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str, comment: str
) -> None:
    """One's own."""
    runtime.comments.remove(viewer_of(request), app_id, form_id, record, comment)


@post(f"{RECORD}/linked/{{field:str}}", sync_to_thread=True, guards=[may_write], status_code=200)
def link_records(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str, field: str, body: bytes
) -> dict[str, Any]:
    """`{add: [id], remove: [id]}`: a two-way link written from this side: the links of those records change."""
    sent = json_object(body)
    linked = runtime.linking.link(
        viewer_of(request), app_id, form_id, record, field, _texts(sent, "add"), _texts(sent, "remove")
    )
    return {"id": record, "linked": linked}


router = Router(
    "/",
    route_handlers=[
        delete_record, delete_records, recycle_bin, restore_records, list_comments, add_comment, remove_comment,
        link_records,
    ],
    guards=[signed_in],
)  # fmt: skip


def outcomes_json(outcomes: Any, language: str) -> list[dict[str, Any]]:
    """`{id, ok, problems}` of each."""
    return [_outcome_json(one, language) for one in outcomes]


def _outcome_json(one: Outcome, language: str) -> dict[str, Any]:
    return {"id": one.id, "ok": one.ok, "problems": [found.to_json(language) for found in one.problems]}


def comment_json(one: Comment) -> dict[str, Any]:
    return {**asdict(one), "text": one.text}


def _texts(sent: dict[str, Any], name: str) -> list[str]:
    """A list of ids; absent is empty."""
    value = sent.get(name) or []
    if (
        not isinstance(value, list)
        or len(value) > MOST
        or not all(isinstance(one, str | int) for one in value)
    ):
        raise Rejected([problem("request.unreadable", f"/{name}", reason=f"list of at most {MOST} ids")])
    return [str(one) for one in value]
