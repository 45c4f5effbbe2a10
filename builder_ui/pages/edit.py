"""Creating and changing a record: the form, its state while somebody types, the pickers, the save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import record_url
from builder_ui.form_drawing import Draft, answers, drawn_sections, field_of
from builder_ui.inputs import Inputs, raw_values
from builder_ui.models.parts import Link
from builder_ui.models.record import Alike, FormPage
from builder_ui.pages import kept_typing, record_work
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from builder_ui.templating import BACK, href
from engine.records.query import Change
from engine.web.body import json_object
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.human_text import show_list
from metamodel.layouts import frame_hosts
from metamodel.plugin_api import BadValue
from metamodel.problems import Problem, Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
STYLES = ("list", "record", "form", "field_types")
OFFERED, MOST_CHOICES = 20, 2_000  # what a picker shows at once; how many choices a field may have


@get(f"{FORM}/new", sync_to_thread=True)
def new_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """An empty form with its defaults; `?field=value` fills some in before."""
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    if form.is_archive:
        raise Rejected([problem("access.denied")])
    kept = kept_typing.resumed(visit, app, form, None)
    given: dict[str, Any] = kept.values if kept else _given(visit, form)
    state = visit.runtime.records.form_state(visit.viewer, app_id, form_id, None, given, ())
    return _page(Draft(visit, app, form, None, given, state), left=kept.left if kept else "")


@get(f"{FORM}/records/{{record:str}}/edit", sync_to_thread=True)
def edit_page(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    view = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    if "update" not in view.can:
        raise Rejected([problem("access.denied")])
    kept = kept_typing.resumed(visit, app, form, record)
    typed = kept.values if kept else {}
    state = visit.runtime.records.form_state(visit.viewer, app_id, form_id, record, typed, ())
    return _page(
        Draft(visit, app, form, view, {**view.values, **typed}, state), left=kept.left if kept else ""
    )


@post(FORM, sync_to_thread=True)
def create(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    app, form = visit.form(app_id, form_id)
    values = raw_values(form.fields, sent)
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    same = _same(visit, app, form, None, given) if sent.get("anyway") != ["yes"] else ()
    if same:
        state = visit.runtime.records.form_state(visit.viewer, app_id, form_id, None, given, ())
        return _page(Draft(visit, app, form, None, values, state), 422, same)
    try:
        (made,) = visit.runtime.records.create(visit.viewer, app_id, form_id, [given])
    except Rejected as refused:
        found = [_without_row(p) for p in refused.problems]
        state = visit.runtime.records.form_state(visit.viewer, app_id, form_id, None, given, ())
        return _page(Draft(visit, app, form, None, values, state, found), 422)
    visit.runtime.kept_drafts.drop(visit.viewer, app_id, form_id, None)
    if sent.get("then") == ["new"]:
        return visit.go(f"/apps/{app_id}/forms/{form_id}/new")
    if came_from := local_address(visit.query.get(BACK, ""), ""):
        return visit.go(came_from)
    begun = any(flow.form == form_id and flow.start == "created" for flow in app.flows)
    return visit.go(record_url(app_id, form_id, made, tab="flow" if begun else ""))


@post(f"{FORM}/records/{{record:str}}", sync_to_thread=True)
def update(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath, body: bytes
) -> Response[Any]:
    """Only what differs from what was read is written, so two people may change different fields."""
    visit, sent = site.visit(request), sent_form(body)
    app, form = visit.form(app_id, form_id)
    view = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    state = visit.runtime.records.form_state(visit.viewer, app_id, form_id, record, {}, ())
    draft = Draft(visit, app, form, view, view.values, state)
    writable = [f for f in draft.fields() if draft.state[f.id].get("writable")]
    values = raw_values(writable, sent)
    changed = {
        f.id: values[f.id]
        for f in writable
        if f.id in values and _differs(f, values[f.id], view.values.get(f.id))
    }
    revision = sent.get("revision", [""])[-1]
    whole = {**view.values, **changed}
    same = _same(visit, app, form, record, whole, list(changed)) if sent.get("anyway") != ["yes"] else ()
    if same:
        return _page(Draft(visit, app, form, view, {**view.values, **values}, state), 422, same)
    if changed:
        change = Change(record, changed, whole_number(revision))
        (outcome,) = visit.runtime.records.update(visit.viewer, app_id, form_id, [change])
        if not outcome.ok:
            shown = Draft(visit, app, form, view, {**view.values, **values}, state, outcome.problems)
            return _page(shown, outcome.problems[0].status)
    visit.runtime.kept_drafts.drop(visit.viewer, app_id, form_id, record)
    tab = "flow" if record_work.is_returned(visit, app, form, record) else ""  # the next step is there
    return visit.go(record_url(app_id, form_id, record, list=visit.query.get("list", ""), tab=tab))


@post(f"{FORM}/state", sync_to_thread=True, status_code=200)
def state(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """`{seq, record?, values, changed}` → `{seq, fields, blocks}`; what was computed comes as its input's HTML."""
    visit, sent = site.visit(request), json_object(body)
    app, form = visit.form(app_id, form_id)
    record = str(sent.get("record") or "") or None
    values = raw_values(form.fields, sent.get("values") or {})
    changed = [str(name) for name in sent.get("changed") or ()]
    found = visit.runtime.records.form_state(visit.viewer, app_id, form_id, record, values, changed)
    draft = Draft(visit, app, form, None, values, found)
    inputs = Inputs(draft.base, visit.presenter(app.id))
    fields = answers(draft, inputs, sent.get("values") or {})
    answer: dict[str, Any] = {"seq": sent.get("seq", 0), "fields": fields, "blocks": found.blocks}
    if form.duplicates and changed:
        same = _same(visit, app, form, record, values, changed)
        answer["same"] = [{"title": one.title, "href": one.href, "reason": one.reason} for one in same]
    way = record_work.way(visit, app, form, values) if record is None else None
    return answer if way is None else {**answer, "way": way}


@get(f"{FORM}/options/{{name:str}}", sync_to_thread=True)
def options(request: Ask, site: Here, app_id: InPath, form_id: InPath, name: InPath) -> Response[Any]:
    """What a picker offers, as its list's HTML."""
    visit = site.visit(request)
    visit.form(app_id, form_id)
    limit = OFFERED + asked_less(visit)
    found = visit.runtime.records.options(
        visit.viewer, app_id, form_id, name, visit.query.get("q", ""), limit
    )
    return visit.part("parts/options.html", found)


def asked_less(visit: Visit) -> int:
    """How many of what it is given a picker will not show: so many more are needed."""
    less = visit.query.get("less", "")
    return min(whole_number(less, 0), MOST_CHOICES)


def _given(visit: Visit, form: Form) -> dict[str, Any]:
    """What the address fills in: several values of a field that holds several."""
    known = [field for name in visit.query if (field := form.field(name)) is not None]
    return {f.id: visit.several(f.id) if f.type and f.type.many else visit.query[f.id] for f in known}


def _same(
    visit: Visit, app: App, form: Form, record: str | None, values: Mapping[str, Any],
    changed: Sequence[str] | None = None,
) -> tuple[Alike, ...]:  # fmt: skip
    """Records that seem to be the same, for whoever types or saves."""
    if not form.duplicates:
        return ()
    found = visit.runtime.records.alike(visit.viewer, app.id, form.id, record, values, changed)
    named = {field.id: field.text(visit.language) for field in form.fields}
    return tuple(
        Alike(
            one.title, record_url(app.id, form.id, one.id),
            visit.text(
                "Same: %(fields)s", fields=show_list((named[name] for name in one.fields), visit.language)
            ),
        )
        for one in found
    )  # fmt: skip


def _page(draft: Draft, status: int = 200, same: tuple[Alike, ...] = (), left: str = "") -> Response[Any]:
    page = replace(form_page(draft), same=same, left=left)
    return draft.visit.page(
        "form.html", page, title=page.title, styles=STYLES, app=draft.app, status=status,
        frames=frame_hosts(draft.form.layout),
    )  # fmt: skip


def form_page(draft: Draft, *, ask_way: bool = True) -> FormPage:
    """What the page shows; `ask_way`: who would be asked to approve a new one (not where nothing will be stored)."""
    visit, form, view = draft.visit, draft.form, draft.view
    name = form.text(visit.language)
    title = (
        visit.text("Change %(title)s", title=view.title) if view else visit.text("New: %(form)s", form=name)
    )
    back = (
        record_url(draft.app.id, form.id, view.id, list=visit.query.get("list", ""))
        if view
        else local_address(visit.query.get(BACK, ""), draft.base)
    )
    trail = [Link(name, draft.base)]
    if view:
        trail.append(Link(view.title, back))
    action = (
        href(record_url(draft.app.id, form.id, view.id), list=visit.query.get("list", ""))
        if view
        else href(draft.base, **{BACK: visit.query.get(BACK, "")})
    )
    sections, shown = drawn_sections(draft)
    page = FormPage(
        title, tuple(trail), action, f"{draft.base}/state", back, sections, view.id if view else "",
        str(view.revision) if view else "",
        tuple(p.text(visit.language) for p in draft.problems if field_of(p) not in shown),
        may_add_next=view is None, draft_url=f"{draft.base}/draft",
        kept=kept_typing.notice(visit, draft.app, form, view) if ask_way and not draft.problems else None,
        way=record_work.way(visit, draft.app, form, draft.values) if view is None and ask_way else None,
    )  # fmt: skip
    if draft.problems and not page.problems:
        page = replace(page, problems=(visit.text("Please look at the marked fields."),))
    return page


def _differs(known: FieldDefinition, sent: Any, stood: Any) -> bool:
    """Is what was sent another value than what was read? Compared as the type reads both."""
    if sent in (None, "", []) and stood in (None, "", []):
        return False
    if known.type is None or sent in (None, "", []):
        return True
    try:
        return bool(known.type.to_json(known.type.parse(sent, known), known) != stood)
    except BadValue:  # the write path says what is wrong
        return True


def _without_row(found: Problem) -> Problem:
    return replace(found, path=found.path.removeprefix("/0"))


HANDLERS = (
    new_page,
    edit_page,
    create,
    update,
    state,
    options,
)
