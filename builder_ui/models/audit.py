"""The audit trail as pages show it: lines, filters, the looks at a record, figures."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`about` is the record or the form; `said` are (name, text) pairs of the detail; `grant` its purpose."""

    at: str
    stamp: str
    who: str
    person: str
    who_href: str
    action: str
    hue: str
    about: str = ""
    about_href: str = ""
    place: str = ""
    said: tuple[tuple[str, str], ...] = ()
    grant: str = ""
    address: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class ActionGroup:
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """`record` and `grant` come from links only and are shown as chips that can be taken off."""

    person: tuple[Picked, ...]
    actions: tuple[ActionGroup, ...]
    apps: tuple[Option, ...]
    since: str
    until: str
    words: str
    record: str
    record_text: str
    kept: tuple[tuple[str, str], ...]
    system: bool  # also what the house did by itself


@dataclass(frozen=True, slots=True)
class BarRow:
    """A line of a figure: `share` of the longest, 0 to 100."""

    text: str
    href: str
    number: str
    share: int
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    about: str
    rows: tuple[BarRow, ...]
    bad: bool = False


@dataclass(frozen=True, slots=True)
class AuditPage:
    title: str
    base: str
    tabs: tuple[Tab, ...]
    filters: Filters | None = None
    lines: tuple[AuditLine, ...] = ()
    note: str = ""
    filtered: bool = False
    export_href: str = ""
    next_href: str = ""
    figures: tuple[Figure, ...] = ()
    periods: tuple[Tab, ...] = ()


@dataclass(frozen=True, slots=True)
class LooksView:
    """Tab 访问记录 of a record."""

    lines: tuple[AuditLine, ...]
    people: str
    all_href: str
    trail: tuple[Link, ...] = ()
