"""Rows by the thousand, column by column: how verification reads fast and hashes in bulk.

A batch is turned on its side, so that types are compared, numbers written and objects encoded a
column at a time. What comes of it is byte for byte what `layout.py` and `leaf.py` make one by one.
Called by the checks of leaves and rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.database import driver

Columns = Sequence[Sequence[Any]]
STREAM = {"stream_results": True, "yield_per": 1000}  # for what is read row by row
_encoder = msgspec.json.Encoder()


def raw_rows(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """What the driver gives, without a processor for every value. The query's values are numbers and
    names of ours, written into its text."""
    if not connection.in_transaction():
        connection.begin()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    found: list[tuple[Any, ...]] = driver(connection).execute(str(compiled)).fetchall()
    return found


def unreadable(connection: sa.Connection) -> tuple[type[Exception], ...]:
    """What is raised where the database itself is damaged: pages, texts that are none, tables that are gone."""
    return (sa.exc.DBAPIError, connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)


def turned(rows: Iterable[Sequence[Any]], width: int) -> Columns:
    """Rows -> their columns, all empty when there are none."""
    return list(zip(*rows, strict=True)) or [()] * width


def types_of(column: Sequence[Any]) -> set[type]:
    """Most columns of a wide form are blank throughout, and that is quickly seen."""
    blank = bool(column) and column[0] is None and column.count(None) == len(column)
    return {type(None)} if blank else set(map(type, column))


def decimal_texts(column: Sequence[Any]) -> Sequence[str | None]:
    """Integers as decimal strings, blanks as they are."""
    if None in column:
        return [None if value is None else str(value) for value in column]
    return list(map(str, column))


class Objects:
    """Canonical JSON of many objects with the same keys at once; blanks are left out. Values are texts
    and bytes (which become base64)."""

    def __init__(self, names: Sequence[str]) -> None:
        ordered = sorted(names)
        self._order = [names.index(name) for name in ordered]
        fields: list[Any] = [(f"f{place}", Any, None) for place in range(len(ordered))]
        keys = {f"f{place}": str(name) for place, name in enumerate(ordered)}
        self._made: Callable[..., Any] = msgspec.defstruct("Row", fields, omit_defaults=True, rename=keys)

    def encode(self, columns: Columns) -> list[bytes]:
        """`columns` in the order of `names`."""
        rows = list(map(self._made, *(columns[place] for place in self._order)))
        return _encoder.encode_lines(rows).split(b"\n")[:-1]
