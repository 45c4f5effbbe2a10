"""Live formulas: computed when a record is read, of what its reader may read; changes show without a save."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.records.query import Change, Condition, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected

DEAL = {"type": "link", "label": "商机", "options": {"form": "deal"}}
DOCUMENT: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "desk", "label": "台"},
    "forms": [
        {"id": "deal", "label": "商机", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "amount", "type": "money", "label": "金额"},
            {"id": "contracts", "type": "rollup", "label": "最大合同", "options": {
                "form": "contract", "via": "deal", "aggregate": "max", "field": "amount"}}]},
        {"id": "contract", "label": "合同", "title": "{amount}", "fields": [
            {"id": "deal", **DEAL}, {"id": "amount", "type": "money", "label": "金额"}]},
        {"id": "talk", "label": "会话", "title": "{subject}", "fields": [
            {"id": "subject", "type": "text", "label": "主题"},
            {"id": "deal", **DEAL},
            {"id": "quoted", "type": "lookup", "label": "商机金额", "options": {"through": "deal", "field": "amount"}},
            {"id": "signed", "type": "lookup", "label": "合同", "options": {"through": "deal", "field": "contracts"}},
            {"id": "most", "type": "live_formula", "label": "涉及金额",
             "options": {"expression": "MAX(quoted, signed)", "result": "money"}},
            {"id": "large", "type": "switch", "label": "大额"}]},
    ],
    "rules": [{"id": "large", "label": "大额", "when": {"trigger": "record_created", "form": "talk"},
               "if": "most > 100", "then": [{"action": "set_fields", "with": {"values": {"large": "true"}}}]}],
    "roles": [
        {"id": "seller", "label": "销售", "forms": {
            "deal": {"actions": ["read"]}, "contract": {"actions": ["read"]}, "talk": {"actions": ["read"]}}},
        {"id": "clerk", "label": "文员", "forms": {
            "deal": {"actions": ["read"]}, "contract": {"actions": ["read"]},
            "talk": {"actions": ["read"], "fields": {"signed": "hide"}}}},
        {"id": "guest", "label": "访客", "forms": {"talk": {"actions": ["read"], "fields": {"most": "hide"}}}},
        {"id": "other", "label": "别人", "forms": {"talk": {"actions": ["read"]}}},
    ],
}  # fmt: skip
PEOPLE = ("seller", "clerk", "guest", "other")


@pytest.fixture
def desk(make_runtime: Any) -> Iterator[Runtime]:
    runtime: Runtime = make_runtime()
    runtime.applications.publish(None, DOCUMENT, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in PEOPLE])
        runtime.people.save_memberships(unit, [Membership("desk", one, "person", one) for one in PEOPLE])

    runtime.database.write(people)
    yield runtime
    runtime.close()


def test_it_is_what_its_reader_may_read_as_it_stands_now(desk: Runtime) -> None:
    records = desk.records
    (deal,) = records.create(SYSTEM, "desk", "deal", [{"name": "A", "amount": "90"}])
    (contract,) = records.create(SYSTEM, "desk", "contract", [{"deal": deal, "amount": "120.5"}])
    talk, nothing = records.create(
        SYSTEM, "desk", "talk", [{"subject": "谈", "deal": deal}, {"subject": "闲聊"}]
    )

    def most(record: str, person: str = "") -> Any:
        viewer = desk.require_viewer(person) if person else SYSTEM
        return records.get(viewer, "desk", "talk", record).values.get("most")

    assert most(nothing) is None
    assert [most(talk, one) for one in ("", *PEOPLE)] == ["120.50", "120.50", "90.00", None, None]
    assert [records.get(SYSTEM, "desk", "talk", one).values["large"] for one in (talk, nothing)] == [
        True,
        None,
    ]
    records.update(SYSTEM, "desk", "contract", [Change(contract, {"amount": "80"})])
    assert (most(talk), most(talk, "clerk")) == ("90.00", "90.00")
    lines = records.page(SYSTEM, "desk", "talk", Query(columns=("subject", "most"))).items
    assert [(line.values["subject"], line.values["most"], line.display["most"]) for line in lines] == [
        ("闲聊", None, ""), ("谈", "90.00", "¥90.00"),
    ]  # fmt: skip
    assert {"quoted", "signed", "deal"}.isdisjoint(lines[1].values)
    export = list(records.export(SYSTEM, "desk", "talk", Query(columns=("subject", "most"))))
    assert ["谈", "¥90.00"] in export or ["谈", "90.00"] in export


@pytest.mark.parametrize(
    "query",
    [
        Query(sort=("most",)),
        Query(filter="most > 1"),
        Query(conditions=(Condition("most", "gt", ("1",)),)),
    ],
    ids=["sort", "filter", "condition"],
)
def test_nothing_is_found_or_sorted_by_it(desk: Runtime, query: Query) -> None:
    with pytest.raises(Rejected):
        desk.records.page(SYSTEM, "desk", "talk", query)


def test_a_lookup_becomes_one_and_back(desk: Runtime) -> None:
    """What has no column needs no plan."""
    (deal,) = desk.records.create(SYSTEM, "desk", "deal", [{"name": "A", "amount": "90"}])
    (talk,) = desk.records.create(SYSTEM, "desk", "talk", [{"subject": "谈", "deal": deal}])
    lookup = {
        "id": "most",
        "type": "lookup",
        "label": "涉及金额",
        "options": {"through": "deal", "field": "amount"},
    }
    forms = [dict(form) for form in DOCUMENT["forms"]]
    for field, expected in ((lookup, Decimal("90.00")), (DOCUMENT["forms"][2]["fields"][4], "90.00")):
        forms[2]["fields"] = [field if one["id"] == "most" else one for one in DOCUMENT["forms"][2]["fields"]]
        desk.applications.publish(None, {**DOCUMENT, "forms": forms}, "system")
        assert desk.records.get(SYSTEM, "desk", "talk", talk).values["most"] == expected
