"""Forms for people without an account: the form, what stands in its place, and the designer's page of links."""

from __future__ import annotations

from dataclasses import dataclass, field

from builder_ui.design_frame import DesignFrame
from builder_ui.models.parts import Option
from builder_ui.models.record import FormSection


@dataclass(frozen=True, slots=True)
class PublicFormPage:
    """`stamp`: when it was opened, sealed; `trap`: the name of the input that people never see."""

    title: str
    about: str
    action: str
    state_url: str
    sections: tuple[FormSection, ...]
    stamp: str
    trap: str
    here: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicSaid:
    """In place of the form: thanks, or why it is not there."""

    title: str
    text: str
    here: str
    icon: str = "clock"
    hint: str = ""
    again_href: str = ""


@dataclass(frozen=True, slots=True)
class OfferedField:
    id: str
    label: str
    type: str
    chosen: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link with its settings as inputs; `link`: the whole address, the once it can be shown."""

    id: int
    name: str
    state: str
    hue: str
    about: str
    fields: tuple[OfferedField, ...]
    thanks: str
    per_day: str
    opens_at: str
    closes_at: str
    open: bool = False  # its settings
    link: str = ""
    code: str = ""  # the same as a picture


@dataclass(frozen=True, slots=True)
class PublicLinksPage:
    frame: DesignFrame
    title: str
    form: str
    action: str
    back_href: str
    fresh: LinkLine
    links: tuple[LinkLine, ...] = ()
    made: LinkLine | None = None
    problems: tuple[str, ...] = ()
    forms: tuple[Option, ...] = field(default=())
