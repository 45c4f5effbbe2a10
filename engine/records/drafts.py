"""Drafts: records on their way in, and the stages rules may join them at.

The runtime hands the stages down; records never name a rule or a flow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit
from engine.evidence.seals import RecordKey


@dataclass(slots=True)
class Draft:
    """A record not yet written. `values` are Python values by field id; `before` is what stood
    there (updates), `stored` its row as it lies in the table, and `key` what opens it; `row` is its
    place in what the caller sent; `causes` names by field the rule that set it."""

    id: int
    values: dict[str, Any]
    row: int = 0
    revision: int = 1
    before: dict[str, Any] = field(default_factory=dict)
    stored: Mapping[str, Any] = field(default_factory=dict)
    key: RecordKey | None = None
    causes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Drafts of one form in one unit; what a stage gets."""

    unit: Unit
    viewer: Viewer
    app: str
    form: str
    drafts: Sequence[Draft]


Stage = Callable[[Batch], None]


@dataclass
class Stages:
    """`before`: before computed fields and checks, no ids yet. `created`: ids are taken, nothing is
    inserted, so what rules set on the record itself is part of its first revision. `updated`: the same
    of records that change. `written`: rows are in the database (created and updated alike)."""

    before: list[Stage] = field(default_factory=list)
    created: list[Stage] = field(default_factory=list)
    updated: list[Stage] = field(default_factory=list)
    written: list[Stage] = field(default_factory=list)
    deleted: list[Stage] = field(default_factory=list)
    restored: list[Stage] = field(default_factory=list)

    @staticmethod
    def run(stages: Sequence[Stage], batch: Batch) -> None:
        for stage in stages:
            stage(batch)
