"""The frame around every page: who looks, in which app, with which menu.

Plain data; `pages/` builds it for each request, `templates/shell.html` draws it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """The viewer, as the person menu shows him."""

    id: str
    name: str
    post: str = ""
    department: str = ""

    @property
    def initial(self) -> str:
        return self.name[-1:] if self.name and ord(self.name[0]) > 0x2E80 else self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """`outside`: it leads to another site."""

    label: str
    href: str
    icon: str = "dot"
    current: bool = False
    count: int = 0
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for the viewer: open to-dos, those overdue, unread notifications."""

    tasks: int = 0
    overdue: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class MenuSection:
    label: str
    entries: tuple[MenuEntry, ...]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class AppCard:
    """An app as the home page and the switcher show it."""

    id: str
    label: str
    href: str
    icon: str = "box"
    hue: str = ""
    about: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """Whoever sits there sees as somebody: as whom, until when (a time of the day)."""

    name: str
    until: str


@dataclass(frozen=True, slots=True)
class Shell:
    """`app` is None outside an app; `search_href` is '' where there is nothing to search; `watermark` says who
    looks and when, across the page and its prints, where his roles want that; `looking`: not as oneself."""

    title: str
    language: str = "zh"
    theme: str = "auto"
    person: Person | None = None
    csrf: str = ""
    apps: tuple[AppCard, ...] = ()
    app: AppCard | None = None
    menu: tuple[MenuSection, ...] = ()
    search_href: str = ""
    query: str = ""
    here: str = ""
    styles: tuple[str, ...] = ()
    notice: str = ""
    dock: tuple[MenuEntry, ...] = field(default=())
    counts: Counts | None = None
    watermark: str = ""
    looking: Looking | None = None

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return tuple(f"css/{name}.css" for name in ("tokens", "base", "controls", "shell", *self.styles))
