"""Several group asks over the same rows in one statement: a pivot's cells and edges, a number and its course.

Each ask stays the statement it is by itself; they are put below each other (UNION ALL), `q` saying whose a row
is. A dimension has one column, blank for the asks that are not told by it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.reports.grouping import Grouping
from metamodel.asks import Ask, Dimension, GroupAsk

_OF_DIMENSION = re.compile(r"([do])(\d+)")
Rows = list[Sequence[Any]]


def may_stand_together(asks: Sequence[Ask]) -> bool:
    first, *others = asks
    return bool(others) and all(
        isinstance(one, GroupAsk) and isinstance(first, GroupAsk)
        and (one.dataset, one.measures) == (first.dataset, first.measures)
        for one in asks
    )  # fmt: skip


def fetched(connection: sa.Connection, groupings: Sequence[Grouping]) -> list[Rows]:
    """The rows of each, as its own statement would give them."""
    if len(groupings) == 1:
        return [[tuple(row) for row in connection.execute(groupings[0].statement())]]
    dimensions: list[Dimension] = []
    for one in groupings:
        dimensions += [dimension for dimension in one.ask.dimensions if dimension not in dimensions]
    statements = [one.statement() for one in groupings]
    parts = [
        (_names(one, made, dimensions), made.subquery())
        for one, made in zip(groupings, statements, strict=True)
    ]
    names = sorted({name for columns, _ in parts for name in columns}, key=_place)
    # The one told by most comes first: the database takes a column's type from it.
    order = sorted(range(len(parts)), key=lambda number: -len(groupings[number].ask.dimensions))
    arms = [
        sa.select(
            sa.literal_column(str(number)).label("q"), *(_column(name, *parts[number]) for name in names)
        )
        for number in order
    ]
    whole = sa.union_all(*arms).subquery()
    keys = [whole.c[name] for name in names if not name.startswith("a")]
    largest = [whole.c.a0_0.desc().nulls_last()] if "a0_0" in names else []
    found: list[Rows] = [[] for _ in groupings]
    for row in connection.execute(sa.select(*whole.c).order_by(whole.c.q, *largest, *keys)).mappings():
        number = int(row["q"])
        found[number].append([row[name] for name in parts[number][0]])
    return found


def _names(grouping: Grouping, made: sa.Select[Any], dimensions: Sequence[Dimension]) -> list[str]:
    """The names that the columns of its statement have here."""
    names = []
    for column in made.selected_columns:
        told = _OF_DIMENSION.fullmatch(str(column.name))
        place = dimensions.index(grouping.ask.dimensions[int(told[2])]) if told else 0
        names.append(f"{told[1]}{place}" if told else str(column.name))
    return names


def _column(name: str, columns: Sequence[str], made: Any) -> Any:
    if name in columns:
        return list(made.c)[columns.index(name)].label(name)
    nothing: Any = sa.null() if name.startswith("d") else sa.literal_column("0")
    return nothing.label(name)


def _place(name: str) -> tuple[bool, str, list[int]]:
    """Keys before numbers, the period first."""
    return (
        name.startswith("a"),
        "" if name == "p" else name[:1],
        [int(one) for one in re.findall(r"\d+", name)],
    )
