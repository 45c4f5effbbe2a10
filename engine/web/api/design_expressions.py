"""/api/v1/design/{app}/expressions: what somebody who writes an expression of a draft is told while he types."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, post

from engine.designing.expressions import Answer, Found
from engine.designing.places import EXPECTED, Place
from engine.runtime import Runtime
from engine.web.body import json_object
from engine.web.language import language_of
from engine.web.security import SCOPE, signed_in, viewer_of
from metamodel.conditions import condition_from_json
from metamodel.expressions.source import MAX_LENGTH
from metamodel.expressions.types import type_label
from metamodel.labels import label_text
from metamodel.problems import Rejected, problem

EXPRESSIONS = "/design/{app_id:str}/expressions"
Ask = Request[Any, Any, Any]


@post(EXPRESSIONS, sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def look_at_expression(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{revision, form, expression, expects, about?, in_database?, record?}` → its type, problems with places and
    fixes, the names in it as people call them, the conditions it says, its value on a record."""
    sent, language = json_object(body), language_of(request)
    answer = runtime.expressions.look(
        viewer_of(request),
        app_id,
        revision_of(sent),
        place_of(sent),
        text_of(sent),
        str(sent.get("record") or ""),
    )
    return answer_json(answer, language)


@post(f"{EXPRESSIONS}/complete", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def complete_expression(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{revision, form, expression, at, functions?}` → what may stand at that place (or every function), and the
    argument that is being written."""
    sent = json_object(body)
    at = sent.get("at")
    found = runtime.expressions.complete(
        viewer_of(request),
        app_id,
        revision_of(sent),
        place_of(sent),
        text_of(sent),
        at if type(at) is int else 0,
        sent.get("functions") is True,
    )
    return {
        "start": found.start, "end": found.end, "items": [item.to_json() for item in found.items],
        "hint": found.hint.to_json() if found.hint else None,
    }  # fmt: skip


@post(f"{EXPRESSIONS}/build", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def build_expression(request: Ask, runtime: Runtime, app_id: str, body: bytes) -> dict[str, Any]:
    """`{revision, form, builder}` → the expression those conditions say."""
    sent = json_object(body)
    group = condition_from_json(sent.get("builder"))
    viewer = viewer_of(request)
    return {"expression": runtime.expressions.build(viewer, app_id, revision_of(sent), place_of(sent), group)}


router = Router(
    "/",
    route_handlers=[look_at_expression, complete_expression, build_expression],
    guards=[signed_in],
)


def place_of(sent: dict[str, Any]) -> Place:
    """Where the expression stands, of a request. Rejected: request.unreadable."""
    form, about, expects = sent.get("form") or "", sent.get("about") or "", sent.get("expects") or "any"
    if not (isinstance(form, str) and isinstance(about, str) and isinstance(expects, str)):
        raise Rejected([problem("request.unreadable", "/form", reason="form, about, expects")])
    return Place(form, about, expects if expects in EXPECTED else "any", sent.get("in_database") is True)


def text_of(sent: dict[str, Any]) -> str:
    """The expression; one that is far too long is cut where it is too long anyway."""
    text = sent.get("expression") or ""
    if not isinstance(text, str):
        raise Rejected([problem("request.unreadable", "/expression", reason="text expected")])
    return text[: MAX_LENGTH + 1]


def revision_of(sent: dict[str, Any]) -> int:
    revision = sent.get("revision")
    return revision if type(revision) is int and 0 <= revision < 10**9 else 0


def answer_json(answer: Answer, language: str) -> dict[str, Any]:
    """An answer as the editor reads it."""
    return {
        "type": label_text(type_label(answer.type), language) if answer.type else "",
        "problems": [_found(found, language) for found in answer.problems],
        "shown": [chip.to_json() for chip in answer.chips],
        "builder": answer.builder.to_json() if answer.builder is not None else None,
        "sentence": answer.sentence,
        "value": answer.tried.to_json(language) if answer.tried is not None else None,
    }


def _found(found: Found, language: str) -> dict[str, Any]:
    said = found.problem
    return {
        "at": found.at, "length": found.length, "code": said.code, "severity": said.severity,
        "text": said.text(language), "fix": found.fix.to_json() if found.fix else None,
    }  # fmt: skip
