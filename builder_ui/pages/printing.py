"""A record on paper: its layout, or the blocks its form has for print, on an A4 sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from builder_ui.cells import record_url
from builder_ui.models.record import Section
from builder_ui.opened import Opened
from builder_ui.pages.record import RECORD, sections_of
from builder_ui.site import Ask, Here, InPath
from metamodel.labels import label_text

STYLES = ("list", "record", "print")


@dataclass(frozen=True, slots=True)
class PrintPage:
    title: str
    form: str
    sections: tuple[Section, ...]
    footer: str
    back_href: str


@get(f"{RECORD}/print", sync_to_thread=True)
def print_page(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    visit = site.visit(request)
    app, form = visit.form(app_id, form_id)
    view = visit.runtime.records.get(visit.viewer, app_id, form_id, record)
    opened = Opened(visit, app, form, view, None)
    who = visit.names.get(("person", visit.viewer.person), visit.viewer.person)
    footer = visit.text(
        "%(app)s · number %(number)s, revision %(revision)s · printed by %(who)s on %(when)s",
        app=label_text(app.label, visit.language, app.id), number=view.id, revision=view.revision, who=who,
        when=visit.moments.now.astimezone(visit.moments.zone).strftime("%Y-%m-%d %H:%M"),
    )  # fmt: skip
    page = PrintPage(
        view.title, form.text(visit.language), sections_of(opened, form.print), footer,
        record_url(app.id, form.id, view.id),
    )  # fmt: skip
    return visit.page("print.html", page, title=view.title, styles=STYLES, app=app)


HANDLERS = (print_page,)
