"""Deleting, the recycle bin and what comes back: whole, for those who may, and nothing of an archive."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.access.audit import AuditEntry
from engine.access.viewer import SYSTEM
from engine.records.query import Change, Query
from engine.retention.holds import Scope
from engine.retention.pausing import end_pause, pause
from engine.runtime import Runtime
from engine.system_tables import record_keys, tombstones
from metamodel.problems import Rejected
from tests.engine.conftest import OFFICE


@pytest.fixture
def house(office: Runtime) -> Runtime:
    """The office in which sellers may delete their clients, whose name is unique."""
    document = copy.deepcopy(OFFICE)
    client, roles = document["forms"][0], document["roles"]
    client["fields"][1]["unique"] = True
    client["fields"].append({"id": "visits", "type": "sub_form", "label": "拜访", "fields": [
        {"id": "day", "type": "date", "label": "日期"}, {"id": "said", "type": "long_text", "label": "内容"},
        {"id": "papers", "type": "attachment", "label": "附件"}]})  # fmt: skip
    roles[0]["forms"]["client"]["actions"].append("delete")
    roles[0]["manages"] = ["retention"]
    office.applications.publish(None, document, "system")
    return office


def make(house: Runtime, **values: Any) -> str:
    row = {"name": "苏州恒锐", "mobile": "19900001234", "price": "2", "amount": "3", **values}
    return house.records.create(house.require_viewer("zhou"), "office", "client", [row])[0]


def delete(house: Runtime, *records: str, person: str = "zhou") -> Any:
    return house.recycle_bin.delete(house.require_viewer(person), "office", "client", records)


def restore(house: Runtime, *records: str, person: str = "zhou", **rest: str) -> list[tuple[str, list[str]]]:
    viewer = house.require_viewer(person)
    found = house.recycle_bin.restore(viewer, "office", "client", records, **rest)
    return [(one.id, [p.code for p in one.problems]) for one in found]


def names(house: Runtime, person: str = "zhou", **query: Any) -> list[str]:
    page = house.records.page(house.require_viewer(person), "office", "client", Query(**query))
    return [item.title for item in page.items]


def opens(house: Runtime, file: str) -> bool:
    with house.database.read() as connection:
        name = house.records.reader.file_name(connection, house.require_viewer("lu"), file, "offer.pdf")
    return name is not None


def codes(deletion: Any) -> dict[str, list[str]]:
    return {one.id: [p.code for p in one.problems] for one in deletion.outcomes}


def trail(house: Runtime, record: str) -> list[AuditEntry]:
    with house.database.read() as connection:
        return house.audit.of_record(connection, int(record))


def test_what_is_deleted_is_nowhere_and_comes_back_as_it_was(house: Runtime) -> None:
    paper = house.store_file(house.require_viewer("zhou"), b"%PDF-1.4", "offer.pdf", "application/pdf")["id"]
    visits = [{"day": "2026-11-02", "said": "谈价格", "papers": [paper]}, {"day": "2026-11-09"}]
    client, other = make(house, tags=["重点"], visits=visits), make(house, name="上海远汀")
    letter = house.records.create(
        SYSTEM, "office", "letter", [{"subject": "信", "body": "你好", "client": client}]
    )[0]
    before = house.records.get(SYSTEM, "office", "client", client)
    assert before.values["letters"] == 1
    assert (before.values["visits"][0]["papers"], opens(house, paper)) == ([paper], True)
    gone = delete(house, client)
    assert (gone.gone, codes(gone)) == ((client,), {client: []})
    assert names(house) == names(house, "lu") == ["上海远汀"]
    assert names(house, text="苏州恒锐") == []
    with pytest.raises(Rejected, match=r"record\.unknown"):
        house.records.get(SYSTEM, "office", "client", client)
    zhou = house.require_viewer("zhou")
    assert not opens(house, paper)
    assert house.records.update(zhou, "office", "client", [Change(client, {"name": "x"})])[0].ok is False
    shown = house.records.get(SYSTEM, "office", "letter", letter).display["client"]
    assert shown == "（已删除）"
    assert restore(house, client) == [(client, [])]
    assert names(house) == ["上海远汀", "苏州恒锐"]
    assert names(house, text="苏州恒锐") == ["苏州恒锐"]
    assert house.records.get(SYSTEM, "office", "client", client) == before  # its rows and their files with it
    assert opens(house, paper)
    acts = [one.action for one in trail(house, client) if one.action != "view"]
    assert acts == ["record.restore", "delete", "create"]
    assert house.verify().clean
    assert other


def test_what_went_by_one_act_comes_back_together(house: Runtime) -> None:
    clients = [make(house, name=f"客户{number}") for number in range(3)]
    gone = delete(house, *clients, "999999", "x")
    assert gone.gone == tuple(clients)
    assert codes(gone)["999999"] == ["record.unknown"]
    assert names(house) == []
    assert restore(house, together=gone.together) == [(client, []) for client in clients]
    assert names(house) == ["客户2", "客户1", "客户0"]


def test_who_may_not_delete_may_not(house: Runtime) -> None:
    client = make(house)
    for person in ("lu", "ye"):  # reads and updates; reads other forms only
        with pytest.raises(Rejected, match=r"access\.denied"):
            delete(house, client, person=person)
    assert codes(delete(house, client, person="wang")) == {client: ["record.unknown"]}  # another's client
    delete(house, client)
    assert restore(house, client, person="wang") == [(client, ["record.not_deleted"])]
    assert house.recycle_bin.page(house.require_viewer("wang"), "office", "client").items == ()
    assert house.recycle_bin.page(house.require_viewer("lu"), "office", "client").total == 0
    with pytest.raises(Rejected, match=r"access\.denied"):
        house.recycle_bin.page(house.require_viewer("ye"), "office", "client")


def test_the_bin_shows_what_one_may_read(house: Runtime) -> None:
    first, second = make(house), make(house, name="上海远汀")
    delete(house, first)
    house.database.clock.advance(minutes=1)  # type: ignore[attr-defined]
    delete(house, second)
    page = house.recycle_bin.page(house.require_viewer("zhou"), "office", "client")
    assert [item.view.title for item in page.items] == ["上海远汀", "苏州恒锐"]
    assert page.items[0].until - page.items[0].at == timedelta(days=30)
    assert page.items[0].view.values["mobile"] == "19900001234"


def test_a_unique_value_is_free_and_kept_back_only_when_taken(house: Runtime) -> None:
    first = make(house)
    delete(house, first)
    second = make(house)
    assert restore(house, first) == [(first, ["record.taken"])]
    assert names(house) == ["苏州恒锐"]
    delete(house, second)
    assert restore(house, first) == [(first, [])]
    assert restore(house, second) == [(second, ["record.taken"])]


def test_nothing_of_an_archive_is_deleted(house: Runtime) -> None:
    letter = house.records.create(SYSTEM, "office", "letter", [{"subject": "信"}])[0]
    for viewer in (SYSTEM, house.require_viewer("zhou")):
        with pytest.raises(Rejected, match=r"record\.evidence_stays"):
            house.recycle_bin.delete(viewer, "office", "letter", [letter])


def test_a_hold_keeps_a_record_here_and_in_the_bin(house: Runtime) -> None:
    held, free, later = make(house), make(house, name="乙"), make(house, name="丙")
    zhou = house.require_viewer("zhou")
    house.retention.hold(zhou, "案", "", Scope("office", "client", records=(held,)))
    assert codes(delete(house, held, free, later)) == {held: ["record.held"], free: [], later: []}
    house.retention.hold(zhou, "案二", "", Scope("office", "client", where="name == '丙'"))
    assert house.retention.holds.all  # set on what has no name in its column any more: by id it is kept
    house.database.clock.advance(days=31)  # type: ignore[attr-defined]
    house.recycle_bin.empty()
    assert names(house) == ["苏州恒锐"]


def test_after_thirty_days_it_is_gone_for_good(house: Runtime) -> None:
    client, stays = make(house, tags=["重点"]), make(house, name="乙")
    delete(house, client)
    house.database.clock.advance(days=29)  # type: ignore[attr-defined]
    delete(house, stays)
    assert house.recycle_bin.empty() == 0
    house.database.clock.advance(days=2)  # type: ignore[attr-defined]
    house.database.write(lambda unit: pause(unit, unit.now))
    assert house.recycle_bin.empty() == 0
    house.database.write(end_pause)
    assert house.recycle_bin.empty() == 1
    assert restore(house, client) == [(client, ["record.not_deleted"])]
    table = house.catalog.form("office", "client")
    with house.database.read() as connection:
        names_left = dict(connection.execute(sa.select(table.table.c.id, table.fields["name"])).all())
        assert names_left == {int(client): None, int(stays): None}
        assert list(connection.scalars(sa.select(table.links["tags"].c.record))) == []
        assert list(connection.scalars(sa.select(record_keys.c.record))) == [int(stays)]
        assert list(connection.scalars(sa.select(tombstones.c.record))) == [int(client)]
    assert [one.action for one in trail(house, client)] == ["record.shred", "delete", "create"]
    assert names(house) == []
    assert house.recycle_bin.page(house.require_viewer("zhou"), "office", "client").total == 1
    assert house.verify().clean


def test_rules_hear_of_it_and_find_it_no_more(house: Runtime) -> None:
    document = copy.deepcopy(OFFICE)
    document["roles"][0]["forms"]["client"]["actions"].append("delete")
    document["rules"] = [
        {
            "id": "tell", "label": "删除时", "if": "level == 'a'",
            "when": {"trigger": "record_deleted", "form": "client"},
            "then": [{"action": "create_record", "with": {"form": "client", "values": {"name": "'删了' + name"}}}],
        }
    ]  # fmt: skip
    house.applications.publish(None, document, "system")
    plain, chosen = make(house), make(house, name="乙")
    house.records.update(SYSTEM, "office", "client", [Change(chosen, {"level": "a"})])
    delete(house, plain, chosen)
    viewer = house.require_viewer("lu")
    titles = [one.title for one in house.records.page(viewer, "office", "client", Query()).items]
    assert titles == ["删了乙"]
