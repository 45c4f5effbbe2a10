"""What stands below the columns of a sub-form: sums, means, extremes, how many are filled.

Pure; the record's page, the form while it is filled and the designer ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from metamodel.labels import label_text
from metamodel.problems import BadValue

if TYPE_CHECKING:
    from metamodel.forms import FieldDefinition
    from metamodel.plugin_api import Display

TOTALS = ("sum", "avg", "min", "max", "count")
NARROWEST, WIDEST = 60, 800  # pixels a column may be wide
_FITTING = {
    "number": TOTALS, "duration": TOTALS, "date": ("min", "max", "count"), "datetime": ("min", "max", "count"),
}  # fmt: skip
BLANK: tuple[Any, ...] = (None, "", [])


def totals_of(column: FieldDefinition) -> tuple[str, ...]:
    """Which totals the values of a column have."""
    known = column.type.aggregates if column.type else ()
    fit = _FITTING.get(column.expression_type().kind, ("count",))
    return tuple(name for name in TOTALS if name in fit and (name in known or name == "count"))


def row_totals(
    rows: FieldDefinition, values: Sequence[Mapping[str, Any]], display: Display
) -> dict[str, str]:
    """`{column: what is shown below it}` of the columns that want a total; `values` as Python values or as JSON.
    A column with a value that cannot be read (one that is masked) says nothing."""
    wanted = [one for one in rows.fields if one.total in totals_of(one) and one.usable]
    return {one.id: _shown(one, [row.get(one.id) for row in values], display) for one in wanted}


def _shown(column: FieldDefinition, values: Sequence[Any], display: Display) -> str:
    assert column.type
    given = [value for value in values if value not in BLANK]
    if column.total == "count":
        return str(len(given))
    try:
        parsed = [column.type.parse(value, column) for value in given]
        return _reduced(column, parsed, display) if parsed else ""
    except BadValue:
        return ""


def _reduced(column: FieldDefinition, values: Sequence[Any], display: Display) -> str:
    assert column.type
    if column.total in ("min", "max"):
        return column.type.display((min if column.total == "min" else max)(values), column, display)
    total = sum(values[1:], values[0])
    if column.total == "sum":
        return column.type.display(total, column, display)
    if isinstance(total, timedelta):
        return column.type.display(total / len(values), column, display)
    mean = (Decimal(total) / len(values)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if isinstance(total, int):  # a mean of whole numbers is seldom one
        unit = label_text(column.type.measured_as(column)[1], display.language)
        return f"{mean:,f}".rstrip("0").rstrip(".") + (f" {unit}" if unit else "")
    exact = Decimal(total) / len(values)
    return column.type.display(exact, column, display)
