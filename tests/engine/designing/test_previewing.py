"""The preview of a form: the real state on a draft, as any role, with the reasons, and nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from engine.access.viewer import SYSTEM, Viewer
from engine.designing.previewing import Reason, deciding
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.conditions import Group, Written
from metamodel.problems import Rejected
from tests.engine.designing.one_desk import boss, desk
from tests.engine.rules.desk import publish

__all__ = ["boss", "desk"]


@pytest.fixture
def design(office: Runtime) -> Runtime:
    return publish(office)


@pytest.fixture
def lu(design: Runtime) -> Viewer:
    return design.require_viewer("lu")


def add(design: Runtime, viewer: Viewer, *fields: dict[str, Any]) -> None:
    patch = [{"op": "add", "path": "/forms/0/fields/-", "value": field} for field in fields]
    newest = design.designing.open(viewer, "office").revision
    design.designing.edit(viewer, "office", newest, patch)


def shown(design: Runtime, viewer: Viewer, role: str = "", **values: Any) -> Any:
    return design.previewing.state(viewer, "office", "client", role, values)


def test_a_field_nobody_published_is_there_and_says_why(desk: Runtime, boss: Viewer) -> None:
    add(
        desk, boss, {"id": "extra", "type": "text", "label": "附加", "visible": "level == 'b' or price > 100"}
    )
    hidden = shown(desk, boss, level="a", price="5")
    assert hidden.state.fields["extra"]["visible"] is False
    assert hidden.reasons["extra"] == (Reason("hidden", "级别 是 乙 或 单价 大于 ¥100"),)
    seen = shown(desk, boss, level="a", price="500")
    assert seen.state.fields["extra"]["visible"] is True
    assert seen.reasons["extra"] == (Reason("shown", "单价 大于 ¥100"),)


def test_required_and_hidden_by_one_condition(desk: Runtime, boss: Viewer) -> None:
    assert shown(desk, boss, level="a").reasons["reason"] == (Reason("hidden", "级别 是 乙（现在是甲）"),)
    assert shown(desk, boss).reasons["reason"] == (Reason("hidden", "级别 是 乙（现在为空）"),)
    found = shown(desk, boss, level="b")
    assert found.state.fields["reason"]["required"] is True
    assert found.reasons["reason"] == (Reason("required", "级别 是 乙"),)


def test_hidden_by_the_block_it_stands_in(desk: Runtime, boss: Viewer) -> None:
    section = {
        "id": "more",
        "kind": "section",
        "label": "更多",
        "visible": "price > 100",
        "fields": ["tags", "reason"],
    }
    desk.designing.edit(boss, "office", 0, [{"op": "add", "path": "/forms/0/layout", "value": [section]}])
    assert shown(desk, boss, price="5").reasons["tags"] == (Reason("hidden", "单价 大于 ¥100"),)
    assert shown(desk, boss, price="500").reasons["reason"] == (Reason("hidden", "级别 是 乙（现在为空）"),)


def test_closed_by_a_condition(desk: Runtime, boss: Viewer) -> None:
    add(desk, boss, {"id": "fee", "type": "money", "label": "费用", "writable": "price > 1 and level == 'a'"})
    found = shown(desk, boss, price="5", level="b").reasons["fee"]
    assert found == (Reason("closed", "级别 是 甲（现在是乙）"),)


def test_a_condition_with_a_mistake_does_not_count_and_says_so(desk: Runtime, boss: Viewer) -> None:
    add(desk, boss, {"id": "odd", "type": "text", "label": "怪", "visible": "prise > "})
    found = shown(desk, boss, price="5")
    assert found.state.fields["odd"]["visible"] is True
    assert found.reasons["odd"] == (Reason("broken"),)


def test_as_a_role(desk: Runtime, boss: Viewer) -> None:
    seller = shown(desk, boss, "seller", name="x")
    assert seller.state.fields["level"]["writable"] is False
    assert seller.state.fields["name"]["writable"] is True
    assert seller.may_create
    higher = shown(desk, boss, "boss", name="x")
    assert higher.state.fields["mobile"]["writable"] is False
    with pytest.raises(Rejected, match=r"access\.denied"):
        shown(desk, boss, "clerk")


def test_computed_fields_and_defaults_are_those_of_the_draft(desk: Runtime, boss: Viewer) -> None:
    twice = {
        "id": "twice",
        "type": "formula",
        "label": "两倍",
        "options": {"expression": "price * 2", "result": "number"},
    }
    add(desk, boss, twice, {"id": "note2", "type": "text", "label": "记", "default": "'您好'"})
    fields = shown(desk, boss, price="5").state.fields
    assert fields["twice"]["value"].startswith("10")
    assert fields["note2"]["value"] == "您好"


def test_saving_is_tried_and_nothing_stored(design: Runtime, lu: Viewer) -> None:
    found = design.previewing.state(lu, "office", "client", "", {"level": "b", "price": "viel"}, check=True)
    assert {(one.code, one.path) for one in found.problems} >= {
        ("value.required", "/name"), ("value.required", "/reason"),
    }  # fmt: skip
    assert any(one.path == "/price" for one in found.problems)
    fine = design.previewing.state(lu, "office", "client", "", {"name": "好"}, check=True)
    assert fine.problems == ()
    assert design.records.page(SYSTEM, "office", "client", Query()).total == 0


def test_examples_are_values_of_the_fields(desk: Runtime, boss: Viewer) -> None:
    sample = desk.previewing.sample(boss, "office", "client")
    assert sample["level"] == "a"
    assert sample["owner"] == "lu"
    assert sample["name"]
    found = desk.previewing.state(boss, "office", "client", "", sample, check=True)
    assert found.problems == ()


def test_a_real_record_as_far_as_one_may_read_it(design: Runtime, lu: Viewer) -> None:
    row = {"name": "恒锐", "price": "9", "mobile": "13900001234"}
    (made,) = design.records.create(SYSTEM, "office", "client", [row])
    values = design.previewing.record(lu, "office", "client", made)
    assert values["name"] == "恒锐"
    assert "mobile" not in values


def test_what_stands_behind_a_link_is_read_as_the_person_who_looks(design: Runtime, lu: Viewer) -> None:
    (client,) = design.records.create(SYSTEM, "office", "client", [{"name": "恒锐", "mobile": "13900001234"}])
    peek = {"id": "peek", "type": "text", "label": "窥", "visible": "CONTAINS(parent.mobile, '139')"}
    add(design, lu, peek, {"id": "look", "type": "text", "label": "看", "visible": "parent.name == '恒锐'"})
    fields = shown(design, lu, name="x", parent=client).state.fields
    assert (fields["peek"]["visible"], fields["look"]["visible"]) == (False, True)


def test_only_who_designs_sees_a_preview(design: Runtime) -> None:
    with pytest.raises(Rejected, match=r"access\.denied"):
        shown(design, design.require_viewer("zhou"))


def test_what_decided_a_condition() -> None:
    yes, no = Written("yes"), Written("no")

    def holds(part: Any) -> bool:
        if isinstance(part, Group):
            found = [holds(one) for one in part.parts]
            return all(found) if part.join == "and" else any(found)
        return part is yes

    assert deciding(Group("and", (yes, no)), holds) == Group("and", (no,))
    assert deciding(Group("or", (yes, no)), holds) == Group("or", (yes,))
    assert deciding(Group("and", (yes, Group("or", (no, yes)))), holds) == Group(
        "and", (yes, Group("or", (yes,)))
    )
    assert deciding(Group("or", (no, Group("and", (yes, no)))), holds) == Group(
        "or", (no, Group("and", (no,)))
    )
