"""Fields of every newer type through the write path and back: what is typed, what is kept, what people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.access.viewer import SYSTEM, Viewer
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
    "story": ("rich_text", {}),
    "title_of_it": ("multilingual", {"languages": ["zh", "en"]}),
    "steps": ("checklist", {}),
    "area_code": ("region", {}),
    "home": ("address", {}),
    "spot": ("location", {}),
    "stay": ("date_range", {"longest": 30}),
    "duty": ("role", {}),
    "duties": ("roles", {}),
    "serial": ("code_image", {"code": "ean"}),
    "call": ("transcript", {}),
    "credit": ("credit_code", {}),
    "card": ("bank_card", {}),
    "parent": ("link", {"form": "thing"}),
    "friends": ("links", {"form": "thing"}),
    "children": ("linked_from", {"form": "thing", "via": "parent"}),
    "friend_of": ("linked_from", {"form": "thing", "via": "friends"}),
    "number": ("record_id", {}),
    "made_by": ("created_by", {}),
    "made_at": ("created_at", {}),
    "changed_by": ("updated_by", {}),
    "changed_at": ("updated_at", {}),
    "approval": ("flow_status", {}),
    "photo": ("image", {"maximum": 2}),
    "sound": ("audio", {}),
    "film": ("video", {}),
    "signed": ("signature", {}),
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
    "roles": [
        {"id": "legal", "label": {"zh": "法务", "en": "Legal"}, "forms": {}},
        {"id": "sales", "label": "销售", "forms": {"thing": {"actions": ["read", "create"]}}},
    ],
}  # fmt: skip
GIVEN = {
    "name": "甲", "paid": "1860000", "day": "2026-11-20", "lead": 3, "place": "华东/苏州", "area": "east",
    "country": "德国", "hue": "#FFF", "opens": "下午3点", "month": "2026年11月", "done": "40%", "level": 25,
    "terms": "# 条款\n- 一", "setting": '{"a": 1}', "identity": "11010519491231002x",
    "plate": "苏e·8k21q", "teams": ["east"],
    "story": "<p>你好 <b onclick=x>世界</b></p><script>1</script>", "title_of_it": {"zh": "合同", "en": "Contract"},
    "steps": "[x] 执照\n[ ] 授权书", "area_code": "江苏苏州姑苏", "home": {"region": "320508", "street": "平江路1号"},
    "spot": {"lat": "31.29897", "lon": "120.58529", "name": "厂区"}, "stay": "2028-02-28 ~ 2028-03-01",
    "duty": "legal", "duties": ["sales", "legal"], "serial": "6901234567892",
    "call": "0:05 周婧：您好\n0:09 客户：在吗",
    "credit": "91350100 m000100y43", "card": "6222 0200 0000 0000 000",
}  # fmt: skip


@pytest.fixture
def kinds(office: Runtime) -> Runtime:
    office.applications.publish(None, APP, "system")
    return office


@pytest.fixture
def sales(kinds: Runtime) -> Viewer:
    """Somebody who may do everything with these records, and is checked."""
    return replace(SYSTEM, person="sales04", system=False, roles={"kinds": frozenset({"sales"})})


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
        ("title_of_it", {"fr": "Contrat"}, "value.not_multilingual"),
        ("area_code", "姑苏山", "value.not_a_region"),
        ("home", {"region": "南极"}, "value.not_a_region"),
        ("spot", "91,0", "value.not_a_location"),
        ("stay", "2026-11-05 ~ 2026-11-01", "value.range_reversed"),
        ("stay", {"start": "2026-11-05"}, "value.range_half"),
        ("stay", "2026-11-01/2026-12-31", "value.range_too_long"),
        ("stay", "2026-02-29/2026-03-01", "value.not_a_range"),
        ("serial", "6901234567893", "value.not_ean"),
        ("credit", "91350100M000100Y44", "value.wrong_preset"),
        ("card", "6222020000000000001", "value.wrong_preset"),
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


def test_what_has_pieces_is_read_whole(kinds: Runtime) -> None:
    values, texts = shown(kinds, create(kinds, GIVEN))
    assert values["story"] == "<p>你好 <b>世界</b></p>"
    assert values["steps"] == [{"text": "执照", "done": True}, {"text": "授权书", "done": False}]
    assert (values["area_code"], values["home"]) == ("320508", "江苏省苏州市姑苏区 平江路1号")
    assert (values["spot"], values["stay"]) == ("31.298970,120.585290 厂区", "2028-02-28/2028-03-01")
    assert {name: texts[name] for name in ("story", "title_of_it", "area_code", "duty", "duties", "call")} == {
        "story": "你好 世界", "title_of_it": "合同", "area_code": "江苏省 / 苏州市 / 姑苏区", "duty": "法务",
        "duties": "销售、法务", "call": "00:00:05 周婧：您好\n00:00:09 客户：在吗",
    }  # fmt: skip


def test_a_role_nobody_knows_is_refused(kinds: Runtime, sales: Viewer) -> None:
    with pytest.raises(Rejected) as caught:
        kinds.records.create(sales, "kinds", "thing", [{"duty": "pirate"}])
    assert [one.code for one in caught.value.problems] == ["value.no_such_reference"]


def test_both_ends_of_a_link_agree(kinds: Runtime) -> None:
    mother = create(kinds, GIVEN)
    first = create(kinds, {"name": "乙", "parent": mother, "friends": [mother]})
    second = create(kinds, {"name": "丙", "parent": mother})
    values, texts = shown(kinds, mother)
    assert values["children"] == [second, first]
    assert values["friend_of"] == [first]
    assert texts["children"] == "丙、乙"
    kinds.records.update(SYSTEM, "kinds", "thing", [Change(second, {"parent": None})])
    assert shown(kinds, mother)[0]["children"] == [first]


def test_the_head_of_a_record_is_read_sorted_and_filtered_by(kinds: Runtime) -> None:
    records = [create(kinds, {"name": name}) for name in ("甲", "乙")]
    values, _ = shown(kinds, records[0])
    assert (values["number"], values["made_by"]) == (records[0], "system")
    assert values["made_at"] == values["changed_at"]
    assert values.get("approval") is None
    since = Query(sort=("-number",), filter="made_at >= DATE(2000, 1, 1)")
    page = kinds.records.page(SYSTEM, "kinds", "thing", since)
    assert [item.id for item in page.items] == records[::-1]
    found = kinds.records.page(SYSTEM, "kinds", "thing", Query(filter=f"number == '{records[1]}'"))
    assert [item.id for item in found.items] == [records[1]]
    assert kinds.records.page(SYSTEM, "kinds", "thing", Query(filter="approval == 'approved'")).items == []


PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def test_a_file_is_what_its_bytes_say(kinds: Runtime, sales: Viewer) -> None:
    picture = kinds.store_file(sales, PNG, "a.png", "image/png")["id"]
    page = kinds.store_file(sales, b"<html>", "b.png", "image/png")["id"]
    for field, file in (("photo", page), ("signed", page), ("sound", picture), ("film", picture)):
        with pytest.raises(Rejected) as caught:
            kinds.records.create(sales, "kinds", "thing", [{field: [file]}])
        assert [one.code for one in caught.value.problems] == ["value.wrong_file_kind"]
    record = str(
        kinds.records.create(sales, "kinds", "thing", [{"photo": [picture], "signed": [picture]}])[0]
    )
    assert shown(kinds, record)[0]["photo"] == [picture]
