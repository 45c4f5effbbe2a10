"""What is kept cannot be computed of what is read later; a live formula can, but not of another one."""

from __future__ import annotations

from typing import Any

import pytest

from metamodel.application import load

PLACE = "/forms/1/fields/4/options/expression"
CASES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("live_formula", "MAX(price, level, count)", []),
    ("live_formula", "IF(ISBLANK(price), level)", []),
    ("formula", "price * 2", []),
    ("formula", "level * 2", [(PLACE, "formula.not_kept")]),
    ("formula", "count + 1", [(PLACE, "formula.not_kept")]),
    ("formula", "live + 1", [(PLACE, "formula.not_kept")]),
    ("live_formula", "live + 1", [(PLACE, "formula.not_kept")]),
    ("live_formula", "client.level", [(PLACE, "formula.reaches_out")]),
    ("live_formula", "DAYS(TODAY(), since)", [(PLACE, "formula.not_constant")]),
    ("live_formula", "IF(ISBLANK(secret), 1, 2)", []),
    ("live_formula", "secret * 2", [(PLACE, "expression.sealed")]),
    ("live_formula", "figure + 1", [(PLACE, "formula.not_kept"), ("/forms/1/fields/4", "formula.cycle")]),
]


def document(kind: str, expression: str) -> dict[str, Any]:
    link = {"type": "link", "label": "客户", "options": {"form": "client"}}
    money = {"type": "money", "label": "金额"}
    return {
        "muniment": 1, "app": {"id": "desk", "label": "台"},
        "forms": [
            {"id": "client", "label": "客户", "title": "{name}", "fields": [
                {"id": "name", "type": "text", "label": "名称"}, {"id": "level", **money}]},
            {"id": "talk", "label": "会话", "title": "{price}", "fields": [
                {"id": "client", **link}, {"id": "price", **money},
                {"id": "level", "type": "lookup", "label": "级", "options": {"through": "client", "field": "level"}},
                {"id": "count", "type": "rollup", "label": "数", "options": {"form": "talk", "via": "before"}},
                {"id": "figure", "type": kind, "label": "算", "options": {"expression": expression}},
                {"id": "live", "type": "live_formula", "label": "实", "options": {"expression": "level + 1"}},
                {"id": "before", "type": "link", "label": "上次", "options": {"form": "talk"}},
                {"id": "since", "type": "date", "label": "起"}, {"id": "secret", **money, "sealed": True}]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "expression", "found"), CASES, ids=[f"{k} {e}" for k, e, _ in CASES])
def test_what_it_may_use(kind: str, expression: str, found: list[tuple[str, str]], registry: Any) -> None:
    _, problems = load(document(kind, expression), registry)
    assert [(p.path, p.code) for p in problems if p.severity == "error"] == found
