"""Records as people meet them: what may be written, what may be seen, what is refused and why."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from engine.access.people import Department, Membership, Person
from engine.records.query import Change, Condition, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE

CLIENT = {
    "name": "苏州恒锐精密机械",
    "mobile": "19900001234",
    "price": "12.50",
    "amount": "4",
    "tags": ["重点"],
}


def create(office: Runtime, person: str, form: str = "client", **values: Any) -> str:
    base = {k: v for k, v in CLIENT.items() if person == "zhou" or k != "mobile"}  # masked is not writable
    row = {**base, **values} if form == "client" else values
    return office.records.create(office.require_viewer(person), "office", form, [row])[0]


def problems_of(office: Runtime, person: str, form: str, *rows: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as refused:
        office.records.create(office.require_viewer(person), "office", form, rows)
    return {(p.path, p.code) for p in refused.value.problems}


def seen(office: Runtime, person: str, form: str = "client", **query: Any) -> list[str]:
    return [
        i.title
        for i in office.records.page(office.require_viewer(person), "office", form, Query(**query)).items
    ]


def test_what_was_written_is_read_back(office: Runtime) -> None:
    view = office.records.get(office.require_viewer("zhou"), "office", "client", create(office, "zhou"))
    assert view.title == "苏州恒锐精密机械"
    assert view.values["mobile"] == "19900001234"
    assert view.values["owner"] == "zhou"
    assert view.display["owner"] == "周婧"
    assert view.values["number"] == "KH0001"
    assert view.values["total"] == "50.00"
    assert view.values["letters"] == 0
    assert view.can == {"read", "create", "update", "export"}


def test_automatic_numbers_have_no_gaps_where_asked(office: Runtime) -> None:
    document = copy.deepcopy(OFFICE)
    document["forms"][0]["fields"][0]["options"] = {"pattern": "KH{0000}", "gap_free": True}
    office.applications.publish(None, document, "system")

    def fail(unit: Any) -> None:
        office.records.create(office.require_viewer("zhou"), "office", "client", [CLIENT], unit)
        raise LookupError

    with pytest.raises(LookupError):
        office.database.write(fail)
    view = office.records.get(office.require_viewer("zhou"), "office", "client", create(office, "zhou"))
    assert view.values["number"] == "KH0001"


def test_problems_come_all_at_once_with_their_paths(office: Runtime) -> None:
    assert problems_of(
        office, "lu", "client", {"name": "", "price": "much"}, {"name": "好", "nonsense": 1, "level": "c"}
    ) == {
        ("/0/name", "value.required"),
        ("/0/price", "value.not_a_number"),
        ("/1/nonsense", "value.unknown_field"),
        ("/1/level", "value.not_a_choice"),
    }
    assert seen(office, "lu") == []


def test_blanks_are_nothing(office: Runtime) -> None:
    assert problems_of(office, "lu", "client", {"name": "  "}) == {("/0/name", "value.required")}
    view = office.records.get(
        office.require_viewer("zhou"), "office", "client", create(office, "zhou", tags=" ， ; ")
    )
    assert view.values["tags"] is None


def test_a_condition_makes_a_field_required(office: Runtime) -> None:
    assert problems_of(office, "lu", "client", {"name": "好", "level": "b"}) == {
        ("/0/reason", "value.required")
    }


def test_nobody_writes_what_is_not_theirs(office: Runtime) -> None:
    assert problems_of(office, "zhou", "client", {**CLIENT, "level": "a"}) == {
        ("/0/level", "value.not_writable")
    }
    assert problems_of(office, "zhou", "client", {**CLIENT, "total": "9"}) == {
        ("/0/total", "value.not_writable")
    }
    assert problems_of(office, "ye", "client", CLIENT) == {("", "access.denied")}


def test_rows_of_others_are_not_there(office: Runtime) -> None:
    theirs = create(office, "wang")
    zhou = office.require_viewer("zhou")
    assert seen(office, "zhou") == []
    with pytest.raises(Rejected, match=r"record\.unknown"):
        office.records.get(zhou, "office", "client", theirs)
    (outcome,) = office.records.update(zhou, "office", "client", [Change(theirs, {"name": "改"})])
    assert [p.code for p in outcome.problems] == ["record.unknown"]
    with pytest.raises(Rejected, match=r"access\.denied"):
        office.records.page(office.require_viewer("fang"), "office", "client", Query())


def test_another_app_is_published_while_people_read(office: Runtime) -> None:
    create(office, "zhou")
    assert seen(office, "zhou") == [CLIENT["name"]]
    office.applications.publish(None, {"muniment": 1, "app": {"id": "other", "label": "别的"}}, "system")
    assert seen(office, "zhou", sort=("name",)) == [CLIENT["name"]]


def test_masked_and_hidden_fields(office: Runtime) -> None:
    client = create(office, "zhou")
    letter = create(office, "zhou", "letter", subject="报价", body="三百个点位一年多少钱", client=client)
    boss, clerk = office.require_viewer("lu"), office.require_viewer("ye")
    assert office.records.get(boss, "office", "client", client).values["mobile"] == "199••••••34"
    view = office.records.get(clerk, "office", "letter", letter)
    assert "body" not in view.values
    assert "body" not in view.display


def test_search_covers_only_what_may_be_read(office: Runtime) -> None:
    client = create(office, "zhou")
    create(office, "zhou", "letter", subject="来信", body="竞品A 便宜三成，再考虑一下", client=client)
    assert seen(office, "zhou", "letter", text="竞品") == ["来信"]
    assert seen(office, "lu", "letter", text="再考虑一下") == ["来信"]
    assert seen(office, "lu", "letter", text="考再虑") == []
    assert seen(office, "ye", "letter", text="竞品") == []
    assert seen(office, "ye", "letter", text="来信") == ["来信"]
    assert seen(office, "wang", "letter", text="竞品") == []


def test_conditions_sorting_and_totals(office: Runtime) -> None:
    for number, level in enumerate("aab"):
        create(
            office,
            "lu",
            name=f"客户{number}",
            level=level,
            reason="x",
            price=str(number),
            tags=["重点"] if number else [],
        )
    assert seen(office, "lu", conditions=(Condition("level", "any_of", ("a",)),)) == ["客户1", "客户0"]
    assert seen(office, "lu", conditions=(Condition("tags", "is", ("重点",)),)) == ["客户2", "客户1"]
    assert seen(office, "lu", conditions=(Condition("price", "between", ("1", "")),), sort=("price",)) == [
        "客户1",
        "客户2",
    ]
    assert seen(office, "lu", filter="level == 'b'") == ["客户2"]
    assert seen(office, "lu", limit=2, page=1) == ["客户0"]
    with pytest.raises(Rejected, match=r"query\.sealed"):
        seen(office, "zhou", conditions=(Condition("mobile", "is", ("1",)),))


def test_evidence_is_frozen_and_working_fields_are_not(office: Runtime) -> None:
    client = create(office, "zhou")
    letter = create(office, "zhou", "letter", subject="合同", body="合同第七条", client=client)
    zhou = office.require_viewer("zhou")
    (refused,) = office.records.update(zhou, "office", "letter", [Change(letter, {"body": "另一条"})])
    assert [(p.path, p.code) for p in refused.problems] == [("/body", "record.frozen")]
    (done,) = office.records.update(zhou, "office", "letter", [Change(letter, {"tags": ["重要商机"]})])
    assert done.ok
    view = office.records.get(zhou, "office", "letter", letter)
    assert (view.revision, view.values["tags"]) == (2, ["重要商机"])


def test_a_stale_revision_is_a_conflict(office: Runtime) -> None:
    client, zhou = create(office, "zhou"), office.require_viewer("zhou")
    assert office.records.update(zhou, "office", "client", [Change(client, {"name": "一"}, 1)])[0].ok
    (late,) = office.records.update(zhou, "office", "client", [Change(client, {"name": "二"}, 1)])
    assert [p.code for p in late.problems] == ["record.changed"]
    assert seen(office, "zhou") == ["一"]


def test_history_says_who_changed_what(office: Runtime) -> None:
    client, zhou = create(office, "zhou"), office.require_viewer("zhou")
    office.records.update(zhou, "office", "client", [Change(client, {"name": "新名", "price": "13"})])
    update, creation = office.records.history(zhou, "office", "client", client)
    assert (update.action, update.person_name) == ("update", "周婧")
    assert ("名称", "苏州恒锐精密机械", "新名") in update.changes
    assert creation.action == "create"


def test_lookups_rollups_and_relatives(office: Runtime) -> None:
    client = create(office, "lu", level="a", owner="zhou")
    create(office, "zhou", "letter", subject="一", client=client)
    letter = create(office, "zhou", "letter", subject="二", client=client)
    zhou = office.require_viewer("zhou")
    found = office.records.get(zhou, "office", "letter", letter)
    assert (found.values["level"], found.display["level"]) == ("a", "甲")
    assert office.records.get(zhou, "office", "client", client).values["letters"] == 2
    assert [(r.form, r.field, r.total) for r in office.records.related(zhou, "office", "client", client)] == [
        ("letter", "client", 2)
    ]
    assert seen(office, "zhou", "letter", text="grade:甲") == ["二", "一"]


def test_links_must_point_at_something_one_may_see(office: Runtime) -> None:
    theirs = create(office, "wang")
    assert problems_of(office, "zhou", "letter", {"subject": "x", "client": theirs}) == {
        ("/0/client", "value.no_such_reference")
    }


def test_pickers_find_by_pinyin_and_initials(office: Runtime) -> None:
    zhou = office.require_viewer("zhou")
    create(office, "zhou")

    def options(form: str, field: str, text: str) -> list[str]:
        return [o.label for o in office.records.options(zhou, "office", form, field, text)]

    assert options("client", "owner", "zj") == ["周婧"]
    assert options("client", "owner", "wanglei") == ["王磊"]
    assert options("client", "level", "甲") == ["甲"]
    assert options("letter", "client", "szhr") == ["苏州恒锐精密机械"]


def test_facets_count_what_one_may_see(office: Runtime) -> None:
    create(office, "lu", level="a")
    create(office, "lu", level="a", owner="zhou")
    lu, zhou = office.require_viewer("lu"), office.require_viewer("zhou")
    facets = office.records.facets(lu, "office", "client", Query(), ["level", "tags"])
    assert [(f.label, f.count) for f in facets["level"]] == [("甲", 2)]
    assert [(f.value, f.count) for f in facets["tags"]] == [("重点", 2)]
    assert [
        f.count for f in office.records.facets(zhou, "office", "client", Query(), ["level"])["level"]
    ] == [1]


def test_form_state_is_what_the_save_decides(office: Runtime) -> None:
    lu = office.require_viewer("lu")
    state = office.records.state(lu, "office", "client", None, {"level": "a", "price": "3", "amount": "2"})
    assert state["reason"] == {"visible": False, "required": False, "writable": True}
    assert state["total"]["value"] == "6.00"
    assert state["owner"]["value"] == "lu"
    state = office.records.state(lu, "office", "client", None, {"level": "b", "reason": ""}, ["reason"])
    assert state["reason"]["required"]
    assert [p["code"] for p in state["reason"]["problems"]] == ["value.required"]


def test_a_long_word_is_looked_for_in_the_opened_text_of_an_export_too(office: Runtime) -> None:
    """The index knows pairs of characters and not their order: it names both."""
    for name in ("苏州恒锐精密", "恒锐精密苏州恒锐"):
        create(office, "zhou", name=name)
    query = Query(text="苏州恒锐精密", columns=("name",))
    rows = list(office.records.export(office.require_viewer("zhou"), "office", "client", query))
    assert rows[1:] == [["苏州恒锐精密"]]
    assert seen(office, "zhou", text="苏州恒锐精密") == ["苏州恒锐精密"]


def test_export_gives_what_one_may_see_and_needs_the_right(office: Runtime) -> None:
    create(office, "zhou")
    rows = list(
        office.records.export(
            office.require_viewer("zhou"), "office", "client", Query(columns=("name", "mobile"))
        )
    )
    assert rows == [["名称", "手机"], ["苏州恒锐精密机械", "19900001234"]]
    with pytest.raises(Rejected, match=r"access\.denied"):
        list(office.records.export(office.require_viewer("lu"), "office", "client", Query()))


def test_a_grant_opens_exactly_what_existed(office: Runtime) -> None:
    client = create(office, "zhou")
    old = create(office, "zhou", "letter", subject="旧信", body="原话", client=client)

    def grant(unit: Any) -> None:
        office.grants.give(
            unit, "fang", "office", "letter", filter="subject == '旧信'", newest=int(old), purpose="投诉",
            by="lu", expires_at=unit.now + 3_600_000_000,
        )  # fmt: skip

    office.database.write(grant)
    create(office, "zhou", "letter", subject="旧信", body="后来的", client=client)
    fang = office.require_viewer("fang")
    page = office.records.page(fang, "office", "letter", Query(text="原话"))
    assert [(i.title, i.values["body"], i.ways[0].split(":")[0]) for i in page.items] == [
        ("旧信", "原话", "grant")
    ]
    assert office.records.page(fang, "office", "letter", Query()).total == 1
    office.clock.advance(hours=2)  # type: ignore[attr-defined]
    with pytest.raises(Rejected, match=r"access\.denied"):
        office.records.page(fang, "office", "letter", Query())


def test_every_look_is_in_the_audit_trail(office: Runtime) -> None:
    client = create(office, "zhou")
    seen(office, "lu", text="恒锐")
    office.records.get(office.require_viewer("lu"), "office", "client", client)
    with office.database.read() as connection:
        trail = office.audit.latest(connection)
    told = [(entry.person, entry.action) for entry in trail if entry.person != "system"]
    assert told == [("lu", "view"), ("lu", "search"), ("zhou", "create")]
    assert trail[1].detail["text"] == "恒锐"
    assert trail[1].detail["count"] == 1


def test_a_closed_field_keeps_what_stands_there(make_runtime: Callable[[], Runtime]) -> None:
    runtime = make_runtime()
    document = copy.deepcopy(OFFICE)
    fields = {field["id"]: field for field in document["forms"][0]["fields"]}
    fields["owner"]["writable"] = "false"
    fields["price"]["writable"] = "level != 'a'"
    document["roles"][0]["forms"]["client"]["fields"] = {}
    runtime.applications.publish(None, document, "system")
    runtime.database.write(lambda unit: _one_seller(runtime, unit))
    zhou = runtime.require_viewer("zhou")

    def refused(work: Callable[[], object]) -> list[tuple[str, str]]:
        with pytest.raises(Rejected) as error:
            work()
        return [(p.path, p.code) for p in error.value.problems]

    made = runtime.records.create(zhou, "office", "client", [{"name": "甲", "owner": "zhou", "price": "5"}])
    assert refused(
        lambda: runtime.records.create(zhou, "office", "client", [{"name": "乙", "owner": "wang"}])
    ) == [("/0/owner", "value.not_writable")]
    (first,) = runtime.records.update(zhou, "office", "client", [Change(made[0], {"owner": "wang"})])
    assert [(p.path, p.code) for p in first.problems] == [("/owner", "value.not_writable")]
    (both,) = runtime.records.update(
        zhou, "office", "client", [Change(made[0], {"level": "a", "price": "6"})]
    )
    assert both.ok
    (late,) = runtime.records.update(zhou, "office", "client", [Change(made[0], {"price": "7"})])
    assert [(p.path, p.code) for p in late.problems] == [("/price", "value.not_writable")]
    (same,) = runtime.records.update(
        zhou, "office", "client", [Change(made[0], {"price": "6", "owner": "zhou"})]
    )
    assert same.ok
    runtime.close()


def _one_seller(runtime: Runtime, unit: Any) -> None:
    runtime.people.save_departments(unit, [Department("east", "华东")])
    runtime.people.save_people(unit, [Person("zhou", "周婧", department="east"), Person("wang", "王磊")])
    runtime.people.save_memberships(unit, [Membership("office", "seller", "person", "zhou")])


def test_many_changes_are_written_together_and_what_is_wrong_stops_nothing_else(office: Runtime) -> None:
    document = copy.deepcopy(OFFICE)
    next(f for f in document["forms"][0]["fields"] if f["id"] == "name")["unique"] = True
    office.applications.publish(None, document, "system")
    zhou = office.require_viewer("zhou")
    ids = [create(office, "zhou", name=f"客户 {number}") for number in range(4)]

    def changed(*names: str) -> list[list[str]]:
        changes = [Change(one, {"name": name}) for one, name in zip(ids, names, strict=True)]
        return [
            [p.code for p in o.problems] for o in office.records.update(zhou, "office", "client", changes)
        ]

    assert changed("甲", "乙", "丙", "丁") == [[], [], [], []]
    assert changed("戊", "", "丁", "戊") == [
        [],
        ["value.required"],
        ["value.not_unique"],
        ["value.not_unique"],
    ]
    assert sorted(row.values["name"] for row in page_of(office, "zhou")) == ["丁", "丙", "乙", "戊"]


def page_of(runtime: Runtime, person: str) -> list[Any]:
    return list(runtime.records.page(runtime.require_viewer(person), "office", "client", Query()).items)
