"""Before a field changes its type: how much converts, which records do not, which types can hold it; and after:
what follows from the field follows it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE

PLACE = ("office", "client", "worth")
NUMBER = {"type": "integer"}


def document(worth: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = copy.deepcopy(OFFICE)
    client, letter = made["forms"]
    client["fields"].append({"id": "worth", "label": "估值", **worth})
    letter["fields"].append({"id": "weight", "label": "重量", **worth})
    client["fields"].append(
        {"id": "double", "type": "formula", "label": "两倍",
         "options": {"expression": more.get("double", "LEN(worth)"), "result": "number"}}
    )  # fmt: skip
    made["roles"][0]["manages"] = ["design"]
    return made


@pytest.fixture
def house(office: Runtime) -> Runtime:
    office.applications.publish(None, document({"type": "text", "searchable": True}), "system")
    rows = [
        {"name": f"客户{n}", "worth": worth, "owner": owner}
        for n, (worth, owner) in enumerate(
            [("12", "zhou"), ("很多", "zhou"), ("1,200", "wang"), ("不详", "wang"), (None, "zhou")]
        )
    ]
    office.records.create(SYSTEM, "office", "client", rows)
    office.records.create(SYSTEM, "office", "letter", [{"subject": "信", "weight": "7"}])
    return office


def test_what_will_not_convert_is_told_before(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    found = house.conversions.preview(zhou, *PLACE, NUMBER)
    assert (found.counts.total, found.counts.converts, found.counts.fails) == (4, 2, 2)
    assert found.counts.exact
    assert [(row.title, row.display["worth"]) for row in found.rows] == [("客户1", "很多")]  # of his own
    assert house.conversions.preview(zhou, *PLACE, {"type": "long_text"}).counts.fails == 0


@pytest.mark.parametrize(
    ("person", "field", "to", "code"),
    [
        ("lu", "worth", NUMBER, "access.denied"),
        ("zhou", "nothing", NUMBER, "value.unknown_field"),
        ("zhou", "mobile", NUMBER, "value.unknown_field"),  # sealed: it cannot change
        ("zhou", "worth", {"type": "nonsense"}, "field.unknown_type"),
        ("zhou", "worth", {"type": "integer", "options": {"sum": 1}}, "options.unreadable"),
        ("zhou", "worth", {}, "field.unknown_type"),
    ],
)
def test_what_is_refused(house: Runtime, person: str, field: str, to: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        house.conversions.preview(house.require_viewer(person), "office", "client", field, to)
    assert [one.code for one in refused.value.problems] == [code]


def test_only_types_that_can_hold_it(house: Runtime) -> None:
    found = house.conversions.types(house.require_viewer("zhou"), *PLACE)
    told = {one.type.name: (one.converts, one.tried) for one in found}
    assert told["long_text"] == (4, 4)
    assert told["integer"] == (2, 4)
    assert not told.keys() & {"text", "link", "formula", "date", "sub_form"}
    assert [one.converts for one in found] == sorted((one.converts for one in found), reverse=True)


def test_what_follows_from_a_field_follows_it_into_its_new_column(house: Runtime) -> None:
    told: list[Any] = []
    house.stages.updated.append(lambda batch: told.append(batch.form))
    house.applications.publish(None, document(NUMBER, double="worth * 2"), "system")
    (waiting,) = [
        one
        for one in house.conversions.under_way(house.require_viewer("zhou"), "office")
        if one.form == "client"
    ]
    assert (waiting.field, waiting.done) == ("worth", False)
    house.jobs.run_due()
    page = house.records.page(SYSTEM, "office", "client", Query(columns=("worth", "double")))
    shown = [(item.display["worth"], item.display["double"]) for item in reversed(page.items)]
    assert [one for one in shown if one[0]] == [("12", "24.00"), ("1,200", "2,400.00")]
    (letter,) = house.records.page(SYSTEM, "office", "letter", Query()).items
    assert (letter.display["weight"], letter.revision) == ("7", 2)
    assert told == []  # nobody changed anything: no rule hears of it
    done = {one.form: (one.copied, one.failed, one.done) for one in house.copies.of("office")}
    assert done == {"client": (2, 2, True), "letter": (1, 0, True)}
    assert house.verify().clean


def test_a_second_type_waits_for_the_first_copy(house: Runtime) -> None:
    """Text → whole number → number, the jobs of both at once: the values come all the way."""
    house.applications.publish(None, with_type("integer", letter="text"), "system")
    house.applications.publish(None, with_type("decimal", letter="text"), "system")
    house.jobs.run_due()
    page = house.records.page(SYSTEM, "office", "client", Query(columns=("worth", "double")))
    assert [item.values["worth"] for item in reversed(page.items)] == ["12.00", None, "1200.00", None, None]
    assert [item.display["double"] for item in reversed(page.items)] == ["24.00", "", "2,400.00", "", ""]


def test_an_archive_does_not_change_its_type_while_a_copy_runs(house: Runtime) -> None:
    house.applications.publish(None, with_type("text", letter="integer"), "system")
    with pytest.raises(Rejected) as refused:
        house.applications.publish(None, with_type("text", letter="decimal"), "system")
    assert [(one.code, one.path) for one in refused.value.problems] == [
        ("field.copy_running", "/forms/1/fields/5/type")
    ]
    house.jobs.run_due()
    house.applications.publish(None, with_type("text", letter="decimal"), "system")
    house.jobs.run_due()
    assert weights(house) == ["7.00"]
    assert house.verify().clean


@pytest.mark.parametrize("gone", ["field", "form"])
def test_a_copy_into_an_archive_goes_on_when_what_was_taken_out_comes_back(house: Runtime, gone: str) -> None:
    house.applications.publish(None, with_type("text", letter="integer"), "system")
    without = with_type("text", letter="integer")
    if gone == "form":
        del without["forms"][1]
        without["forms"][0]["fields"] = [f for f in without["forms"][0]["fields"] if f["id"] != "letters"]
        for role in without["roles"]:
            role["forms"].pop("letter", None)
    else:
        without["forms"][1]["fields"].pop()
    house.applications.publish(None, without, "system")
    house.jobs.run_due()
    assert house.jobs.waiting() == 0
    house.applications.publish(None, with_type("text", letter="integer"), "system")
    house.jobs.run_due()
    assert weights(house) == ["7"]
    assert house.verify().clean


def test_what_did_not_convert_leaves_nothing_stale_behind(house: Runtime) -> None:
    """A computed field of a record whose value did not come over is computed without it."""
    page = house.records.page(SYSTEM, "office", "client", Query(columns=("double",)))
    assert [item.display["double"] for item in reversed(page.items)][1] == "2.00"  # LEN of two characters
    house.applications.publish(None, document(NUMBER, double="worth * 2"), "system")
    house.jobs.run_due()
    page = house.records.page(SYSTEM, "office", "client", Query(columns=("double",)))
    assert [item.display["double"] for item in reversed(page.items)][1] == ""


def with_type(client: str, letter: str) -> dict[str, Any]:
    made = document(
        {"type": "text", "searchable": True}, double="worth * 2" if client != "text" else "LEN(worth)"
    )
    made["forms"][0]["fields"][-2] = {"id": "worth", "label": "估值", "type": client}
    made["forms"][1]["fields"][-1] = {"id": "weight", "label": "重量", "type": letter}
    return made


def weights(runtime: Runtime) -> list[str]:
    items = runtime.records.page(SYSTEM, "office", "letter", Query(columns=("weight",))).items
    return [item.display["weight"] for item in items]
