"""The list of a form: view, filter, search, order, columns and page, all of it in the URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, get

from builder_ui.arranging import Arranging, cards, kanban
from builder_ui.arranging_dates import calendar, gantt
from builder_ui.cells import Cell, record_url
from builder_ui.conditions import Asked, ConditionRows
from builder_ui.drawing import FieldDrawer
from builder_ui.drilling import DRILL
from builder_ui.inputs import Inputs, control_of
from builder_ui.layouts import fits_in_list
from builder_ui.listing import SIZE, Listing
from builder_ui.models.arranged import Arranged
from builder_ui.models.listing import BulkField, Column, FilterRow, Gone, ListPage, Row, SavedFilter, Waiting
from builder_ui.models.parts import Option, Tab
from builder_ui.named_files import files_in
from builder_ui.pages import timeline
from builder_ui.site import Ask, Here, InPath, Visit
from builder_ui.templating import href
from builder_ui.views import Placed
from engine.access.ways import Way, best_access
from engine.records.behind import Behind
from engine.records.query import Page, RecordView
from engine.whole_numbers import is_whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form, View
from metamodel.labels import label_text
from metamodel.plugin_api import Rollup, Storage
from metamodel.problems import Rejected

LIST = "/apps/{app_id:str}/forms/{form_id:str}"
STYLES = ("list", "form", "arranged", "field_types")


@get(LIST, sync_to_thread=True)
def list_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    listing = Listing(visit, app, form)
    listing.remember_choice()
    if listing.view is not None and listing.view.kind == "timeline":
        return timeline.page(visit, Placed(app, form, listing.view), tabs(listing))
    page = replace(drawn(listing), **_saved(listing))
    title = f"{page.title} · {app.text(visit.language)}"
    return visit.page("list.html", page, title=title, styles=STYLES, app=app)


def drawn(listing: Listing) -> ListPage:
    """The list with its records; what is wrong with what was asked is told on it. Rejected: access.denied."""
    visit, problems = listing.visit, tuple[str, ...]()
    arranged: Arranged | None = None
    try:
        found = visit.runtime.records.page(visit.viewer, listing.app.id, listing.form.id, listing.query())
        problems = tuple(hint.text(visit.language) for hint in found.hints)
        arranged = _arranged(listing, found)
    except Rejected as refused:
        if refused.problems[0].code.startswith("access."):
            raise
        problems = tuple(problem.text(visit.language) for problem in refused.problems)
        found = Page([], 0, True)
    return replace(_page(listing, found, problems), arranged=arranged)


@get(f"{LIST}/condition", sync_to_thread=True)
def condition(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """One row of the filter panel, after its field or operator was chosen."""
    visit = site.visit(request)
    listing = Listing(visit, *visit.form(app_id, form_id))
    values = tuple(v for n, v in parse_qsl(request.url.query or "") if n == "v")
    row = _rows_maker(listing).row(Asked(visit.query.get("f", ""), visit.query.get("o", ""), values))
    return visit.part("condition.html", row, base=listing.base)


def _saved(listing: Listing) -> dict[str, Any]:
    visit = listing.visit
    return {
        "saved": filters_of(listing), "save_url": f"{listing.base}/saved", "here": listing.state(),
        "may_share": visit.runtime.manages(visit.viewer, listing.app.id, "design"),
    }  # fmt: skip


def filters_of(listing: Listing) -> tuple[SavedFilter, ...]:
    """The saved filters of this list, each with its way there; the one that is open is marked."""
    visit, here = listing.visit, saved_query(listing)
    designs = visit.runtime.manages(visit.viewer, listing.app.id, "design")
    return tuple(
        SavedFilter(
            view.name, f"{listing.base}?{view.query}", view.shared, view.query == here,
            f"{listing.base}/saved/{view.id}/remove" if view.own or (view.shared and designs) else "",
        )
        for view in visit.runtime.saved_views.all(visit.viewer, listing.app.id, listing.form.id)
    )  # fmt: skip


def saved_query(listing: Listing) -> str:
    """What is kept of its address: not the page, nor where it came from."""
    return listing.address(page="", at="", drill="").partition("?")[2]


def _arranged(listing: Listing, found: Page) -> Arranged | None:
    """What a view that is no table shows in its place; None where it is one, or cannot be more."""
    if listing.view is None:
        return None
    arranging = Arranging(listing, listing.view)
    match listing.view.kind:
        case "card" | "gallery":
            return cards(arranging, found)
        case "kanban":
            return kanban(arranging)
        case "calendar":
            return calendar(arranging)
        case "gantt":
            return gantt(arranging)
    return None


def _page(listing: Listing, found: Page, problems: tuple[str, ...]) -> ListPage:
    visit, form, base = listing.visit, listing.form, listing.base
    maker = _rows_maker(listing)
    names = listing.columns
    rows = rows_of(visit, listing.app, form, found.items, names, listing.state())
    filtered = bool(listing.conditions or listing.asked.get("q") or listing.asked.get(DRILL))
    card = (listing.view.options.get("card") if listing.view else None) or names[1:4]
    kept = tuple((n, v) for n, v in listing.asked.items() if n in ("view", "sort", "columns", DRILL) and v)
    first = listing.page * SIZE
    more = bool(found.next)
    tag_field, bulk = changeable(listing)
    return ListPage(
        form.text(visit.language), base, columns_of(listing, names), rows, total_text(visit, found),
        f"{first + 1:,}–{first + len(rows):,}" if rows else "",
        tabs=tabs(listing), new_href=f"{base}/new" if listing.may("create") and not form.is_archive else "",
        import_href=f"{base}/import" if visit.runtime.imports.may(visit.viewer, listing.app.id, form.id) else "",
        export_href=listing.address().replace(base, f"{base}/export", 1) if listing.may("export") else "",
        package_href=listing.address().replace(base, f"{base}/package", 1) if listing.may("export") else "",
        query=listing.asked.get("q", ""), searchable=any(field.searchable for field in form.fields),
        conditions=_conditions(listing, maker), hidden=kept,
        all_columns=_choosable(listing), sorts=_sorts(listing), card_columns=frozenset(card),
        next_href=listing.address(page=str(listing.page + 1)) if more else "",
        previous_href=listing.address(page=str(listing.page - 1)) if listing.page else "",
        bulk_fields=bulk, tag_field=tag_field, may_export=listing.may("export"), problems=problems,
        filtered=filtered, everything=_everything(visit, found), archive=form.is_archive,
        may_unmask=_may_unmask(listing),
        bin_href=f"{base}/recycle-bin" if listing.may("delete") and not form.is_archive else "",
        field_options=maker.options(), waiting=tuple(_waiting(listing, found)),
        gone=_gone(listing), again_href=listing.address(page=str(listing.page)), **_scope(listing),
    )  # fmt: skip


def _gone(listing: Listing) -> Gone | None:
    """What a page without scripts has just deleted; with one a toast says so."""
    asked, visit = listing.visit.query, listing.visit
    went, stay = asked.get("went", ""), asked.get("stay", "0")
    if not (is_whole_number(went) and is_whole_number(stay)):
        return None
    text = visit.text("Deleted %(num)s records", num=f"{int(went):,}")
    if int(stay):
        text = visit.text(
            "Deleted %(num)s records, %(stay)s stay", num=f"{int(went):,}", stay=f"{int(stay):,}"
        )
    together = asked.get("gone", "")[:40]
    return Gone(text, f"{listing.base}/recycle-bin/restore" if together else "", together)


def _waiting(listing: Listing, found: Page) -> Iterator[Waiting]:
    """The columns here that are not there in every record yet."""
    for name in listing.columns:
        one, field = found.pending.get(name), listing.form.field(name)
        if one is not None and field is not None:
            text = listing.visit.text(
                "“%(field)s” is still being computed", field=field.text(listing.visit.language)
            )
            yield Waiting(text, one.done, one.total)


def _may_unmask(listing: Listing) -> bool:
    """Is anything masked here, and may it be asked for?"""
    masked = any(way.masks for way in listing.ways)
    return masked and listing.visit.runtime.unmasking.offer(listing.visit.viewer, listing.app.id) is not None


def _scope(listing: Listing) -> dict[str, Any]:
    """Of a list opened from a board: what its conditions do not say, and the way back."""
    try:
        found = listing.came_from
    except Rejected:
        found = None
    if found is None:
        return {"clear_href": listing.address([], q="", drill="")}
    view = listing.view.id if listing.view else ""
    wider: dict[str, Any] = {"clear_href": listing.address([], q="", drill="", view=view)}
    if found.chips:
        wider |= {"scope": found.chips, "scope_clear_href": listing.address(drill="", view=view)}
    return {"trail": (found.back(),), **wider}


def tabs(listing: Listing) -> tuple[Tab, ...]:
    current = listing.view.id if listing.view else ""
    return tuple(
        Tab(_view_text(listing.visit, view), f"{listing.base}?view={view.id}", view.id == current)
        for view in listing.views
    )


def columns_of(listing: Listing, names: Sequence[str]) -> tuple[Column, ...]:
    made = []
    for name in names:
        field = listing.form.field(name)
        if field is None:
            made.append(Column(name, listing.paths[name]))
            continue
        order = next((s for s in listing.sort[:1] if s.lstrip("-") == name), "")
        following = name if order == f"-{name}" else f"-{name}"
        sort_href = listing.address(sort=following) if listing.sortable(field) else ""
        words = {"": "", name: "ascending", f"-{name}": "descending"}[order]
        made.append(Column(name, field.text(listing.visit.language), is_numeric(field), sort_href, words))
    return tuple(made)


def rows_of(
    visit: Visit, app: App, form: Form, items: Sequence[RecordView], names: Sequence[str], state: str
) -> tuple[Row, ...]:
    """Records as rows: a cell for every column, one that says so where this record's is hidden."""
    fields = [field for name in names if (field := form.field(name))]
    presenter = visit.presenter(
        app.id, {i: hide for item in items for field in fields for i, hide in files_in(field, item).items()}
    )
    own = {field.id: _drawn(presenter.drawer(field), field, visit.language) for field in fields}
    paths = [name for name in names if "." in name]
    behind = visit.runtime.records.behind(visit.viewer, app.id, form.id, items, paths) if paths else {}
    makers = [
        own.get(name) or _drawn_behind(visit, name, behind[name]) for name in names if name in own | behind
    ]
    base, tail = record_url(app.id, form.id, ""), href("", list=state)
    return tuple(
        Row(
            item.id, f"{base}{item.id}{tail}",
            tuple(make(item) for make in makers),
            item.title, visit.text("Shredded") if item.shredded else "",
        )
        for item in items
    )  # fmt: skip


def _drawn(drawer: FieldDrawer, field: FieldDefinition, language: str) -> Callable[[RecordView], Cell]:
    away = Cell(field.id, field.text(language), "away")
    return lambda item: drawer.of_record(item) if drawer.id in item.values else away


def _drawn_behind(visit: Visit, path: str, found: Behind) -> Callable[[RecordView], Cell]:
    """A field of the record that this one points at; where that may not be seen, the cell says so."""
    shown = found.views.values()
    presenter = visit.presenter(
        found.app, {i: hide for view in shown for i, hide in files_in(found.field, view).items()}
    )
    make, link = _drawn(presenter.drawer(found.field), found.field, visit.language), path.partition(".")[0]

    def draw(item: RecordView) -> Cell:
        there = found.views.get(item.id)
        if there is None:
            return Cell(path, found.field.text(visit.language), "away" if item.values.get(link) else "blank")
        return make(there)._replace(field=path)

    return draw


def total_text(visit: Visit, found: Page) -> str:
    if not found.total_exact:
        return visit.text("%(num)s+ records", num=f"{found.total:,}")
    return visit.count("%(num)s record", "%(num)s records", found.total)


def is_numeric(field: FieldDefinition) -> bool:
    if isinstance(field.derived, Rollup):
        return field.derived.aggregate in ("count", "sum", "avg")
    return bool(
        field.type
        and field.type.storage in (Storage.INTEGER, Storage.DECIMAL)
        and field.type.reference(field) is None
    )


def _everything(visit: Visit, found: Page) -> str:
    if len(found.items) >= found.total and found.total_exact:
        return ""
    number = f"{found.total:,}" + ("" if found.total_exact else "+")
    return visit.text("Select all %(num)s of this list", num=number)


def _rows_maker(listing: Listing) -> ConditionRows:
    readable = [f.id for f in listing.form.fields if listing.access(f.id) in ("read", "write")]
    inputs = Inputs(listing.base, listing.visit.presenter(listing.app.id))
    return ConditionRows(listing.visit, listing.form, inputs, readable)


def _conditions(listing: Listing, maker: ConditionRows) -> tuple[FilterRow, ...]:
    made = []
    for asked in listing.conditions:
        rest = [other for other in listing.conditions if other is not asked]
        if row := maker.row(asked, listing.address(rest)):
            made.append(row)
    return tuple(made)


def _choosable(listing: Listing) -> tuple[Option, ...]:
    shown = listing.columns
    fields = [f for f in listing.form.fields if fits_in_list(f) and listing.access(f.id) != "hide"]
    fields.sort(key=lambda f: shown.index(f.id) if f.id in shown else len(shown))
    own = [Option(f.id, f.text(listing.visit.language), f.id in shown) for f in fields]
    behind = [Option(path, label, path in shown) for path, label in listing.paths.items()]
    return tuple(
        sorted((*own, *behind), key=lambda one: shown.index(one.value) if one.chosen else len(shown))
    )


def _sorts(listing: Listing) -> tuple[Option, ...]:
    visit, current = listing.visit, listing.sort[:1]
    made = [Option(listing.address(sort=""), visit.text("Newest first"), not listing.sort)]
    for field in listing.form.fields:
        if listing.sortable(field) and field.id in listing.columns:
            for name, pattern in (
                (f"-{field.id}", visit.text("%(field)s, descending", field=field.text(visit.language))),
                (field.id, visit.text("%(field)s, ascending", field=field.text(visit.language))),
            ):
                made.append(Option(listing.address(sort=name), pattern, current == (name,)))
    return tuple(made)


def changeable(listing: Listing) -> tuple[str, tuple[BulkField, ...]]:
    """Which field takes tags, and which may be set on many records."""
    updating: list[Way] = [way for way in listing.ways if "update" in way.actions]
    writable = [
        f for f in listing.form.fields
        if f.usable and f.derived is None and not f.unique and not (listing.form.is_archive and f.evidence)
        and best_access(updating, f.id) == "write"
    ]  # fmt: skip
    tags = next((f.id for f in writable if _takes_tags(f)), "")
    return tags, tuple(
        BulkField(f.id, f.text(listing.visit.language)) for f in writable if f.type and not f.type.container
    )


def _takes_tags(field: FieldDefinition) -> bool:
    return bool(
        field.type and field.type.many and control_of(field) == "picker" and not field.type.reference(field)
    )


def _view_text(visit: Visit, view: View) -> str:

    return label_text(view.label, visit.language, view.id)


HANDLERS = (
    list_page,
    condition,
)
