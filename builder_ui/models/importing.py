"""Importing records: choosing a file, which column stands for which field, what would come of it, how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link, Option


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One that was begun before."""

    name: str
    at: str
    state: str
    hue: str
    about: str
    href: str


@dataclass(frozen=True, slots=True)
class ImportStartPage:
    title: str
    trail: tuple[Link, ...]
    action: str
    template_href: str
    recent: tuple[ImportRow, ...] = ()
    problems: tuple[str, ...] = ()
    attachments: bool = False  # may files come in, in a ZIP?


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A column of the file: its letter, heading and first cells; what it may stand for; how a link is found."""

    letter: str
    heading: str
    samples: tuple[str, ...]
    options: tuple[Option, ...]
    by: tuple[Option, ...] = ()
    wrong: bool = False

    @property
    def taken(self) -> bool:
        return any(option.chosen and option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class Mapping:
    rows: tuple[MappingRow, ...]
    sheets: tuple[Option, ...]
    heading: int
    modes: tuple[Option, ...]
    keys: tuple[Option, ...]
    bad: tuple[Option, ...]
    remembered: bool = False
    warnings: tuple[str, ...] = ()
    rows_told: bool = False  # a column fills rows of a sub-form: how lines belong together is said


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A line: what is wrong with it, after the heading of the column it is wrong in ('' where in none)."""

    number: str
    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ImportRunPage:
    """`counts`: (kind, words, number); `progress` per cent while a job is at it, -1 otherwise; `step` 2 to 4."""

    title: str
    trail: tuple[Link, ...]
    base: str
    name: str
    step: int
    steps: tuple[str, ...]
    mapping: Mapping | None = None
    progress: int = -1
    progress_text: str = ""
    counts: tuple[tuple[str, str, str], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()  # (how often, what), the most frequent first
    wrong: tuple[WrongRow, ...] = ()
    more: str = ""
    errors_href: str = ""
    again_href: str = ""
    begin: str = ""
    list_href: str = ""
    notice: str = ""
    tone: str = ""
    problems: tuple[str, ...] = ()
