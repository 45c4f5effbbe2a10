"""What is taken out of an app keeps its values: fields, forms, columns of sub-forms; put back, they are there again,
whatever happened to the records meanwhile."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE

PRICE = {"id": "price", "type": "money", "label": "价"}


def document(*columns: dict[str, Any], forms: int = 2, amount: str = "decimal") -> dict[str, Any]:
    made = copy.deepcopy(OFFICE)
    rows = [{"id": "what", "type": "text", "label": "物"}, *columns]
    client = made["forms"][0]
    client["fields"] = [one for one in client["fields"] if one["id"] not in ("letters", "total", "amount")]
    client["fields"].append({"id": "lines", "type": "sub_form", "label": "明细", "fields": rows})
    if amount:
        client["fields"].append({"id": "amount", "type": amount, "label": "数量"})
    made["forms"] = made["forms"][:forms]
    made["roles"][0]["manages"] = ["design"]
    for role in made["roles"] if forms == 1 else ():
        role["forms"].pop("letter", None)
    return made


@pytest.fixture
def house(office: Runtime) -> Runtime:
    office.applications.publish(None, document(PRICE), "system")
    lines = [{"what": "锅炉", "price": "12.50"}, {"what": "阀", "price": "3"}]
    office.records.create(SYSTEM, "office", "client", [{"name": "甲", "lines": lines, "amount": "2"}])
    office.records.create(SYSTEM, "office", "letter", [{"subject": "信"}])
    return office


def publish(runtime: Runtime, made: dict[str, Any]) -> None:
    runtime.applications.publish(None, made, "system")


def lines(runtime: Runtime) -> list[tuple[Any, ...]]:
    (item,) = runtime.records.page(SYSTEM, "office", "client", Query()).items
    return [(row.get("what"), row.get("price")) for row in item.values["lines"]]


def save(runtime: Runtime, rows: list[dict[str, Any]]) -> None:
    (item,) = runtime.records.page(SYSTEM, "office", "client", Query()).items
    (done,) = runtime.records.update(
        runtime.require_viewer("lu"), "office", "client", [Change(item.id, {"lines": rows})]
    )
    assert done.ok, done.problems


def test_a_column_keeps_its_cells_through_changes_of_the_rows(house: Runtime) -> None:
    publish(house, document())
    assert lines(house) == [("锅炉", None), ("阀", None)]
    (item,) = house.records.page(SYSTEM, "office", "client", Query()).items
    assert [set(row) for row in item.values["lines"]] == [{"what"}, {"what"}]  # nobody is shown what is kept
    save(house, [{"what": "新"}, {"what": "锅炉"}, {"what": "大阀"}])  # one came first, one was renamed
    publish(house, document(PRICE))
    assert lines(house) == [("新", None), ("锅炉", "12.50"), ("大阀", "3.00")]


def test_a_column_of_another_type_keeps_what_it_cannot_read(house: Runtime) -> None:
    save(house, [{"what": "12"}, {"what": "很多", "price": "1"}])
    numbers = document(PRICE)
    numbers["forms"][0]["fields"][-2]["fields"][0]["type"] = "integer"
    publish(house, numbers)
    assert lines(house) == [(12, None), (None, "1.00")]
    save(house, [{"what": 13}, {"price": "2"}])
    publish(house, document(PRICE))
    assert lines(house) == [("13", None), ("很多", "2.00")]


def test_each_is_told_and_put_back(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    before = house.applications.document("office")
    publish(house, document(forms=1, amount=""))
    found = house.life.versions.parked(zhou, "office")
    assert [(one.kind, one.form, one.path, one.values, one.version, one.taken) for one in found] == [
        ("form", "letter", "", 1, 2, False),
        ("field", "client", "amount", 1, 2, False),
        ("column", "client", "lines.price", 1, 2, False),
    ]
    for form, path in (("letter", ""), ("client", "lines.price"), ("client", "amount")):
        back = house.life.versions.give_back(zhou, "office", form, path)
    assert house.life.versions.parked(zhou, "office") == []
    assert back.draft.document["forms"] == before["forms"]
    roles = [role["forms"] for role in back.draft.document["roles"]]
    assert roles == [role["forms"] for role in before["roles"]]
    house.designing.publish(zhou, "office", back.draft.revision)
    assert lines(house) == [("锅炉", "12.50"), ("阀", "3.00")]
    assert house.records.page(SYSTEM, "office", "letter", Query()).items[0].title == "信"
    (item,) = house.records.page(SYSTEM, "office", "client", Query()).items
    assert item.display["amount"] == "2.00"
    assert house.verify().clean


def test_what_has_its_id_taken_says_so(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    publish(house, document(PRICE, amount="text"))
    (parked,) = house.life.versions.parked(zhou, "office")
    assert (parked.path, parked.taken) == ("amount", True)
    for path, code in (("amount", "parked.id_used"), ("nothing", "parked.unknown")):
        with pytest.raises(Rejected) as refused:
            house.life.versions.give_back(zhou, "office", "client", path)
        assert [one.code for one in refused.value.problems] == [code]
