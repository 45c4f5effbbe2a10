"""HALF_YEAR: the half of the year a day is in. A function in one file, for `plugins/` of the data directory."""

from __future__ import annotations

from datetime import date
from typing import Any

from metamodel.plugin_api import DATE, TEXT, Argument, Function, Registry, bilingual


def half_year(day: date | None) -> str:
    """Texts are never None but '', so is what is given for a blank."""
    return f"{day.year}H{1 if day.month <= 6 else 2}" if day else ""


def half_year_in_sql(ops: Any, day: Any) -> Any:
    first = ops.ordered("<=", ops.date_part("month", day), ops.literal(6))
    half = ops.case(first, ops.literal("H1"), ops.literal("H2"))
    return ops.case(ops.is_blank(day), ops.literal(""), ops.concat(ops.date_part("year", day), half))


def register(registry: Registry) -> None:
    registry.add(
        Function(
            "HALF_YEAR",
            (Argument("day", DATE),),
            TEXT,
            half_year,
            group="dates",
            sql=half_year_in_sql,
            label=bilingual("半年", "Half-year"),
            doc=bilingual("某天在哪个半年", "The half of the year a day is in"),
            examples=(
                ("HALF_YEAR(DATE(2026, 11, 20))", {}, "2026H2"),
                ("HALF_YEAR(null_day)", {"null_day": None}, ""),
            ),
        )
    )
