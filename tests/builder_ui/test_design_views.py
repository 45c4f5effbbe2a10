"""The views designer's page and fragments: every kind, what may be chosen, what is wrong, an honest preview."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.view_kinds import VIEW_KINDS
from tests.builder_ui.desk import Tab
from tests.builder_ui.workshop import WORKSHOP

SignIn = Callable[[str], Tab]
CUSTOMER = "/design/desk/forms/customer/views"
TALK = "/design/desk/forms/talk/views"


@pytest.fixture
def cheng(sign_in: SignIn) -> Tab:
    return sign_in("cheng")


def edit(runtime: Runtime, *steps: dict[str, Any]) -> None:
    viewer = runtime.require_viewer("cheng")
    runtime.designing.edit(viewer, "desk", runtime.designing.open(viewer, "desk").revision, list(steps))


def add(view: dict[str, Any], form: int = 0) -> dict[str, Any]:
    return {"op": "add", "path": f"/forms/{form}/views/-", "value": view}


def test_the_page_lists_the_views_and_every_kind_to_add(cheng: Tab) -> None:
    page = cheng.get(CUSTOMER).text
    assert re.findall(r'data-view-id="(\w+)"', page) == ["all", "mine"]
    assert re.findall(r'data-kind="(\w+)" data-label="[^"]*" title', page) == list(VIEW_KINDS)
    found = re.findall(r'data-item="([^"]*)" data-kind="(\w+)"', page)
    tiles = {kind: json.loads(html.unescape(item)) for item, kind in found}
    assert tiles["kanban"]["options"] == {"by": "channel"}
    assert tiles["gallery"]["options"] == {"cover": "files"}
    assert tiles["gantt"]["options"] == {"from": "since"}  # no second day
    assert "还没有合适的字段" in page
    assert 'href="/design/desk/forms/customer/views"' in cheng.get("/design/desk/forms/customer").text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"{CUSTOMER}/body?at=all", ("名称", "列", "单价", "排序", "打开列表时先看它", "xfilter-all")),
        (f"{CUSTOMER}/body?at=mine", ("owner == me", "未选：取前八个合适的字段")),
        (f"{TALK}/body?at=chat", ("消息在哪个表单", "各值站在哪一侧", "左侧", "不是列表的标签")),
        (f"{TALK}/body?at=line_of_time", ("谁的时间线", "各标记的图标", "企业微信", "点开到")),
        (f"{TALK}/body?at=gone", ('data-view="list"',)),
    ],
)  # fmt: skip
def test_the_panel_has_what_its_kind_can_be_told(cheng: Tab, address: str, words: tuple[str, ...]) -> None:
    page = cheng.get(address).text
    assert [word for word in words if word not in page] == []


def test_only_fields_that_fit_may_be_chosen(cheng: Tab, runtime: Runtime) -> None:
    edit(runtime, add({"id": "board", "label": "按来源", "kind": "kanban", "options": {"by": "channel"}}))
    page = cheng.get(f"{CUSTOMER}/body?at=board").text
    (by,) = re.findall(r'id="v-options-by".*?</select>', page, re.S)
    assert re.findall(r'value="(\w+)"', by) == ["channel", "active"]  # texts, days, tags do not fit
    (becomes,) = re.findall(r'id="view-kind".*?</select>', page, re.S)
    kinds = [json.loads(html.unescape(value)) for value in re.findall(r'value="([^"]*)"', becomes)]
    assert {"kind": "calendar", "options": {"from": "since"}} in kinds


def test_what_is_wrong_stands_at_its_control_and_leads_there(cheng: Tab, runtime: Runtime) -> None:
    edit(
        runtime,
        add(
            {
                "id": "board",
                "kind": "kanban",
                "columns": ["gone"],
                "filter": "huh ==",
                "default_for": ["nobody"],
            }
        ),
        add(
            {
                "id": "said",
                "kind": "chat",
                "options": {"messages": {"form": "line"}, "time": "at", "text": "words"},
            }
        ),
    )
    page = cheng.get(f"{CUSTOMER}/body?at=board").text
    (by,) = re.findall(r'id="v-options-by".*?</div>', page, re.S)
    assert "card-problems" in by
    (rows,) = re.findall(r'class="view-filter".*?id="v-sort-add"', page, re.S)
    assert "card-problems" in rows
    assert page.count("problem-dot bad") == 2
    (link,) = re.findall(
        r'id="v-options-messages-link".*?</div>', cheng.get(f"{CUSTOMER}/body?at=said").text, re.S
    )
    assert "card-problems" in link
    assert f"{CUSTOMER}?at=board" in cheng.get("/design/desk/problems").text
    assert "右侧" in cheng.get(f"{CUSTOMER}/preview?view=board").text


def test_the_preview_shows_records_one_may_read_and_says_what_it_is(
    cheng: Tab, sign_in: SignIn, runtime: Runtime
) -> None:
    runtime.records.create(SYSTEM, "desk", "customer", [{"name": "白鹭纺织", "channel": "wecom"}])
    edit(
        runtime,
        {"op": "add", "path": "/forms/0/fields/-", "value": {"id": "grade", "type": "text", "label": "等级"}},
        add({"id": "board", "kind": "kanban", "options": {"by": "channel", "fields": ["grade", "owner"]}}),
    )
    page = cheng.get(f"{CUSTOMER}/preview?view=board").text
    seen = "白鹭纺织" in cheng.get("/apps/desk/forms/customer").text
    assert ("白鹭纺织" in page) == seen
    assert "企业微信" in page
    assert "<div inert>" in page
    assert "等级" in page
    assert ("尚未发布" in page) == seen
    assert sign_in("zhou").get(CUSTOMER).status_code == 403


def test_every_kind_is_drawn_as_the_product_draws_it(cheng: Tab, runtime: Runtime) -> None:
    roles = [{**role, "manages": ["design"]} for role in WORKSHOP["roles"]]
    runtime.applications.publish(None, {**WORKSHOP, "roles": roles}, "system")
    member = Membership("workshop", roles[0]["id"], "person", "cheng")
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [member]))
    job = {"name": "换机油", "state": "doing", "begins": "2026-11-20", "ends": "2026-11-22", "price": "320"}
    runtime.records.create(SYSTEM, "workshop", "job", [job])
    drawn = {"table": 'class="table"', "cards": "card-grid", "board": 'data-value="doing"', "month": 'class="calendar"',
             "bars": "<svg", "photos": "covered"}  # fmt: skip
    for view, mark in drawn.items():
        page = cheng.get(f"/design/workshop/forms/job/views/preview?view={view}").text
        assert mark in page, view
        assert "ghost" not in page, view


def test_a_conversation_and_a_timeline_are_read_as_they_will_be(sign_in: SignIn, runtime: Runtime) -> None:
    member = Membership("desk", "designer", "person", "zhou")
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [member]))
    (customer,) = runtime.records.create(SYSTEM, "desk", "customer", [{"name": "白鹭纺织", "owner": "zhou"}])
    talk = {"owner": "zhou", "customer": customer, "channel": "phone", "last_at": "2026-11-20T10:00:00+08:00"}
    (made,) = runtime.records.create(SYSTEM, "desk", "talk", [talk])
    line = {
        "talk": made,
        "words": "明天上午送到",
        "side": "in",
        "action": "send",
        "at": "2026-11-20T10:00:00+08:00",
    }
    runtime.records.create(SYSTEM, "desk", "line", [line])
    zhou = sign_in("zhou")
    for view, mark in {"chat": "chat-flow", "line_of_time": 'class="timeline"'}.items():
        page = zhou.get(f"{TALK}/preview?view={view}").text
        assert mark in page, view
        assert "ghost" not in page, view
    assert "明天上午送到" in zhou.get(f"{TALK}/preview?view=chat").text


def test_who_uses_a_view_is_told_before_it_goes(cheng: Tab, runtime: Runtime) -> None:
    items = [{"form": "customer", "view": "all"}, {"form": "talk", "view": "list"}]
    edit(
        runtime,
        {"op": "add", "path": "/menus", "value": [{"label": "工作", "items": items}]},
        {"op": "add", "path": "/roles/0/forms/customer/views", "value": ["all"]},
        {"op": "add", "path": "/forms/0/views/0/default_for", "value": ["seller"]},
    )
    runtime.chosen_views.choose(runtime.require_viewer("zhou"), "desk", "customer", "all")
    page = cheng.get(f"{CUSTOMER}/uses?at=all").text
    (used,) = re.findall(r'data-used="([^"]*)"', page)
    assert used == "被 1 个角色、1 个菜单分组使用 · 1 人最近用的是它 · 销售 先看它"
    assert re.findall(r'class="item" href="([^"]*)"', page) == [
        "/design/desk/permissions",
        "/design/desk/menu",
    ]
    assert 'data-used=""' in cheng.get(f"{CUSTOMER}/uses?at=mine").text
    assert "/views/uses?at=all&amp;revision=" in cheng.get(f"{CUSTOMER}/body?at=all").text


def test_a_view_gets_another_id_until_it_is_published(cheng: Tab, runtime: Runtime) -> None:
    edit(
        runtime, add({"id": "table", "label": "新的"}),
        {"op": "add", "path": "/menus", "value": [{"items": [{"form": "customer", "view": "table"}]}]},
    )  # fmt: skip
    assert 'id="view-id" value="table"' in cheng.get(f"{CUSTOMER}/body?at=table").text
    assert "已发布：" in cheng.get(f"{CUSTOMER}/body?at=all").text

    def named(view: str, wished: str) -> Any:
        sent = {"revision": 0, "view": view, "id": wished}
        headers = {"x-csrf-token": cheng.csrf, "accept": "application/json"}
        return cheng.client.post(f"{CUSTOMER}/names", json=sent, headers=headers).json()

    made = named("table", "newest")
    assert made["id"] == "newest"
    assert {(step["path"], step["value"]) for step in made["patch"]} == {
        ("/forms/0/views/2/id", "newest"), ("/menus/0/items/0/view", "newest"),
    }  # fmt: skip
    for view, wished, code in (
        ("table", "mine", "id.duplicate"), ("table", "Bad id", "id.pattern"), ("all", "each", "id.fixed"),
    ):  # fmt: skip
        assert [one["code"] for one in named(view, wished)["problems"]] == [code]


def test_columns_behind_links_are_offered_and_shown_as_they_may_be_seen(
    cheng: Tab, runtime: Runtime, sign_in: SignIn
) -> None:
    (mine, another) = runtime.records.create(
        SYSTEM, "desk", "customer", [{"name": "恒锐", "owner": "zhou", "channel": "wecom"}, {"name": "远汀"}]
    )
    runtime.records.create(
        SYSTEM, "desk", "talk", [{"owner": "zhou", "customer": each} for each in (mine, another, None)]
    )
    edit(
        runtime,
        {"op": "add", "path": "/forms/1/views/0/columns/-", "value": "customer.channel"},
        {"op": "add", "path": "/forms/1/views/0/columns/-", "value": "customer.owner"},
    )
    body = cheng.get(f"{TALK}/body?at=list").text
    assert "客户 › 来源" in body
    (offered,) = re.findall(r'<optgroup label="客户 ›">(.*?)</optgroup>', body)
    assert "customer.name" in offered
    assert "customer.channel" not in offered  # is there already
    assert "customer.lines" not in offered  # rows fit in no cell
    document = runtime.designing.open(runtime.require_viewer("cheng"), "desk").document
    seller = document["roles"][0]["forms"]
    seller["customer"] = {**seller["customer"], "rows": "owner == me", "fields": {"owner": "hide"}}
    runtime.applications.publish(None, document, "system")
    page = sign_in("zhou").get("/apps/desk/forms/talk?view=list").text
    rows = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)][-2:]
        for line in re.findall(r"<tr[^>]*data-[^>]*>(.*?)</tr>", page, re.S)
    ]
    closed = "您无权查看"
    assert rows == [["–", "–"], [closed, closed], ["企业微信", closed]]
