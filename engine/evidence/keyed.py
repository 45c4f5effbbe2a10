"""Form tables as verification looks at them: their layout, sealed columns and derived indexes."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine.evidence.columns import is_blank
from engine.evidence.layout import Layout
from engine.tables import FormTable
from engine.values import decoder, link_values
from metamodel.forms import FieldDefinition, Form

FormOf = Callable[[str, str], Form | None]  # the published form; None where it is gone or cannot be read
Only = Callable[[sa.ColumnElement[int]], sa.ColumnElement[bool]]  # a range of ids, on any column of them
NOTHING: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Link:
    """A derived index table, and what a row's column says should stand in it."""

    field: str
    table: sa.Table
    column: str
    expected: Callable[[Any], frozenset[Any]]

    def pairs(
        self, records: Sequence[Any], values: Sequence[Any], doubts: Container[Any]
    ) -> list[tuple[Any, Any]]:
        """(record, value) as they should stand there, for the column's values of these records; of doubtful ones
        nobody knows, their values may not even be readable."""
        if is_blank(values):
            return []
        there = zip(records, values, strict=True)
        sound = [pair for pair in there if pair[1] is not None and pair[0] not in doubts]
        return [(record, one) for record, raw in sound for one in self.expected(raw)]


@dataclass(frozen=True)
class Keyed:
    """A form table whose records may have keys. Links of archives only; elsewhere the index is nobody's
    evidence."""

    table: FormTable
    layout: Layout
    sealed: Sequence[tuple[str, str]]  # (field, column)
    links: Sequence[Link]

    @classmethod
    def of(cls, table: FormTable, form_of: FormOf) -> Keyed:
        sealed = [(field, table.fields[field].name) for field in sorted(table.sealed)]
        sealed += [(parked.field, parked.column.name) for parked in table.parked if parked.shape.sealed]
        form = form_of(table.app, table.form) if table.is_archive else None
        return cls(table, Layout.of(table), sealed, _links(table, form) if form is not None else ())

    @property
    def has_keys(self) -> bool:
        return self.table.is_archive or bool(self.sealed)


def _links(table: FormTable, form: Form) -> list[Link]:
    found = []
    for name, link in table.links.items():
        field = form.field(name)
        if field is not None and field.usable:
            found.append(Link(name, link, table.fields[name].name, _expectation(field)))
    return found


def _expectation(field: FieldDefinition) -> Callable[[Any], frozenset[Any]]:
    items, decode = link_values(field), decoder(field)

    @lru_cache(4096)
    def expected(raw: Any) -> frozenset[Any]:
        return NOTHING if raw is None else frozenset(items(decode(raw)))

    return expected
