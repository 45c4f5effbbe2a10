"""Drafts: records on their way in, and the stages rules may join them at.

The runtime hands the stages down; records never name a rule or a flow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.access.viewer import Viewer
from engine.database import Unit


@dataclass(slots=True)
class Draft:
    """A record not yet written. `values` are Python values by field id; `before` is what stood
    there (updates); `row` is its place in what the caller sent."""

    id: int
    values: dict[str, Any]
    row: int = 0
    revision: int = 1
    before: dict[str, Any] = field(default_factory=dict)


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
    inserted, so what rules set on the record itself is part of its first revision. `written`: rows are
    in the database (created and updated alike)."""

    before: list[Stage] = field(default_factory=list)
    created: list[Stage] = field(default_factory=list)
    written: list[Stage] = field(default_factory=list)

    @staticmethod
    def run(stages: Sequence[Stage], batch: Batch) -> None:
        for stage in stages:
            stage(batch)
