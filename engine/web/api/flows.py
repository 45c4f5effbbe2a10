"""/api/v1/apps/…/flows and /api/v1/flows/…: begin a flow, act in it, see where it stands, one's own requests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import Request, Router, get, post

from engine.runtime import Runtime
from engine.web.body import json_object, names
from engine.web.security import SCOPE, may_write, signed_in, viewer_of

APP = "/apps/{app_id:str}"
Ask = Request[Any, Any, Any]


@post(f"{APP}/flows/{{flow:str}}", sync_to_thread=True, guards=[may_write])
def start_flow(request: Ask, runtime: Runtime, app_id: str, flow: str, body: bytes) -> dict[str, str]:
    """`{record}`: begin the flow on it; answers 201 with the instance's id."""
    viewer, record = viewer_of(request), str(json_object(body).get("record", ""))
    runtime.app_for(viewer, app_id)
    made = runtime.database.write(lambda unit: runtime.flows.start(unit, viewer, app_id, flow, record))
    return {"instance": str(made)}


@post(f"{APP}/flows/{{flow:str}}/preview", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def preview_flow(request: Ask, runtime: Runtime, app_id: str, flow: str, body: bytes) -> list[dict[str, Any]]:
    """`{values}`: who would be asked, node by node, if this viewer handed these in."""
    viewer, sent = viewer_of(request), json_object(body)
    values = sent.get("values") if isinstance(sent.get("values"), dict) else {}
    runtime.app_for(viewer, app_id)
    found = runtime.flows.preview(viewer, app_id, flow, values or {})
    return [{"node": node, "people": list(people)} for node, people in found]


@get(f"{APP}/forms/{{form_id:str}}/records/{{record:str}}/flow", sync_to_thread=True)
def view_flow(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> dict[str, Any]:
    """The newest flow on a record, and what may be begun on it."""
    viewer = viewer_of(request)
    found = runtime.flows.view(viewer, app_id, form_id, record)
    startable = [
        {"flow": flow, "label": label}
        for flow, label in runtime.flows.startable(viewer, app_id, form_id, record)
    ]
    return {"flow": asdict(found) if found else None, "startable": startable}


@post("/flows/{instance:str}/{action:str}", sync_to_thread=True, status_code=200, guards=[may_write])
def act(request: Ask, runtime: Runtime, instance: str, action: str, body: bytes) -> dict[str, Any]:
    """`{comment?, to?}`: approve, reject, return, transfer, add_before, add_after, resubmit, withdraw, remind,
    comment; `to` is a person, or a list of those who are added."""
    sent = json_object(body) if body else {}
    comment, to = str(sent.get("comment") or ""), names(sent, "to")
    runtime.flows.act(viewer_of(request), instance, action, comment, to)
    return {"state": runtime.flows.state_of(instance)}


@get("/requests", sync_to_thread=True)
def my_requests(request: Ask, runtime: Runtime) -> list[dict[str, Any]]:
    """What this viewer asked for, newest first; `state`: open, ended, or one of the states."""
    state = str(request.query_params.get("state", ""))
    return [asdict(one) for one in runtime.flows.mine(viewer_of(request), state)]


router = Router(
    "/", route_handlers=[start_flow, preview_flow, view_flow, act, my_requests], guards=[signed_in]
)
