"""Records arranged as something else than a table: cards, columns, a calendar, bars over time."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.cells import Cell
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class Card:
    """`cover` is the address of a picture; `movable`: may this viewer put it elsewhere?"""

    id: str
    title: str
    href: str
    cells: tuple[Cell, ...] = ()
    cover: str = ""
    revision: str = ""
    movable: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kanban: the records with this `value` ('' where there is none)."""

    value: str
    label: str
    hue: str
    cards: tuple[Card, ...]
    total: str
    sum: str = ""
    more_href: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on one day; `part` is one start middle end of the days it covers."""

    card: Card
    time: str = ""
    part: str = "one"


@dataclass(frozen=True, slots=True)
class Day:
    date: str
    number: int
    label: str  # "11月23日 星期一"
    today: bool
    outside: bool  # of another month
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A record as a bar: `x` and `width` of a thousand."""

    card: Card
    x: float
    width: float
    text: str
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Arranged:
    """`kind` says which of the parts it has; `place_url` takes what was moved."""

    kind: str  # cards kanban calendar gantt
    view: str
    place_url: str = ""
    cards: tuple[Card, ...] = ()
    columns: tuple[Column, ...] = ()
    weeks: tuple[tuple[Day, ...], ...] = ()
    weekdays: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    ticks: tuple[str, ...] = ()
    now: float = -1  # of a thousand; where today is
    per_day: float = 0
    title: str = ""
    previous_href: str = ""
    next_href: str = ""
    today_href: str = ""
    scales: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()  # where a card may be put
    cut: str = ""  # said when not all are shown
    covered: bool = False
    wide: bool = False
