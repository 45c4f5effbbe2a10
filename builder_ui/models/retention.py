"""Retention and holds: what the pages under /admin/retention show."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.parts import Link, Option, Tab


@dataclass(frozen=True, slots=True)
class RuleLine:
    """`state`: active waiting reworded idle protects. `actions`: (what to do, its words, button's look)."""

    name: str
    state: str
    state_text: str
    hue: str
    terms: tuple[str, ...]
    where: str
    source: str
    said: str
    action: str
    buttons: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FormRules:
    """`design`: where the rules are edited, for who designs the app."""

    form: str
    app: str
    icon: str
    rules: tuple[RuleLine, ...]
    design: str = ""


@dataclass(frozen=True, slots=True)
class PresetLine:
    name: str
    terms: str
    source: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """`designs`: the archives whose rules this visitor may edit. `end_asked`: that one person be enough is asked for,
    `agree`: and this visitor may say yes. `paused`: why nothing goes by itself."""

    tabs: tuple[Tab, ...]
    forms: tuple[FormRules, ...]
    presets: tuple[PresetLine, ...]
    two_people: bool
    may: bool
    problems: tuple[str, ...] = ()
    designs: tuple[Link, ...] = ()
    end_asked: str = ""
    agree: bool = False
    paused: str = ""


@dataclass(frozen=True, slots=True)
class HoldLine:
    id: str
    name: str
    matter: str
    scope: str
    where: str
    records: tuple[Link, ...]
    count: str
    said: str
    released: str = ""
    reason: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class HoldsPage:
    """`form` to `about` are what was typed into the form of a new hold."""

    tabs: tuple[Tab, ...]
    running: tuple[HoldLine, ...]
    released: tuple[HoldLine, ...]
    forms: tuple[Option, ...]
    name: str = ""
    matter: str = ""
    where: str = ""
    records: str = ""
    about: str = ""
    search: str = ""
    open: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForecastLine:
    form: str
    rule: str
    terms: str
    due: str
    protected: str
    keepers: str
    held: str
    going: str
    then: str
    hue: str
    acts: bool
    examples: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ForecastPage:
    tabs: tuple[Tab, ...]
    on: str
    asked: str
    lines: tuple[ForecastLine, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """A notice on a record's page; `look` as notices have them."""

    icon: str
    text: str
    look: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class GoneLine:
    record: Link
    form: str
    at: str
    why: str
    people: str


@dataclass(frozen=True, slots=True)
class StoredLine:
    """`action` lifts it."""

    record: Link
    form: str
    at: str
    why: str
    action: str


@dataclass(frozen=True, slots=True)
class GonePage:
    tabs: tuple[Tab, ...]
    gone: tuple[GoneLine, ...]
    stored: tuple[StoredLine, ...]
    earlier_href: str = ""
    problems: tuple[str, ...] = ()
