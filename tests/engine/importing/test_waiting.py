"""Uploads that nothing holds yet: who may make any, how many, and how long they stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import engine.importing.waiting as waiting
from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from metamodel.problems import Rejected

PAPER = {"id": "paper", "type": "attachment", "label": "合同"}
OFFICE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": "office", "label": "办公"},
    "forms": [
        {"id": "deal", "label": "商机", "fields": [{"id": "name", "type": "text", "label": "名称"}, PAPER]},
        {"id": "letter", "label": "来信", "kind": "archive", "fields": [{**PAPER, "evidence": True}]},
    ],
    "roles": [
        {"id": "seller", "label": "销售", "forms": {"deal": {"actions": ["read", "create"]}}},
        {"id": "scanner", "label": "扫描", "forms": {"letter": {"actions": ["read", "create"]}}},
        {"id": "reader", "label": "查阅", "forms": {"deal": {"actions": ["read", "export"]}}},
        {"id": "maker", "label": "设计", "manages": ["design"]},
    ],
}  # fmt: skip
ROLES = {"li": "seller", "sao": "scanner", "du": "reader", "wei": "maker"}


@pytest.fixture
def office(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    runtime.applications.publish(None, OFFICE, "system")

    def people(unit: Any) -> None:
        runtime.people.save_people(unit, [Person(one, one) for one in (*ROLES, "bare")])
        members = [Membership("office", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, members)

    runtime.database.write(people)
    yield runtime
    runtime.close()


def upload(office: Runtime, person: str, name: str = "a.txt") -> str:
    return str(office.store_file(office.require_viewer(person), name.encode(), name, "text/plain")["id"])


def there(office: Runtime, *files: str) -> list[str]:
    with office.database.read() as connection:
        return [one["name"] for one in office.files.describe(connection, files)]


@pytest.mark.parametrize(
    ("person", "may"), [("li", True), ("sao", True), ("wei", True), ("du", False), ("bare", False)]
)
def test_who_uploads_has_something_to_upload_for(office: Runtime, person: str, may: bool) -> None:
    viewer = office.require_viewer(person)
    if may:
        office.waiting.require(viewer)
    else:
        with pytest.raises(Rejected, match=r"access\.denied"):
            office.waiting.require(viewer)


def test_a_person_has_so_many_waiting_and_no_more(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST", 2)
    li = office.require_viewer("li")
    first = upload(office, "li")
    office.waiting.require(li)
    upload(office, "li", "b.txt")
    with pytest.raises(Rejected, match=r"file\.too_many_waiting"):
        office.waiting.require(li)
    office.waiting.require(office.require_viewer("sao"))  # each for himself
    office.records.create(li, "office", "deal", [{"name": "x", "paper": [first]}])
    office.waiting.require(li)
    monkeypatch.setattr(waiting, "MOST_BYTES", 3)
    with pytest.raises(Rejected, match=r"file\.too_many_waiting"):
        office.waiting.require(li)


def test_what_nothing_took_within_a_day_goes_with_its_bytes(office: Runtime, clock: FrozenClock) -> None:
    held, loose, sheet = (
        upload(office, "li", "held.txt"),
        upload(office, "li", "loose.txt"),
        upload_sheet(office),
    )
    office.records.create(office.require_viewer("li"), "office", "deal", [{"name": "x", "paper": [held]}])
    assert office.waiting.expire() == 0
    assert there(office, held, loose, sheet) == ["held.txt", "loose.txt", "deal.csv"]
    clock.advance(hours=25)
    fresh = upload(office, "li", "fresh.txt")
    assert office.waiting.expire() == 1
    assert there(office, held, loose, sheet, fresh) == ["held.txt", "deal.csv", "fresh.txt"]
    before = sorted(path for path in (office.config.data / "files").rglob("*") if path.is_file())
    assert office.files.sweep(older_than=before[0].stat().st_mtime + 1e6) == 1  # the loose one's
    assert b"".join(office.files.open(held)) == b"held.txt"


def test_a_job_does_it_by_itself(office: Runtime, clock: FrozenClock) -> None:
    loose = upload(office, "li")
    office.jobs.come_round()
    assert there(office, loose)
    clock.advance(hours=26)
    office.jobs.come_round()
    assert not there(office, loose)


def upload_sheet(office: Runtime) -> str:
    viewer = office.require_viewer("li")
    file = str(office.store_file(viewer, "名称\n甲\n".encode(), "deal.csv", "text/csv")["id"])
    office.imports.open(viewer, "office", "deal", file)
    return file


def test_an_imports_sheet_is_no_attachment(office: Runtime) -> None:
    viewer, sheet = office.require_viewer("li"), upload_sheet(office)
    with pytest.raises(Rejected, match=r"value\.no_such_reference"):
        office.records.create(viewer, "office", "deal", [{"name": "x", "paper": [sheet]}])
    office.records.create(SYSTEM, "office", "deal", [{"name": "x", "paper": [sheet]}])
    with office.database.read() as connection:
        assert office.records.reader.opening(connection, viewer, sheet) is not None


def test_what_a_kept_draft_names_stays_as_long_as_the_draft(office: Runtime, clock: FrozenClock) -> None:
    li, rows = office.require_viewer("li"), office.kept_drafts
    plain, inside, loose = (upload(office, "li", name) for name in ("a.txt", "b.txt", "c.txt"))
    others = upload(office, "sao", "d.txt")  # whom somebody else's draft keeps nothing for
    values = {"paper": [plain], "lines": [f'[{{"paper": ["{inside}"]}}]'], "name": [others]}
    assert rows.keep(li, "office", "deal", None, values)
    clock.advance(days=2)
    assert office.waiting.expire() == 2
    assert there(office, plain, inside, loose, others) == ["a.txt", "b.txt"]
    clock.advance(days=29)
    assert office.waiting.expire() == 2
    assert there(office, plain, inside) == []
