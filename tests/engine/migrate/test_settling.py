"""Records that are there follow a new version: computed fields, merged choices; told as pending until they have."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected, has_errors
from tests.engine.conftest import OFFICE

TOTAL = {
    "id": "sum",
    "type": "formula",
    "label": "合计",
    "options": {"expression": "price * 2", "result": "number"},
}
KINDS = [{"value": "x", "label": "旧"}, {"value": "y", "label": "新"}]
MERGED = [{"value": "x", "label": "旧", "into": "y"}, {"value": "y", "label": "新"}]


def document(choices: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """The office with choices of all sorts: one, several, in rows, and in an archive."""
    made = copy.deepcopy(OFFICE)
    client, letter = made["forms"]
    options = {"options": {"choices": choices or KINDS}}
    rows = [
        {"id": "kind", "type": "select", "label": "类", **options},
        {"id": "price", "type": "money", "label": "价"},
        *fields.get("cells", ()),
    ]
    client["fields"] += [
        {"id": "kind", "type": "select", "label": "类", **options},
        {"id": "kinds", "type": "multi_select", "label": "几类", **options},
        {"id": "lines", "type": "sub_form", "label": "明细", "fields": rows},
        *fields.get("client", ()),
    ]
    letter["fields"] += [
        {"id": "kind", "type": "select", "label": "类", "searchable": True, **options},
        {"id": "fixed", "type": "select", "label": "定", "evidence": True,
         "options": {"choices": fields.get("fixed", KINDS)}},
        *fields.get("letter", ()),
    ]  # fmt: skip
    made["roles"][0]["manages"] = ["design"]
    return made


@pytest.fixture
def house(office: Runtime) -> Runtime:
    office.applications.publish(None, document(), "system")
    rows = [
        {"name": f"客户{n}", "price": str(n), "kind": "xy"[n % 2], "kinds": ["x", "y"] if n % 2 else ["x"],
         "lines": [{"kind": "x", "price": "5"}, {"kind": "y", "price": "7"}]}
        for n in range(3)
    ]  # fmt: skip
    office.records.create(SYSTEM, "office", "client", rows)
    office.records.create(SYSTEM, "office", "letter", [{"subject": "信", "kind": "x", "fixed": "x"}])
    later(office)
    return office


def later(runtime: Runtime) -> None:
    runtime.movable_clock.advance(minutes=1)


def publish(runtime: Runtime, made: dict[str, Any]) -> None:
    runtime.applications.publish(None, made, "system")


def clients(runtime: Runtime, *columns: str) -> list[Any]:
    page = runtime.records.page(SYSTEM, "office", "client", Query(columns=columns))
    return list(reversed(page.items))


def test_a_new_computed_field_is_computed_for_the_records_that_are_there(house: Runtime) -> None:
    publish(house, document(client=[TOTAL]))
    page = house.records.page(SYSTEM, "office", "client", Query(columns=("sum", "price")))
    assert {name: (one.done, one.total) for name, one in page.pending.items()} == {"sum": (0, 0)}
    assert [(item.display["sum"], item.pending) for item in page.items] == [("", {"sum"})] * 3
    house.records.create(SYSTEM, "office", "client", [{"name": "新客户", "price": "10"}])
    assert clients(house, "sum")[-1].display["sum"] == "20.00"  # what is saved since is there
    before = [(item.revision, item.updated_at, item.updated_by) for item in clients(house, "sum")]
    house.jobs.run_due()
    items = clients(house, "sum")
    assert [item.display["sum"] for item in items] == ["0.00", "2.00", "4.00", "20.00"]
    assert [(item.revision, item.updated_at, item.updated_by) for item in items] == before
    assert not any(item.pending for item in items)
    (told,) = house.settling.of("office")
    assert (told.form, told.computed, told.looked, told.changed, told.done) == ("client", ["sum"], 4, 3, True)


def test_a_changed_formula_does_not_lie_until_it_is_computed(house: Runtime) -> None:
    publish(house, document(client=[TOTAL]))
    house.jobs.run_due()
    later(house)
    tripled = {**TOTAL, "options": {**TOTAL["options"], "expression": "price * 3"}}
    on_it = {
        "id": "more",
        "type": "formula",
        "label": "多",
        "options": {"expression": "sum + 1", "result": "number"},
    }
    publish(house, document(client=[tripled, on_it]))
    assert [(item.display["sum"], item.pending) for item in clients(house, "sum")] == [("", {"sum"})] * 3
    house.jobs.run_due()
    shown = [(item.display["sum"], item.display["more"]) for item in clients(house, "sum", "more")]
    assert shown == [("0.00", "1.00"), ("3.00", "4.00"), ("6.00", "7.00")]
    publish(house, document(client=[{**tripled, "label": "三倍"}, on_it]))  # another label computes nothing
    assert house.jobs.waiting() == 0


def test_computed_cells_and_what_sums_them_up(house: Runtime) -> None:
    cell = {**TOTAL, "id": "double"}
    total = {**TOTAL, "id": "all", "options": {"expression": "SUM(lines.double)", "result": "number"}}
    publish(house, document(cells=[cell], client=[total]))
    (item, *_) = clients(house, "lines", "all")
    assert item.pending == {"lines", "all"}
    assert len(item.values["lines"]) == 2
    house.jobs.run_due()
    (item, *_) = clients(house, "lines", "all")
    assert [row["double"] for row in item.values["lines"]] == ["10.00", "14.00"]
    assert item.display["all"] == "24.00"


def test_figures_over_other_records_are_asked(house: Runtime) -> None:
    query = {
        "id": "letters_now", "type": "related_query", "label": "当时的信",
        "options": {"queries": [{"form": "letter", "aggregate": "count"}]},
    }  # fmt: skip
    publish(house, document(client=[query]))
    house.jobs.run_due()
    assert [item.display["letters_now"] for item in clients(house, "letters_now")] == ["1.00"] * 3


def test_evidence_stays_as_it_was_computed(house: Runtime) -> None:
    made = {
        **TOTAL,
        "id": "proof",
        "evidence": True,
        "options": {"expression": "LEN(subject)", "result": "number"},
    }
    working = {**TOTAL, "id": "size", "options": {"expression": "LEN(subject) + 1", "result": "number"}}
    publish(house, document(letter=[made, working]))
    house.jobs.run_due()
    (letter,) = house.records.page(SYSTEM, "office", "letter", Query()).items
    assert (letter.display["proof"], letter.display["size"], letter.revision) == ("", "2.00", 2)
    house.records.create(SYSTEM, "office", "letter", [{"subject": "两字"}])
    other = {**made, "options": {"expression": "LEN(subject) * 10", "result": "number"}}
    publish(house, document(letter=[other, working]))
    newest = house.records.page(SYSTEM, "office", "letter", Query()).items[0]
    assert newest.display["proof"] == "2.00"
    assert not newest.pending
    house.records.update(
        SYSTEM, "office", "letter", [Change(newest.id, {"kind": "y"})]
    )  # and nobody is stopped by it
    assert house.records.get(SYSTEM, "office", "letter", newest.id).display["proof"] == "2.00"
    assert house.verify().clean


def test_a_choice_goes_into_another_in_every_record(house: Runtime) -> None:
    zhou = house.require_viewer("zhou")
    made = document(MERGED)
    plan, problems = house.applications.preview(made)
    assert plan is not None
    assert not has_errors(problems)
    assert [one.to_json() for one in plan.steps] == [
        {"step": "merge_choice", "form": form, "field": field, "choice": "x", "into": "y"}
        for form, field in (
            ("client", "kind"),
            ("client", "kinds"),
            ("client", "lines.kind"),
            ("letter", "kind"),
        )
    ]
    draft = house.designing.open(zhou, "office")
    house.designing.edit(zhou, "office", draft.revision, [{"op": "replace", "path": "", "value": made}])
    weights = house.life.impacts.of(zhou, "office").weights
    assert [one.values for one in weights] == [2, 3, 3, 1]
    publish(house, made)
    assert {item.display["kind"] for item in clients(house, "kind")} == {"新"}  # read as that at once
    house.jobs.run_due()
    items = clients(house, "kind", "kinds", "lines")
    assert {item.values["kind"] for item in items} == {"y"}
    assert [item.values["kinds"] for item in items] == [["y"]] * 3
    assert [[row["kind"] for row in item.values["lines"]] for item in items] == [["y", "y"]] * 3
    for text, number in (("x", 0), ("y", 3)):
        found = house.records.page(SYSTEM, "office", "client", Query(filter=f"kind == '{text}'"))
        assert found.total == number
        several = house.records.page(SYSTEM, "office", "client", Query(filter=f"'{text}' in kinds"))
        assert several.total == number
    assert house.expressions.uses(zhou, "office", "client", "lines.kind") == {"y": 3}  # records
    house.records.create(SYSTEM, "office", "client", [{"name": "旧的", "kind": "x", "kinds": ["旧", "y"]}])
    newest = clients(house, "kind", "kinds")[-1]
    assert (newest.values["kind"], newest.values["kinds"]) == ("y", ["y"])
    assert house.verify().clean
    publish(house, document([KINDS[1]], fixed=KINDS))  # nobody uses it: it may be taken out of the list
    assert house.jobs.waiting() == 0


def test_evidence_says_for_ever_what_it_said(house: Runtime) -> None:
    with pytest.raises(Rejected) as refused:
        publish(house, document(fixed=MERGED))
    assert [(one.code, one.path) for one in refused.value.problems] == [
        ("field.choice_evidence", "/forms/1/fields/6/options")
    ]


def test_what_was_begun_is_gone_on_with(house: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version while the job of the first is half through: its wishes are the new one's."""
    monkeypatch.setattr("engine.records.settling.CHUNK", 1)
    publish(house, document(client=[TOTAL]))
    work = house.settling._chunk
    version = house.applications.version("office")
    house.database.write(lambda unit: work(unit, "office", "client", version))
    assert [item.display["sum"] for item in clients(house, "sum")] == ["0.00", "", ""]
    publish(house, document(MERGED, client=[TOTAL], fixed=KINDS))
    assert house.database.write(lambda unit: work(unit, "office", "client", version)) is False
    house.jobs.run_due()
    assert [item.display["sum"] for item in clients(house, "sum")] == ["0.00", "2.00", "4.00"]
    assert {item.values["kind"] for item in clients(house, "kind")} == {"y"}
