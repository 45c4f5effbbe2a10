"""The pages over a real runtime: what each person finds on them, and what must not be there."""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from builder_ui.assets import STATIC
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab

Add = Callable[..., str]
DESK = "/apps/desk/forms"


# -- signing in ----------------------------------------------------------------------------------------


def test_nobody_is_sent_to_sign_in_and_back(runtime: Runtime) -> None:
    tab = Tab(runtime)
    answer = tab.get(f"{DESK}/customer?view=mine")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fapps%2Fdesk%2Fforms%2Fcustomer%3Fview%3Dmine"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_sign_in_leads_nowhere_else(runtime: Runtime, wanted: str) -> None:
    answer = Tab(runtime).post("/sign-in", {"person": "zhou", "password": "correct horse", "next": wanted})
    assert answer.headers["location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(runtime: Runtime) -> None:
    answer = Tab(runtime).post("/sign-in", {"person": "zhou", "password": "wrong"})
    assert answer.status_code == 401
    assert 'value="zhou"' in answer.text
    assert 'role="alert"' in answer.text


def test_sign_out_ends_the_session(zhou: Tab) -> None:
    zhou.post("/sign-out")
    assert zhou.get("/").status_code == 303


def test_a_form_without_the_token_changes_nothing(zhou: Tab) -> None:
    answer = zhou.client.post(f"{DESK}/customer", data={"name": "无"})
    assert answer.status_code == 403
    assert "无" not in zhou.page(f"{DESK}/customer")


def test_language_and_theme_are_kept(zhou: Tab) -> None:
    zhou.post("/me/preferences", {"theme": "dark", "here": "/"})
    assert 'data-theme="dark"' in zhou.page("/")
    zhou.post("/me/preferences", {"language": "en", "here": "/"})
    page = zhou.page(f"{DESK}/customer")
    assert '<html lang="en"' in page
    assert "Search in this list" in page


# -- lists ---------------------------------------------------------------------------------------------


def names(page: str) -> list[str]:
    """The titles of the rows, in order."""
    return re.findall(r'aria-label="选择 ([^"]+)"', page)


def test_a_list_filters_sorts_and_pages_by_its_url(zhou: Tab, add: Add) -> None:
    for name, channel in (("甲", "wecom"), ("乙", "phone"), ("丙", "wecom")):
        add("customer", name=name, channel=channel, owner="zhou" if name == "甲" else "wang")
    assert "3 条" in zhou.page(f"{DESK}/customer")
    page = zhou.page(f"{DESK}/customer?where=channel:is:wecom&columns=name&sort=-name")
    assert sorted(names(page)) == ["丙", "甲"]
    assert "来源 等于 企业微信" in page
    assert names(zhou.page(f"{DESK}/customer?view=mine&columns=name")) == ["甲"]


def test_a_condition_that_makes_no_sense_is_left_out(zhou: Tab, add: Add) -> None:
    add("customer", name="甲")
    assert "甲" in zhou.page(f"{DESK}/customer?where=nothing:is:1&where=price:contains:x&where=:&sort=files")


def test_a_row_of_the_filter_panel_follows_its_field(zhou: Tab) -> None:
    row = zhou.page(f"{DESK}/customer/condition?f=since&o=between")
    assert row.count('type="date"') == 2
    assert "企业微信" in zhou.page(f"{DESK}/customer/condition?f=channel")


def test_a_record_keeps_the_list_it_came_from(zhou: Tab, add: Add) -> None:
    for name in ("丙", "乙", "甲"):
        add("customer", name=name, channel="wecom")
    add("customer", name="丁", channel="phone")
    page = zhou.page(f"{DESK}/customer?where=channel:is:wecom&sort=number")
    second = re.findall(r'<td class="main[^>]*><a href="([^"]+)"', page)[1].replace("&amp;", "&")
    record = zhou.page(second)
    assert 'rel="prev"' in record
    assert 'rel="next"' in record
    after = re.findall(r'rel="next" href="([^"]+)"', record)[0].replace("&amp;", "&")
    assert 'rel="next"' not in zhou.page(after)


def test_csv_disarms_formulas_and_opens_in_excel(zhou: Tab, add: Add) -> None:
    add("customer", name="=1+1")
    answer = zhou.get(f"{DESK}/customer/export?columns=name")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in answer.text


def test_only_the_chosen_rows_are_exported(zhou: Tab, add: Add) -> None:
    made = [add("customer", name=name) for name in ("甲", "乙", "丙")]
    text = zhou.get(f"{DESK}/customer/export?columns=name&record={made[0]}&record={made[2]}").text
    assert text.splitlines()[1:] == ["丙", "甲"]


def test_bulk_changes_row_by_row(zhou: Tab, add: Add) -> None:
    made = [add("customer", name=name, tags=["老客户"]) for name in ("甲", "乙")]
    answer = zhou.post(
        f"{DESK}/customer/bulk", {"kind": "tag", "field": "tags", "record": made, "tags": ["重点"]}
    )
    assert "已修改 2 条记录" in answer.text
    assert zhou.page(f"{DESK}/customer?where=tags:has_any:重点").count('name="record"') == 2
    refused = zhou.post(
        f"{DESK}/customer/bulk", {"kind": "edit", "field": "name", "record": [*made, "99"], "name": ""}
    )
    assert "3 条记录未能修改" in refused.text
    assert "请填写" in refused.text


# -- forms ---------------------------------------------------------------------------------------------


def test_a_record_is_created_changed_and_remembered(zhou: Tab) -> None:
    sent = {
        "name": "苏州恒锐",
        "price": "１２．５",
        "since": "2026-11-01",
        "lines.0.what": "网关",
        "lines.0.count": "3",
        "lines": "[]",
    }
    made = zhou.post(f"{DESK}/customer", sent)
    assert made.status_code == 303, made.text
    url = made.headers["location"]
    page = zhou.page(url)
    assert "¥12.50" in page
    assert "网关" in page
    form = zhou.page(f"{url}/edit")
    revision = re.findall(r'name="revision" value="(\d+)"', form)[0]
    assert zhou.post(url, {"name": "新名字", "revision": revision}).status_code == 303
    assert "苏州恒锐" in zhou.page(f"{url}?tab=history")
    assert zhou.post(url, {"name": "迟到", "revision": revision}).status_code == 409


def test_what_is_wrong_stands_where_it_is(zhou: Tab) -> None:
    answer = zhou.post(f"{DESK}/customer", {"name": "", "price": "abc", "lines.0.count": "2", "lines": "[]"})
    assert answer.status_code == 422
    assert "请填写“名称”" in answer.text
    assert 'value="abc"' in answer.text
    assert answer.text.count('role="alert"') > 1


def test_the_state_comes_from_the_server(zhou: Tab) -> None:
    answer = zhou.state("customer", seq=7, values={"active": ["false"], "price": ["x"]}, changed=["price"])
    assert answer["seq"] == 7
    assert answer["fields"]["why"]["visible"] is True
    assert answer["fields"]["why"]["required"] is True
    assert answer["fields"]["price"]["problems"]


def test_pickers_find_by_characters_pinyin_and_initials(zhou: Tab, add: Add) -> None:
    add("customer", name="苏州恒锐精密机械")
    for text in ("恒锐", "hengrui", "szhr"):
        assert "苏州恒锐精密机械" in zhou.page(f"{DESK}/talk/options/customer?q={text}")
    assert "周婧" in zhou.page(f"{DESK}/customer/options/owner?q=zj")


# -- reading -------------------------------------------------------------------------------------------


def test_a_chat_reads_like_the_chat_it_was(zhou: Tab, talk: dict[str, str]) -> None:
    page = zhou.page(f"{DESK}/talk/records/{talk['talk']}?find=报价")
    assert "<mark>报价</mark>" in page
    assert "taken-back" in page
    assert "8 折是底线</s>" in page
    assert "85 折是底线" in page
    assert "客户同意存档" in page
    assert "11月20日周五" in page
    assert page.count('class="bubble-row') == 3


@pytest.mark.parametrize(
    ("find", "hits"), [("报价", ["asked"]), ("8 折", ["floor"]), ("85 折", ["floor"]), ("没有这句", [])]
)
def test_a_chat_leads_to_what_was_found(zhou: Tab, talk: dict[str, str], find: str, hits: list[str]) -> None:
    """In what replaced a message, too: it stands in the place of what it replaced."""
    page = zhou.page(f"{DESK}/talk/records/{talk['talk']}?find={find}")
    assert re.findall(r'id="m(\d+)" data-chat-target="hit"', page) == [talk[name] for name in hits]


def test_hostile_words_stay_words(zhou: Tab, talk: dict[str, str]) -> None:
    for path in (f"talk/records/{talk['talk']}", f"customer/records/{talk['customer']}", "customer", "line"):
        page = zhou.page(f"{DESK}/{path}")
        assert "<script>alert" not in page
        assert "<b>精密" not in page


def test_a_colleague_finds_nothing_of_it(sign_in: Callable[[str], Tab], talk: dict[str, str]) -> None:
    wang = sign_in("wang")
    assert "0 条" in wang.page("/apps/desk/search?q=报价")
    assert wang.get(f"{DESK}/talk/records/{talk['talk']}").status_code == 404
    line = wang.page(f"{DESK}/customer/records/{talk['customer']}?tab=desk.line_of_time")
    assert "另有 1 条需申请查阅" in line
    assert f"customer={talk['customer']}" in line
    assert "报价" not in line


def test_metadata_without_words(sign_in: Callable[[str], Tab], talk: dict[str, str]) -> None:
    page = sign_in("wei").page(f"{DESK}/talk/records/{talk['talk']}")
    assert "折" not in page
    assert "您可以看到时间与人员" in page


def test_a_designer_reads_nothing(sign_in: Callable[[str], Tab], talk: dict[str, str]) -> None:
    cheng = sign_in("cheng")
    assert cheng.get(f"{DESK}/line").status_code == 403
    assert cheng.get(f"{DESK}/talk/records/{talk['talk']}").status_code in (403, 404)
    assert "T0001" not in cheng.page("/")


def test_search_leads_to_where_it_was_said(zhou: Tab, talk: dict[str, str]) -> None:
    page = zhou.page("/apps/desk/search?form=line&q=报价")
    assert "1 条" in page
    hit = re.findall(r'class="card hit" href="([^"]+)"', page)[0].replace("&amp;", "&")
    assert f"records/{talk['talk']}" in hit
    assert f"at={talk['asked']}" in hit
    assert "<mark>报价</mark>" in zhou.page(hit)


def test_a_message_knows_where_it_was_said(zhou: Tab, talk: dict[str, str]) -> None:
    page = zhou.page(f"{DESK}/line/records/{talk['asked']}")
    assert f"/talk/records/{talk['talk']}?tab=chat&amp;at={talk['asked']}" in page


def test_a_timeline_shows_first_words(zhou: Tab, talk: dict[str, str]) -> None:
    page = zhou.page(f"{DESK}/customer/records/{talk['customer']}?tab=desk.line_of_time")
    assert "能不能先给个报价" in page
    assert "企业微信" in page
    assert "能不能先给个报价" in zhou.page(f"{DESK}/talk?view=line_of_time")


# -- evidence and channels -----------------------------------------------------------------------------


def test_an_archived_record_shows_and_gives_its_proof(
    zhou: Tab, runtime: Runtime, talk: dict[str, str]
) -> None:
    runtime.ledger.integrate()
    path = f"{DESK}/line/records/{talk['asked']}"
    assert "已存证" in zhou.page(path)
    found: dict[str, Any] = json.loads(zhou.page(f"{path}/proof?download=1"))
    assert found["leaf_hash"] in zhou.page(f"{path}/proof")
    assert found["inclusion"] is not None
    assert zhou.get(f"{DESK}/customer/records/{talk['customer']}/proof").status_code == 404


def test_only_those_who_may_start_a_verification(sign_in: Callable[[str], Tab], zhou: Tab) -> None:
    assert "立即校验" not in zhou.page("/evidence")
    assert zhou.post("/evidence/verify").status_code == 403
    assert "立即校验" in sign_in("wei").page("/evidence")


@pytest.mark.parametrize("path", ["/apps/desk/channels", "/apps/desk/channels/nothing"])
def test_channels_are_for_their_managers(zhou: Tab, sign_in: Callable[[str], Tab], path: str) -> None:
    assert zhou.get(path).status_code == 403
    assert sign_in("wei").get(path).status_code == (200 if path.endswith("channels") else 404)


# -- errors, headers, weight ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        (f"{DESK}/nothing", 404),
        (f"{DESK}/customer/records/999999", 404),
        ("/apps/nothing/search", 404),
    ],
)
def test_errors_are_kind_pages(zhou: Tab, path: str, status: int) -> None:
    answer = zhou.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "error-page" in answer.text


def test_pages_allow_no_foreign_or_inline_script(zhou: Tab) -> None:
    policy = zhou.get("/").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_page_that_did_not_change_is_not_sent_again(zhou: Tab) -> None:
    tag = zhou.get("/evidence").headers["etag"]
    assert zhou.get("/evidence", headers={"if-none-match": tag}).status_code == 304


def test_static_files_are_kept_for_ever_under_their_version(zhou: Tab) -> None:
    url = re.findall(r'href="(/static/[^"]+base.css)"', zhou.page("/"))[0]
    assert "immutable" in zhou.get(url).headers["cache-control"]
    assert zhou.get("/static/old/css/base.css").headers["cache-control"] == "no-cache"
    assert zhou.get("/static/x/../../__init__.py").status_code == 404


@pytest.mark.parametrize("path", [f"{DESK}/customer", f"{DESK}/customer/new"])
def test_a_first_visit_weighs_under_100_kB(zhou: Tab, add: Add, path: str) -> None:
    for number in range(60):
        add("customer", name=f"客户 {number}", owner="zhou", tags=["重点", "老客户"])
    page = zhou.page(path)
    scripts = " ".join(re.findall(r'data-controller="([^"]+)"', page)).split()
    urls = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    base = next(url for url in urls if url.endswith("js/main.js")).removesuffix("main.js")
    urls |= {f"{base}controllers/{name.replace('-', '_')}_controller.js" for name in scripts}
    urls |= {f"{base}lib/{path.name}" for path in (STATIC / "js/lib").glob("*.js")}
    answers = [zhou.get(url, headers={"accept-encoding": "gzip"}) for url in urls]
    assert all(answer.status_code == 200 for answer in answers)
    packed = len(gzip.compress(page.encode(), 3))
    assert packed < len(page.encode()) < 100_000
    assert packed + sum(int(answer.headers["content-length"]) for answer in answers) < 100_000


# -- without scripts -----------------------------------------------------------------------------------


def test_a_page_without_scripts_deletes_takes_back_and_names(runtime: Runtime, zhou: Tab) -> None:
    document = copy.deepcopy(dict(runtime.applications.document("desk")))
    document["roles"][0]["forms"]["customer"]["actions"].append("delete")
    runtime.applications.publish(None, document, "system")
    viewer = runtime.require_viewer("zhou")
    rows = [{"name": f"无脚本{number}"} for number in range(3)]
    made = runtime.records.create(viewer, "desk", "customer", rows)
    assert 'form="plain-bulk"' in zhou.page(f"{DESK}/customer")
    gone = zhou.post(f"{DESK}/customer/bulk", {"kind": "delete", "record": made[:2]})
    assert gone.status_code == 303
    page = zhou.page(gone.headers["location"])
    assert "已删除 2 条记录" in page
    assert "无脚本0" not in page
    (together,) = re.findall(r'name="together" value="([^"]+)"', page)
    back = zhou.post(f"{DESK}/customer/recycle-bin/restore", {"together": together})
    assert back.headers["location"] == f"{DESK}/customer"
    assert "无脚本0" in zhou.page(f"{DESK}/customer")
    alone = zhou.post(f"{DESK}/customer/records/{made[2]}/delete")
    assert re.search(r'name="together" value="([^"]+)"', zhou.page(alone.headers["location"]))
    record = f"{DESK}/customer/records/{made[0]}"
    assert f'href="{record}/people?as=page"' in zhou.page(f"{record}?tab=history")
    names = zhou.page(f"{record}/people?as=page")
    (name, *_) = re.findall(r"<li>@([^<]+)</li>", names)
    zhou.post(f"{record}/comments", {"text": f"请 @{name} 看看"})
    assert f'<span class="named">@{name}</span>' in zhou.page(f"{record}?tab=history")
