"""What is in force beside the roles, the glass to break, and why somebody sees a record."""

from __future__ import annotations

from dataclasses import dataclass

from builder_ui.models.inputs import Picked
from builder_ui.models.parts import Link


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """`end_action` is blank for who may not end it."""

    who: str
    person: str
    kind: str
    hue: str
    what: str
    purpose: str
    reference: str
    by: str
    until: str
    end_action: str = ""


@dataclass(frozen=True, slots=True)
class Glass:
    """One that this person may break; `running` says until when it is broken."""

    label: str
    opens: str
    told: str
    hours: str
    action: str
    running: str = ""


@dataclass(frozen=True, slots=True)
class AccessPage:
    title: str
    about: str
    leaves: tuple[LeaveLine, ...]
    glasses: tuple[Glass, ...] = ()
    see_as: bool = False


@dataclass(frozen=True, slots=True)
class WayLine:
    """`rows` is the condition as the definition has it; blank: all."""

    text: str
    icon: str
    rows: str
    detail: str
    actions: str
    reaches: bool


@dataclass(frozen=True, slots=True)
class SeerLine:
    who: str
    person: str
    sees: bool
    verdict: str
    ways: tuple[WayLine, ...]
    masked: str = ""
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class WhoPage:
    """About one record; `asked` is the one person it was asked about, else all who see it are listed."""

    title: str
    trail: tuple[Link, ...]
    base: str
    seers: tuple[SeerLine, ...]
    count: str
    asked: Picked | None = None
    may_ask_all: bool = False
