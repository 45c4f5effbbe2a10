"""The pages under /admin/retention: for who manages retention, and closed to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.clock import FrozenClock
from engine.config import Config
from engine.retention.pausing import pause
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD, Tab
from tests.engine.retention.conftest import DESK, ROLES

BASE = "/admin/retention"


@pytest.fixture
def archive(sqlite_data: Path, clock: FrozenClock) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    document = deepcopy(DESK)
    document["forms"][2]["retention"][1]["source"] = "证券法第一百三十七条"
    runtime.applications.publish(None, document, "system")
    people = [Person(one, name) for one, name in zip(ROLES, ("王磊", "叶知秋", "方圆"), strict=True)]
    members = [Membership("desk", role, "person", person) for person, role in ROLES.items()]
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def save(unit: Any) -> None:
        runtime.people.save_people(unit, people)
        runtime.people.save_memberships(unit, members)
        for person in ROLES:
            runtime.accounts.passwords.set_hash(unit, person, hashed)

    runtime.database.write(save)
    yield runtime
    runtime.close()


@pytest.fixture
def letters(archive: Runtime) -> list[str]:
    rows = [{"number": n, "sent_on": "2023-03-01", "body": "报价", "trade": n == 1} for n in range(3)]
    return archive.records.create(archive.require_viewer("wang"), "desk", "letter", rows)


@pytest.fixture
def ye(archive: Runtime) -> Tab:
    return Tab(archive, "ye")


def test_closed_to_who_does_not_manage_it(archive: Runtime, letters: list[str]) -> None:
    wang = Tab(archive, "wang")
    for path in ("", "/holds", "/forecast", "/shredded"):
        assert wang.get(BASE + path).status_code == 403
    assert BASE not in wang.page("/")
    for path in ("/two-people", "/go-on", "/rules/desk/letter/ordinary", "/holds", "/holds/1/release",
                 f"/shredded/desk/letter/{letters[0]}/lift"):  # fmt: skip
        assert (
            wang.post(BASE + path, {"do": "activate", "form": "desk/letter", "name": "x"}).status_code == 403
        )
    assert f"{BASE}/holds" not in wang.page(f"/apps/desk/forms/letter/records/{letters[0]}")


def test_a_rule_is_activated_and_ended(archive: Runtime, ye: Tab) -> None:
    page = ye.page(BASE)
    assert "一般信件" in page
    assert "未启用" in page
    assert "证券法第一百三十七条" in page
    ye.post(f"{BASE}/rules/desk/letter/ordinary", {"do": "activate"})
    assert "已启用" in ye.page(BASE)
    ye.post(f"{BASE}/rules/desk/letter/ordinary", {"do": "end"})
    assert "已启用" not in ye.page(BASE)


def test_two_people_confirm(archive: Runtime, ye: Tab) -> None:
    ye.post(f"{BASE}/two-people", {"wanted": "yes"})
    ye.post(f"{BASE}/rules/desk/letter/ordinary", {"do": "activate"})
    assert "待第二人确认" in ye.page(BASE)
    with archive.database.read() as connection:
        (state,) = [one for one in archive.retention.rules(connection) if one.activation]
    assert state.activation is not None
    refused = ye.post(f"{BASE}/rules/desk/letter/ordinary", {"do": state.activation.id})
    assert refused.status_code == 422
    assert "启用须由另一人确认" in refused.text
    Tab(archive, "fang").post(f"{BASE}/rules/desk/letter/ordinary", {"do": state.activation.id})
    assert "方圆 确认" in ye.page(BASE)


def test_one_person_is_enough_when_two_say_so(archive: Runtime, ye: Tab) -> None:
    fang = Tab(archive, "fang")
    ye.post(f"{BASE}/two-people", {"wanted": "yes"})
    ye.post(f"{BASE}/two-people", {"wanted": "no"})
    assert "叶知秋申请改为一人即可" in ye.page(BASE)
    assert 'value="no"' not in ye.page(BASE)
    assert 'value="no"' in fang.page(BASE)
    assert "叶知秋申请" in fang.page("/notifications")
    fang.post(f"{BASE}/two-people", {"wanted": "no"})
    assert "申请改为一人即可" not in fang.page(BASE)
    assert "方圆同意后" in ye.page("/notifications")


def test_what_a_restore_paused_goes_on(archive: Runtime, ye: Tab, letters: list[str]) -> None:
    archive.retention.activate(archive.require_viewer("ye"), "desk", "letter", "ordinary")
    archive.database.write(lambda unit: pause(unit, unit.now))
    assert not archive.retention.work()
    assert "不会自动销毁" in ye.page(BASE)
    ye.post(f"{BASE}/go-on", {})
    assert "不会自动销毁" not in ye.page(BASE)
    assert archive.retention.work()


def test_a_hold_is_set_from_a_record_seen_and_released(ye: Tab, letters: list[str]) -> None:
    record = f"/apps/desk/forms/letter/records/{letters[0]}"
    assert f"{BASE}/holds?form=desk%2Fletter&amp;records={letters[0]}" in ye.page(record)
    wrong = ye.post(f"{BASE}/holds", {"form": "desk/letter", "records": "x", "name": ""})
    assert wrong.status_code == 422
    assert 'value="x"' in wrong.text
    ye.post(f"{BASE}/holds", {"form": "desk/letter", "records": letters[0], "name": "远汀案"})
    page = ye.page(f"{BASE}/holds")
    assert "远汀案" in page
    assert "保全 1 条" in page
    assert "保全中：远汀案" in ye.page(record)
    hold = page.split(f"{BASE}/holds/")[1].split("/")[0]
    assert ye.post(f"{BASE}/holds/{hold}/release", {"reason": " "}).status_code == 422
    ye.post(f"{BASE}/holds/{hold}/release", {"reason": "和解"})
    assert "和解" in ye.page(f"{BASE}/holds")


def test_the_forecast_and_what_went(archive: Runtime, ye: Tab, letters: list[str]) -> None:
    page = ye.page(f"{BASE}/forecast?on=2026-12-01")
    assert "将处理 2 条" in page
    assert "证券业务 1" in page
    assert ye.get(f"{BASE}/forecast?on=nonsense").status_code == 200
    archive.retention.activate(archive.require_viewer("ye"), "desk", "letter", "ordinary")
    archive.retention.work()
    page = ye.page(f"{BASE}/shredded")
    assert page.count("规则：一般信件") == 2
    record = ye.page(f"/apps/desk/forms/letter/records/{letters[0]}")
    assert "已销毁" in record
    assert f"{BASE}/holds?" not in record
    assert "销毁了记录" in ye.page(f"/apps/desk/forms/letter/records/{letters[0]}?tab=history")
    assert Tab(archive, "wang").page("/apps/desk/forms/letter").count("已销毁") == 2


def test_what_is_stored_only_comes_back(archive: Runtime, ye: Tab) -> None:
    (note,) = archive.records.create(archive.require_viewer("wang"), "desk", "note", [{"text": "便笺一"}])
    archive.retention.activate(archive.require_viewer("ye"), "desk", "note", "stale")
    archive.movable_clock.advance(days=40)  # type: ignore[union-attr]
    archive.retention.work()
    ye, wang = Tab(archive, "ye"), Tab(archive, "wang")
    assert wang.get(f"/apps/desk/forms/note/records/{note}").status_code == 404
    assert "仅存储" in ye.page(f"/apps/desk/forms/note/records/{note}")
    lift = f"{BASE}/shredded/desk/note/{note}/lift"
    assert ye.post(lift, {"reason": ""}).status_code == 422
    ye.post(lift, {"reason": "客户同意"})
    assert wang.get(f"/apps/desk/forms/note/records/{note}").status_code == 200
