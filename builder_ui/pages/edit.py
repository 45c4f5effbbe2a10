"""Creating and changing a record: the form, its state while somebody types, the pickers, the save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Response, get, post

from builder_ui.cells import pointed, record_url
from builder_ui.inputs import Inputs, raw_values, sent_row_numbers
from builder_ui.layouts import blocks_of
from builder_ui.models.inputs import Input
from builder_ui.models.parts import Link
from builder_ui.models.record import Alike, Embedded, FormPage, FormSection, FormTab
from builder_ui.named_files import Named, files_of
from builder_ui.pages import kept_typing, record_work
from builder_ui.site import Ask, Here, InPath, Visit, local_address, sent_form
from builder_ui.templating import BACK, href
from engine.records.forms_state import FormState
from engine.records.query import Change, RecordView
from engine.web.body import json_object
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.layouts import Block, PlacedField, frame_host, frame_hosts
from metamodel.masking import Hide, patterns_of
from metamodel.plugin_api import BadValue
from metamodel.problems import Problem, Rejected, problem

FORM = "/apps/{app_id:str}/forms/{form_id:str}"
STYLES = ("list", "record", "form", "field_types")
OFFERED, MOST_CHOICES = 20, 2_000  # what a picker shows at once; how many choices a field may have
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Draft:
    """A record being filled in: what stands in its fields, their state, and what is wrong with them."""

    visit: Visit
    app: App
    form: Form
    view: RecordView | None
    values: Mapping[str, Any]
    known: FormState
    problems: Sequence[Problem] = field(default=())

    @property
    def state(self) -> Mapping[str, Mapping[str, Any]]:
        return self.known.fields

    @property
    def blocks(self) -> Mapping[str, bool]:
        return self.known.blocks

    @property
    def base(self) -> str:
        return f"/apps/{self.app.id}/forms/{self.form.id}"

    def fields(self) -> list[FieldDefinition]:
        """The fields that stand in the form: those the engine knows a state for."""
        frozen = self.form.is_archive and self.view is not None
        return [f for f in self.form.fields if f.id in self.state and not (frozen and f.evidence)]

    def value(self, known: FieldDefinition) -> Any:
        if known.id in self.values:
            return self.values[known.id]
        return self.state[known.id].get("value")

    def shown(self, known: FieldDefinition) -> str:
        if self.view is not None and self.values.get(known.id) == self.view.values.get(known.id):
            return self.view.display.get(known.id, "")
        return ""


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
        change = Change(record, changed, int(revision) if revision.isdigit() else None)
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
    return min(int(less), MOST_CHOICES) if less.isascii() and less.isdigit() else 0


def answers(draft: Draft, inputs: Inputs, sent: Sent) -> dict[str, dict[str, Any]]:
    """The states of all fields for the page that sent these values."""
    found = {name: answer_of(draft, inputs, name) for name in draft.state}
    for name, answered in found.items():
        if answered.get("rows"):
            answered["rows"] = _numbered(draft, inputs, name, sent)
        if answered.get("problems"):
            answered["problems"] = [*_in_cells(draft, name, answered["problems"], sent)]
    return found


def _in_cells(
    draft: Draft, name: str, problems: Iterable[Mapping[str, Any]], sent: Sent
) -> Iterator[Mapping[str, Any]]:
    """What is wrong in a cell with the page's number of its row and its column."""
    rows = draft.form.field(name)
    numbers = sent_row_numbers(rows, sent) if rows is not None and rows.fields else []
    for found in problems:
        number, _, column = str(found["place"]).partition("/")
        known = number.isdigit() and column and int(number) < len(numbers)
        yield {**found, "cell": [numbers[int(number)], column]} if known else found


def answer_of(draft: Draft, inputs: Inputs, name: str) -> dict[str, Any]:
    """A field's state for the page, with its input drawn where the server decides what stands in it."""
    known, decided = draft.form.field(name), dict(draft.state[name])
    value = decided.pop("value", None)
    if "problems" in decided:
        decided["problems"] = [_in_language(found, draft.visit.language) for found in decided["problems"]]
    if known is not None and (known.derived is not None or known.writable):
        value = draft.values.get(name) if known.writable and value is None else value
        made = inputs.input(known, value, inputs.presenter.shown(known, value), decided)
        decided["html"] = draft.visit.site.renderer.render("control.html", draft.visit.language, input=made)
    return decided


def _given(visit: Visit, form: Form) -> dict[str, Any]:
    """What the address fills in: several values of a field that holds several."""
    known = [field for name in visit.query if (field := form.field(name)) is not None]
    return {f.id: visit.several(f.id) if f.type and f.type.many else visit.query[f.id] for f in known}


def _numbered(draft: Draft, inputs: Inputs, name: str, sent: Sent) -> dict[str, Any]:
    """The states of a sub-form's cells by the page's numbers of its rows; computed cells as they are shown."""
    rows = draft.form.field(name)
    if rows is None:
        return {}
    columns = {column.id: column for column in rows.fields}
    states = draft.state[name]["rows"]
    return {
        str(number): {
            cell: {"text": inputs.presenter.shown(columns[cell], state["value"])}
            if "value" in state
            else state
            for cell, state in cells.items()
        }
        for number, cells in zip(sent_row_numbers(rows, sent), states, strict=False)
    }


def _in_language(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    said = Problem(found["code"], found["path"], found.get("params", {}))
    place = _place_of(said)
    return {"severity": found["severity"], "code": said.code, "text": said.text(language), "place": place}


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


def drawn_sections(draft: Draft) -> tuple[tuple[FormSection, ...], set[str]]:
    """The form's layout with inputs, and the fields that are in it."""
    visit, files = draft.visit, _file_ids(draft)
    values = {known.id: draft.value(known) for known in draft.fields()}
    inputs = Inputs(draft.base, visit.presenter(draft.app.id, files, pointed(draft.fields(), values)))
    made = {known.id: _input(draft, inputs, known) for known in draft.fields()}
    blocks = blocks_of(draft.form, draft.form.text(visit.language), visit.text("More"))
    return tuple(_drawn(draft, blocks, made)), set(made)


def _drawn(draft: Draft, blocks: Iterable[Block], made: Mapping[str, Input]) -> Iterator[FormSection]:
    """What of these blocks stands in a form that is filled in: buttons and related lists do not."""
    language = draft.visit.language
    for block in blocks:
        label = label_text(block.label, language)
        shown = draft.blocks.get(block.key, True)
        match block.kind:
            case "section":
                inputs = tuple(_placed(made[one.field], one) for one in block.fields if one.field in made)
                folded = block.folded and not _wrong(inputs)
                if inputs:
                    yield FormSection(label, inputs, block.columns, folded, key=block.key, shown=shown)
            case "note" | "divider":
                note = label_text(block.text, language)
                yield FormSection(label, note=note, kind=block.kind, key=block.key, shown=shown)
            case "embed" if frame_host(block.url):
                page = Embedded(block.url, block.height, label or block.url)
                yield FormSection(label, kind=block.kind, key=block.key, shown=shown, embedded=page)
            case "tabs":
                tabs = tuple(_tabs(draft, block, made))
                if tabs:
                    yield FormSection(label, kind="tabs", key=block.key, shown=shown, tabs=tabs)


def _tabs(draft: Draft, block: Block, made: Mapping[str, Input]) -> Iterator[FormTab]:
    for tab in block.tabs:
        sections = tuple(_drawn(draft, tab.blocks, made))
        if sections:
            label = label_text(tab.label, draft.visit.language, tab.id)
            wrong = any(section.wrong for section in sections)
            yield FormTab(tab.key, label, sections, draft.blocks.get(tab.key, True), wrong)


def _placed(item: Input, place: PlacedField) -> Input:
    return replace(item, span=place.span) if place.span > 1 else item


def _input(draft: Draft, inputs: Inputs, known: FieldDefinition) -> Input:
    value, decided = draft.value(known), draft.state[known.id]
    masked = draft.view is not None and draft.view.access.get(known.id) in ("mask", "read")
    wrong = [(_place_of(p), p.text(draft.visit.language)) for p in draft.problems if field_of(p) == known.id]
    state = {**decided, "writable": False} if masked else decided
    text = draft.shown(known) or inputs.presenter.shown(known, value)
    return inputs.input(known, value, text, state, problems=wrong)


def _wrong(inputs: Sequence[Input]) -> bool:
    return any(item.problems or item.required for item in inputs)


def _file_ids(draft: Draft) -> dict[str, Named]:
    """The files of the draft, and how their names are shown: what is not his to change may be masked."""
    found: dict[str, Named] = {}
    for known in draft.fields():
        if held := files_of(known, draft.value(known)):
            masked = draft.view is not None and draft.view.access.get(known.id) == "mask" and known.patterns
            hide: Hide = patterns_of(known.patterns).mask if masked else str
            closed = draft.view is not None and known.id in draft.view.closed
            found |= {item: Named(hide, closed) for item in held}
    return found


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


def field_of(found: Problem) -> str:
    return found.path.strip("/").split("/")[0]


def _place_of(found: Problem) -> str:
    """Where inside its field: "2/price" for a cell of a sub-form, "" for the field."""
    if "row" in found.params and "column" in found.params:
        return f"{int(found.params['row']) - 1}/{found.params['column']}"
    return "/".join(found.path.strip("/").split("/")[1:3])


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
