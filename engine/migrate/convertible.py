"""What would become of a field's values under another type, before anything happens.

The newest values are converted as the job would, nothing is written. Asked by the designers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from engine.migrate.copies import converted
from engine.tables import FormTable
from engine.values import Raw, decoder
from metamodel.forms import FieldDefinition

LOOKED_AT = 50_000  # newest values
REFUSED = 50  # different values kept of those that do not convert


@dataclass(frozen=True, slots=True)
class Convertible:
    """Of `total` values the newest `looked` were tried: so many convert, so many do not; `refused` are stored
    values that do not, the most frequent first."""

    total: int
    looked: int
    converts: int
    refused: tuple[Raw, ...] = ()

    @property
    def fails(self) -> int:
        return self.looked - self.converts

    @property
    def exact(self) -> bool:
        return self.looked == self.total


def try_values(
    connection: sa.Connection, table: FormTable, old: FieldDefinition, new: FieldDefinition, limit: int = LOOKED_AT
) -> Convertible:  # fmt: skip
    """`old` as it is published, with a column in `table`; `new` as it would be."""
    column = table.fields.get(old.id)
    if column is None:
        return Convertible(0, 0, 0)
    total = connection.scalar(sa.select(sa.func.count(column))) or 0
    newest = sa.select(column).where(column.is_not(None)).order_by(table.table.c.id.desc()).limit(limit)
    seen = Counter(connection.scalars(newest))
    decode = decoder(old)
    refused = Counter({raw: n for raw, n in seen.items() if converted(decode(raw), old, new) is None})
    looked = seen.total()
    return Convertible(
        total, looked, looked - refused.total(), tuple(raw for raw, _ in refused.most_common(REFUSED))
    )


def holding(table: FormTable, field: str, refused: tuple[Raw, ...]) -> sa.ColumnElement[bool]:
    """Records in which one of these stored values stands."""
    return table.fields[field].in_(refused)
