"""Finding: the ids of everything a query finds for a viewer, exact also where the index knows pieces only."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.records.read import Reader
from engine.records.selection import Selection

BATCH = 200


def found_ids(
    reader: Reader, connection: sa.Connection, viewer: Viewer, selection: Selection, most: int = 0
) -> array[int]:
    """Oldest first; `most` 0: however many there are."""
    ids = selection.visible.ids().where(*selection.where).order_by(selection.program.table.table.c.id)
    found = array("q", connection.scalars(ids.limit(most) if most else ids))
    if selection.parsed is None or selection.parsed.exact:
        return found
    names = tuple(field.id for field in selection.program.searchable)
    checked = replace(selection, fields=names)
    rows = (reader.matching(connection, viewer, checked, chunk) for chunk in _chunks(found))
    return array("q", (record for chunk in rows for record in chunk))


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    return (list(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
