"""What a reader asks for and what comes back: shapes only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.evidence.tombstones import Tombstone
from engine.migrate import Pending
from metamodel.labels import Label
from metamodel.problems import Problem
from metamodel.roles import FieldAccess

EXACT_TO = 10_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One form control: `path` is a field or link.field; values are text as typed or chosen.

    Operators: is is_not contains any_of between before after ge le blank not_blank
    (for between, one of the two may be '')."""

    path: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is the query language; `filter` an expression (a view's); `sort` like ("-sent_at",)."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    filter: str = ""
    sort: tuple[str, ...] = ()
    after: str = ""  # id of the last record seen, newest first; for the API
    page: int = 0  # for lists: page * limit rows are skipped
    limit: int = 20
    columns: tuple[str, ...] = ()  # only these fields are read; empty: all
    count: bool = True

    def only(self, *paths_and_values: tuple[str, str]) -> Query:
        """The same with more equal conditions."""
        more = tuple(Condition(path, "is", (value,)) for path, value in paths_and_values)
        return replace(self, conditions=self.conditions + more)


@dataclass(slots=True)
class RecordView:
    """One record as one viewer may see it: hidden fields are absent, masked ones masked."""

    id: str
    app: str
    form: str
    revision: int
    version: int
    values: dict[str, Any]
    display: dict[str, str]
    access: dict[str, FieldAccess]
    title: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    can: frozenset[str]
    ways: tuple[str, ...] = ()
    shredded: Tombstone | None = None
    snippets: list[tuple[str, list[tuple[str, bool]]]] = field(default_factory=list)
    closed: frozenset[str] = frozenset()  # fields with files that do not open for this viewer
    foreign: frozenset[str] = frozenset()  # files named here that belong elsewhere and do not open for him
    pending: frozenset[str] = frozenset()  # fields whose values are still being computed or brought over


@dataclass(slots=True)
class Page:
    items: list[RecordView]
    total: int
    total_exact: bool
    next: str = ""
    hints: Sequence[Problem] = ()
    words: Sequence[str] = ()  # what to highlight
    pending: Mapping[str, Pending] = field(
        default_factory=dict
    )  # fields that are not there in every record yet


@dataclass(frozen=True, slots=True)
class Change:
    id: str
    values: Mapping[str, Any]
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    id: str
    ok: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Records of another form whose link points here."""

    app: str
    form: str
    field: str
    label: Label
    total: int


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a record's history; changes are (field label, before, after), `rules` beside them what the
    rule is called that made each ('' the person)."""

    at: datetime
    person: str
    person_name: str
    action: str
    changes: tuple[tuple[str, str, str], ...] = ()
    rules: tuple[str, ...] = ()
