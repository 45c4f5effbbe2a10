"""Pages for reading: search results, a conversation as it was, a customer's timeline."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.cells import Cell, Chip, FileLink
from builder_ui.models.parts import Link, Option
from builder_ui.models.unmasking import MaskNotice

Marked = tuple[tuple[str, bool], ...]  # a text in pieces, each with "is a hit"


@dataclass(frozen=True, slots=True)
class Facet:
    label: str
    entries: tuple[FacetEntry, ...]


@dataclass(frozen=True, slots=True)
class FacetEntry:
    text: str
    href: str
    count: str
    hue: str = ""
    key: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    href: str
    where: str
    time: str
    snippet: Marked
    mark: Chip | None = None
    chips: tuple[Chip, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    title: str
    action: str
    query: str
    forms: tuple[Option, ...]
    tips: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    total: str = ""
    took: str = ""
    facets: tuple[Facet, ...] = ()
    hits: tuple[Hit, ...] = ()
    next_href: str = ""
    asked: bool = False
    form: str = ""
    package_href: str = ""
    hold_href: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line of a chat.

    `kind` text, image, file, voice, video, call, link, card, location, chatrecord, email or event;
    `side` left, right, middle. `again`: same sender as the line before, a moment ago.
    """

    id: str
    side: str
    kind: str
    words: Marked
    time: str
    stamp: str
    sender: str = ""
    sender_key: str = ""
    day: str = ""
    again: bool = False
    taken_back: str = ""
    edited: tuple[tuple[str, str], ...] = ()  # (when, former words)
    also: tuple[tuple[str, Marked], ...] = ()
    files: tuple[FileLink, ...] = ()
    duration: str = ""
    chips: tuple[Chip, ...] = ()
    hit: bool = False
    away: bool = False
    shredded: str = ""
    proof_href: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ChatView:
    bubbles: tuple[Bubble, ...]
    facts: tuple[Cell, ...]
    find: str = ""
    action: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    earlier_href: str = ""
    later_href: str = ""
    total: str = ""
    away: bool = False
    at: str = ""
    unmask: MaskNotice | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    href: str
    day: str
    time: str
    mark: Chip
    icon: str
    who: str
    text: str
    chips: tuple[Chip, ...] = ()
    count: str = ""
    of: Link | None = None


@dataclass(frozen=True, slots=True)
class TimelineView:
    """`hidden_count` rows exist that this viewer may not see; `request_href` opens the way to ask."""

    entries: tuple[TimelineEntry, ...]
    marks: tuple[FacetEntry, ...] = ()
    hidden_count: int = 0
    request_href: str = ""
    next_href: str = ""
    picker: str = ""
    whose: str = ""
