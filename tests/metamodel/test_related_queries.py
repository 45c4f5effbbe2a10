"""Figures over records: which definitions make sense, each mistake at its place."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import load


def document(figure: dict[str, Any], **beside: Any) -> dict[str, Any]:
    client = {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}}
    talk = [
        client,
        {"id": "amount", "type": "money", "label": "金额"},
        {"id": "words", "type": "text", "label": "原话", "sealed": True},
        {"id": "price", "type": "money", "label": "底价", "sealed": True},
        {
            "id": "level",
            "type": "lookup",
            "label": "级别",
            "options": {"through": "client", "field": "level"},
        },
    ]
    request = [
        client,
        {"id": "secret", "type": "text", "label": "密", "sealed": True},
        {"id": "note", "type": "text", "label": "备注"},
        {"id": "figure", "type": "related_query", "label": "数", "options": figure},
        *beside.get("fields", ()),
    ]
    names = {"id": "name", "type": "text", "label": "名称"}
    return {
        "muniment": 1,
        "app": {"id": "desk", "label": "台"},
        "requires": [{"app": "crm", "forms": {"deal": {"amount": "money"}}}],
        "forms": [
            {
                "id": "client",
                "label": "客户",
                "fields": [names, {"id": "level", "type": "text", "label": "级别"}],
            },
            {"id": "talk", "label": "会话", "fields": talk},
            {"id": "request", "label": "申请", "fields": request},
        ],
    }


def asking(**query: Any) -> dict[str, Any]:
    return {"queries": [{"form": "talk", **query}]}


WHERE = "/queries/0/where"


@pytest.mark.parametrize(
    ("figure", "found"),
    [
        (asking(where="client == record.client and amount > 0"), []),
        (asking(where="client == record.client.id or record.note == none"), []),
        (asking(where="client == record"), []),
        (asking(aggregate="max", field="amount"), []),
        ({"queries": [{"app": "crm", "form": "deal", "aggregate": "sum", "field": "amount"}]}, []),
        (asking(form="nothing"), [("/queries/0/form", "field.query_form")]),
        (asking(aggregate="max"), [("/queries/0/field", "field.query_field")]),
        (asking(aggregate="max", field="price"), [("/queries/0/field", "rollup.sealed")]),
        (asking(where="amount +"), [(WHERE, "expression.syntax")]),
        (asking(where="amount"), [(WHERE, "expression.wrong_type")]),
        (asking(where="note == 'x'"), [(WHERE, "expression.unknown_name")]),
        (asking(where="client == record.nothing"), [(WHERE, "expression.unknown_attribute")]),
        (asking(where="words == 'x'"), [(WHERE, "expression.sealed_in_sql")]),
        (asking(where="client.name == record.secret"), [(WHERE, "expression.sealed_in_sql")]),
        (asking(where="level == 'a'"), [(WHERE, "expression.not_in_sql")]),
        (asking(where="client == record.client and me == record.note"), [(WHERE, "formula.not_constant")]),
        ({"queries": [{"app": "crm", "form": "deal", "where": "stage == 1"}]}, [(WHERE, "expression.unknown_name")]),
        ({"queries": []}, [("/queries", "shape.too_few")]),
    ],
)  # fmt: skip
def test_each_mistake_is_told(figure: dict[str, Any], found: list[tuple[str, str]], registry: Any) -> None:
    _, problems = load(document(figure), registry)
    place = "/forms/2/fields/3/options"
    assert [(p.path.removeprefix(place), p.code) for p in problems if p.severity == "error"] == found


def test_it_cannot_ask_by_itself(registry: Any) -> None:
    _, problems = load(document(asking(where="amount > record.figure")), registry)
    assert [p.code for p in problems if p.severity == "error"] == ["formula.cycle"]


def test_a_formula_may_use_it_and_not_the_other_way_round(registry: Any) -> None:
    large = {
        "id": "large",
        "type": "formula",
        "label": "大",
        "options": {"expression": "figure > 3", "result": "boolean"},
    }
    _, problems = load(document(asking(), fields=[large]), registry)
    assert [p for p in problems if p.severity == "error"] == []
    _, problems = load(document(asking(where="record.large"), fields=[large]), registry)
    assert [p.code for p in problems if p.severity == "error"] == ["formula.cycle"]


def test_it_stands_in_no_row(registry: Any) -> None:
    cell = {"id": "inner", "type": "related_query", "label": "数", "options": asking()}
    rows = {"id": "lines", "type": "sub_form", "label": "行", "fields": [cell]}
    _, problems = load(document(asking(), fields=[rows]), registry)
    assert [p.code for p in problems if p.severity == "error"] == ["field.query_in_rows"]
