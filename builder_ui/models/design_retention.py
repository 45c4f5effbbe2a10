"""What the designer shows of how long a form's records are kept: its rules as rows, and the usual periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.design_roles import Wrong
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class Term:
    """A minimum or a maximum. `number` of `unit` (Y M W D), or `written` as ISO 8601 where it is more than that."""

    path: str
    number: str
    units: tuple[Option, ...]
    written: str
    problems: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepRow:
    """`label_path`, `source_path`: where the words of the page's language stand in the rule. `preset`: the usual
    period it was begun with; `changed`: its terms are others by now."""

    id: str
    label: str
    label_path: str
    where: str
    starts: tuple[Option, ...]
    keep: Term
    at_most: Term
    thens: tuple[Option, ...]
    source: str
    source_path: str
    preset: str = ""
    changed: bool = False
    where_problems: tuple[Wrong, ...] = ()
    from_problems: tuple[Wrong, ...] = ()
    then_problems: tuple[Wrong, ...] = ()
    problems: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class UsualPeriod:
    """`rule`: what it puts into a rule, as JSON."""

    id: str
    label: str
    terms: str
    source: str
    rule: str


@dataclass(frozen=True, slots=True)
class KeepBody:
    form: str
    rows: tuple[KeepRow, ...]
    presets: tuple[UsualPeriod, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepPage:
    frame: DesignFrame
    form: str
    label: str
    base: str
    body: KeepBody
    words: Mapping[str, str]
    desk: str = ""
