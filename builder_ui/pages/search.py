"""Searching: one query language in one box, the same as links at the side; a hit opens where it was said."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Response, get

from builder_ui.cells import Chip, choice_chip, record_url
from builder_ui.drawing import Presenter
from builder_ui.models.parts import Option
from builder_ui.models.reading import Facet, FacetEntry, Hit, Marked, SearchPage
from builder_ui.pages import chat
from builder_ui.pages.listing import total_text
from builder_ui.site import Ask, Here, InPath, Visit
from builder_ui.templating import href
from builder_ui.views import Placed, holders, messages_of
from engine.records.query import Page, Query, RecordView
from engine.whole_numbers import whole_number
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.labels import label_text
from metamodel.plugin_api import Storage
from metamodel.problems import Rejected

SIZE = 20
FACETS, ENTRIES, CHIPS = 4, 8, 4
STYLES = ("list", "search")


class Searching:
    """One search in one form of an app."""

    def __init__(self, visit: Visit, app: App, form: Form) -> None:
        self.visit, self.app, self.form = visit, app, form
        self.text = visit.query.get("q", "").strip()
        self.base = f"/apps/{app.id}/search"
        part = visit.query.get("page", "0")
        self.page = min(whole_number(part, 0), 1_000)

    @property
    def query(self) -> Query:
        return Query(text=self.text, page=self.page, limit=SIZE)

    def address(self, text: str, **change: Any) -> str:
        return href(self.base, form=self.form.id, q=text, **change)

    def aliases(self) -> list[tuple[str, FieldDefinition]]:
        """The words one may filter by, with the field of this form each stands for."""
        named = [(alias, self.form.field(path)) for alias, path in self.form.search.items()]
        return [(alias, field) for alias, field in named if field is not None and field.usable]

    def facet_fields(self) -> list[tuple[str, FieldDefinition]]:
        """Those with few values: choices, tags, people."""
        return [
            (alias, f)
            for alias, f in self.aliases()
            if f.type and not f.sealed and (f.type.choices(f) or _is_person(f))
        ][:FACETS]


@get("/apps/{app_id:str}/search", sync_to_thread=True)
def search_page(request: Ask, site: Here, app_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    app = visit.runtime.applications.get(app_id)
    forms = sorted(site.frames.searchable(visit, app), key=_rank(visit, app))
    title = visit.text("Search")
    if not forms:
        visit.app(app_id)  # without a role in it there is no such app
        page = SearchPage(title, f"/apps/{app.id}/search", "", ())
        return visit.page("search.html", page, title=title, styles=STYLES, app=app)
    form = next((f for f in forms if f.id == visit.query.get("form")), forms[0])
    searching = Searching(visit, app, form)
    options = tuple(Option(f.id, f.text(visit.language), f is form) for f in forms)
    page = _found(searching, options) if searching.text else _blank(searching, options)
    return visit.page("search.html", page, title=title, styles=STYLES, app=app, query=searching.text)


def _rank(visit: Visit, app: App) -> Any:
    """Forms whose records are read in a chat come first: that is where the words are."""
    apps = visit.runtime.services.apps()
    return lambda form: not any(True for _ in holders(apps, app, form))


def _blank(searching: Searching, options: tuple[Option, ...]) -> SearchPage:
    return SearchPage(
        searching.visit.text("Search"), searching.base, "", options, _tips(searching), form=searching.form.id
    )


def _found(searching: Searching, options: tuple[Option, ...]) -> SearchPage:
    visit, form = searching.visit, searching.form
    started, hints = time.perf_counter(), list[str]()
    try:
        found = visit.runtime.records.page(visit.viewer, searching.app.id, form.id, searching.query)
    except Rejected as refused:
        found, hints = Page([], 0, True), [p.text(visit.language) for p in refused.problems]
    took = max(1, round((time.perf_counter() - started) * 1000))
    hints += [hint.text(visit.language) for hint in found.hints]
    return SearchPage(
        visit.text("Search"), searching.base, searching.text, options, _tips(searching), tuple(hints),
        total_text(visit, found), visit.text("in %(num)s ms", num=took), tuple(_facets(searching, found)),
        tuple(_hits(searching, found)),
        searching.address(searching.text, page=searching.page + 1) if found.next else "",
        asked=True, form=form.id, package_href=_package_href(searching) if found.items else "",
        hold_href=_hold_href(searching) if found.items else "",
    )  # fmt: skip


def _hold_href(searching: Searching) -> str:
    """'' unless this viewer manages retention here."""
    runtime, app, form = searching.visit.runtime, searching.app, searching.form
    if not runtime.retention.manages(searching.visit.viewer, app.id):
        return ""
    return href("/admin/retention/holds", form=f"{app.id}/{form.id}", search=searching.text)


def _package_href(searching: Searching) -> str:
    """'' unless something of this form may be exported."""
    runtime, app, form = searching.visit.runtime, searching.app, searching.form
    with runtime.database.read() as connection:
        ways = runtime.authority.ways(connection, searching.visit.viewer, app, form)
    if not any("export" in way.actions for way in ways):
        return ""
    return href(f"/apps/{app.id}/forms/{form.id}/package", q=searching.text)


# -- hits ----------------------------------------------------------------------------------------------


def _hits(searching: Searching, found: Page) -> Iterable[Hit]:
    visit, form = searching.visit, searching.form
    presenter = visit.presenter(searching.app.id)
    holder = next(holders(visit.runtime.services.apps(), searching.app, form), None)
    dated = next((f for _, f in searching.aliases() if f.type and f.type.storage == Storage.TIMESTAMP), None)
    mark = next(
        (
            f
            for f in form.fields
            if f.type and not f.type.many and f.type.choices(f) and f.type.storage != Storage.BOOLEAN
        ),
        None,
    )
    tags = next((f for f in form.fields if f.type and f.type.many and f.type.choices(f)), None)
    for item in found.items:
        moment = item.values.get(dated.id) if dated else None
        yield Hit(
            _title(item, dated, holder), _where_to(searching, item, holder, found.words),
            item.display.get(messages_of(holder.view)["link"], "") if holder else form.text(visit.language),
            visit.moments.short(moment or item.created_at), _snippet(form, item),
            _mark(visit, mark, item), _chips(presenter, tags, item),
        )  # fmt: skip


def _title(item: RecordView, dated: FieldDefinition | None, holder: Placed | None) -> str:
    """The title without its time, which stands at the end of the line anyway; with the sender's known name."""
    said = item.display.get(dated.id, "") if dated else ""
    sender = item.display.get(str(holder.option("sender")), "") if holder else ""
    if holder and (
        sender == item.display.get(str(holder.option("sender_id"))) or chat.OPAQUE.fullmatch(sender)
    ):
        known = chat.known_name(holder, item) or chat.short_id(sender)
        return item.title.replace(said, "").replace(sender, known).strip()
    return (item.title.replace(said, "") if said else item.title).strip() or item.title


def _where_to(searching: Searching, item: RecordView, holder: Placed | None, words: Sequence[str]) -> str:
    held = str(item.values.get(messages_of(holder.view)["link"]) or "") if holder else ""
    if holder is None or not held:
        return record_url(searching.app.id, searching.form.id, item.id)
    return record_url(
        holder.app.id, holder.form.id, held, tab=holder.view.id, at=item.id, find=" ".join(words)
    )


def _snippet(form: Form, item: RecordView) -> Marked:
    """The field with a hit; without one (only filters asked), the first words of the record."""
    found = [(name, pieces) for name, pieces in item.snippets if any(marked for _, marked in pieces)]
    found.sort(key=lambda each: _is_choice(form.field(each[0])))  # words before the names of choices
    hit = found[0][1] if found else None
    if hit is not None:
        return tuple((text, bool(marked)) for text, marked in hit)
    texts = (item.display.get(f.id, "") for f in form.fields if f.searchable and f.sealed)
    return ((next((text for text in texts if text), "")[:160], False),)


def _is_choice(field: FieldDefinition | None) -> bool:
    return bool(field and field.type and field.options is not None and field.type.choices(field))


def _mark(visit: Visit, mark: FieldDefinition | None, item: RecordView) -> Chip | None:
    value = item.values.get(mark.id) if mark else None
    if mark is None or mark.type is None or not value:
        return None
    return choice_chip(
        {c.value: c for c in mark.type.choices(mark)}.get(str(value)), str(value), visit.language
    )


def _chips(presenter: Presenter, tags: FieldDefinition | None, item: RecordView) -> tuple[Chip, ...]:
    return presenter.of_record(tags, item).chips[:CHIPS] if tags and tags.id in item.values else ()


# -- facets and tips -----------------------------------------------------------------------------------


def _facets(searching: Searching, found: Page) -> Iterable[Facet]:
    """Counts beside each value; a click puts it into the query, another takes it out."""
    fields = searching.facet_fields()
    if not found.items and not found.total:
        return
    visit, names = searching.visit, [field.id for _, field in fields]
    counted = visit.runtime.records.facets(
        visit.viewer, searching.app.id, searching.form.id, searching.query, names
    )
    for alias, field in fields:
        hues = {c.value: c.color for c in field.type.choices(field)} if field.type else {}
        entries = []
        for each in counted.get(field.id, [])[:ENTRIES]:
            said = _said(alias, each.label if hues else each.value)
            current = said in searching.text
            text = searching.text.replace(said, "").strip() if current else f"{searching.text} {said}"
            entries.append(
                FacetEntry(
                    each.label,
                    searching.address(text),
                    f"{each.count:,}",
                    hues.get(each.value, ""),
                    each.value,
                    current,
                )
            )
        if entries:
            yield Facet(field.text(visit.language), tuple(entries))


def _tips(searching: Searching) -> tuple[tuple[str, str], ...]:
    """Examples of the language, with this form's own words and values."""
    visit = searching.visit
    tips = [
        ("OR", visit.text("either word")),
        ("NOT ", visit.text("without this word")),
        ('""', visit.text("exactly this phrase")),
    ]
    for alias, field in searching.aliases():
        tips.append((f"{alias}:{_example(visit, field)}", field.text(visit.language)))
    return tuple(tips[:9])


def _example(visit: Visit, field: FieldDefinition) -> str:
    if field.type and field.type.storage in (Storage.TIMESTAMP, Storage.DATE):
        today = visit.moments.today
        return f"{today.replace(day=1):%Y-%m-%d}..{today:%Y-%m-%d}"
    choices = field.type.choices(field) if field.type else ()
    return label_text(choices[0].label, visit.language, choices[0].value) if choices else ""


def _said(alias: str, value: str) -> str:
    return f'{alias}:"{value}"' if " " in value or ":" in value else f"{alias}:{value}"


def _is_person(field: FieldDefinition) -> bool:
    reference = field.type.reference(field) if field.type else None
    return reference is not None and reference.target == "person"


HANDLERS = (search_page,)
