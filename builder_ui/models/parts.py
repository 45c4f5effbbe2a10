"""Parts that several pages share: crumbs, tabs, buttons, the evidence badge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A form of its own with nothing but a button."""

    text: str
    action: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    text: str
    href: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceBadge:
    """`href` answers with the proof of this record as a drawer."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Option:
    """One of several: in a select, a radio group, a checklist."""

    value: str
    text: str
    chosen: bool = False
    hue: str = ""
    sub: str = ""
