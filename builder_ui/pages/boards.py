"""Boards: the page with its filters and frames, each widget by itself, and the way from a number to its records."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.boards import BoardMaker, report_url
from builder_ui.drilling import Drill
from builder_ui.models.parts import Option
from builder_ui.site import Ask, Here, InPath, Visit

REPORT = "/apps/{app_id:str}/reports/{report_id:str}"
WIDGET = f"{REPORT}/widgets/{{widget_id:str}}"
STYLES = ("list", "board")
KEY = "key"


@get(REPORT, sync_to_thread=True)
def board_page(request: Ask, site: Here, app_id: InPath, report_id: InPath) -> Response[Any]:
    """The frame of a board: no number is computed for it."""
    visit = site.visit(request)
    board = visit.runtime.reports.board(visit.viewer, app_id, report_id, asked(visit))
    app = visit.runtime.applications.get(app_id)
    others = tuple(
        Option(report_url(app_id, report), label, report == report_id)
        for report, label in visit.runtime.reports.list(visit.viewer, app_id)
    )
    page = BoardMaker(visit, app_id, report_id, asked(visit)).page(board, others)
    return visit.page(
        "board.html", page, title=f"{page.title} · {app.text(visit.language)}", styles=STYLES, app=app
    )


@get(WIDGET, sync_to_thread=True)
def widget_part(
    request: Ask, site: Here, app_id: InPath, report_id: InPath, widget_id: InPath
) -> Response[Any]:
    """One widget under the board's filters."""
    visit = site.visit(request)
    answered = visit.runtime.reports.widget(visit.viewer, app_id, report_id, widget_id, asked(visit))
    return visit.part("widget.html", BoardMaker(visit, app_id, report_id, asked(visit)).widget(answered))


@get(f"{WIDGET}/drill", sync_to_thread=True)
def drill(request: Ask, site: Here, app_id: InPath, report_id: InPath, widget_id: InPath) -> Response[Any]:
    """From a datum to its records: their list with the same conditions, or the search for a word."""
    visit = site.visit(request)
    found = Drill(app_id, report_id, widget_id, visit.query.get(KEY, ""), asked(visit))
    return visit.go(found.address(visit))


def asked(visit: Visit) -> dict[str, str]:
    """The filters of the URL; blank ones count, they say "everything"."""
    return {name: value for name, value in visit.query.items() if name != KEY}


HANDLERS = (
    board_page,
    widget_part,
    drill,
)
