"""/api/v1/tasks and /api/v1/notifications: one's own to-dos and what one was told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from litestar import Request, Router, get, post

from engine.runtime import Runtime
from engine.tasks import TaskView
from engine.web.body import json_object, names
from engine.web.language import language_of
from engine.web.security import may_write, reads, signed_in, viewer_of
from engine.whole_numbers import is_whole_number
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

Ask = Request[Any, Any, Any]
STATES = ("open", "done", "cancelled", "all")
SORTS = ("due", "new")


@get("/tasks", sync_to_thread=True)
def list_tasks(request: Ask, runtime: Runtime) -> dict[str, Any]:
    """One's own: `state` (open, done, cancelled, all), `kind`, `app`, `q`, `sort` (due, new), `limit`, `after`."""
    asked, viewer = request.query_params, viewer_of(request)
    page = runtime.tasks.of(
        viewer,
        state=cast(Any, _one_of(asked.get("state", "open"), STATES, "/state")),
        kind=asked.get("kind", ""),
        app=asked.get("app", ""),
        text=asked.get("q", ""),
        sort=cast(Any, _one_of(asked.get("sort", "due"), SORTS, "/sort")),
        limit=_number(asked.get("limit", "50")),
        after=asked.get("after", ""),
    )
    language = language_of(request)
    items = [task_json(one, language) for one in page.items]
    return {"total": page.total, "next": page.next, "items": items}


@get("/tasks/counts", sync_to_thread=True)
def count_tasks(request: Ask, runtime: Runtime) -> dict[str, int]:
    """`{open, overdue, today}`."""
    return asdict(runtime.tasks.counts(viewer_of(request)))


@get("/tasks/{task:str}", sync_to_thread=True)
def get_task(request: Ask, runtime: Runtime, task: str) -> dict[str, Any]:
    return task_json(runtime.tasks.get(viewer_of(request), task), language_of(request))


@post("/tasks/{task:str}/close", sync_to_thread=True, status_code=200, guards=[may_write])
def close_task(request: Ask, runtime: Runtime, task: str, body: bytes) -> dict[str, Any]:
    """`{outcome, comment?, to?}`; `to`: whom an outcome asks as well; 409 when somebody was first. Answers with the
    task; a token that only writes gets `{id}`."""
    sent, viewer = json_object(body), viewer_of(request)
    outcome, comment, to = str(sent.get("outcome") or ""), str(sent.get("comment") or ""), names(sent, "to")
    runtime.database.write(lambda unit: runtime.tasks.close(unit, viewer, task, outcome, comment, to))
    return (
        task_json(runtime.tasks.get(viewer, task), language_of(request)) if reads(request) else {"id": task}
    )


@post("/tasks/{task:str}/transfer", sync_to_thread=True, status_code=200, guards=[may_write])
def transfer_task(request: Ask, runtime: Runtime, task: str, body: bytes) -> dict[str, Any]:
    """`{to, comment?}`: to another person instead of oneself."""
    sent, viewer = json_object(body), viewer_of(request)
    to, comment = str(sent.get("to") or ""), str(sent.get("comment") or "")
    runtime.database.write(lambda unit: runtime.tasks.transfer(unit, viewer, task, to, comment))
    return asdict(runtime.tasks.counts(viewer)) if reads(request) else {}


@get("/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}/tasks", sync_to_thread=True)
def tasks_about(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str
) -> list[dict[str, Any]]:
    """Tasks about a record, newest first, for those who may read the record."""
    found = runtime.tasks.about(viewer_of(request), app_id, form_id, record)
    return [task_json(one, language_of(request)) for one in found]


@get("/notifications", sync_to_thread=True)
def list_notifications(request: Ask, runtime: Runtime) -> dict[str, Any]:
    """One's own, newest first: `unread` (yes), `limit`, `after`."""
    asked, viewer = request.query_params, viewer_of(request)
    page = runtime.notifications.of(
        viewer,
        limit=_number(asked.get("limit", "50")),
        after=asked.get("after", ""),
        unread=asked.get("unread") == "yes",
    )
    unread = runtime.notifications.unread(viewer)
    return {"unread": unread, "next": page.next, "items": [asdict(one) for one in page.items]}


@post("/notifications/read", sync_to_thread=True, status_code=200, guards=[may_write])
def read_notifications(request: Ask, runtime: Runtime, body: bytes) -> dict[str, int]:
    """`{ids: [id]}`, or `{all: true}`: mark as read; how many were not."""
    sent, viewer = json_object(body), viewer_of(request)
    ids = sent.get("ids")
    if sent.get("all") is True:
        ids = None
    elif not isinstance(ids, list):
        raise Rejected([problem("request.unreadable", "/ids", reason="{ids: [id]} or {all: true}")])
    return {"read": runtime.database.write(lambda unit: runtime.notifications.read(unit, viewer, ids))}


router = Router(
    "/",
    route_handlers=[
        list_tasks, count_tasks, get_task, close_task, transfer_task, tasks_about, list_notifications,
        read_notifications,
    ],
    guards=[signed_in],
)  # fmt: skip


def task_json(view: TaskView, language: str) -> dict[str, Any]:
    outcomes = [
        {
            "id": one.id,
            "label": label_text(one.label, language, one.id),
            "style": one.style,
            "reason": one.reason,
            "people": one.people,
        }
        for one in view.outcomes
    ]
    return {**asdict(view), "outcomes": outcomes}


def _one_of(text: str, known: tuple[str, ...], place: str) -> str:
    if text not in known:
        raise Rejected([problem("request.unreadable", place, reason=", ".join(known))])
    return text


def _number(text: str) -> int:
    if not is_whole_number(text) or len(text) > 6:
        raise Rejected([problem("request.unreadable", "/limit", reason="limit")])
    return int(text)
