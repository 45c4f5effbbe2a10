"""/api/v1/audit: the audit trail for those who manage it, and the looks at one record."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get

from engine.access.audit import AuditEntry, Occurrence
from engine.access.audit_search import AuditQuery, told
from engine.clock import from_microseconds, microseconds
from engine.runtime import Runtime
from engine.web.security import signed_in, viewer_of
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.human_text import read_moment
from metamodel.problems import BadValue, Rejected, problem

RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"
LIMIT = 200
Ask = Request[Any, Any, Any]


@get("/audit", sync_to_thread=True)
def audit(request: Ask, runtime: Runtime) -> dict[str, Any]:
    """Newest first: `person`, `action` (several with commas), `app`, `form`, `record`, `grant`, `since`, `until`,
    `words`, `people` (1: nothing the house did by itself), `limit` ≤ 200, `after` the cursor."""
    viewer, asked = viewer_of(request), request.query_params
    number = {name: _number(asked, name) for name in ("record", "grant", "limit", "after")}
    query = AuditQuery(
        asked.get("person", ""), tuple(filter(None, asked.get("action", "").split(","))), asked.get("app", ""),
        asked.get("form", ""), number["record"], number["grant"], _moment(runtime, asked, "since"),
        _moment(runtime, asked, "until"), asked.get("words", "")[:200], asked.get("people") == "1",
    )  # fmt: skip
    limit = max(1, min(number["limit"] or 50, LIMIT))
    page = runtime.audit_search.page(viewer, query, number["after"], limit)
    runtime.audit.note(viewer, Occurrence("audit", query.app, detail=dict(asked.items())))
    return {"items": [entry_json(entry) for entry in page.entries], "next": str(page.after or "")}


@get(f"{RECORD}/looks", sync_to_thread=True)
def looks(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> list[dict[str, Any]]:
    """Who opened, found, exported or changed the record, newest first; `listed`: it was shown among others."""
    number = whole_number(record, 0)
    found = runtime.audit_search.looks(viewer_of(request), app_id, form_id, number)
    return [{**entry_json(look.entry), "listed": look.listed, "purpose": look.purpose} for look in found]


router = Router("/", route_handlers=[audit, looks], guards=[signed_in])


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": str(entry.id), "at": from_microseconds(entry.at), "person": entry.person, "action": entry.action,
        "app": entry.app, "form": entry.form, "record": str(entry.record or ""), "grant": str(entry.grant_id or ""),
        "address": entry.address, "detail": told(entry),
    }  # fmt: skip


def _number(asked: Any, name: str) -> int | None:
    text = asked.get(name, "")
    if text and not is_whole_number(text):
        raise Rejected([problem("request.unreadable", f"/{name}", reason=name)])
    return int(text) if text else None


def _moment(runtime: Runtime, asked: Any, name: str) -> int | None:
    try:
        return microseconds(read_moment(asked[name], runtime.config.zone)) if asked.get(name) else None
    except (BadValue, OverflowError, ValueError):
        raise Rejected([problem("request.unreadable", f"/{name}", reason=name)]) from None
