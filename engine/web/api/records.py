"""/api/v1/apps/…: an app's records, search and form state, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import Parameter

from engine.records.query import Change, Condition, Page, Query, RecordView
from engine.runtime import Runtime
from engine.web.body import json_list, json_object
from engine.web.idempotency import once
from engine.web.language import language_of
from engine.web.security import SCOPE, may_write, reads, signed_in, viewer_of
from engine.whole_numbers import is_whole_number, whole_number
from metamodel.problems import Problem, Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
LIMIT = 200
Ask = Request[Any, Any, Any]


@get(f"{FORM}/records", sync_to_thread=True)
def list_records(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> dict[str, Any]:
    """Newest first. `q` the query language, `sort`, `after` the cursor, `limit` ≤ 200, `field=value` conditions."""
    page = runtime.records.page(viewer_of(request), app_id, form_id, query_of(request.query_params))
    return page_json(page, language_of(request))


@get(f"{FORM}/search", sync_to_thread=True)
def search_records(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> dict[str, Any]:
    """As `records` with `q`, plus snippets; `{total, items}`."""
    page = runtime.records.page(viewer_of(request), app_id, form_id, query_of(request.query_params))
    return page_json(page, language_of(request))


@get(f"{FORM}/records/{{record:str}}", sync_to_thread=True)
def get_record(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> dict[str, Any]:
    return record_json(runtime.records.get(viewer_of(request), app_id, form_id, record))


@post(f"{FORM}/records", sync_to_thread=True, guards=[may_write])
def create_record(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes,
    idempotency_key: Annotated[str | None, Parameter(header="idempotency-key")] = None,
) -> Response[Any]:  # fmt: skip
    """Create one record from `{field: value}`; answers 201 with its id."""
    values, viewer = json_object(body), viewer_of(request)

    def work(unit: Any) -> dict[str, Any]:
        try:
            (made,) = runtime.records.create(viewer, app_id, form_id, [values], unit)
        except Rejected as refused:
            raise Rejected(_without_row(p) for p in refused.problems) from None
        return {"id": made}

    return Response(once(runtime, viewer, idempotency_key, body, work), status_code=201)


@patch(f"{FORM}/records/{{record:str}}", sync_to_thread=True, guards=[may_write])
def update_record(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str, body: bytes
) -> dict[str, Any]:
    """Change fields: `{values: {field: value}, revision?}`; 409 when the revision is not the newest. Answers with the
    record; a token that only writes gets `{id, revision}`."""
    sent, viewer = json_object(body), viewer_of(request)
    (outcome,) = runtime.records.update(viewer, app_id, form_id, [change_of({**sent, "id": record})])
    if not outcome.ok:
        raise Rejected(outcome.problems)
    return _written(request, runtime, app_id, form_id, record)


@put(f"{FORM}/records/by/{{field:str}}/{{value:str}}", sync_to_thread=True, guards=[may_write])
def put_record(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, field: str, value: str, body: bytes
) -> Response[Any]:
    """Create the record whose `field` holds this value, or change it: `{field: value}`. The same request twice
    leaves one record. 201 when it was created, else 200; 409 when several records hold the value. Answers as a change
    does."""
    values, viewer = json_object(body), viewer_of(request)
    if values.setdefault(field, value) != value:
        raise Rejected([problem("request.unreadable", f"/{field}", reason="not the value of the address")])
    try:
        (made,) = runtime.records.upsert(viewer, app_id, form_id, field, [values])
    except Rejected as refused:
        raise Rejected(_without_row(p) for p in refused.problems) from None
    told = _written(request, runtime, app_id, form_id, made.id)
    return Response(told, status_code=201 if made.created else 200)


def _written(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> dict[str, Any]:
    viewer = viewer_of(request)
    if reads(request):
        return record_json(runtime.records.get(viewer, app_id, form_id, record))
    return {"id": record, "revision": runtime.records.revision(viewer, app_id, form_id, record)}


@post(f"{FORM}/records:batch", sync_to_thread=True, guards=[may_write])
def batch(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes,
    idempotency_key: Annotated[str | None, Parameter(header="idempotency-key")] = None,
) -> dict[str, Any]:  # fmt: skip
    """`{create: [{…}], upsert: [{…}], by, update: [{id, revision?, values}]}`: creations and upserts (records
    recognised by the field `by`) all or nothing, updates one by one."""
    sent, viewer = json_object(body), viewer_of(request)
    rows, keyed = json_list(sent, "create"), json_list(sent, "upsert")
    changes = [change_of(item) for item in json_list(sent, "update")]
    if keyed and not isinstance(sent.get("by"), str):
        raise Rejected([problem("request.unreadable", "/by", reason="field id expected")])

    def work(unit: Any) -> dict[str, Any]:
        made: dict[str, Any] = {
            "created": runtime.records.create(viewer, app_id, form_id, rows, unit) if rows else []
        }
        if keyed:
            written = runtime.records.upsert(viewer, app_id, form_id, sent["by"], keyed, unit)
            made["upserted"] = [asdict(one) for one in written]
        return made

    answer = once(runtime, viewer, idempotency_key, body, work)
    outcomes = runtime.records.update(viewer, app_id, form_id, changes)
    language = language_of(request)
    updated = [
        {"id": o.id, "ok": o.ok, "problems": [p.to_json(language) for p in o.problems]} for o in outcomes
    ]
    return {**answer, "updated": updated}


@post(f"{FORM}/state", sync_to_thread=True, status_code=200, opt={SCOPE: "read"})
def form_state(request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes) -> dict[str, Any]:
    """`{record?, values, changed, seq}` → `{seq, fields, blocks}`: the same decisions the save takes."""
    sent = json_object(body)
    record = str(sent["record"]) if sent.get("record") else None
    values = sent.get("values") if isinstance(sent.get("values"), dict) else {}
    changed = [str(name) for name in sent.get("changed") or ()]
    found = runtime.records.form_state(viewer_of(request), app_id, form_id, record, values or {}, changed)
    return {"seq": sent.get("seq", 0), "fields": found.fields, "blocks": found.blocks}


@get(f"{FORM}/options/{{field:str}}", sync_to_thread=True)
def options(request: Ask, runtime: Runtime, app_id: str, form_id: str, field: str) -> list[dict[str, str]]:
    """What may be picked: `q` in Chinese, pinyin or initials."""
    found = runtime.records.options(
        viewer_of(request), app_id, form_id, field, request.query_params.get("q", "")
    )
    return [asdict(option) for option in found]


@get(f"{FORM}/records/{{record:str}}/history", sync_to_thread=True)
def history(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> list[dict[str, Any]]:
    return [asdict(event) for event in runtime.records.history(viewer_of(request), app_id, form_id, record)]


@get(f"{FORM}/records/{{record:str}}/proof", sync_to_thread=True)
def proof(request: Ask, runtime: Runtime, app_id: str, form_id: str, record: str) -> dict[str, Any]:
    """Leaf, position, inclusion path and the signed checkpoint of an archived record's newest revision;
    `?revision=` of another."""
    asked = request.query_params.get("revision", "")
    revision = whole_number(asked)
    if asked and revision is None:
        raise Rejected([problem("request.unreadable", "/revision", reason="number expected")])
    found = runtime.records.proof(viewer_of(request), app_id, form_id, record, revision)
    if found is None:
        raise Rejected([problem("record.unknown", record=record)])
    return dict(found)


router = Router(
    "/",
    route_handlers=[
        list_records, search_records, get_record, create_record, update_record, put_record, batch, form_state, options,
        history, proof,
    ],
    guards=[signed_in],
)  # fmt: skip


def query_of(parameters: Mapping[str, Any]) -> Query:
    """URL parameters as a Query; every name that is not one of ours is a condition on a field."""
    own = {"q", "sort", "after", "limit", "page", "columns"}
    limit = str(parameters.get("limit", "20"))
    page = str(parameters.get("page", "0"))
    if not (is_whole_number(limit) and is_whole_number(page)):
        raise Rejected([problem("request.unreadable", reason="limit, page")])
    return Query(
        text=str(parameters.get("q", "")),
        conditions=tuple(condition_of(name, str(parameters[name])) for name in parameters if name not in own),
        sort=tuple(s for s in str(parameters.get("sort", "")).split(",") if s),
        after=str(parameters.get("after", "")),
        page=min(int(page), 10_000),
        limit=max(1, min(int(limit), LIMIT)),
        columns=tuple(c for c in str(parameters.get("columns", "")).split(",") if c),
    )


def condition_of(name: str, text: str) -> Condition:
    """`channel=wecom`, `channel=wecom,phone`, `sent_at=2026-11-01..2026-11-30`, `amount__ge=100`."""
    path, _, operator = name.partition("__")
    if operator:
        return Condition(path, operator, tuple(text.split(",")))
    if ".." in text:
        low, _, high = text.partition("..")
        return Condition(path, "between", (low, high))
    return Condition(path, "any_of", tuple(text.split(",")))


def change_of(sent: Any) -> Change:
    if (
        not isinstance(sent, dict)
        or not is_whole_number(sent.get("id", ""))
        or not isinstance(sent.get("values"), dict)
    ):
        raise Rejected([problem("request.unreadable", "/update", reason="{id, values}")])
    revision = sent.get("revision")
    if revision is not None and not is_whole_number(revision):
        raise Rejected([problem("request.unreadable", "/update/revision", reason="number expected")])
    return Change(str(sent["id"]), sent["values"], whole_number(revision))


def page_json(page: Page, language: str) -> dict[str, Any]:
    return {
        "total": page.total,
        "total_exact": page.total_exact,
        "next": page.next,
        "hints": [hint.to_json(language) for hint in page.hints],
        "pending": {name: {"done": one.done, "total": one.total} for name, one in page.pending.items()},
        "items": [record_json(item) for item in page.items],
    }


def record_json(view: RecordView) -> dict[str, Any]:
    snippets = [{"field": name, "pieces": pieces} for name, pieces in view.snippets]
    shredded = json.loads(view.shredded.statement) if view.shredded else None
    told = {"can": sorted(view.can), "ways": list(view.ways), "snippets": snippets, "shredded": shredded}
    told["pending"] = sorted(view.pending)
    return {**asdict(view), **told}


def _without_row(found: Problem) -> Problem:
    return replace(found, path=found.path.removeprefix("/0"))
