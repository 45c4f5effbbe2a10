"""/api/v1/apps/…/rules: try a rule, press its button, and see what rules did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from litestar import Request, Router, get, post

from engine.rules.json_form import run_json, trial_json
from engine.runtime import Runtime
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import SCOPE, may_write, reads, signed_in, viewer_of
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

APP = "/apps/{app_id:str}"
RECORD = f"{APP}/forms/{{form_id:str}}/records/{{record:str}}"
LIMIT = 200
Ask = Request[Any, Any, Any]


@post(f"{APP}/rules:try", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def try_rule(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{rule: id or the rule itself, last?, samples?}`: what it would have matched among the newest records this
    viewer may read. Changes nothing."""
    sent, viewer = json_object(body), viewer_of(request)
    runtime.app_for(viewer, app_id)
    rule = sent.get("rule")
    if not isinstance(rule, (str, dict)):
        raise Rejected([problem("rule.unknown", "/rule", rule="")])
    last, samples = _number(sent.get("last"), 1_000), _number(sent.get("samples"), 5)
    trial = runtime.rules.try_out(viewer, app_id, rule, last, min(samples, LIMIT))
    return trial_json(trial, language_of(request))


@get(f"{APP}/rules/runs", sync_to_thread=True)
def runs(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """The rule log, newest first: `rule`, `record`, `outcome`, `after` the cursor, `limit` ≤ 200."""
    viewer, asked = viewer_of(request), request.query_params
    runtime.app_for(viewer, app_id)
    limit = max(1, min(_number(asked.get("limit"), 50), LIMIT))
    chosen = {name: asked.get(name, "") for name in ("rule", "record", "outcome", "after")}
    found = runtime.rules.log(viewer, app_id, limit=limit, **chosen)
    return {"items": [run_json(run) for run in found], "next": found[-1].id if len(found) == limit else ""}


@get(f"{RECORD}/buttons", sync_to_thread=True)
def buttons(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> list[dict[str, str]]:
    """The rules' buttons this viewer may press on the record now."""
    viewer = viewer_of(request)
    view = runtime.records.get(viewer, app_id, form_id, record)
    return [
        {"rule": rule, "label": label} for rule, label in runtime.rules.buttons(viewer, app_id, form_id, view)
    ]


@post(f"{RECORD}/press/{{rule:str}}", sync_to_thread=True, status_code=200, guards=[may_write])
def press(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str, rule: str
) -> dict[str, Any]:
    """Press a button: all it does or nothing. `opens`: the form it wants filled in next, with its values, for who may
    read."""
    viewer = viewer_of(request)
    runtime.app_for(viewer, app_id)
    opened = runtime.rules.press(viewer, app_id, rule, record, form_id)
    return {"pressed": rule, "opens": asdict(opened) if opened and reads(request) else None}


def _number(given: Any, otherwise: int) -> int:
    text = str(given if given is not None else "")
    return whole_number(text, otherwise)


router = Router("/", route_handlers=[try_rule, runs, buttons, press], guards=[signed_in])
