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
        {"id": "note", "label": "便笺", "fields": [{"id": "name", "type": "text", "label": "名称"}, PAPER]},
    ],
    "rules": [
        {"id": "copy", "when": {"trigger": "record_created", "form": "deal"},
         "then": [{"action": "create_record", "with": {
             "form": "copy", "values": {"name": "name", "paper": "paper"}}}]},
        {"id": "note", "run_as": "clerk", "when": {"trigger": "record_created", "form": "deal"},
         "then": [{"action": "create_record", "with": {
             "form": "note", "values": {"name": "name", "paper": "paper"}}}]},
    ],
    "roles": [
        {"id": "seller", "label": "销售", "forms": {
            "deal": {"actions": ["read", "create", "update"]}, "copy": {"actions": ["read"]}}},
        {"id": "clerk", "label": "文员", "forms": {
            "copy": {"actions": ["read", "export"]}, "note": {"actions": ["read", "create"]}}},
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


def test_the_app_takes_over_nobodys_upload(office: Runtime) -> None:
    file = upload(office, "wu", "wu.txt")
    office.records.create(SYSTEM, "office", "deal", [{"name": "x", "paper": [file]}])
    assert not opens(office, "li", file)
    assert opens(office, "wu", file)


def _all() -> Query:
    return Query(columns=("name", "paper"))
