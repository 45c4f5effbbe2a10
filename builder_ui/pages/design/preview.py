"""The preview of a form: the product itself on the draft, as any role, at the width of a desk or a phone.

The frame page shows the form in a window of its own (`…/preview/page`), so that its width is real. The form is the
one people fill in (`pages/edit.py`); only what it asks and where it is sent differ, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Response, get, post

from builder_ui.design_frame import design_frame
from builder_ui.form_drawing import Draft, answers
from builder_ui.inputs import Inputs, raw_values
from builder_ui.models.design_preview import PreviewedForm, PreviewPage
from builder_ui.models.parts import Option
from builder_ui.pages.edit import form_page
from builder_ui.site import Ask, Here, InPath, Visit, respond, sent_form
from builder_ui.templating import href
from engine.designing.previewing import EVERYTHING, Previewed, Reason
from engine.web.body import json_object
from engine.web.security import content_policy
from metamodel.layouts import frame_hosts
from metamodel.problems import Problem, Rejected

FORM = "/design/{app_id:str}/forms/{form_id:str}/preview"
STYLES = ("list", "record", "form", "preview")
BLANK, SAMPLE = "blank", "sample"


@dataclass(frozen=True)
class PreviewDraft(Draft):
    """The same draft of a record, on the draft of its form."""

    role: str = ""
    fill: str = field(default=SAMPLE)

    @property
    def base(self) -> str:
        return f"/design/{self.app.id}/forms/{self.form.id}/preview"


@get(FORM, sync_to_thread=True)
def preview(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The frame: as whom, with what in it, how wide; and the form in a window."""
    visit = site.visit(request)
    app = visit.runtime.previewing.roles(visit.viewer, app_id)
    form = next((one for one in app.forms if one.id == form_id), None)
    label = form.text(visit.language) if form else form_id
    role, fill = visit.query.get("as", EVERYTHING), visit.query.get("fill", SAMPLE)
    everybody = Option(EVERYTHING, visit.text("Somebody who may do everything"), role == EVERYTHING)
    roles = (everybody, *(Option(one.id, _role(one, visit), one.id == role) for one in app.roles))
    base = f"/design/{app_id}/forms/{form_id}"
    page = PreviewPage(
        design_frame(visit, app_id, "preview", form_id), form_id, f"{base}/preview/page", roles,
        tuple(_fills(visit, app_id, form_id, fill)), fill,
    )  # fmt: skip
    title = visit.text("Preview: %(form)s", form=label)
    return visit.page("design/preview.html", page, title=title, styles=("design", "design_form", "preview"))


def _role(role: Any, visit: Visit) -> str:
    label = role.label if isinstance(role.label, str) else role.label.get(visit.language, "")
    return label or str(role.id)


def _fills(visit: Visit, app: str, form: str, chosen: str) -> list[Option]:
    newest = visit.runtime.expressions.records(visit.viewer, app, form)[:8]
    offered = [
        (SAMPLE, visit.text("Sample values")),
        (BLANK, visit.text("Nothing: a new record")),
        *((one.id, one.label) for one in newest),
    ]
    return [Option(value, text, value == chosen) for value, text in offered]


@get(f"{FORM}/page", sync_to_thread=True)
def previewed_form(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The form itself, filled in with examples, a real record, or nothing."""
    visit = site.visit(request)
    previewing, role = visit.runtime.previewing, visit.query.get("as", EVERYTHING)
    fill = visit.query.get("fill", SAMPLE)
    previewing.roles(visit.viewer, app_id)  # whoever does not design it is refused as everywhere
    try:
        if fill == SAMPLE:
            values: Mapping[str, Any] = previewing.sample(visit.viewer, app_id, form_id)
        else:
            values = {} if fill == BLANK else previewing.record(visit.viewer, app_id, form_id, fill)
        found = previewing.state(visit.viewer, app_id, form_id, role, values)
    except Rejected as refused:
        return _nothing(visit, refused)
    return _answer(visit, found, values, role, fill)


@post(f"{FORM}/page", sync_to_thread=True, status_code=200)
def try_saving(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """What saving would say. Nothing is stored."""
    visit, sent = site.visit(request), sent_form(body)
    role, fill = visit.query.get("as", EVERYTHING), visit.query.get("fill", SAMPLE)
    form = next(
        one for one in visit.runtime.previewing.roles(visit.viewer, app_id).forms if one.id == form_id
    )
    values = raw_values(form.fields, sent)
    try:
        found = visit.runtime.previewing.state(visit.viewer, app_id, form_id, role, values, check=True)
    except Rejected as refused:
        return _nothing(visit, refused)
    return _answer(visit, found, values, role, fill, tried=True)


@post(f"{FORM}/state", sync_to_thread=True, status_code=200)
def previewed_state(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> dict[str, Any]:
    """As the real form is answered while somebody types, and why each field stands as it does."""
    visit, sent = site.visit(request), json_object(body)
    role = visit.query.get("as", EVERYTHING)
    form = next(
        (f for f in visit.runtime.previewing.roles(visit.viewer, app_id).forms if f.id == form_id), None
    )
    values = raw_values(form.fields, sent.get("values") or {}) if form else {}
    changed = [str(name) for name in sent.get("changed") or ()]
    found = visit.runtime.previewing.state(visit.viewer, app_id, form_id, role, values, changed)
    draft = PreviewDraft(visit, found.app, found.form, None, values, found.state, role=role)
    inputs = Inputs(draft.base, visit.presenter(app_id))
    fields = answers(draft, inputs, sent.get("values") or {})
    seq = sent.get("seq", 0)
    return {"seq": seq, "fields": fields, "blocks": found.state.blocks, "reasons": _reasons(visit, found)}


def _answer(
    visit: Visit, found: Previewed, values: Mapping[str, Any], role: str, fill: str, tried: bool = False
) -> Response[Any]:
    problems: Sequence[Problem] = found.problems
    draft = PreviewDraft(
        visit, found.app, found.form, None, values, found.state, problems, role=role, fill=fill
    )
    page = form_page(draft, ask_way=False)
    chosen = {"as": role, "fill": fill}
    page = replace(
        page, trail=(), title=found.form.text(visit.language), action=href(f"{draft.base}/page", **chosen),
        state_url=href(f"{draft.base}/state", **chosen), cancel_href=href(f"{draft.base}/page", **chosen),
        may_add_next=False, draft_url="",
    )  # fmt: skip
    told = PreviewedForm(
        _reasons(visit, found),
        _unseen(found, visit.language),
        tuple(_notes(visit, found)),
        tried and not problems,
    )
    shell = visit.site.frames.shell(visit, page.title, STYLES, None, "")
    html = visit.site.renderer.render(
        "form.html", visit.language, shell=shell, page=page, preview=told, frame_of="design/preview_form.html"
    )
    return _framed(visit, html, frame_hosts(found.form.layout))


def _nothing(visit: Visit, refused: Rejected) -> Response[Any]:
    """There is no form to show: the role has nothing to do with it, the record is not to be seen."""
    denied = any(one.code == "access.denied" for one in refused.problems)
    text = (
        visit.text("This role has no access to this form.")
        if denied
        else refused.problems[0].text(visit.language)
    )
    shell = visit.site.frames.shell(visit, text, STYLES, None, "")
    told = PreviewedForm({}, (), ())
    html = visit.site.renderer.render(
        "design/preview_nothing.html", visit.language, shell=shell, page=text, preview=told
    )
    return _framed(visit, html, ())


def _framed(visit: Visit, html: str, hosts: Iterable[str]) -> Response[Any]:
    """May stand in a window of our own pages, and in no other's."""
    answer = respond(visit.request, html)
    policy = content_policy(hosts).strip()  # no hosts, and a header may not end in a blank
    answer.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _unseen(found: Previewed, language: str) -> tuple[str, ...]:
    """Labels of what the role may not see."""
    return tuple(
        field.text(language) for field in found.form.fields
        if any(reason.why == "role" for reason in found.reasons.get(field.id, ()))
    )  # fmt: skip


def _notes(visit: Visit, found: Previewed) -> list[str]:
    unseen = visit.joined(_unseen(found, visit.language))
    notes = [visit.text("This role does not see: %(fields)s", fields=unseen)] if unseen else []
    if not found.may_create:
        notes.append(visit.text("This role may not make such records; it is shown as if it might"))
    return notes


def _reasons(visit: Visit, found: Previewed) -> dict[str, str]:
    """A sentence for each field."""
    said = {
        name: " ".join(_sentence(visit, reason) for reason in reasons if reason.why != "role")
        for name, reasons in found.reasons.items()
    }
    return {name: text for name, text in said.items() if text}


def _sentence(visit: Visit, reason: Reason) -> str:
    match reason.why:
        case "hidden":
            return visit.text("Hidden: shown when %(condition)s", condition=reason.condition)
        case "shown":
            return visit.text("Shown because %(condition)s", condition=reason.condition)
        case "required":
            return visit.text("Required because %(condition)s", condition=reason.condition)
        case "closed":
            return visit.text("Closed: may be filled when %(condition)s", condition=reason.condition)
        case "broken":
            return visit.text("One of its conditions has a mistake and does not count yet")
    return ""


HANDLERS = (preview, previewed_form, try_saving, previewed_state)
