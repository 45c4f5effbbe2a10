"""A board: its filters and the frames of its widgets; and one widget with what it shows.

The page is the frames alone; every widget is fetched by itself and fills its frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder_ui.models.parts import Button, Link, Option


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; `find` is what may be typed for it: folded name, pinyin, initials."""

    value: str
    text: str
    href: str = ""
    chosen: bool = False
    find: str = ""


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """A period is one of its choices, or `since` to `until` (`span` as people read it); of others
    several may be chosen at once."""

    id: str
    label: str
    kind: str
    text: str
    choices: tuple[Choice, ...]
    set: bool = False
    default: str = ""
    clear_href: str = ""
    span: str = ""
    since: str = ""
    until: str = ""

    @property
    def icon(self) -> str:
        return "calendar" if self.kind == "period" else "filter"

    @property
    def findable(self) -> bool:
        return len(self.choices) > FEW


FEW = 8  # choices that are found by looking


@dataclass(frozen=True, slots=True)
class WidgetFrame:
    """Where a widget stands: of twelve columns, in rows of one measure."""

    id: str
    kind: str
    label: str
    width: int
    height: int
    href: str

    @property
    def look(self) -> str:
        """Which skeleton stands in until the widget is here."""
        return SKELETONS.get(self.kind, "chart")


SKELETONS = {
    "kpi": "number", "kpi_trend": "number", "list": "rows", "pivot": "rows", "keyness": "rows", "absent": "rows",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoardPage:
    title: str
    base: str
    widgets: tuple[WidgetFrame, ...]
    filters: tuple[BoardFilter, ...] = ()
    about: str = ""
    trail: tuple[Link, ...] = ()
    boards: tuple[Option, ...] = ()  # the app's other boards; the value is the address
    reset_href: str = ""
    charts: bool = True  # the chart library is installed
    totals: bool = False  # numbers over all rows, none of which may be opened


@dataclass(frozen=True, slots=True)
class TableCell:
    """`href` leads to the records behind it; `bar` is a share of the largest in hundredths, to either side."""

    text: str
    href: str = ""
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class HeadCell:
    text: str
    span: int = 1
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """`heads` name the row."""

    heads: tuple[TableCell, ...]
    cells: tuple[TableCell, ...]
    heads_span: int = 1
    buttons: tuple[Button, ...] | None = None  # what may be done with it; None: rows here have no such column


@dataclass(frozen=True, slots=True)
class WidgetTable:
    head: tuple[tuple[HeadCell, ...], ...]
    rows: tuple[TableRow, ...]
    foot: TableRow | None = None
    more: Link | None = None
    numeric: bool = True  # cells are numbers, not words


@dataclass(frozen=True, slots=True)
class WidgetNumber:
    """A number with what it was before: `direction` up, down or same; `mood` good, bad or ''."""

    text: str
    unit: str = ""
    href: str = ""
    before: str = ""
    change: str = ""
    direction: str = ""
    mood: str = ""
    goal: str = ""
    goal_reached: bool = False


@dataclass(frozen=True, slots=True)
class WidgetView:
    """One widget for one reader: `state` ready, empty, denied or broken."""

    id: str
    kind: str
    label: str
    state: str = "ready"
    definition: tuple[str, ...] = ()
    note: str = ""
    people: str = ""
    number: WidgetNumber | None = None
    chart: Mapping[str, Any] | None = None  # an option of the chart library
    chart_files: tuple[str, ...] = ()
    table: WidgetTable | None = None
    drill_href: str = ""  # a key is put behind it
    message: str = ""
    way_on: Link | None = None
    problems: tuple[str, ...] = ()
    aside: str = ""  # which of the board's filters say nothing about it
