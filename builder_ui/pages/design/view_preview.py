"""A view of a draft with real records: drawn by the list, the chat or the timeline of the product itself.

The view is the draft's; records, fields and rights are those of today, so that a designer sees what he may read anyway.
What is not there yet (a field, a form), or may not be read, is said, and a sketch stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from litestar import Response, get

from builder_ui.design_views import Views
from builder_ui.layouts import list_columns
from builder_ui.listing import Listing
from builder_ui.models.design_views import Sketch, ViewPreview
from builder_ui.pages import chat, timeline
from builder_ui.pages.design.frame import asked_revision
from builder_ui.pages.listing import drawn
from builder_ui.site import Ask, Here, InPath, Visit
from builder_ui.views import Placed, messages_of, timeline_of
from engine.records.query import Query
from metamodel.application import App
from metamodel.forms import FieldDefinition, Form, View
from metamodel.labels import label_text
from metamodel.problems import Rejected
from metamodel.view_kinds import VIEW_KINDS

PREVIEW = "/design/{app_id:str}/forms/{form_id:str}/views/preview"
NEWEST = Query(limit=1)


class DraftListing(Listing):
    """The list as if this view were published and open."""

    def __init__(self, visit: Visit, app: App, form: Form, view: View) -> None:
        self._drafted = view
        super().__init__(visit, app, form, "")

    def _view(self, views: list[View]) -> View | None:
        return self._drafted


@get(PREVIEW, sync_to_thread=True)
def view_preview(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """The view `view` of `revision`, as it would be drawn for whoever designs it."""
    visit = site.visit(request)
    looked = visit.runtime.designing.look(visit.viewer, app_id, asked_revision(visit))
    views = Views(visit, looked, form_id)
    raw = views.chosen(visit.query.get("view", ""))
    if views.form is None:
        made = ViewPreview(views.label, sketch=Sketch(icon="columns"))
    else:
        view = views.form.view(str(raw.get("id"))) if raw else None
        wrong = view is not None and any(one.severity == "error" for one in views.problems_of(view.id))
        made = _Drawing(visit, views.form, view or View("", views.label), app_id).preview(wrong)
    return visit.part("design/view_preview.html", made)


class _Drawing:
    """`form`: the draft's."""

    def __init__(self, visit: Visit, form: Form, view: View, app: str) -> None:
        self.visit, self.form, self.view, self.app_id = visit, form, view, app
        applications = visit.runtime.applications
        self.app: App | None = applications.get(app) if app in applications.served() else None
        self.today = self.app.form(form.id) if self.app else None
        self.title = label_text(view.label or None, visit.language, view.id)

    def preview(self, wrong: bool) -> ViewPreview:
        """Drawn with records, else a sketch and why."""
        text = self.visit.text
        if wrong:
            return self.sketched(text("Put right what is said at the right; the records then appear here."))
        if self.app is None or self.today is None:
            return self.sketched(
                text("The form is not published yet, so it has no records: this is a sketch.")
            )
        try:
            found = self._real(self.app, self.today)
        except Rejected as refused:
            denied = refused.problems[0].code.startswith("access.")
            said = text("You may not read this form's records: this is a sketch.") if denied else ""
            return self.sketched(said or refused.problems[0].text(self.visit.language))
        return found or self.sketched(text("There is no record here that you may read: this is a sketch."))

    def _real(self, app: App, form: Form) -> ViewPreview | None:
        """The drawing of its kind; every kind without one of its own is a list."""
        placed = Placed(app, form, self.view)
        makers = {"chat": self._chat, "timeline": self._timeline}
        made = makers.get(self.view.kind, self._list)(placed)
        return replace(made, notes=(*self._not_yet(form), *made.notes)) if made else None

    def _list(self, placed: Placed) -> ViewPreview | None:
        shown = replace(placed.form, fields=tuple(self._named(one) for one in placed.form.fields))
        page = drawn(DraftListing(self.visit, placed.app, shown, self.view))
        return None if page.problems else ViewPreview(self.title, page.total, listing=page)

    def _named(self, field: FieldDefinition) -> FieldDefinition:
        """Called as the draft calls it."""
        drafted = self.form.field(field.id)
        return replace(field, label=drafted.label) if drafted else field

    def _timeline(self, placed: Placed) -> ViewPreview | None:
        named = {str(placed.option("by")), str(placed.option("time"))}
        there = all(placed.form.field(name) for name in named) and timeline_of(placed.form, self.view)
        found = timeline.view(self.visit, placed, "") if there else None
        return ViewPreview(self.title, timeline=found) if found and found.entries else None

    def _chat(self, placed: Placed) -> ViewPreview | None:
        """The newest record's conversation."""
        named = messages_of(self.view)
        messages = placed.app.form(named.get("form", "")) if not named.get("app") else None
        if messages is None or messages.field(named.get("link", "")) is None:
            return None
        page = self.visit.runtime.records.page(self.visit.viewer, placed.app.id, placed.form.id, NEWEST)
        if not page.items:
            return None
        return ViewPreview(page.items[0].title, chat=chat.view(self.visit, placed, page.items[0]))

    def _not_yet(self, today: Form) -> Iterator[str]:
        """Fields this view shows that have no values before publishing."""
        named = {name.removeprefix("-") for name in (*self.view.columns, *self.view.sort)}
        for option in VIEW_KINDS[self.view.kind].own if self.view.kind in VIEW_KINDS else ():
            value = self.view.options.get(option)
            named |= {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
        fields = [one for one in self.form.fields if one.id in named and today.field(one.id) is None]
        if fields:
            labels = self.visit.joined(one.text(self.visit.language) for one in fields)
            yield self.visit.text("Not published yet, so it has no values here: %(fields)s", fields=labels)

    # -- without records ---------------------------------------------------------------------------

    def sketched(self, *notes: str) -> ViewPreview:
        """Columns or lanes by what the view names; a card of its fields for all else."""
        language, kind = self.visit.language, VIEW_KINDS.get(self.view.kind, VIEW_KINDS["table"])
        labels = tuple(
            one.text(language)
            for name in list_columns(self.form, self.view)
            if (one := self.form.field(name))
        )
        lanes = tuple(self._lanes()) if "by" in kind.own and kind.listed else ()
        fields = self.view.options.get("fields")
        named = [self.form.field(str(one)) for one in fields] if isinstance(fields, list) else []
        cards = tuple(one.text(language) for one in named if one) or labels[:3]
        sketch = Sketch(
            labels if kind.columned else (), lanes, cards, kind.icon,
            lines="fields" not in kind.own, sides=not kind.listed,
        )  # fmt: skip
        return ViewPreview(self.title, sketch=sketch, notes=notes)

    def _lanes(self) -> Iterator[tuple[str, str, str]]:
        field = self.form.field(str(self.view.options.get("by", "")))
        if field is not None and field.type is not None and field.options is not None:
            for one in field.type.choices(field):
                yield one.text(self.visit.language), one.color, one.value


HANDLERS = (view_preview,)
