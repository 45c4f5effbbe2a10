"""visible_rows: the only start of any read. It answers which rows a viewer may see, and by which ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.ways import Least, Way
from engine.tables import FormTable


@dataclass(frozen=True)
class Visible:
    """Rows of one form for one viewer. `conditions` stand beside `ways`, one each."""

    form_table: FormTable
    ways: Sequence[Way]
    conditions: Sequence[sa.ColumnElement[bool]]

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        return sa.or_(*self.conditions) if self.conditions else sa.false()

    def ids(self) -> sa.Select[Any]:
        return sa.select(self.form_table.table.c.id).where(self.condition)

    def select(self, columns: Iterable[sa.ColumnElement[Any]]) -> sa.Select[Any]:
        """These columns of the visible rows; with several ways, a flag `way_N` beside for each."""
        return sa.select(*columns, *self._flags()).where(self.condition)

    def ways_of(self, row: Mapping[Any, Any]) -> Sequence[Way]:
        """Which ways reach this row of `select`."""
        if len(self.ways) <= 1:
            return self.ways
        return [way for number, way in enumerate(self.ways) if row[f"way_{number}"]]

    def restricted(self, keep: Iterable[Way]) -> Visible:
        """Only by these ways: what a search or a filter on fields not readable otherwise must use."""
        kept = set(map(id, keep))
        pairs = [(w, c) for w, c in zip(self.ways, self.conditions, strict=True) if id(w) in kept]
        return Visible(self.form_table, [w for w, _ in pairs], [c for _, c in pairs])

    def reading(self, fields: Iterable[str], least: Least = "read") -> Visible:
        """Only rows reached by a way that may read all these fields."""
        wanted = list(fields)
        return self.restricted(w for w in self.ways if all(w.may(name, least) for name in wanted))

    def narrowed(self, condition: Callable[[Way], sa.ColumnElement[bool]]) -> Visible:
        """Each way with a further condition of its own: a search covers what that way may read."""
        pairs = zip(self.ways, self.conditions, strict=True)
        return Visible(self.form_table, self.ways, [sa.and_(c, condition(w)) for w, c in pairs])

    def _flags(self) -> list[sa.ColumnElement[Any]]:
        if len(self.ways) <= 1:
            return []
        return [
            sa.case((condition, 1), else_=0).label(f"way_{number}")
            for number, condition in enumerate(self.conditions)
        ]
