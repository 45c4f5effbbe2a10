"""What comes out of the reports: boards, widgets with their drawings, and where a click leads. Shapes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.records.query import Condition
from metamodel.asks import Answer, Drawing
from metamodel.problems import Problem

State = Literal["ready", "empty", "denied", "broken"]


@dataclass(frozen=True, slots=True)
class FilterView:
    """A filter above the board: what stands in it now, and what could."""

    id: str
    label: str
    kind: Literal["period", "choice"]
    value: str
    default: str
    text: str  # the value as people read it; blank: everything
    choices: tuple[tuple[str, str], ...] = ()  # (value, label)
    days: tuple[str, str] = ("", "")  # of a period: its first and last day, 2026-10-01


@dataclass(frozen=True, slots=True)
class WidgetPlace:
    id: str
    type: str
    label: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Board:
    """A report before any number is computed: widgets are asked for one by one."""

    app: str
    id: str
    label: str
    description: str
    filters: tuple[FilterView, ...]
    widgets: tuple[WidgetPlace, ...]
    totals: bool = False  # numbers over all rows, without a way to the records


@dataclass(frozen=True, slots=True)
class LastWithData:
    """The newest period that has anything to show: what it is called, and the filters that show it."""

    text: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WidgetView:
    """One widget with its drawing. `definition` says in words what the numbers mean (口径)."""

    id: str
    type: str
    label: str
    width: int
    height: int
    state: State
    drawing: Drawing | None = None
    definition: str = ""
    empty: LastWithData | None = None  # of an empty widget, and of a number that is 0
    people: str = ""  # of a comparison of groups: who is in which, and what it took
    note: str = ""
    aside: tuple[str, ...] = ()  # labels of filters that were changed and say nothing about it
    problems: tuple[Problem, ...] = ()
    drillable: bool = False
    answers: tuple[Answer, ...] = ()  # the numbers themselves, before they were drawn


@dataclass(frozen=True, slots=True)
class DrillTarget:
    """The records behind a datum: a list with these conditions, shown as chips."""

    app: str
    form: str
    conditions: tuple[Condition, ...] = ()
    filter: str = ""  # an expression, besides
    chips: tuple[tuple[str, str, str], ...] = ()  # (label, text, path of its condition; '': an expression)
    text: str = ""  # words to search for
    page: str = ""  # no records but a page that shows what was counted: audit, evidence, channel
    asked: tuple[tuple[str, str], ...] = ()  # what that page is asked for


@dataclass(frozen=True, slots=True)
class Filters:
    """The board's filters as they are set: by id, as text."""

    values: Mapping[str, str] = field(default_factory=dict)
