"""One record: its chat or sections, history, timelines of it, neighbours in its list, and its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get

from builder_ui.audit_drawing import looks_view
from builder_ui.cells import Cell, pointed, record_url
from builder_ui.drawing import Presenter
from builder_ui.layouts import blocks_of, fits_in_list
from builder_ui.listing import Listing
from builder_ui.models.listing import Column
from builder_ui.models.parts import Button, EvidenceBadge, Link, Tab
from builder_ui.models.record import (
    Embedded,
    RecordPage,
    RelatedList,
    Section,
    SectionTab,
)
from builder_ui.named_files import files_in
from builder_ui.opened import Opened
from builder_ui.pages import around, chat, record_work, timeline, unmasking
from builder_ui.pages.linked import with_adding
from builder_ui.pages.listing import is_numeric, rows_of, total_text
from builder_ui.pages.retention.on_record import hold_href, keepings
from builder_ui.site import Ask, Here, InPath
from builder_ui.templating import BACK, href
from builder_ui.views import Placed, chats, holders, messages_of, timelines
from engine.records.query import Condition, Query
from metamodel.application import App
from metamodel.forms import Form
from metamodel.labels import label_text
from metamodel.layouts import Block, conditions, frame_host, frame_hosts, walk
from metamodel.problems import Rejected

RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"
STYLES = ("list", "record", "chat", "form", "tasks", "audit", "field_types")
DETAILS, HISTORY, LOOKS = "details", "history", "looks"
RELATED = 10
NO_BUTTONS: Mapping[str, Button] = {}


@get(RECORD, sync_to_thread=True)
def record_page(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    view = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    came_from = visit.query.get("list")
    opened = Opened(
        visit, app, form, view, Listing(visit, app, form, came_from) if came_from is not None else None
    )
    page = _page(opened)
    title = f"{page.title} · {form.text(visit.language)}"
    return visit.page(
        "record.html", page, title=title, styles=STYLES, app=app, frames=frame_hosts(form.layout)
    )


def _page(opened: Opened) -> RecordPage:
    visit, form, view = opened.visit, opened.form, opened.view
    talks = chats(opened.app, form)
    about = list(timelines(visit.runtime.services.apps(), opened.app, form))
    about = [placed for placed in about if timeline.readable(visit, placed)]
    asked = visit.query.get("tab") or (talks[0].view.id if talks else DETAILS)
    talk = next((placed for placed in talks if placed.view.id == asked), None)
    line = next((placed for placed in about if f"{placed.app.id}.{placed.view.id}" == asked), None)
    flow = record_work.flow_tab(opened) if record_work.flows_of(opened) else None
    looked_at = visit.runtime.audit_search.may_see_looks(visit.viewer, opened.app)
    own = (HISTORY, LOOKS) if looked_at else (HISTORY,)
    tab = asked if talk or line or asked in own or (flow and asked == record_work.FLOW) else DETAILS
    before, after = _neighbours(opened)
    list_href = (
        opened.listing.address(page=str(opened.listing.page))
        if opened.listing
        else f"/apps/{opened.app.id}/forms/{form.id}"
    )
    details = tab == DETAILS
    offered = record_work.buttons(opened)
    placed = {block.rule for block in walk(form.layout) if block.kind == "button"} if details else set()
    return RecordPage(
        view.title, (Link(form.text(visit.language), list_href),),
        
        _tabs(opened, talks, about, tab, flow is not None, looked_at), tab,
        sections=sections_of(opened, buttons=offered) if details else (),
        activity=around.activity(opened) if tab == HISTORY else None,
        deleting=around.deleting(opened, list_href),
        looks=looks_view(visit, opened.app.id, form.id, view.id) if tab == LOOKS else None,
        facts=_facts(opened) if details else (), badge=_badge(opened), context=_context(opened),
        edit_href="" if flow and flow.state == "running" else _edit_href(opened),
        package_href=_package_href(opened), print_href=opened.address(list="") + "/print",
        previous_href=_other(opened, before), next_href=_other(opened, after), list_href=list_href,
        granted=_granted(opened), chat=chat.view(visit, talk, view) if talk else None,
        timeline=timeline.view(visit, line, view.id) if line else None,
        flow=flow if tab == record_work.FLOW else None,
        buttons=tuple(button for rule, button in offered.items() if rule not in placed),
        tasks=record_work.about(opened) if details else (),
        who_href=_who_href(opened),
        unmask=unmasking.notice(visit, opened.app, {form.id: [view]}) if not talk else None,
        keepings=keepings(visit, view), hold_href=hold_href(visit, view),
    )  # fmt: skip


def _edit_href(opened: Opened) -> str:
    """'' unless something of it is this viewer's to change."""
    view = opened.view
    writable = [name for name, access in view.access.items() if access == "write"]
    if opened.form.is_archive:
        writable = [name for name in writable if (f := opened.form.field(name)) and not f.evidence]
    if "update" not in view.can or not writable:
        return ""
    url = record_url(opened.app.id, opened.form.id, view.id) + "/edit"
    return href(url, list=opened.visit.query.get("list", ""))


def _package_href(opened: Opened) -> str:
    """'' unless this viewer may have it packed, by a right to export or as a request of the person concerned."""
    packages, view = opened.visit.runtime.packages, opened.view
    if "export" not in view.can and not packages.may_ask_for_subjects(opened.visit.viewer):
        return ""
    return href(f"/apps/{opened.app.id}/forms/{opened.form.id}/package", record=view.id)


def _who_href(opened: Opened) -> str:
    """For those who may ask about everybody."""
    may = opened.visit.runtime.explaining.may_ask(opened.visit.viewer, opened.app.id)
    return record_url(opened.app.id, opened.form.id, opened.view.id) + "/access" if may else ""


def _tabs(
    opened: Opened, talks: Sequence[Placed], about: Sequence[Placed], tab: str, flow: bool, looks: bool
) -> tuple[Tab, ...]:
    language = opened.visit.language
    named = [(placed.view.id, label_text(placed.view.label, language, placed.view.id)) for placed in talks]
    named.append((DETAILS, opened.visit.text("Details")))
    if flow:
        named.append((record_work.FLOW, opened.visit.text("Flow")))
    named += [(f"{p.app.id}.{p.view.id}", label_text(p.view.label, language, p.view.id)) for p in about]
    named.append((HISTORY, opened.visit.text("Activity")))
    if looks:
        named.append((LOOKS, opened.visit.text("Looks")))
    return tuple(Tab(text, opened.address(tab=name), name == tab) for name, text in named)


@dataclass(frozen=True)
class _Drawing:
    """What the blocks of one record are drawn with: `shown` says which conditions hold, `buttons` what
    may be pressed, by rule."""

    opened: Opened
    presenter: Presenter
    shown: Mapping[str, bool]
    buttons: Mapping[str, Button]

    @property
    def language(self) -> str:
        return self.opened.visit.language


def sections_of(
    opened: Opened, only: Sequence[Block] = (), buttons: Mapping[str, Button] = NO_BUTTONS
) -> tuple[Section, ...]:
    """The record by its layout; `only`: by these blocks in its place."""
    visit, form, view = opened.visit, opened.form, opened.view
    files = {i: hide for field in form.fields for i, hide in files_in(field, view).items()}
    containers = [field for field in form.fields if field.type and field.type.container]
    presenter = visit.presenter(opened.app.id, files, pointed(containers, view.values))
    drawing = _Drawing(opened, presenter, _shown(opened), buttons)
    blocks = tuple(only) or blocks_of(form, form.text(visit.language), visit.text("More"))
    return (*_drawn(drawing, blocks), *(_linking(opened) if not (form.layout or only) else ()))


def _shown(opened: Opened) -> Mapping[str, bool]:
    """Which blocks and tabs with a condition are shown, by their keys."""
    if not conditions(opened.form.layout):
        return {}
    form, view = opened.form, opened.view
    return opened.visit.runtime.records.form_state(
        opened.visit.viewer, opened.app.id, form.id, view.id, {}
    ).blocks


def _drawn(drawing: _Drawing, blocks: Iterable[Block]) -> Iterator[Section]:
    for block in blocks:
        if drawing.shown.get(block.key, True) and (section := _section(drawing, block)):
            yield section


def _section(drawing: _Drawing, block: Block) -> Section | None:
    """A block as it is drawn; None where nothing of it is for this viewer, or for this record."""
    label, key = label_text(block.label, drawing.language), block.key
    match block.kind:
        case "section":
            cells = _cells(drawing, block)
            return Section(label, cells, block.columns, block.folded, key=key) if cells else None
        case "note" | "divider":
            return Section(label, note=label_text(block.text, drawing.language), kind=block.kind, key=key)
        case "button":
            button = drawing.buttons.get(block.rule)
            named = replace(button, text=label) if button and label else button
            return Section("", kind="button", key=key, button=named) if named else None
        case "embed" if frame_host(block.url):
            page = Embedded(block.url, block.height, label or block.url)
            return Section(label, kind="embed", key=key, embedded=page)
        case "related":
            related = _listed(drawing.opened, label, block.options)
            return Section(label, kind="related", key=key, related=related) if related else None
        case "tabs":
            tabs = tuple(_tabbed(drawing, block))
            return Section(label, kind="tabs", key=key, tabs=tabs) if tabs else None
    return None


def _tabbed(drawing: _Drawing, block: Block) -> Iterator[SectionTab]:
    for tab in block.tabs:
        sections = tuple(_drawn(drawing, tab.blocks)) if drawing.shown.get(tab.key, True) else ()
        if sections:
            yield SectionTab(tab.key, label_text(tab.label, drawing.language, tab.id), sections)


def _cells(drawing: _Drawing, block: Block) -> tuple[Cell, ...]:
    form, spans = drawing.opened.form, {one.field: one.span for one in block.fields}
    return tuple(
        _spanned(_adding(drawing, cell), spans[cell.field])
        for cell in drawing.presenter.cells(form, drawing.opened.view, spans)
        if cell.kind != "blank" or not _conditional(form, cell.field)
    )


def _adding(drawing: _Drawing, cell: Cell) -> Cell:
    """On the page itself, not where it is only read (on paper)."""
    opened = drawing.opened
    if drawing.buttons is NO_BUTTONS:
        return cell
    return with_adding(opened.visit, opened.app, opened.form, opened.view, cell)


def _conditional(form: Form, name: str) -> bool:
    """Is it shown only under a condition? Blank then says nothing."""
    field = form.field(name)
    return bool(field and field.visible)


def _spanned(cell: Cell, span: int) -> Cell:
    return cell._replace(span=span) if span > 1 else cell


# -- what links here -----------------------------------------------------------------------------------


def _linking(opened: Opened) -> Iterator[Section]:
    """Of a form without a layout: a list for every link of another form that points here."""
    visit, view = opened.visit, opened.view
    everything = visit.runtime.records.related(visit.viewer, opened.app.id, opened.form.id, view.id)
    for related in everything:
        label = label_text(related.label, visit.language)
        options = {"app": related.app, "form": related.form, "link": related.field}
        listed = _listed(opened, label, options) if related.total else None
        if listed:
            yield Section(label, kind="related", related=listed)


def _listed(opened: Opened, label: str, options: Mapping[str, Any]) -> RelatedList | None:
    """A related list, or None where this viewer may not read that form."""
    visit = opened.visit
    try:
        app = visit.runtime.applications.get(str(options.get("app") or opened.app.id))
    except Rejected:
        return None
    form = app.form(str(options.get("form", "")))
    link = str(options.get("link", ""))
    if form is None or form.field(link) is None:
        return None
    wanted = [str(name) for name in options.get("columns", ()) if form.field(str(name))]
    names = wanted or [f.id for f in form.fields if fits_in_list(f) and f.id != link][:5]
    title_fields = visit.runtime.programs.get(app.id, form.id).title_fields
    query = Query(
        conditions=(Condition(link, "is", (opened.view.id,)),), sort=tuple(options.get("sort", ())),
        limit=int(options.get("limit", RELATED)), columns=tuple(dict.fromkeys((*names, *title_fields))),
    )  # fmt: skip
    try:
        page = visit.runtime.records.page(visit.viewer, app.id, form.id, query)
    except Rejected:
        return None
    names = [name for name in names if not page.items or any(name in item.values for item in page.items)]
    fields = [f for name in names if (f := form.field(name))]
    where = f"{link}:is:{opened.view.id}" if link else ""
    state = href("", where=where).lstrip("?")
    return RelatedList(
        label or form.text(visit.language),
        tuple(Column(f.id, f.text(visit.language), is_numeric(f)) for f in fields),
        rows_of(visit, app, form, page.items, names, state),
        total_text(visit, page), f"/apps/{app.id}/forms/{form.id}?{state}" if page.next else "",
        _new_related(opened, app, form, link),
    )  # fmt: skip


def _new_related(opened: Opened, app: App, form: Form, link: str) -> str:
    """The way to a new record there that links here, for who may make one."""
    if not opened.visit.runtime.linking.creates(opened.visit.viewer, app.id, form.id, link):
        return ""
    here = record_url(opened.app.id, opened.form.id, opened.view.id)
    return href(f"/apps/{app.id}/forms/{form.id}/new", **{link: opened.view.id, BACK: here})


# -- around it -----------------------------------------------------------------------------------------


def _facts(opened: Opened) -> tuple[tuple[str, str], ...]:
    visit, view = opened.visit, opened.view
    people = visit.names
    name = {
        who: people.get(("person", who), visit.text("The system") if who == "system" else who)
        for who in (view.created_by, view.updated_by)
    }
    made = [
        (visit.text("Created"), visit.moments.short(view.created_at)),
        (visit.text("Created by"), name[view.created_by]),
    ]
    if view.revision > 1:
        made += [
            (visit.text("Changed"), visit.moments.short(view.updated_at)),
            (visit.text("Changed by"), name[view.updated_by]),
        ]
    return (*made, (visit.text("Revision"), str(view.revision)), (visit.text("Number"), view.id))


def _context(opened: Opened) -> Link | None:
    """Of a message: the way to where it was said."""
    holder = next(holders(opened.visit.runtime.services.apps(), opened.app, opened.form), None)
    held = opened.view.values.get(messages_of(holder.view)["link"]) if holder else None
    if holder is None or not held:
        return None
    url = record_url(holder.app.id, holder.form.id, str(held), tab=holder.view.id, at=opened.view.id)
    return Link(opened.visit.text("Show where it was said"), url, "chat")


def _badge(opened: Opened) -> EvidenceBadge | None:
    if not opened.form.is_archive:
        return None
    return EvidenceBadge(
        opened.visit.text("Kept as evidence"), proof_url(opened.app.id, opened.form.id, opened.view.id)
    )


def proof_url(app: str, form: str, record: str) -> str:
    return f"{record_url(app, form, record)}/proof"


def _granted(opened: Opened) -> str:
    """Said when only a grant opens this record."""
    ways = opened.view.ways
    only = bool(ways) and all(way.startswith("grant:") for way in ways)
    return opened.visit.text("You read this under a grant; every look is noted.") if only else ""


def _neighbours(opened: Opened) -> tuple[str, str]:
    if opened.listing is None:
        return "", ""
    query = replace(opened.listing.query(columns=()), page=0)
    try:
        return opened.visit.runtime.records.neighbours(
            opened.visit.viewer, opened.app.id, opened.form.id, query, opened.view.id
        )
    except Rejected:
        return "", ""


def _other(opened: Opened, record: str) -> str:
    if not record:
        return ""
    query = {name: opened.visit.query[name] for name in ("list", "tab") if opened.visit.query.get(name)}
    return record_url(opened.app.id, opened.form.id, record, **query)


HANDLERS = (record_page,)
