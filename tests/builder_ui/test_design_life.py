"""The pages of the life of an app, from the list to its versions, without a browser."""

from __future__ import annotations

import html
import io
import json
import re
import threading
import zipfile
from typing import Any

import pytest

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.builder_ui.desk import Tab

SHEET = "品名,单价,数量\n锅炉,12.50,3\n阀门,3,20\n".encode()


@pytest.fixture
def cheng(runtime: Runtime) -> Tab:
    """Designs the desk, and nothing else."""
    return Tab(runtime, "cheng")


def upload(runtime: Runtime, content: bytes, name: str, person: str = "cheng") -> str:
    viewer = runtime.require_viewer(person)
    return str(runtime.store_file(viewer, content, name, "application/octet-stream")["id"])


def published(tab: Tab, runtime: Runtime, app: str) -> str:
    """Publish the newest draft by the page; the page afterwards."""
    revision = runtime.designing.open(runtime.require_viewer("cheng"), app).revision
    answer = tab.post(f"/design/{app}/publish", {"revision": str(revision)})
    assert answer.status_code == 200, answer.text
    from threading import enumerate as threads

    for thread in threads():
        if thread.name == f"publish {app}":
            thread.join()
    return tab.page(f"/design/{app}/publish")


def test_only_designers_come_in(runtime: Runtime, cheng: Tab) -> None:
    assert "存档台" in cheng.page("/design")
    assert "/design" in cheng.page("/")
    zhou = Tab(runtime, "zhou")
    for address in (
        "/design",
        "/design/new",
        "/design/import",
        "/design/desk",
        "/design/desk/publish",
        "/design/desk/versions",
        "/design/desk/tests",
        "/design/desk/bindings",
        "/design/desk/export",
    ):
        assert zhou.get(address).status_code == 403, address
    assert 'href="/design"' not in zhou.page("/")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"how": "blank", "label": "合同"}, []),
        ({"how": "headings", "label": "合同", "headings": "客户\t金额\t日期"}, ["text", "money", "date"]),
    ],
)
def test_an_app_begins(runtime: Runtime, cheng: Tab, sent: dict[str, str], fields: list[str]) -> None:
    answer = cheng.post("/design/new", sent)
    assert answer.headers["location"] == "/design/he_tong/forms/he_tong"
    draft = runtime.designing.open(runtime.require_viewer("cheng"), "he_tong")
    assert [field["type"] for field in draft.document["forms"][0]["fields"]] == fields
    assert "尚未发布" in cheng.page("/design")
    again = cheng.post("/design/new", {"how": "blank", "label": " "})
    assert again.status_code == 422
    assert "请写应用的名称" in again.text


def test_a_sheet_shows_what_it_would_be_and_becomes_an_app_people_use(runtime: Runtime, cheng: Tab) -> None:
    file = upload(runtime, SHEET, "采购.csv")
    guessed = cheng.post("/design/new/guess", {"how": "sheet", "file": file}).text
    for word in ("品名", "金额", "整数", "锅炉、阀门"):
        assert word in guessed, guessed
    assert cheng.post("/design/new", {"how": "sheet", "label": "采购", "file": file}).status_code == 303
    page = cheng.page("/design/cai_gou/publish")
    assert "谁使用“采购”" in page
    assert "版本 1 已发布" in published(cheng, runtime, "cai_gou")
    bound = cheng.page("/design/cai_gou/bindings")
    assert "还没有人" in bound
    assert "规则给它的待办由程维嘉代收转交" in bound  # who published it
    sent = {"role": "member", "unit": "branch:sales", "person": "cheng"}
    assert cheng.post("/design/cai_gou/bindings", sent).status_code == 303
    assert "销售及下级" in cheng.page("/design/cai_gou/bindings")
    assert runtime.require_viewer("zhou").roles_in("cai_gou") == {"member"}


def test_what_the_designer_gives_himself_is_asked_for_on_the_page(runtime: Runtime, cheng: Tab) -> None:
    viewer = runtime.require_viewer("cheng")
    runtime.records.create(SYSTEM, "desk", "customer", [{"name": "甲"}])
    place = next(n for n, one in enumerate(runtime.applications.get("desk").roles) if one.id == "designer")
    reading = {"customer": {"actions": ["read", "export"]}}
    patch = [{"op": "add", "path": f"/roles/{place}/forms", "value": reading}]
    revision = str(runtime.designing.edit(viewer, "desk", 0, patch).draft.revision)
    page = cheng.page("/design/desk/publish")
    assert "设计者将读到此前看不到的内容" in page
    assert "读取“客户”" in page
    refused = cheng.post("/design/desk/publish", {"revision": revision, "reason": "短"})
    assert refused.status_code == 422
    assert "请写明原因" in refused.text
    assert ">短</textarea>" in refused.text
    assert runtime.applications.version("desk") == 1
    cheng.post("/design/desk/publish", {"revision": revision, "reason": "经理会要求核对导入结果"})
    for thread in threading.enumerate():
        if thread.name == "publish desk":
            thread.join()
    assert runtime.applications.version("desk") == 2


def test_what_publishing_costs_and_bringing_it_back(runtime: Runtime, cheng: Tab) -> None:
    viewer = runtime.require_viewer("cheng")
    runtime.records.create(
        SYSTEM, "desk", "customer", [{"name": "甲", "price": "12"}, {"name": "乙", "price": "3"}]
    )
    place = next(
        n for n, one in enumerate(runtime.applications.get("desk").forms[0].fields) if one.id == "price"
    )
    patch: list[dict[str, Any]] = [
        {"op": "remove", "path": f"/forms/0/fields/{place}"},
        {"op": "replace", "path": "/forms/0/views/0/columns", "value": ["name"]},
    ]
    runtime.designing.edit(viewer, "desk", 0, patch, "删除 单价")
    page = cheng.page("/design/desk/publish")
    for words in ("删除字段“单价”", "2 个值将停用", "被 1 个视图使用"):
        assert words in page, page
    assert "版本 2 已发布" in published(cheng, runtime, "desk")
    versions = cheng.page("/design/desk/versions?old=1&new=2")
    for words in ("版本 1 → 版本 2", "删除字段“单价”", "2 个值", "最后在版本 1", "删除 单价"):
        assert words in versions
    document = cheng.get("/design/desk/versions/1/document").json()
    assert document == runtime.applications.document("desk", 1)
    assert cheng.get("/design/desk/versions/7/document").status_code == 404


CHAT_FIELDS = {"vendor_id": "id", "sent_at": "at", "sender_id": "from"}
CHAT = {"id": "chat", "label": "官网客服", "connector": "webhook",
        "options": {"fields": CHAT_FIELDS, "signature": {"header": "x-sign"}}}  # fmt: skip


def channels(page: str) -> list[tuple[str, str]]:
    """The channels of a binding page, each with its state."""
    card = page.partition("<h2>渠道</h2>")[2].partition("</section>")[0]
    return re.findall(r"<strong>([^<]*)</strong><span class=\"chip[^>]*>([^<]*)<", card)


def loose(page: str) -> int:
    """How many things the overview says are not bound."""
    found = re.search(r"还有 (\d+) 项没有与本单位绑定", page)
    return int(found[1]) if found else 0


def test_a_definition_goes_out_and_comes_in(runtime: Runtime, cheng: Tab) -> None:
    exported = cheng.get("/design/desk/export?version=1")
    assert exported.headers["content-disposition"] == 'attachment; filename="desk-v1.json"'
    document: dict[str, Any] = json.loads(exported.content)
    assert document == runtime.applications.document("desk", 1)
    packed = cheng.get("/design/desk/export?as=folder").content
    assert "desk/forms/customer.json" in zipfile.ZipFile(io.BytesIO(packed)).namelist()
    document["app"]["label"] = "新台"
    sent = {"how": "merge", "file": upload(runtime, json.dumps(document).encode(), "desk.json")}
    told = cheng.post("/design/import", sent).text
    assert "草稿" in told
    assert "新台" in told
    viewer = runtime.require_viewer("cheng")
    runtime.designing.edit(viewer, "desk", 0, [{"op": "replace", "path": "/app/label", "value": "老台"}])
    document["app"]["label"] = "三台"
    clash = cheng.post(
        "/design/import", {"file": upload(runtime, json.dumps(document).encode(), "desk.json")}
    ).text
    (take,) = re.findall(r'name="take" value="([^"]*)"', clash)
    (revision,) = re.findall(r'name="revision" value="(\d+)"', clash)
    sent = {"app": "desk", "revision": revision, "take": html.unescape(take)}
    assert cheng.post("/design/import/take", sent).headers["location"] == "/design/desk"
    assert runtime.designing.open(viewer, "desk").document["app"]["label"] == "三台"
    copy = {**document, "app": {"id": "second", "label": "另一个"}}
    source = {"url": "https://erp.example.com/sites", "secret": "erp"}
    site = {"id": "site", "type": "outside_choice", "label": "园区", "options": {"source": source}}
    copy["forms"][0]["fields"].append(site)
    copy["channels"] = [CHAT, {**CHAT, "id": "door", "label": "门禁", "options": {"fields": CHAT_FIELDS}}]
    answer = cheng.post("/design/import", {"file": upload(runtime, json.dumps(copy).encode(), "x.json")})
    assert answer.headers["location"] == "/design/second/bindings"  # an import ends where it is bound
    bound = cheng.page("/design/second/bindings")
    for words in ("这是草稿", "erp", "https://erp.example.com:443", "还没有密钥", "由发布它的人代收转交"):
        assert words in bound, words
    assert channels(bound) == [("官网客服", "还没有密钥"), ("门禁", "不需要密钥")]
    sent = {"role": "seller", "person": "zhou"}
    assert cheng.post("/design/second/bindings", sent).headers["location"] == "/design/second/bindings"
    assert Membership("second", "seller", "person", "zhou") in runtime.people.organisation().memberships
    assert "绑定" in cheng.page("/design/second")
    published(cheng, runtime, "second")
    before = loose(cheng.page("/design/second"))
    assert channels(cheng.page("/design/second/bindings"))[0] == ("官网客服", "还没有密钥")
    runtime.channels.set_secret("chat", "s3cret")
    assert channels(cheng.page("/design/second/bindings"))[0] == ("官网客服", "密钥已设置")
    assert loose(cheng.page("/design/second")) == before - 1
    nothing = {**document, "app": {"id": "third", "label": "三"}, "muniment": 99}
    answer = cheng.post("/design/import", {"file": upload(runtime, json.dumps(nothing).encode(), "x.json")})
    assert cheng.get(answer.headers["location"]).headers["location"] == "/design/third"
    wrong = cheng.post("/design/import", {"file": upload(runtime, b"nothing", "x.json")})
    assert wrong.status_code == 422


def test_tests_are_run_and_recorded_from_the_page(runtime: Runtime, cheng: Tab) -> None:
    viewer = runtime.require_viewer("cheng")
    test = {"id": "one", "label": "客户能建", "data": "people", "steps": [
        {"create": "customer", "as": "zhou", "name": "c", "values": {"name": "甲"}},
        {"expect": {"form": "customer", "record": "c", "as": "zhou", "values": {"name": "乙"}}}]}  # fmt: skip
    tag = {"action": "add_tags", "with": {"tags": ["新"]}}
    rules = [{"id": form, "label": label, "when": {"trigger": "record_created", "form": form}, "then": [tag]}
             for form, label in (("customer", "新客户打标"), ("talk", "新会话打标"))]  # fmt: skip
    patch = [
        {"op": "add", "path": "/tests", "value": [test]},
        {"op": "add", "path": "/rules", "value": rules},
    ]
    runtime.designing.edit(viewer, "desk", 0, patch)
    assert "客户能建" in cheng.page("/design/desk/tests")
    assert cheng.post("/design/desk/tests/run", {}).status_code == 303
    from threading import enumerate as threads

    for thread in threads():
        if thread.name == "publish desk":
            thread.join()
    page = cheng.page("/design/desk/tests")
    for words in ("第 2 步", "应为 乙", "规则与分支的 50%"):
        assert words in page
    missed = page.partition("没有测试触发的规则")[2].partition("</dd>")[0]
    assert re.findall(r'class="chip">([^<]*)<', missed) == ["新会话打标"]
    assert cheng.post("/design/desk/tests/record", {"do": "start"}).headers["location"] == "/apps/desk"
    assert "正在录制" in cheng.page("/design/desk/tests")
    assert cheng.post("/design/desk/tests/record", {"do": "stop"}).status_code == 303
    assert "正在录制" not in cheng.page("/design/desk/tests")


def test_whoever_administers_an_empty_house_begins_the_first_app(runtime: Runtime) -> None:
    with pytest.raises(Rejected):
        runtime.life.starting.blank(runtime.require_viewer("wei"), "甲")
    held = [Membership("", "administrator", "person", "wei")]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, held))
    assert "新建应用" in Tab(runtime, "wei").page("/design")
    assert Tab(runtime, "wei").get("/design/desk").status_code == 403
