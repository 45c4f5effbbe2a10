"""Columns are written in bulk as they would be one value at a time; what is of another type is a misfit."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.config import Config
from engine.database import Database
from engine.evidence.columns import Misfit, written
from engine.evidence.leaf import RECORDS
from engine.system_tables import leaves


@pytest.mark.parametrize(
    "column",
    [(), (None,), (0, -1, 10), (7, None, None, 8), (2**63 - 1, -(2**63), None)],
    ids=["none", "blank", "numbers", "some blank", "widest"],
)
def test_numbers_are_written_as_decimals(column: tuple[int | None, ...]) -> None:
    assert written(column, int) == [None if value is None else str(value) for value in column]


@pytest.mark.parametrize(
    ("strange", "type_"),
    [
        *(
            (value, int)
            for value in ("2", "", "null", ",", b"2", 2.0, 1e300, 0.5, float("inf"), float("-inf"), True)
        ),
        *((value, str) for value in (2, 2.0, b"MQ==")),
        *((value, bytes) for value in (2, 2.0, "MQ==")),
    ],
)
@pytest.mark.parametrize("beside", [(), (None,)])
def test_a_value_of_another_type_is_a_misfit(strange: Any, type_: type, beside: tuple[None, ...]) -> None:
    """SQLite keeps anything anywhere."""
    with pytest.raises(Misfit):
        written((type_(1), strange, *beside), type_)


def test_the_leaves_of_a_range_of_records_are_found_by_their_index(sqlite_data: Path) -> None:
    """Else each range would cost as much as the whole log."""
    mine = sa.and_(leaves.c.log == RECORDS, leaves.c.record >= 1000, leaves.c.record < 2000)
    query = sa.select(sa.func.count()).select_from(leaves).where(mine)
    with closing(Database(Config(data=sqlite_data))) as database, database.read() as connection:
        text = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
    assert "COVERING INDEX ix_leaves_record (log=? AND record>? AND record<?)" in plan
