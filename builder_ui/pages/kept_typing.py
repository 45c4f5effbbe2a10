"""What somebody typed into a form and did not save: kept while he types, offered when he comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, post

from builder_ui.cells import record_url
from builder_ui.inputs import raw_values
from builder_ui.models.record import KeptNotice
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.records.query import RecordView
from engine.web.body import json_object
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.human_text import show_list
from metamodel.plugin_api import BadValue
from metamodel.problems import Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
MOST = 2_000  # names


@post(f"{FORM}/draft", sync_to_thread=True, status_code=200)
def keep(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{record?, revision, values: {name: [text]}}` → `{kept}`. Only for forms one may fill in."""
    visit, sent = site.visit(request), json_object(body)
    app, form = visit.form(app_id, form_id)
    record = str(sent.get("record") or "") or None
    _may_fill(visit, app, form, record)
    values = sent.get("values")
    if not isinstance(values, dict) or len(values) > MOST:
        raise Rejected([problem("request.unreadable", "/values", reason="{name: [text]}")])
    texts = {name: [str(each) for each in given] for name, given in values.items() if isinstance(given, list)}
    revision = sent.get("revision")
    kept = visit.runtime.kept_drafts.keep(
        visit.viewer, app_id, form_id, record, texts, revision if isinstance(revision, int) else 0,
        visit.runtime.applications.version(app_id),
    )  # fmt: skip
    return {"kept": kept}


@post(f"{FORM}/draft/drop", sync_to_thread=True)
def drop(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    app, form = visit.form(app_id, form_id)
    record = sent.get("record", [""])[-1] or visit.query.get("record", "")
    visit.runtime.kept_drafts.drop(visit.viewer, app_id, form_id, record or None)
    return visit.go(_address(app, form, record))


def _may_fill(visit: Visit, app: App, form: Form, record: str | None) -> None:
    """Rejected as opening the form would be."""
    if record is not None:
        if "update" not in visit.runtime.records.get(visit.viewer, app.id, form.id, record).can:
            raise Rejected([problem("access.denied")])
        return
    with visit.runtime.database.read() as connection:
        ways = visit.runtime.authority.ways(connection, visit.viewer, app, form)
    if form.is_archive or not any("create" in way.actions for way in ways):
        raise Rejected([problem("access.denied")])


@dataclass(frozen=True, slots=True)
class Resumed:
    """Raw values to go on with; `left`: what of the kept ones the form, as it is now, does not take, as a sentence."""

    values: dict[str, Any]
    left: str = ""


def resumed(visit: Visit, app: App, form: Form, record: str | None) -> Resumed | None:
    """What was kept, where the address asks to go on with it; of a form that was changed meanwhile, as far as it
    still fits."""
    if visit.query.get("draft") != "yes":
        return None
    kept = visit.runtime.kept_drafts.find(visit.viewer, app.id, form.id, record)
    if kept is None:
        return None
    values = raw_values(form.fields, kept.values)
    if kept.version == visit.runtime.applications.version(app.id):
        return Resumed(values)
    fitting, left = fitted(form.fields, values, visit.language)
    known = {field.id for field in form.fields}
    gone = {name.partition(".")[0] for name, texts in kept.values.items() if any(texts)} - known
    if not left and not gone:
        return Resumed(fitting)
    named = show_list(dict.fromkeys((*left, *sorted(gone))), visit.language)
    return Resumed(fitting, visit.text("The form was changed since. Left out: %(fields)s", fields=named))


def fitted(
    fields: Sequence[FieldDefinition], values: Mapping[str, Any], language: str
) -> tuple[dict[str, Any], list[str]]:
    """The values that these fields still take, cell by cell in sub-forms; and the labels of those that do not fit."""
    made: dict[str, Any] = {}
    left: list[str] = []
    for field in fields:
        value = values.get(field.id)
        if isinstance(value, list) and field.fields:
            rows = [fitted(field.fields, row, language) for row in value if isinstance(row, Mapping)]
            made[field.id] = [row for row, _ in rows if row]
            left += [f"{field.text(language)} · {label}" for _, labels in rows for label in labels]
        elif field.id in values and _fits(field, value):
            made[field.id] = value
        elif field.id in values:
            left.append(field.text(language))
    return made, left


def _fits(field: FieldDefinition, value: Any) -> bool:
    """Can it be read, and is none of it a choice that was hidden since?"""
    if value in (None, "", []) or field.type is None:
        return True
    try:
        read = field.type.parse(value, field)
    except BadValue:
        return False
    hidden = {choice.value for choice in field.type.choices(field) if choice.hidden}
    return hidden.isdisjoint(str(item) for item in (read if isinstance(read, list) else [read]))


def notice(visit: Visit, app: App, form: Form, view: RecordView | None) -> KeptNotice | None:
    """That something is kept; None where nothing is, or it is being gone on with."""
    if visit.query.get("draft") == "yes":
        return None
    record = view.id if view else ""
    kept = visit.runtime.kept_drafts.find(visit.viewer, app.id, form.id, record or None)
    if kept is None:
        return None
    text = visit.text("You typed here on %(when)s and did not save.", when=visit.moments.short(kept.at))
    if view is not None and kept.revision and kept.revision != view.revision:
        text += " " + visit.text("The record was changed since.")
    return KeptNotice(
        text, href(_address(app, form, record), draft="yes"),
        href(f"/apps/{app.id}/forms/{form.id}/draft/drop", record=record),
    )  # fmt: skip


def _address(app: App, form: Form, record: str) -> str:
    if is_whole_number(record):
        return record_url(app.id, form.id, record) + "/edit"
    return f"/apps/{app.id}/forms/{form.id}/new"


HANDLERS = (keep, drop)
