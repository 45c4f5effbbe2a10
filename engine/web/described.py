"""OpenAPI 3.1 of the whole API, made from the routes themselves: what is served is what is described.

What a body holds and what may stand behind a path is told here by the handler's name; a test holds these
tables against the handlers, and schemathesis the answers against the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from engine.web.openapi import PROBLEM, REFUSALS

API = "/api/v1/"
TEXT = {"type": "string"}
PEOPLE = {"type": ["string", "array"], "items": TEXT}
VALUES = {"type": "object", "description": "values by field"}
CHANGE = {
    "type": "object", "required": ["id", "values"],
    "properties": {"id": TEXT, "values": VALUES, "revision": {"type": "integer"}},
}  # fmt: skip

EXPRESSION = {
    "revision": {"type": "integer"}, "form": TEXT, "about": TEXT, "expects": TEXT, "expression": TEXT,
    "in_database": {"type": "boolean"},
}  # fmt: skip


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


PUBLIC_LINK = _object(
    "name", "fields", name=TEXT, fields={"type": "array", "items": TEXT}, thanks=TEXT,
    per_day={"type": "integer"}, opens_at={"type": "string", "format": "date-time"},
    closes_at={"type": "string", "format": "date-time"},
)  # fmt: skip

# What a handler takes as its JSON body, by the handler's name.
BODIES: Mapping[str, dict[str, Any]] = {
    "create_record": VALUES,
    "update_record": _object("values", values=VALUES, revision={"type": "integer"}),
    "put_record": VALUES,
    "batch": _object(create={"type": "array", "items": VALUES}, update={"type": "array", "items": CHANGE},
                     upsert={"type": "array", "items": VALUES}, by=TEXT),
    "open_import": _object("file", file=TEXT, attachments=TEXT),
    "check_import": _object(columns={"type": "array", "items": _object(field=TEXT, by=TEXT)}, sheet=TEXT, key=TEXT,
                            heading={"type": "integer"}, mode={"enum": ["create", "both", "update"]},
                            bad={"enum": ["leave_out", "nothing"]}, attachments=TEXT),
    "form_state": _object(
        record=TEXT, values=VALUES, changed={"type": "array", "items": TEXT}, seq={"type": "integer"}
    ),
    "delete_records": _object("records", records={"type": "array", "items": TEXT}),
    "restore_records": _object(records={"type": "array", "items": TEXT}, together=TEXT),
    "link_records": _object(
        add={"type": "array", "items": TEXT}, remove={"type": "array", "items": TEXT}
    ),
    "add_comment": _object("text", text=TEXT, named={"type": "array", "items": TEXT}, field=TEXT),
    "give_back": _object("form", form=TEXT, path=TEXT),
    "try_conversion": _object("form", "field", "type", form=TEXT, field=TEXT, type=TEXT, options={"type": "object"}),
    "begin_draft": _object("document", document={"type": "object"}),
    "edit_draft": _object("on", "patch", on={"type": "integer"}, note=TEXT,
                          patch={"type": "array", "items": {"type": "object"}}),
    "publish_draft": _object("revision", revision={"type": "integer"}, reason=TEXT),
    "make_public_link": PUBLIC_LINK,
    "change_public_link": PUBLIC_LINK,
    "look_at_expression": _object("form", "expression", **EXPRESSION, record=TEXT),
    "complete_expression": _object(
        "form", "expression", **EXPRESSION, at={"type": "integer"}, functions={"type": "boolean"}
    ),
    "build_expression": _object("form", "builder", **EXPRESSION, builder={"type": "object"}),
    "start_flow": _object("record", record=TEXT),
    "preview_flow": _object("values", values=VALUES),
    "act": _object(comment=TEXT, to=PEOPLE),
    "try_rule": _object("rule", rule={"type": ["string", "object"]}, last={"type": "integer"},
                        samples={"type": "integer"}),
    "set_absence": _object("delegate", "first", "last", delegate=TEXT, first=TEXT, last=TEXT),
    "close_task": _object("outcome", outcome=TEXT, comment=TEXT, to=PEOPLE),
    "transfer_task": _object("to", to=TEXT, comment=TEXT),
    "read_notifications": _object(ids={"type": "array", "items": TEXT}, all={"type": "boolean"}),
}  # fmt: skip

# What may stand behind the path, by the handler's name; fields of the form may stand there too.
QUERIES: Mapping[str, tuple[str, ...]] = {
    "list_records": ("q", "sort", "after", "limit", "page", "columns"),
    "search_records": ("q", "sort", "after", "limit", "page", "columns"),
    "export_records": ("as", "rows", "q", "sort", "columns"),
    "import_columns": ("sheet", "heading"),
    "options": ("q",),
    "proof": ("revision",),
    "recycle_bin": ("page",),
    "my_requests": ("state",),
    "open_draft": ("revision",),
    "draft_problems": ("revision",),
    "preview_draft": ("revision",),
    "runs": ("rule", "record", "outcome", "after", "limit"),
    "list_tasks": ("state", "kind", "app", "q", "sort", "limit", "after"),
    "list_notifications": ("unread", "limit", "after"),
    "drill": ("key",),
    "audit": (
        "person",
        "action",
        "app",
        "form",
        "record",
        "grant",
        "since",
        "until",
        "words",
        "people",
        "limit",
        "after",
    ),
}
FILES = frozenset({"upload"})


def api_openapi(app: Litestar, title: str, version: str) -> dict[str, Any]:
    """Every route under /api/v1/, as it is served."""
    paths: dict[str, Any] = {}
    for path, method, handler in served(app):
        paths.setdefault(_template(path), {})[method.lower()] = _operation(path, method, handler)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def served(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(path, method, handler) of the API."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                if route.path.startswith(API):
                    yield route.path, method, handler


def _template(path: str) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _operation(path: str, method: str, handler: HTTPRouteHandler) -> dict[str, Any]:
    named = re.findall(r"\{(\w+):\w+\}", path)
    name = handler.handler_name.rpartition(".")[2]
    in_path = [{"name": one, "in": "path", "required": True, "schema": TEXT} for one in named]
    asked = [
        {"name": one, "in": "query", "schema": TEXT} for one in (*QUERIES.get(name, ()), *_numbers(handler))
    ]
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}_{path.removeprefix(API)}").strip("_"),
        "summary": (handler.fn.__doc__ or name).split("\n\n")[0].strip(),
        "parameters": [*in_path, *asked],
        "responses": {str(handler.status_code): {"description": "OK"}, **REFUSALS},
    }
    if name in BODIES:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": BODIES[name]}},
        }
    elif name in FILES:
        file = _object("file", file={"type": "string", "format": "binary"})
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    return described


def _numbers(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """Whole numbers that Litestar reads from the query by itself."""
    fields = handler.parsed_fn_signature.parameters
    in_path = set(re.findall(r"\{(\w+):\w+\}", " ".join(handler.paths)))
    return tuple(name for name, field in fields.items() if field.annotation is int and name not in in_path)
