"""The permission and menu designers' pages, and what an app looks like while one sees as somebody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.desk import DESK, Tab, furnish

PERMISSIONS = "/design/desk/permissions"
SECRET = "不要说出去的话"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("data"), synchronous="OFF"))
    furnish(runtime)
    marked = {**DESK, "roles": [{**DESK["roles"][0], "watermark": True}, *DESK["roles"][1:]]}
    runtime.applications.publish(None, marked, "system")
    (talk,) = runtime.records.create(SYSTEM, "desk", "talk", [{"owner": "zhou", "summary": "谈价格"}])
    line = {
        "talk": str(talk),
        "words": SECRET,
        "sender": "孙先生",
        "sender_id": "s1",
        "side": "in",
        "action": "send",
    }
    runtime.records.create(SYSTEM, "desk", "line", [line])
    yield runtime
    runtime.close()


@pytest.fixture
def designer(runtime: Runtime) -> Tab:
    return Tab(runtime, "cheng")


def edit(runtime: Runtime, *steps: dict[str, Any]) -> int:
    viewer = runtime.require_viewer("cheng")
    on = runtime.designing.open(viewer, "desk").revision
    return runtime.designing.edit(viewer, "desk", on, list(steps)).draft.revision


def test_every_form_of_every_role_stands_in_the_matrix(designer: Tab) -> None:
    page = designer.page(PERMISSIONS)
    assert len(re.findall(r'<select class="preset"', page)) == 3 * 4
    (own,) = re.findall(r'id="p-seller-customer".*?</select>', page, re.S)
    value = re.search(r'<option value="own"[^>]*data-value="([^"]*)"', own)
    assert value is not None
    wanted = {"rows": "owner == me", "actions": ["read", "create", "update"]}
    assert json.loads(value[1].replace("&#34;", '"')) == wanted
    (nobodys,) = re.findall(r'id="p-seller-wish".*?</select>', page, re.S)
    assert re.search(r'<option value="own" disabled', nobodys), "no field says whose a wish is"


def test_one_role_in_full(designer: Tab) -> None:
    page = designer.page(f"{PERMISSIONS}?role=auditor")
    (talk,) = re.findall(r'<details class="card form-card" id="form-talk".*?</details>', page, re.S)
    assert re.search(r'name="f-talk-summary" value="hide"[^>]* checked', talk)
    assert re.search(r'name="f-talk-owner" value="read"[^>]* checked', talk)
    assert re.search(r'name="f-talk-owner" value="write"[^>]* disabled', talk), "no action writes"
    assert re.search(r'data-do="action" data-name="delete" disabled', page), "of an archive"
    assert "魏然" in page


def test_who_gains_and_who_loses_follows_the_draft_and_is_noted(runtime: Runtime, designer: Tab) -> None:
    assert "没有人得到或失去" in designer.page(f"{PERMISSIONS}/effects")
    revision = edit(
        runtime,
        {"op": "replace", "path": "/roles/0/forms/talk/rows", "value": "owner != me"},
        {"op": "replace", "path": "/roles/1/forms/line/fields/words", "value": "read"},
    )
    told = designer.page(f"{PERMISSIONS}/effects?revision={revision}")
    text = re.sub(r"<[^>]+>|\s+", "", told)
    assert "少看到记录·各人不同" in text
    assert "周婧·1条" in text
    assert "王磊·1条" in text
    assert "“内容”：隐藏→查看·1条得到:魏然" in text
    with runtime.database.read() as connection:
        newest = runtime.audit.latest(connection, limit=5)
    assert any((one.action, one.person) == ("access.weigh", "cheng") for one in newest)


def test_seeing_in_full_and_breaking_the_glass_are_set_here(runtime: Runtime, designer: Tab) -> None:
    """It begins with the archive forms, and with the superior who is told where nobody reads the audit trail."""
    page = designer.page(f"{PERMISSIONS}?role=seller")
    assert re.search(r'id="unmask-on" data-do="unmask"><', page)
    assert "unmask-minutes" not in page
    (forms, alarm) = re.findall(r'id="glass-on"[^>]*data-forms="([^"]*)" data-alarm="([^"]*)"', page)[0]
    assert json.loads(forms.replace("&#34;", '"')) == ["line"]
    assert json.loads(alarm.replace("&#34;", '"')) == ["manager:me"]
    set_up = {
        "unmask": {"minutes": 15, "confirm": ["role:auditor", "person:wei"]},
        "emergency": {"forms": ["line"], "hours": 2, "alarm": []},
    }
    edit(
        runtime, *({"op": "add", "path": f"/roles/0/{key}", "value": value} for key, value in set_up.items())
    )
    page = designer.page(f"{PERMISSIONS}?role=seller")
    assert re.search(r'id="unmask-minutes"[^>]* value="15"', page)
    ticked = re.findall(r'data-key="confirm" data-name="([^"]*)" checked><span>([^<]*)<', page)
    assert ("person:wei", "魏然") in ticked
    assert "card-problems" in page, "with nobody to tell the glass stays whole"
    told = re.sub(r"<[^>]+>|\s+", "", designer.page(f"{PERMISSIONS}/effects"))
    assert "得到申请查看脱敏内容的资格" in told
    assert "得到对“消息”的紧急查阅" in told


def test_who_uses_a_role_is_told_before_it_goes(designer: Tab) -> None:
    page = designer.get(f"{PERMISSIONS}/uses?role=auditor").text
    (used,) = re.findall(r'data-used="([^"]*)"', page)
    assert used.endswith("1 人持有")
    assert f"{PERMISSIONS}/uses?role=auditor&amp;revision=" in designer.page(f"{PERMISSIONS}?role=auditor")


def test_a_role_gets_an_id_of_its_name(designer: Tab) -> None:
    answer = designer.get(f"{PERMISSIONS}/name?label=销售总监", headers={"accept": "application/json"})
    assert answer.json() == {"id": "xiao_shou_zong_jian"}


def test_the_menu_and_what_is_wrong_in_it(runtime: Runtime, designer: Tab) -> None:
    assert "还没有自己的菜单" in designer.page("/design/desk/menu")
    items = [
        {"form": "talk", "view": "list"},
        {"link": "javascript:alert(1)", "label": "坏"},
        {"page": "search", "icon": "star"},
    ]
    edit(
        runtime, {"op": "add", "path": "/menus", "value": [{"label": "工作", "icon": "box", "items": items}]}
    )
    page = designer.page("/design/desk/menu?at=0.1")
    assert re.findall(r'data-part="([\d.]+)"', page) == ["0", "0.0", "0.1", "0.2"]
    assert "不是 https:// 开头的网址" in page
    assert 'id="menu-link"' in page
    assert "2 个角色" in page
    assert designer.page("/design/desk/menu/body?at=7.7.7").count("menu-item chosen") == 0


# -- seeing as somebody ----------------------------------------------------------------------------


def see_as(tab: Tab, person: str) -> Any:
    return tab.post("/see-as", {"app": "desk", "person": person, "reason": "核对权限"})


def token(tab: Tab) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', tab.get("/apps/desk/forms/talk").text)
    assert found is not None
    return found[1]


CLOSED = (
    "/", "/tasks", "/requests", "/notifications", "/me", "/design", PERMISSIONS, "/see-as", "/evidence",
    "/admin/access", "/apps/desk/tasks", "/apps/desk/rule-log", "/apps/desk/channels",
    "/apps/desk/forms/customer/export", "/apps/desk/forms/customer/import", "/api/v1/tasks",
    "/api/v1/design/desk/draft",
)  # fmt: skip


def test_looking_sees_rows_and_plain_words_changes_nothing_and_ends(designer: Tab) -> None:
    assert see_as(designer, "zhou").headers["location"] == "/apps/desk"
    page = designer.page("/apps/desk/forms/talk")
    assert "您正以周婧的身份查看" in page
    assert "T0001" in page
    assert "程维嘉 cheng" in page, "the watermark names who really looks"
    assert "周婧 zhou" not in page
    lines = designer.page("/apps/desk/forms/line")
    assert SECRET not in lines
    assert "孙先生" not in lines
    assert SECRET not in designer.page("/apps/desk/search?q=不要说")
    for path in CLOSED:
        assert designer.get(path).status_code == 403, path
    csrf = token(designer)
    for path, sent in (
        ("/apps/desk/forms/customer", {"name": "新"}),
        ("/me/preferences", {"theme": "dark"}),
        ("/see-as", {}),
    ):
        answer = designer.client.post(path, data={"_csrf": csrf, **sent})
        assert answer.status_code == 403, path
        assert "只能看" in answer.text
    ended = designer.client.post("/see-as/end", data={"_csrf": csrf})
    assert ended.headers["location"] == "/see-as?app=desk"
    assert "周婧的身份" not in designer.page("/see-as?app=desk")


def test_only_for_who_designs_or_watches_over_access(runtime: Runtime, designer: Tab) -> None:
    seller = Tab(runtime, "zhou")
    assert seller.get("/see-as").status_code == 403
    assert seller.get("/see-as/people").status_code == 403
    assert see_as(seller, "wang").status_code == 403
    assert see_as(designer, "cheng").status_code == 422
    assert "周婧" in designer.page("/see-as/people?q=zj")
    assert "程维嘉" not in designer.page("/see-as/people")
