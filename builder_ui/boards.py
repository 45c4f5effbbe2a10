"""Boards as people see them: what `engine.reports` gives becomes frames, filters and widgets ready to draw.

A chart stays the option of the chart library that its widget made; numbers, tables and lists become
HTML, and every chart has the same numbers as a table beside it. Used by `pages/boards.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from babel.dates import format_skeleton

from builder_ui.models.board import BoardFilter, BoardPage, Choice, WidgetFrame, WidgetView
from builder_ui.models.parts import Link, Option
from builder_ui.widgets import Drawer
from engine.access.pinyin import spellings
from engine.reports.views import Board, FilterView, WidgetPlace, WidgetView as Answered
from metamodel.human_text import show_list
from metamodel.reports import PERIODS

if TYPE_CHECKING:
    from builder_ui.site import Visit

LIBRARY = ("vendor/echarts.min.js", "vendor/echarts-wordcloud.min.js")


def report_url(app: str, report: str, filters: Mapping[str, str] | None = None) -> str:
    """A board's address; a filter set to nothing says so."""
    tail = urlencode(sorted((filters or {}).items()))
    return f"/apps/{app}/reports/{report}" + (f"?{tail}" if tail else "")


class BoardMaker:
    """Makes one board's page and widgets for one visit; `asked` are the filters of its URL."""

    def __init__(self, visit: Visit, app: str, report: str, asked: Mapping[str, str]) -> None:
        self.visit, self.app, self.report, self.asked = visit, app, report, asked
        self.base = report_url(app, report)

    # -- the page ----------------------------------------------------------------------------------

    def page(self, board: Board, others: tuple[Option, ...] = ()) -> BoardPage:
        return BoardPage(
            board.label, self.base, tuple(self._frame(place) for place in board.widgets),
            tuple(self._filter(view, board) for view in board.filters), board.description,
            boards=others, reset_href=self.base if self._changed(board) else "", charts=bool(self.files()),
            totals=board.totals,
        )  # fmt: skip

    def _frame(self, place: WidgetPlace) -> WidgetFrame:
        return WidgetFrame(
            place.id, place.type, place.label, min(max(place.width, 1), 12), min(max(place.height, 1), 8),
            f"{self.base}/widgets/{place.id}",
        )  # fmt: skip

    def _changed(self, board: Board) -> bool:
        return any(view.value != view.default for view in board.filters)

    def _filter(self, view: FilterView, board: Board) -> BoardFilter:
        is_period = view.kind == "period"
        whole = self.visit.text("All time") if is_period else self.visit.text("All")
        since, until = view.days
        return BoardFilter(
            view.id, view.label, view.kind, view.text or whole,
            self._periods(view, whole) if is_period else self._values(view), view.value != view.default,
            view.default, self._with(view, view.default), self._span(since, until), since, until,
        )  # fmt: skip

    def _periods(self, view: FilterView, whole: str) -> tuple[Choice, ...]:
        named = dict(view.choices) or {name: words[self.visit.language] for name, words in PERIODS.items()}
        return tuple(
            Choice(value, text, self._with(view, value), value == view.value)
            for value, text in {**named, "": whole}.items()
        )

    def _values(self, view: FilterView) -> tuple[Choice, ...]:
        chosen = view.value.split(",")
        return tuple(
            Choice(value, text, chosen=value in chosen, find=" ".join(dict.fromkeys(spellings(text))))
            for value, text in view.choices
        )

    def _with(self, view: FilterView, value: str) -> str:
        """The board with this filter set; the default needs no saying."""
        rest = {name: kept for name, kept in self.asked.items() if name != view.id}
        return report_url(self.app, self.report, rest if value == view.default else {**rest, view.id: value})

    def _span(self, since: str, until: str) -> str:
        first, last = (self._day(day) for day in (since, until))
        return first if first == last else f"{first} – {last}"

    def _day(self, day: str) -> str:
        """Month and day, with the year when it is another."""
        if not day:
            return ""
        found, moments = date.fromisoformat(day), self.visit.moments
        skeleton = "MMMd" if found.year == moments.today.year else "yMMMd"
        return str(format_skeleton(skeleton, found, locale=moments.locale))

    # -- a widget ----------------------------------------------------------------------------------

    def widget(self, answered: Answered) -> WidgetView:
        problems = tuple(problem.text(self.visit.language) for problem in answered.problems)
        made = WidgetView(
            answered.id, answered.type, answered.label, answered.state,
            _sentences(answered.definition),
            answered.note, answered.people, problems=problems, aside=self._aside(answered),
        )  # fmt: skip
        if answered.state == "empty":
            return self._empty(made, answered)
        if answered.state != "ready" or answered.drawing is None:
            return made
        drill = self.drill_address(answered.id) if answered.drillable else ""
        here = report_url(self.app, self.report, self.asked)
        return Drawer(self.visit, drill, self.files(), here).drawn(made, answered.drawing)

    def _aside(self, answered: Answered) -> str:
        """Which of the filters above say nothing about it."""
        named = show_list(answered.aside, self.visit.language)
        return self.visit.text("Not narrowed by %(filters)s", filters=named) if named else ""

    def _empty(self, made: WidgetView, answered: Answered) -> WidgetView:
        if answered.empty is None:
            return made
        text = self.visit.text("Show %(period)s", period=answered.empty.text)
        filters = {**self.asked, **answered.empty.filters}
        message = self.visit.text("The last data is of %(period)s.", period=answered.empty.text)
        return replace(made, message=message, way_on=Link(text, report_url(self.app, self.report, filters)))

    def drill_address(self, widget: str) -> str:
        """Ends with `key=`; what a datum carries is put behind it."""
        asked = {**self.asked, "key": ""}
        return f"{self.base}/widgets/{quote(widget, safe='')}/drill?{urlencode(asked)}"

    def files(self) -> tuple[str, ...]:
        """Where the chart library lies; () where it is not installed."""
        assets = self.visit.site.assets
        return tuple(assets.url(name) for name in LIBRARY) if all(assets.get(n) for n in LIBRARY) else ()


def _sentences(text: str) -> tuple[str, ...]:
    """What a widget counts, a sentence a line."""
    return tuple(part.strip(" 。.") for part in re.split(r"[；;\n]", text) if part.strip(" 。."))
