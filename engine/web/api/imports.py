"""/api/v1/apps/…/imports: records in from a spreadsheet that was uploaded, step by step as people do it; and out.

POST /api/v1/files                      the spreadsheet (and a ZIP of files), as every upload
POST …/imports                          {file, attachments?} -> an import, its columns guessed
GET  …/imports/{id}/columns             what may stand for what; ?sheet= &heading=
POST …/imports/{id}/check               every line is tried, nothing is written
POST …/imports/{id}/begin, /stop        the right lines are written; GET …/imports/{id} says how far it is
GET  …/imports/{id}/wrong, /workbook    the wrong lines with their reasons, as JSON and to be mended
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.response import Stream

from engine.exports import KINDS
from engine.importing import Column, Import, Plan, Target
from engine.runtime import Runtime
from engine.web.api.records import query_of
from engine.web.body import json_list, json_object
from engine.web.language import language_of
from engine.web.security import may_write, reads, signed_in, viewer_of
from engine.whole_numbers import whole_number
from metamodel.problems import Problem, Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
ONE = f"{FORM}/imports/{{import_id:str}}"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 1_000  # wrong lines in one answer
Ask = Request[Any, Any, Any]


@post(f"{FORM}/imports", sync_to_thread=True, guards=[may_write])
def open_import(request: Ask, runtime: Runtime, app_id: str, form_id: str, body: bytes) -> dict[str, Any]:
    """Begin with an uploaded spreadsheet: `{file, attachments?}`, ids of `POST /files`; `attachments` is a ZIP with
    the files that cells name. Nothing is written before it is checked and begun."""
    sent, viewer = json_object(body), viewer_of(request)
    file, attachments = (_id(sent, name) for name in ("file", "attachments"))
    made = runtime.imports.open(viewer, app_id, form_id, file, attachments)
    return _told(request, runtime, app_id, form_id, made)


@get(f"{FORM}/imports", sync_to_thread=True)
def list_imports(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> list[dict[str, Any]]:
    """One's own of the last week, newest first."""
    if not runtime.imports.may(viewer_of(request), app_id, form_id):
        raise Rejected([problem("access.denied")])
    return [import_json(one) for one in runtime.imports.of(viewer_of(request), app_id, form_id)]


@get(f"{FORM}/imports/template", sync_to_thread=True)
def import_template(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> Response[bytes]:
    """A workbook with a column for every field one may fill."""
    content = runtime.imports.template(viewer_of(request), app_id, form_id)
    return _file(content, f"{form_id}-template.xlsx")


@get(ONE, sync_to_thread=True)
def get_import(request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str) -> dict[str, Any]:
    """How far it is: `state` (open checking checked running stopped done failed), lines `done` of `total`, records
    `created` and `updated` (as long as it is only checked: that would be), `wrong` lines."""
    return _told(request, runtime, app_id, form_id, import_id)


@get(f"{ONE}/columns", sync_to_thread=True)
def import_columns(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str
) -> dict[str, Any]:
    """The columns of the file and what they seem to stand for; what they may stand for (`lines.price`: a column of a
    sub-form), which fields recognise records, and by which field a link is found. `sheet`, `heading`: another part
    of the file."""
    viewer, language = viewer_of(request), language_of(request)
    found = _found(request, runtime, app_id, form_id, import_id)
    sheet, heading = request.query_params.get("sheet", ""), _number(request.query_params.get("heading", ""))
    asked = Plan(sheet=sheet, heading=heading) if sheet or heading else None
    look = runtime.imports.look(viewer, found.id, asked)
    return {
        "sheets": list(look.sheets), "sheet": look.plan.sheet, "heading": look.plan.heading,
        "columns": [
            {"heading": c.heading, "samples": list(c.samples), "field": c.field, "by": c.by} for c in look.columns
        ],
        "fields": [_target(one, language) for one in look.targets],
        "keys": [_target(one, language) for one in look.keys],
        "linked": {name: [field.id for field in fields] for name, fields in look.linked.items()},
        "problems": [one.to_json(language) for one in look.problems],
    }  # fmt: skip


@post(f"{ONE}/check", sync_to_thread=True, guards=[may_write], status_code=202)
def check_import(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str, body: bytes
) -> dict[str, Any]:
    """Try every line by a job, without writing: `{columns?: [{field, by?}], sheet?, heading?, mode?, key?, bad?,
    attachments?}`. `columns`: one for each of the file's, in their order; left out: as they are guessed. `mode`:
    create both update; `bad`: leave_out nothing."""
    found, sent = _found(request, runtime, app_id, form_id, import_id), json_object(body)
    plan = _plan(runtime, request, found, sent)
    runtime.imports.check(viewer_of(request), found.id, plan)
    return _told(request, runtime, app_id, form_id, import_id)


@post(f"{ONE}/begin", sync_to_thread=True, guards=[may_write], status_code=202)
def begin_import(request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str) -> dict[str, Any]:
    """Write the right lines by a job; what was stopped goes on where it stopped."""
    _found(request, runtime, app_id, form_id, import_id)
    runtime.imports.begin(viewer_of(request), import_id)
    return _told(request, runtime, app_id, form_id, import_id)


@post(f"{ONE}/stop", sync_to_thread=True, guards=[may_write], status_code=202)
def stop_import(request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str) -> dict[str, Any]:
    """What is written stays; of all or nothing, nothing is."""
    _found(request, runtime, app_id, form_id, import_id)
    runtime.imports.stop(viewer_of(request), import_id)
    return _told(request, runtime, app_id, form_id, import_id)


@get(f"{ONE}/wrong", sync_to_thread=True)
def wrong_lines(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str
) -> list[dict[str, Any]]:
    """The first thousand lines that cannot come in: `{line, where, problems: [{…, column, heading}]}`, `column` from 0;
    `where` names a line on another sheet with it (`明细!5`)."""
    found, language = _found(request, runtime, app_id, form_id, import_id), language_of(request)
    return [
        {
            "line": one.number, "where": found.plan.line(one.number),
            "problems": [_placed(found.plan, each, language) for each in one.problems],
        }
        for one in runtime.imports.wrong(viewer_of(request), found.id, MOST)
    ]  # fmt: skip


@get(f"{ONE}/workbook", sync_to_thread=True)
def wrong_lines_workbook(
    request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str
) -> Response[bytes]:
    """All of them as a workbook, as they stood, with the reasons: to be mended and imported."""
    found = _found(request, runtime, app_id, form_id, import_id)
    content = runtime.imports.wrong_workbook(viewer_of(request), found.id)
    return _file(content, f"{form_id}-errors-{found.id}.xlsx")


@get(f"{FORM}/export", sync_to_thread=True)
def export_records(request: Ask, runtime: Runtime, app_id: str, form_id: str) -> Stream:
    """What a query finds, as `as=csv`, `as=xlsx` or `as=zip` (Excel with the files it names); asked as `records` is.
    `columns` names the fields; sub-forms among them by their rows, with `rows=sheets` on sheets of their own. Where a
    role wants a watermark, it stands below."""
    asked = dict(request.query_params)
    wanted, rows = asked.pop("as", "csv"), asked.pop("rows", "lines")
    kind = next((one for one in KINDS if one == wanted), None)
    if kind is None:
        raise Rejected([problem("request.unreadable", "/as", reason=", ".join(KINDS))])
    if rows not in ("lines", "sheets") or (rows == "sheets" and kind == "csv"):
        raise Rejected([problem("request.unreadable", "/rows", reason="lines, sheets")])
    query = replace(query_of(asked), page=0)
    made = runtime.exports.make(viewer_of(request), app_id, form_id, query, kind, rows == "sheets")
    name = f'attachment; filename="{form_id}.{kind}"'
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": name}
    return Stream(made, media_type=KINDS[kind], headers=headers)


router = Router(
    "/",
    route_handlers=[
        open_import, list_imports, import_template, get_import, import_columns, check_import, begin_import,
        stop_import, wrong_lines, wrong_lines_workbook, export_records,
    ],
    guards=[signed_in],
)  # fmt: skip


def import_json(found: Import) -> dict[str, Any]:
    return {
        **_counts(found), "name": found.name, "at": found.at.isoformat(),
        "expires_at": found.expires_at.isoformat(), "plan": msgspec.to_builtins(found.plan),
    }  # fmt: skip


def _counts(found: Import) -> dict[str, Any]:
    return {
        "id": found.id, "state": found.state, "total": found.total, "done": found.done, "created": found.created,
        "updated": found.updated, "wrong": found.wrong, "problem": found.problem,
    }  # fmt: skip


def _told(request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str) -> dict[str, Any]:
    """Without its name and plan for a token that only writes."""
    found = _found(request, runtime, app_id, form_id, import_id)
    return import_json(found) if reads(request) else _counts(found)


def _found(request: Ask, runtime: Runtime, app_id: str, form_id: str, import_id: str) -> Import:
    """Rejected (import.unknown) for what is of another form, of somebody else, or over."""
    found = runtime.imports.get(viewer_of(request), import_id)
    if (found.app, found.form) != (app_id, form_id) or found.state == "over":
        raise Rejected([problem("import.unknown")])
    return found


def _plan(runtime: Runtime, request: Ask, found: Import, sent: dict[str, Any]) -> Plan:
    """What was sent, over the guess; an unknown choice is Rejected (request.unreadable)."""
    named = {
        name: sent[name] for name in ("sheet", "heading", "mode", "key", "bad", "attachments") if name in sent
    }
    try:
        given = msgspec.convert(named, Plan)
    except msgspec.ValidationError as error:
        raise Rejected([problem("request.unreadable", reason=str(error))]) from None
    if given.heading < 0 or given.heading > MOST:
        raise Rejected([problem("request.unreadable", "/heading", reason="number of a line")])
    look = runtime.imports.look(viewer_of(request), found.id, given if given.sheet or given.heading else None)
    said = {name: getattr(given, name) for name in named if name not in ("sheet", "heading")}
    plan = msgspec.structs.replace(look.plan, **said)
    if "columns" not in sent:
        return plan
    chosen = json_list(sent, "columns")
    if len(chosen) != len(look.columns):
        raise Rejected([problem("request.unreadable", "/columns", reason=f"{len(look.columns)} columns")])
    return msgspec.structs.replace(plan, columns=_columns([c.heading for c in look.columns], chosen))


def _columns(headings: Sequence[str], chosen: Sequence[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(heading, str(one.get("field") or ""), str(one.get("by") or ""))
        for heading, one in zip(headings, chosen, strict=True)
    )


def _target(one: Target, language: str) -> dict[str, Any]:
    return {"id": one.id, "label": one.text(language), "required": one.field.required}


def _placed(plan: Plan, found: Problem, language: str) -> dict[str, Any]:
    place = plan.place_of(found)
    heading = None if place is None else plan.columns[place].heading
    return {**found.to_json(language), "column": place, "heading": heading}


def _id(sent: dict[str, Any], name: str) -> str:
    given = sent.get(name, "")
    return str(given) if isinstance(given, (str, int)) else ""


def _number(text: str) -> int:
    return min(whole_number(text, 0), MOST)


def _file(content: bytes, name: str) -> Response[bytes]:
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=WORKBOOK, headers=headers)
