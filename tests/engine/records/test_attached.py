"""A file belongs to the first record that held it: in rows of sub-forms, and where rules copy it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.records.query import Change, Query
from engine.runtime import Runtime
from metamodel.problems import Rejected

PAPER = {"id": "paper", "type": "attachment", "label": "附件"}
OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [
        {"id": "deal", "label": "商机", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"}, PAPER,
            {"id": "lines", "type": "sub_form", "label": "明细",
             "fields": [{"id": "what", "type": "text", "label": "内容"}, PAPER]}]},
        {"id": "copy", "label": "副本", "fields": [{"id": "name", "type": "text", "label": "名称"}, PAPER]},
        {"id": "file", "label": "档案", "kind": "archive", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称", "evidence": True},
            {**PAPER, "evidence": True},
            {"id": "lines", "type": "sub_form", "label": "明细", "evidence": True,
             "fields": [{"id": "what", "type": "text", "label": "内容"}, PAPER]}]},
        {"id": "note", "label": "便笺", "fields": [{"id": "name", "type": "text", "label": "名称"}, PAPER]},
    ],
    "rules": [
        {"id": "copy", "when": {"trigger": "record_created", "form": "deal"},
         "then": [{"action": "create_record", "with": {
             "form": "copy", "values": {"name": "name", "paper": "paper"}}}]},
        {"id": "file", "when": {"trigger": "record_created", "form": "deal"},
         "then": [{"action": "create_record", "with": {
             "form": "file", "values": {"name": "name", "paper": "paper", "lines": "lines"}}}]},
        {"id": "refile", "when": {"trigger": "record_updated", "form": "deal", "fields": ["name"]},
         "then": [{"action": "create_record", "with": {
             "form": "file", "values": {"name": "name", "paper": "paper"}}}]},
        {"id": "by_text", "when": {"trigger": "record_created", "form": "deal"}, "if": "CONTAINS(name, 'number ')",
         "then": [{"action": "create_record", "with": {
             "form": "file", "values": {"name": "name", "paper": "[MID(name, 8, 20)]"}}}]},
        {"id": "note", "run_as": "clerk", "when": {"trigger": "record_created", "form": "deal"},
         "then": [{"action": "create_record", "with": {
             "form": "note", "values": {"name": "name", "paper": "paper"}}}]},
    ],
    "roles": [
        {"id": "seller", "label": "销售", "forms": {
            "deal": {"actions": ["read", "create", "update", "delete"]}, "copy": {"actions": ["read"]}}},
        {"id": "clerk", "label": "文员", "forms": {
            "copy": {"actions": ["read", "export"]}, "file": {"actions": ["read"]},
            "note": {"actions": ["read", "create"]}}},
    ],
}  # fmt: skip
ROLES = {"li": "seller", "wu": "seller", "chen": "clerk"}


@pytest.fixture
def office(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    runtime.applications.publish(None, OFFICE, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in ROLES])
        members = [Membership("office", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)
    yield runtime
    runtime.close()


def upload(office: Runtime, person: str, name: str) -> str:
    return str(office.store_file(office.require_viewer(person), name.encode(), name, "text/plain")["id"])


def opens(office: Runtime, person: str, file: str) -> bool:
    try:
        return bool(b"".join(office.open_file(office.require_viewer(person), file)[1]))
    except Rejected:
        return False


def test_a_row_of_a_sub_form_takes_ones_own_files_and_keeps_what_stood_there(office: Runtime) -> None:
    li, wu = office.require_viewer("li"), office.require_viewer("wu")
    mine, theirs = upload(office, "li", "mine.txt"), upload(office, "wu", "theirs.txt")
    with pytest.raises(Rejected) as refused:
        office.records.create(
            li, "office", "deal", [{"name": "x", "lines": [{"what": "a", "paper": [theirs]}]}]
        )
    (found,) = refused.value.problems
    assert (found.code, found.path) == ("value.no_such_reference", "/0/lines/0/paper")
    (deal,) = office.records.create(
        li, "office", "deal", [{"name": "x", "lines": [{"what": "a", "paper": [mine]}]}]
    )
    kept = {"lines": [{"what": "b", "paper": [mine]}, {"what": "c", "paper": [theirs]}]}
    (outcome,) = office.records.update(wu, "office", "deal", [Change(deal, kept)])
    assert outcome.ok, outcome.problems
    assert opens(office, "li", theirs)
    assert opens(office, "wu", mine)
    assert not opens(office, "chen", mine)


def test_what_a_rule_copies_is_a_pointer(office: Runtime) -> None:
    """As the app and as a role; the record it came from holds it, and says to whom it opens."""
    li, chen = office.require_viewer("li"), office.require_viewer("chen")
    file = upload(office, "li", "secret-name.txt")
    (deal,) = office.records.create(li, "office", "deal", [{"name": "x", "paper": [file]}])
    with office.database.read() as connection:
        query = "select record from files where id = ?"
        assert connection.exec_driver_sql(query, (int(file),)).scalar() == int(deal)
    for form in ("copy", "note"):
        (made,) = office.records.page(chen, "office", form, _all()).items
        assert made.values["paper"] == [file]
        assert "secret-name" not in made.display["paper"]
        assert made.foreign == {file}
    assert not opens(office, "chen", file)
    packed = b"".join(office.exports.make(chen, "office", "copy", _all(), "zip"))
    assert b"secret-name" not in packed
    (made,) = office.records.page(li, "office", "copy", _all()).items
    assert made.display["paper"] == "secret-name.txt"
    assert not made.foreign
    assert opens(office, "li", file)


def test_what_a_rule_copies_into_an_archive_is_the_archives_own(office: Runtime) -> None:
    """It stays when the record it came from is gone for good."""
    li, chen = office.require_viewer("li"), office.require_viewer("chen")
    plain, inside = upload(office, "li", "a.txt"), upload(office, "li", "b.txt")
    lines = [{"what": "x", "paper": [inside]}]
    (deal,) = office.records.create(li, "office", "deal", [{"name": "x", "paper": [plain], "lines": lines}])
    (made,) = office.records.page(chen, "office", "file", Query(columns=("paper", "lines"))).items
    (own,), (inner,) = made.values["paper"], made.values["lines"][0]["paper"]
    assert {own, inner} & {plain, inside} == set()
    assert made.display["paper"] == "a.txt"
    again = Query(columns=("paper",))
    outcome = office.records.update(li, "office", "deal", [Change(deal, {"name": "filed"})])
    assert outcome[0].ok
    later = [item.values["paper"] for item in office.records.page(chen, "office", "file", again).items]
    assert len({one for (one,) in later}) == 2  # a rule on a change copies what the record held before
    office.database.write(lambda unit: office.files.erase(unit, [int(deal)]))
    assert not opens(office, "li", plain)
    assert [b"".join(office.open_file(chen, one)[1]) for one in (own, inner)] == [b"a.txt", b"b.txt"]
    assert office.verify().clean


def test_a_number_in_a_text_makes_no_copy_of_somebody_elses_file(office: Runtime) -> None:
    li, wu, chen = (office.require_viewer(who) for who in ("li", "wu", "chen"))
    (deal,) = office.records.create(
        wu, "office", "deal", [{"name": "x", "paper": [upload(office, "wu", "w")]}]
    )
    (held,) = office.records.get(wu, "office", "deal", deal).values["paper"]
    office.records.create(li, "office", "deal", [{"name": f"number {held}"}])
    newest = office.records.page(chen, "office", "file", Query(columns=("paper",))).items[0]
    assert newest.values["paper"] == [held]
    assert newest.foreign == {held}
    assert not opens(office, "chen", held)


def test_the_app_takes_over_nobodys_upload(office: Runtime) -> None:
    file = upload(office, "wu", "wu.txt")
    office.records.create(SYSTEM, "office", "deal", [{"name": "x", "paper": [file]}])
    assert not opens(office, "li", file)
    assert opens(office, "wu", file)


def _all() -> Query:
    return Query(columns=("name", "paper"))
