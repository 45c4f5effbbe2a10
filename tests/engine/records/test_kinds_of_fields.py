"""Fields of every newer type through the write path and back: what is typed, what is kept, what people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected

TREE = [
    {"value": "east", "label": "华东", "children": [{"value": "suzhou", "label": "苏州"}, {"value": "wuxi"}]},
    {"value": "south", "label": "华南"},
]
FIELDS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "name": ("text", {}),
    "paid": ("money", {}),
    "day": ("date", {}),
    "lead": ("integer", {}),
    "place": ("cascade", {"tree": TREE}),
    "area": ("tree_select", {"tree": TREE}),
    "country": ("country", {}),
    "hue": ("color", {}),
    "opens": ("time", {}),
    "month": ("month", {}),
    "done": ("progress", {}),
    "level": ("slider", {"minimum": 10, "maximum": 50, "step": 5, "unit": "℃"}),
    "terms": ("markdown", {}),
    "setting": ("json", {}),
    "identity": ("id_card", {}),
    "plate": ("plate", {}),
    "teams": ("departments", {}),
    "heading": ("text_combination", {"template": "{name}（{place}）'s"}),
    "capitals": ("capitals", {"amount": "paid"}),
    "due": ("date_formula", {"start": "day", "plus": "lead", "unit": "workdays"}),
    "renews": ("date_formula", {"start": "day", "plus": "1", "unit": "years"}),
}
APP: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "kinds", "label": "字段"},
    "forms": [{
        "id": "thing", "label": "东西", "title": "{name}",
        "fields": [
            {"id": name, "type": kind, "label": name, "options": dict(options)}
            for name, (kind, options) in FIELDS.items()
        ],
    }],
}  # fmt: skip
GIVEN = {
    "name": "甲", "paid": "1860000", "day": "2026-11-20", "lead": 3, "place": "华东/苏州", "area": "east",
    "country": "德国", "hue": "#FFF", "opens": "下午3点", "month": "2026年11月", "done": "40%", "level": 25,
    "terms": "# 条款\n- 一", "setting": '{"a": 1}', "identity": "11010519491231002x",
    "plate": "苏e·8k21q", "teams": ["east"],
}  # fmt: skip


@pytest.fixture
def kinds(office: Runtime) -> Runtime:
    office.applications.publish(None, APP, "system")
    return office


def create(runtime: Runtime, values: Mapping[str, Any]) -> str:
    found = runtime.records.create(SYSTEM, "kinds", "thing", [values])
    return str(found[0])


def shown(runtime: Runtime, record: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    view = runtime.records.get(SYSTEM, "kinds", "thing", record)
    return view.values, view.display


def test_what_is_typed_is_kept_and_read(kinds: Runtime) -> None:
    values, texts = shown(kinds, create(kinds, GIVEN))
    assert values["place"] == "east/suzhou"
    assert values["month"] == "2026-11-01"
    assert {name: texts[name] for name in ("place", "area", "country", "opens", "month", "done", "level")} == {
        "place": "华东 / 苏州", "area": "华东", "country": "德国", "opens": "15:00", "month": "2026年11月",
        "done": "40%", "level": "25 ℃",
    }  # fmt: skip
    assert (texts["identity"], texts["plate"]) == ("11010519491231002X", "苏E8K21Q")
    assert texts["terms"] == "# 条款\n- 一"


def test_what_is_composed_follows_its_sources(kinds: Runtime) -> None:
    record = create(kinds, GIVEN)
    values, texts = shown(kinds, record)
    assert texts["heading"] == "甲（east/suzhou）'s"
    assert texts["capitals"] == "壹佰捌拾陆万元整"
    assert (values["due"], values["renews"]) == ("2026-11-25", "2027-11-20")
    kinds.records.update(SYSTEM, "kinds", "thing", [Change(record, {"paid": "100", "day": None})])
    values, texts = shown(kinds, record)
    assert texts["capitals"] == "壹佰元整"
    assert (values.get("due"), values.get("renews")) == (None, None)


@pytest.mark.parametrize(
    ("field", "wrong", "code"),
    [
        ("place", "east", "value.not_a_leaf"),
        ("place", "华东/杭州", "value.not_a_choice"),
        ("area", "west", "value.not_a_choice"),
        ("country", "远东", "value.not_a_choice"),
        ("hue", "red", "value.not_a_color"),
        ("opens", "25:00", "value.not_a_time_of_day"),
        ("opens", "12", "value.not_a_time_of_day"),
        ("month", "2026-13", "value.not_a_month"),
        ("done", 101, "value.too_large"),
        ("level", 12, "value.off_step"),
        ("setting", "{", "value.not_json"),
        ("identity", "110105194912310021", "value.wrong_preset"),
        ("plate", "苏E12", "value.wrong_preset"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(kinds: Runtime, field: str, wrong: Any, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        create(kinds, {**GIVEN, field: wrong})
    assert [(one.path, one.code) for one in caught.value.problems] == [(f"/0/{field}", code)]


def test_a_branch_is_found_whole(kinds: Runtime) -> None:
    for place in ("华东/苏州", "east/wuxi", "south"):
        create(kinds, {**GIVEN, "place": place})
    found = kinds.records.page(SYSTEM, "kinds", "thing", Query(filter="STARTS_WITH(place, 'east/')"))
    assert sorted(item.values["place"] for item in found.items) == ["east/suzhou", "east/wuxi"]
