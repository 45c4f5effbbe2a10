"""Rows by the hundred, column by column: how verification reads fast and hashes in bulk.

A batch is turned on its side, so that types are compared, numbers written and objects encoded a
column at a time. What comes of it is byte for byte what `layout.py` and `leaf.py` make one by one.
Batches are small, so that they stay in the processor's cache from the page to the hash.
Called by the checks of leaves, rows and the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.database import driver

Row = Sequence[Any]
Columns = Mapping[str, Sequence[Any]]  # by name, all of the same length
STREAM = {"stream_results": True, "yield_per": 1000}  # for what is read row by row
BATCH = 256  # rows turned at a time
_encode = msgspec.json.Encoder().encode


def raw_rows(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """What the driver gives, without a processor for every value. The query's values are numbers and
    names of ours, written into its text."""
    found: list[tuple[Any, ...]] = _cursor(connection, query).fetchall()
    return found


def raw_batches(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    """The same rows, `BATCH` at a time."""
    cursor = _cursor(connection, query)
    while rows := cursor.fetchmany(BATCH):
        yield rows


def _cursor(connection: sa.Connection, query: sa.Select[Any]) -> Any:
    if not connection.in_transaction():
        connection.begin()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    return driver(connection).execute(str(compiled))


def unreadable(connection: sa.Connection) -> tuple[type[Exception], ...]:
    """What is raised where the database itself is damaged: pages, texts that are none, tables that are gone."""
    return (sa.exc.DBAPIError, connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)


def turned(rows: Sequence[Row], names: Sequence[str]) -> Columns:
    """Rows -> their columns."""
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, columns, strict=True))


def is_blank(column: Sequence[Any]) -> bool:
    """Throughout: most columns of a wide form are, and that is quickly seen."""
    return not column or (column[0] is None and column.count(None) == len(column))


class Misfit(Exception):
    """A value of another type than its column's; SQLite would take anything anywhere."""


def written(column: Sequence[Any], type_: type) -> Sequence[Any]:
    """As its values stand in canonical JSON: integers as decimal strings, texts and bytes as they are, blanks
    too. Misfit when there is a value of another type."""
    try:
        return _decimals(column) if type_ is int else _joinable(column, type_())
    except TypeError as error:
        raise Misfit from error


def _decimals(column: Sequence[Any]) -> Sequence[str | None]:
    """By way of JSON, which writes many numbers in half the time that one after the other takes. There a text
    has quotes and a fraction a point or an exponent; an infinity passes for a blank."""
    text = _encode(column)[1:-1]
    if b'"' in text or b"." in text or b"e" in text:
        raise Misfit
    numbers = text.decode().split(",") if column else []
    if b"n" not in text:
        return numbers
    if numbers.count("null") != column.count(None):
        raise Misfit
    return [None if number == "null" else number for number in numbers]


def _joinable(column: Sequence[Any], empty: Any) -> Sequence[Any]:
    """The quickest way to know that all are texts, or bytes, is to join them."""
    try:
        empty.join(column)
    except TypeError:
        empty.join([value for value in column if value is not None])
    return column


def canonical_lines(columns: Mapping[str, Iterable[Any]]) -> list[bytes]:
    """Canonical JSON of many objects with the same keys at once; blanks are left out. Values are texts
    and bytes (which become base64)."""
    names = tuple(sorted(columns))
    return list(map(_encode, map(_object(names), *(columns[name] for name in names))))


@lru_cache(4096)
def _object(names: tuple[str, ...]) -> Callable[..., Any]:
    """Makes objects with these keys, in this order."""
    fields: list[Any] = [(f"f{place}", Any, None) for place in range(len(names))]
    keys = {f"f{place}": name for place, name in enumerate(names)}
    return msgspec.defstruct("Row", fields, omit_defaults=True, rename=keys, gc=False)
