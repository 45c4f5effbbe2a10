"""The pages under /admin/people: for who manages people, and closed to everybody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.access.people import Membership, Person
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab
from tests.builder_ui.personnel import BASE, OFFICE
from tests.engine.organisation.workbooks import NEW_TEAM


@pytest.fixture
def cheng(runtime: Runtime, add: Callable[..., str]) -> Tab:
    """Keeps the people; zhou has two customers and sells under wei."""
    runtime.applications.publish(None, OFFICE, "system")

    def save(unit: Any) -> None:
        runtime.people.save_memberships(unit, [Membership("house", "keeper", "person", "cheng")])
        runtime.people.save_people(
            unit,
            [
                Person("wei", "魏然", "审计员", "sales"),
                Person("zhou", "周婧", "销售", "east", superior="wei"),
            ],
        )

    runtime.database.write(save)
    add("customer", name="恒锐", owner="zhou")
    add("customer", name="远港", owner="zhou")
    return Tab(runtime, "cheng")


CLOSED = (
    "", "/new", "/person/zhou", "/person/zhou/edit", "/person/zhou/leave", "/person/zhou/hand-over",
    "/person/zhou/hand-overs", "/move?person=zhou", "/options/person", "/department/east", "/departments/new",
    "/posts", "/roles", "/roles/desk/seller", "/warnings", "/import", "/import/workbook",
)  # fmt: skip


def test_who_manages_no_people_finds_every_page_closed(runtime: Runtime, cheng: Tab) -> None:
    zhou = Tab(runtime, "zhou")
    assert {path: zhou.get(BASE + path).status_code for path in CLOSED} == dict.fromkeys(CLOSED, 403)
    assert {path: cheng.get(BASE + path).status_code for path in CLOSED} == dict.fromkeys(CLOSED, 200)
    assert BASE in cheng.page("/")
    assert BASE not in zhou.page("/")


@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ("?department=sales", ["周婧", "魏然"], []),
        ("?department=east", ["周婧", "王磊"], ["魏然"]),
        ("?q=zhoujing", ["周婧"], ["王磊"]),
        ("?q=zj", ["周婧"], ["王磊"]),
        ("?state=left", [], ["周婧", "王磊"]),
        ("?page=7", [], ["周婧"]),
    ],
)
def test_people_are_found(cheng: Tab, asked: str, there: list[str], absent: list[str]) -> None:
    rows = cheng.page(BASE + asked).split('id="people-rows"')[1].split("drag-hint")[0]
    assert [name for name in there if name not in rows] == []
    assert [name for name in absent if f'class="name">{name}<' in rows] == []


def test_somebody_is_added_with_all_mistakes_said_at_once(runtime: Runtime, cheng: Tab) -> None:
    sent = {"id": "chen", "name": "", "email": "x", "department": "east", "superior": "wei"}
    refused = cheng.post(f"{BASE}/new", sent)
    assert refused.status_code == 422
    assert "请填写名称" in refused.text
    assert "不是邮箱地址" in refused.text
    added = cheng.post(f"{BASE}/new", {**sent, "name": "陈思雨", "email": "", "joined_on": "2026-01-05"})
    assert (added.status_code, added.headers["location"]) == (303, f"{BASE}/person/chen")
    assert runtime.people.organisation().people["chen"].superior == "wei"


def test_a_change_on_an_older_state_is_not_saved(runtime: Runtime, cheng: Tab) -> None:
    form = cheng.page(f"{BASE}/person/zhou/edit")
    seal = re.search(r'name="seal" value="([^"]+)"', form)
    sent = {"name": "周婧", "post": "组长", "department": "east", "seal": seal[1] if seal else ""}
    assert cheng.post(f"{BASE}/person/zhou/edit", sent).status_code == 303
    again = cheng.post(f"{BASE}/person/zhou/edit", {**sent, "post": "经理"})
    assert again.status_code == 422
    assert "刚刚被别人修改过" in again.text
    assert runtime.people.organisation().people["zhou"].post == "组长"


def test_people_move_and_departments_come_and_go(runtime: Runtime, cheng: Tab) -> None:
    made = cheng.post(f"{BASE}/departments/new", {"name": "华西", "parent": "sales", "head": "wei"})
    assert made.headers["location"] == f"{BASE}?department=huaxi"
    moved = cheng.post(
        f"{BASE}/move",
        {"person": ["zhou", "wang"], "department": "huaxi"},
        headers={"accept": "application/json"},
    )
    assert moved.json() == {"moved": ["zhou", "wang"]}
    assert cheng.post(f"{BASE}/department/huaxi/close").text.count("部门里还有 2 人") == 1
    assert cheng.post(f"{BASE}/department/east/close").status_code == 303
    assert runtime.people.organisation().departments["east"].closed_on
    assert "1 个已撤销的部门" in cheng.page(BASE)
    assert cheng.post(f"{BASE}/department/east/reopen").status_code == 303
    renamed = cheng.post(f"{BASE}/department/huaxi", {"name": "西部", "parent": "sales"})
    assert renamed.status_code == 303
    assert runtime.people.organisation().departments["huaxi"].name == "西部"


def test_a_role_is_given_and_taken(runtime: Runtime, cheng: Tab) -> None:
    address = f"{BASE}/roles/house/guest"
    give = {"do": "give", "kind": "branch", "member.branch": "sales", "member.person": ""}
    assert cheng.post(address, give).status_code == 303
    assert set(runtime.people.organisation().members("house", "guest")) == {"zhou", "wang", "wei", "cheng"}
    page = cheng.page(address)
    assert "及其下级" in page
    assert "周婧" in page
    assert cheng.post(address, {"do": "take", "kind": "branch", "member": "sales"}).status_code == 303
    asked = cheng.post(address, {"do": "give", "kind": "person", "member.person": "cheng"})
    assert asked.status_code == 422
    assert 'name="reason"' in asked.text
    said = {"do": "give", "kind": "person", "member.person": "cheng", "reason": "值班"}
    assert cheng.post(address, said).status_code == 303
    elsewhere = cheng.post(
        f"{BASE}/roles/desk/seller", {"do": "give", "kind": "person", "member.person": "wei"}
    )
    assert elsewhere.status_code == 422
    assert set(runtime.people.organisation().members("desk", "seller")) == {"wang", "zhou"}


def test_a_leaver_hands_over_and_is_gone(runtime: Runtime, cheng: Tab) -> None:
    page = cheng.page(f"{BASE}/person/zhou/leave")
    assert 'name="give.records.desk.customer.owner"' in page
    sent = {"day": "2026-11-20", "taker": "wang", "give.records.desk.customer.owner": "yes"}
    late = cheng.post(f"{BASE}/person/zhou/leave", {**sent, "day": "2030-01-01"})
    assert (late.status_code, "最后一天不能在将来" in late.text) == (422, True)
    gone = cheng.post(f"{BASE}/person/zhou/leave", sent)
    assert gone.status_code == 303
    runtime.jobs.run_due()
    shown = cheng.page(f"{BASE}/person/zhou")
    assert "2 / 2 条记录交给王磊" in shown
    assert "2026-11-20 离职" in shown
    assert runtime.viewer("zhou") is None
    assert cheng.post(f"{BASE}/person/zhou/return").status_code == 303
    assert runtime.require_viewer("zhou").roles == {}


def test_posts_are_renamed_for_all(runtime: Runtime, cheng: Tab) -> None:
    assert cheng.post(f"{BASE}/posts", {"post": "销售", "name": ""}).status_code == 422
    assert cheng.post(f"{BASE}/posts", {"post": "销售", "name": "客户经理"}).status_code == 303
    assert {one.post for one in runtime.people.organisation().people.values()} == {
        "客户经理",
        "审计员",
        "设计",
    }


def test_a_workbook_is_shown_and_then_taken_over(runtime: Runtime, cheng: Tab) -> None:
    headers = {"x-csrf-token": cheng.csrf, "accept": "application/json"}
    upload = cheng.client.post(
        "/api/v1/files", files={"file": ("people.xlsx", io.BytesIO(NEW_TEAM))}, headers=headers
    )
    file = upload.json()["id"]
    shown = cheng.post(f"{BASE}/import", {"file": file})
    assert "没有在职的“陆志恒 (lu)”" in shown.text
    assert "陈思雨" in shown.text
    seal = re.search(r'name="seal" value="([0-9a-f]+)"', shown.text)
    refused = cheng.post(f"{BASE}/import", {"file": file, "seal": seal[1] if seal else ""})
    assert refused.status_code == 422
    assert "1001" not in runtime.people.organisation().people
    template = cheng.get(f"{BASE}/import/workbook?all=yes")
    assert template.content[:2] == b"PK"
    assert "people-" in template.headers["content-disposition"]


def test_pages_speak_english(cheng: Tab) -> None:
    cheng.post("/me/preferences", {"language": "en", "here": "/"})
    for path in CLOSED:
        if "workbook" not in path and "options" not in path:
            words = re.sub(r"<[^>]+>", " ", cheng.get(BASE + path).text)
            assert not re.search(r"部门|岗位|人员|角色成员|离职", words), path


def test_a_channel_shows_the_numbers_its_app_watches(runtime: Runtime, cheng: Tab) -> None:
    """A number, for who manages the channel and reads no record behind it."""
    watch = [{"label": "有名的客户", "form": "client", "filter": "name != ''"}]
    shop = {
        "muniment": 1,
        "app": {"id": "shop", "label": "店"},
        "forms": [
            {"id": "client", "label": "客户", "fields": [{"id": "name", "type": "text", "label": "名"}]}
        ],
        "channels": [
            {"id": "counter", "connector": "wecom_archive", "options": {"account": "ww"}, "watch": watch}
        ],
        "roles": [{"id": "desk", "label": "台", "manages": ["channels"]}],
    }
    runtime.applications.publish(None, shop, "system")
    held = [Membership("shop", "desk", "person", "cheng")]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, held))
    runtime.records.create(SYSTEM, "shop", "client", [{"name": "恒锐"}, {"name": ""}, {"name": "远港"}])
    page = cheng.page("/apps/shop/channels/counter")
    assert re.search(r"<b>2</b><span>有名的客户</span>", page)
    assert "恒锐" not in page
