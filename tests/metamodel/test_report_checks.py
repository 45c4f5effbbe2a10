"""What is wrong with a report: a table of widgets and filters, and the problems they leave."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import load
from metamodel.plugin_api import Registry

FORM = {
    "id": "order", "label": "订单", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "单号"},
        {"id": "customer", "type": "link", "label": "客户", "options": {"app": "crm", "form": "customer"}},
        {"id": "seller", "type": "member", "label": "销售"},
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "wait", "type": "duration", "label": "等待"},
        {"id": "tags", "type": "tags", "label": "标签", "options": {"open": True}},
        {"id": "at", "type": "datetime", "label": "时间"},
        {"id": "note", "type": "text", "label": "备注", "sealed": True},
        {"id": "lines", "type": "sub_form", "label": "明细",
         "fields": [{"id": "price", "type": "money", "label": "单价"}]},
        {"id": "level", "type": "lookup", "label": "级别", "options": {"through": "customer", "field": "level"}},
        {"id": "parts", "type": "rollup", "label": "零件数", "options": {"form": "part", "via": "order"}},
    ],
}  # fmt: skip
PART = {
    "id": "part", "label": "零件", "title": "{name}",
    "fields": [
        {"id": "name", "type": "text", "label": "名称"},
        {"id": "order", "type": "link", "label": "订单", "options": {"form": "order"}},
    ],
}  # fmt: skip
CRM = {"app": "crm", "forms": {"customer": {"name": "text", "level": "select"}}}
PERIOD = {"id": "period", "kind": "period", "label": "时间", "fields": {"order": "at"}}
RUSH = {
    "id": "rush", "label": "加急", "when": {"trigger": "button", "form": "order", "label": "加急"},
    "then": [{"action": "set_fields", "with": {"values": {"name": "'!'"}}}],
}  # fmt: skip
N = [{"id": "n"}]
BY_SELLER = [{"field": "seller"}]


def document(
    widget: dict[str, Any], kind: str = "bar", filters: Any = (PERIOD,), **more: Any
) -> dict[str, Any]:
    one = {"id": "w", "type": kind, "label": "W", "options": widget}
    report = {"id": "r", "label": "R", "filters": list(filters), "widgets": [one]}
    return {
        "muniment": 1, "app": {"id": "shop", "label": "店"}, "requires": [CRM], "forms": [FORM, PART],
        "rules": [RUSH], "reports": [report], **more,
    }  # fmt: skip


def bar(**options: Any) -> dict[str, Any]:
    return {"dataset": {"form": "order"}, "dimensions": BY_SELLER, "measures": N, **options}


FINE: list[dict[str, Any]] = [
    bar(),
    bar(dimensions=[{"field": "tags"}, {"bucket": "month"}], compare="previous_period"),
    bar(dimensions=[{"field": "customer.level"}]),
    bar(dimensions=[{"field": "level", "top": 3}]),
    bar(dimensions=[{"field": "amount", "bins": [0, 10.5]}]),
    bar(measures=[{"id": "a", "aggregate": "median", "field": "wait"}, {"id": "b", "where": "amount > 1"},
                  {"id": "c", "aggregate": "expression", "expression": "a * 1000 / b"}]),
    bar(dataset={"form": "customer", "app": "crm", "filter": "level == 'a'"}, dimensions=[{"field": "level"}]),
    bar(sort="-n", limit=5),
    bar(dataset={"form": "order", "period": "last_45_days", "ignore": ["period"]}),
    bar(marks=[{"at": "TODAY() - 3", "label": "5.2"}, {"rows": {"form": "order", "day": "at", "name": "name"}}]),
]  # fmt: skip
# (options, [(path under the options, code)])
WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (bar(dataset={"form": "ordr"}), [("/dataset/form", "reference.unknown_form")]),
    (bar(dataset={"form": "order", "filter": "amuont > 1"}), [("/dataset/filter", "expression.unknown_name")]),
    (bar(dataset={"form": "order", "filter": "amount"}), [("/dataset/filter", "expression.wrong_type")]),
    (bar(dataset={"form": "order", "filter": "note == ''"}), [("/dataset/filter", "expression.sealed_in_sql")]),
    (bar(dataset={"form": "order", "filter": "parts > 1"}), [("/dataset/filter", "expression.not_in_sql")]),
    (bar(dataset={"form": "order", "period": "soon"}), [("/dataset/period", "report.unknown_period")]),
    (bar(dataset={"form": "order", "on": "name"}), [("/dataset/on", "report.no_date")]),
    (bar(dataset={"form": "order", "ignore": ["x"]}), [("/dataset/ignore/0", "report.unknown_filter")]),
    (bar(dataset={"form": "part", "period": "today"}, dimensions=[{"field": "order"}]),
     [("/dataset", "report.no_period")]),
    (bar(dataset={"form": "part"}, dimensions=[{"bucket": "day"}]), [("/dimensions/0", "report.no_period")]),
    (bar(dataset={"form": "part"}, dimensions=[{"field": "order"}], compare="previous_period"),
     [("/dataset", "report.no_period")]),
    (bar(dimensions=[{"field": "note"}]), [("/dimensions/0/field", "report.sealed")]),
    (bar(dimensions=[{"field": "parts"}]), [("/dimensions/0/field", "report.later")]),
    (bar(dimensions=[{"field": "nothing"}]), [("/dimensions/0/field", "reference.unknown_field")]),
    (bar(dimensions=[{"field": "customer.nothing"}]), [("/dimensions/0/field", "reference.unknown_field")]),
    (bar(dimensions=[{"field": "at"}]), [("/dimensions/0", "report.needs_bucket")]),
    (bar(dimensions=[{"field": "seller", "bucket": "day"}]), [("/dimensions/0/bucket", "report.no_date")]),
    (bar(dimensions=[{"field": "seller", "bins": [1]}]), [("/dimensions/0/bins", "report.no_number")]),
    (bar(dimensions=[{"field": "lines"}]), [("/dimensions/0/field", "report.not_told_by")]),
    (bar(dimensions=[]), [("/dimensions", "widget.dimensions")]),
    (bar(measures=[]), [("", "report.no_measures")]),
    (bar(measures=[{"id": "n"}, {"id": "n"}]), [("/measures/1/id", "id.duplicate")]),
    (bar(measures=[{"id": "s", "aggregate": "sum"}]), [("/measures/0", "report.needs_field")]),
    (bar(measures=[{"id": "s", "aggregate": "sum", "field": "seller"}]),
     [("/measures/0/field", "report.not_measured")]),
    (bar(measures=[{"id": "s", "aggregate": "distinct", "field": "tags"}]),
     [("/measures/0/field", "report.not_measured")]),
    (bar(measures=[{"id": "s", "aggregate": "sum", "field": "note"}]), [("/measures/0/field", "report.sealed")]),
    (bar(measures=[{"id": "r", "aggregate": "ratio"}]), [("/measures/0", "report.needs_where")]),
    (bar(measures=[{"id": "e", "aggregate": "expression"}]), [("/measures/0", "report.needs_expression")]),
    (bar(measures=[{"id": "a"}, {"id": "e", "aggregate": "expression", "expression": "a / c"}]),
     [("/measures/1/expression", "expression.unknown_name")]),
    (bar(measures=[{"id": "a", "hidden": True}]), [("", "report.no_measures")]),
    (bar(sort="-m"), [("/sort", "report.bad_sort")]),
    (bar(measures=[{"id": "n", "where": "wat"}]), [("/measures/0/where", "expression.unknown_name")]),
    (bar(dataset={"form": "customer", "app": "crm", "filter": "region == 'x'"}, dimensions=[{"field": "level"}]),
     [("/dataset/filter", "expression.unknown_name")]),
    (bar(dataset={"form": "person", "app": "crm"}, dimensions=[{"field": "level"}]),
     [("/dataset/form", "reference.unknown_form")]),
    (bar(dataset={"form": "x", "app": "hr"}), [("/dataset/form", "requires.missing")]),
    (bar(marks=[{"label": "5.2"}]), [("/marks/0", "report.mark")]),
    (bar(marks=[{"at": "1 + 1"}]), [("/marks/0/at", "expression.wrong_type")]),
    (bar(marks=[{"rows": {"form": "ordr", "day": "at", "name": "name"}}]),
     [("/marks/0/rows/form", "reference.unknown_form")]),
    (bar(marks=[{"rows": {"form": "order", "day": "name", "name": "note", "filter": "amuont > 1"}}]),
     [("/marks/0/rows/filter", "expression.unknown_name"), ("/marks/0/rows/day", "report.no_date"),
      ("/marks/0/rows/name", "report.sealed")]),
]  # fmt: skip


def problems(document: dict[str, Any], registry: Registry) -> list[tuple[str, str]]:
    _, found = load(document, registry)
    for one in found:
        assert "?" not in one.text("zh") + one.text("en")
    return [(one.path, one.code) for one in found if one.path.startswith("/reports")]


@pytest.mark.parametrize("options", FINE)
def test_what_is_fine(options: dict[str, Any], registry: Registry) -> None:
    assert problems(document(options), registry) == []


@pytest.mark.parametrize(("options", "expected"), WRONG)
def test_what_is_wrong(options: dict[str, Any], expected: list[tuple[str, str]], registry: Registry) -> None:
    place = "/reports/0/widgets/0/options"
    assert problems(document(options), registry) == [(place + path, code) for path, code in expected]


OTHER_WIDGETS: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("list", {"dataset": {"form": "order"}, "columns": ["name", "note", "parts", "level"]}, []),
    ("list", {"dataset": {"form": "order"}}, [("/columns", "widget.no_columns")]),
    ("list", {"dataset": {"form": "order"}, "columns": ["nam"]}, [("/columns/0", "reference.unknown_field")]),
    ("list", {"dataset": {"form": "order"}, "columns": ["name"], "sort": "-note"}, [("/sort", "report.sealed")]),
    ("list", {"dataset": {"form": "order"}, "columns": ["name"], "buttons": ["rush"]}, []),
    ("list", {"dataset": {"form": "part"}, "columns": ["name"], "buttons": ["rush", "nothing"]},
     [("/buttons/0", "layout.no_button"), ("/buttons/1", "layout.no_button")]),
    ("absent", {"dataset": {"form": "order"}, "person": "seller", "roles": []}, []),
    ("absent", {"dataset": {"form": "part"}, "person": "name", "roles": ["boss"]},
     [("/person", "report.no_person"), ("/dataset", "report.no_period"), ("/roles/0", "reference.unknown_role")]),
    ("heat_map", bar(), [("/dimensions", "widget.dimensions")]),
    ("kpi_trend", {"dataset": {"form": "order"}, "measures": N}, []),
    ("kpi_trend", {"dataset": {"form": "part"}, "measures": N}, [("", "report.no_period")]),
    ("word_cloud", {"words": {"form": "order", "field": "note"}}, []),
    ("word_cloud", {"words": {"form": "order", "field": "x"}}, [("/words/field", "reference.unknown_field")]),
    ("keyness", {"words": {"form": "order", "field": "note"},
                 "groups": {"by": "name", "high": {"form": "order", "person": "seller", "measure":
                            {"id": "s", "aggregate": "sum", "field": "seller"}, "field": "at"}}},
     [("/groups/by", "report.no_person"), ("/groups/high/measure/field", "report.not_measured")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "options", "expected"), OTHER_WIDGETS)
def test_other_widgets(
    kind: str, options: dict[str, Any], expected: list[tuple[str, str]], registry: Registry
) -> None:
    place = "/reports/0/widgets/0/options"
    assert problems(document(options, kind), registry) == [(place + path, code) for path, code in expected]


FILTERS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"fields": {"order": "seller"}, "kind": "choice"}, []),
    ({"fields": {"crm.customer": "level"}, "kind": "choice"}, []),
    ({"fields": {"order": "name"}, "kind": "period"}, [("/fields/order", "report.no_date")]),
    ({"fields": {"order": "at"}, "kind": "period", "default": "x"}, [("/default", "report.unknown_period")]),
    ({"fields": {"order": "note"}, "kind": "choice"}, [("/fields/order", "report.sealed")]),
    ({"fields": {"ordr": "at"}, "kind": "choice"}, [("/fields/ordr", "reference.unknown_form")]),
    ({"fields": {"crm.customer": "x"}, "kind": "choice"},
     [("/fields/crm.customer", "reference.unknown_field")]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), FILTERS)
def test_filters(one: dict[str, Any], expected: list[tuple[str, str]], registry: Registry) -> None:
    made = document(bar(), filters=[{"id": "f", "label": "F", **one}])
    assert problems(made, registry) == [("/reports/0/filters/0" + path, code) for path, code in expected]


def test_a_role_names_reports_that_are_there(registry: Registry) -> None:
    role = {"id": "boss", "label": "B", "reports": {"r": "totals", "q": "rows"}}
    _, found = load(document(bar(), roles=[role]), registry)
    assert [(p.path, p.code) for p in found if p.path.startswith("/roles")] == [
        ("/roles/0/reports/q", "reference.unknown_report")
    ]
