"""Totals below the columns of a sub-form: what each says, what is refused, and masked cells."""

from __future__ import annotations

from typing import Any

import pytest

from engine.plugin_loader import load_registry
from metamodel.application import load
from metamodel.plugin_api import Display
from metamodel.row_totals import row_totals, totals_of

REGISTRY = load_registry()


def loaded(columns: list[dict[str, Any]], **more: Any) -> Any:
    field = {"id": "lines", "type": "sub_form", "label": "明细", "fields": columns, **more}
    document = {
        "muniment": 1, "app": {"id": "a", "label": "A"}, "roles": [],
        "forms": [{"id": "f", "label": "F", "fields": [field]}],
    }  # fmt: skip
    return load(document, REGISTRY)


COLUMNS: list[tuple[dict[str, Any], list[Any], str]] = [
    ({"type": "money", "total": "sum"}, ["1.50", "1000", None], "¥1,001.50"),
    ({"type": "money", "total": "avg"}, ["1", "2", "2"], "¥1.67"),
    ({"type": "integer", "total": "sum", "options": {"unit": "件"}}, [2, 3], "5 件"),
    ({"type": "integer", "total": "avg", "options": {"unit": "件"}}, [2, 3], "2.5 件"),
    ({"type": "integer", "total": "avg"}, [1, 1, 2], "1.33"),
    ({"type": "percent", "total": "avg"}, ["0.1", "0.2"], "15.00%"),
    ({"type": "duration", "total": "sum"}, ["PT1H", "PT30M"], "1 小时 30 分"),
    ({"type": "duration", "total": "avg"}, ["PT1H", "PT30M"], "45 分"),
    ({"type": "date", "total": "max"}, ["2026-11-20", "2026-12-01"], "2026-12-01"),
    ({"type": "text", "total": "count"}, ["甲", "", None, "乙"], "2"),
    ({"type": "money", "total": "sum"}, [], ""),
    ({"type": "money", "total": "sum"}, ["1.50", "***"], ""),  # a masked cell
    ({"type": "formula", "total": "sum", "options": {"expression": "1", "result": "money"}}, ["2.50", "1"], "¥3.50"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "values", "shown"), COLUMNS)
def test_a_total_is_shown_as_its_type_shows_values(
    column: dict[str, Any], values: list[Any], shown: str
) -> None:
    app, problems = loaded([{"id": "c", "label": "C", **column}])
    assert app is not None
    assert not [one for one in problems if one.code.startswith("field.")]
    rows = app.forms[0].fields[0]
    assert row_totals(rows, [{"c": value} for value in values], Display()) == {"c": shown}


def test_only_totals_that_mean_something_and_only_of_columns() -> None:
    columns = [
        {"id": "name", "type": "text", "label": "品名", "total": "sum"},
        {"id": "said", "type": "formula", "label": "说明", "total": "avg",
         "options": {"expression": "name", "result": "text"}},
        {"id": "price", "type": "money", "label": "单价", "width": 140},
    ]  # fmt: skip
    app, problems = loaded(columns, width=100)
    assert app is not None
    found = {(one.code, one.path, one.severity) for one in problems if one.code.startswith("field.")}
    assert found == {
        ("field.no_such_total", "/forms/0/fields/0/fields/0/total", "error"),
        ("field.no_such_total", "/forms/0/fields/0/fields/1/total", "error"),
        ("field.only_in_rows", "/forms/0/fields/0/width", "warning"),
    }
    lines = app.forms[0].fields[0]
    assert totals_of(lines.fields[2]) == ("sum", "avg", "min", "max", "count")
    assert lines.fields[2].width == 140


def test_a_width_is_within_bounds() -> None:
    _, problems = loaded([{"id": "name", "type": "text", "label": "品名", "width": 8}])
    assert [one.path for one in problems if one.code.startswith("shape.")] == [
        "/forms/0/fields/0/fields/0/width"
    ]
