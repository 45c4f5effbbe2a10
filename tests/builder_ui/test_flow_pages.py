"""A request from its form to its end, on the pages of everybody concerned."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.runtime import Runtime
from tests.builder_ui.desk import Tab
from tests.builder_ui.office import open_office

LEAVE = "/apps/office/forms/leave"
File = Callable[..., str]


@pytest.fixture
def office(runtime: Runtime) -> Runtime:
    open_office(runtime)
    return runtime


@pytest.fixture
def tab(office: Runtime) -> Callable[[str], Tab]:
    return lambda person: Tab(office, person)


@pytest.fixture
def file(office: Runtime) -> File:
    """zhou asks for leave; the record's address."""
    applicant = Tab(office, "zhou")

    def submit(days: int = 5, **more: Any) -> str:
        values = {"kind": "年假", "days": str(days), "reason": "回老家看望父母", **more}
        answer = applicant.post(LEAVE, values)
        assert answer.status_code == 303, answer.text
        address = str(answer.headers["location"])
        assert address.endswith("?tab=flow")  # whoever asks sees where it stands
        return address.removesuffix("?tab=flow")

    return submit


def open_task(tab: Tab) -> str:
    (task,) = re.findall(r'class="task-line" href="(/tasks/\d+)"', tab.page("/tasks"))
    return str(task)


def boxes(page: str) -> dict[str, str]:
    """The nodes of the picture and how they are lit."""
    found = re.findall(r'<g class="box (\w+)".*?<text class="name"[^>]*>([^<]+)', page, re.DOTALL)
    return {name: state for state, name in found}


def facts(page: str) -> list[str]:
    found = re.search(r'class="fields task-facts">(.*?)<div class="decide-bar"', page, re.DOTALL)
    return re.findall(r'<div class="label">([^<]+)', found[1]) if found else []


def test_the_form_says_who_would_be_asked(tab: Callable[[str], Tab]) -> None:
    zhou = tab("zhou")
    assert "提交后由 王磊 审批" in zhou.page(LEAVE + "/new")
    question = {"seq": 1, "values": {"days": ["5"]}, "changed": ["days"]}
    headers = {"x-csrf-token": zhou.csrf, "accept": "application/json"}
    answer = zhou.client.post(LEAVE + "/state", json=question, headers=headers).json()
    assert answer["way"] == "提交后由 王磊 → 魏然 审批"
    assert 'data-state-target="way"' not in zhou.page("/apps/office/forms/deal/new")


def test_the_applicant_sees_where_it_stands(tab: Callable[[str], Tab], file: File) -> None:
    page = tab("zhou").page(file() + "?tab=flow")
    assert boxes(page) == {
        "发起": "done", "经理审批": "waiting", "超过三天": "ahead", "总监审批": "ahead", "通过": "ahead",
        "驳回": "ahead",
    }  # fmt: skip
    assert "等待 王磊" in page
    assert "天数 &gt; 3" in page  # the condition as people say it
    assert "催办" in page
    assert "撤回" in page
    assert "去审批" not in page


def test_the_card_has_the_facts_the_designer_chose(tab: Callable[[str], Tab], file: File) -> None:
    file()
    wang = tab("wang")
    page = wang.page(open_task(wang))
    assert facts(page) == ["申请人", "类别", "天数", "事由", "费用"]
    assert re.findall(r'name="outcome" value="(\w+)"', page) == ["approve", "reject", "return"]
    assert boxes(page)["经理审批"] == "waiting"


def test_two_levels_approve_and_everybody_sees_it(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    wang, wei, zhou = tab("wang"), tab("wei"), tab("zhou")
    wang.post(open_task(wang) + "/close", {"outcome": "approve"})
    lit = boxes(zhou.page(record + "?tab=flow"))
    assert (lit["经理审批"], lit["超过三天"], lit["总监审批"]) == ("done", "done", "waiting")
    wei.post(open_task(wei) + "/close", {"outcome": "approve"})
    page = zhou.page(record + "?tab=flow")
    assert boxes(page)["驳回"] == "skipped"
    assert "已通过" in page
    assert "撤回" not in page
    assert "已通过" in zhou.page("/requests")


def test_a_short_leave_needs_one_level(tab: Callable[[str], Tab], file: File) -> None:
    record = file(days=3)
    wang = tab("wang")
    wang.post(open_task(wang) + "/close", {"outcome": "approve"})
    assert boxes(tab("zhou").page(record + "?tab=flow"))["总监审批"] == "skipped"


def test_ones_last_reasons_are_offered_again(tab: Callable[[str], Tab], file: File) -> None:
    wang = tab("wang")
    for reason in ("理由不足", "人手不够", "请改期", "月底再说"):
        file()
        refused = wang.post(open_task(wang) + "/close", {"outcome": "reject"})
        assert refused.status_code == 422
        wang.post(open_task(wang) + "/close", {"outcome": "reject", "comment": reason})
    file()
    page = wang.page(open_task(wang))
    assert re.findall(r'data-decide-text-param="([^"]+)"', page)[:3] == ["月底再说", "请改期", "人手不够"]
    assert "理由不足" not in page
    assert "月底再说" in tab("zhou").page("/notifications") or "被驳回" in tab("zhou").page("/notifications")


def test_what_was_sent_back_is_changed_and_handed_in_again(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    wang, zhou = tab("wang"), tab("zhou")
    wang.post(open_task(wang) + "/close", {"outcome": "return", "comment": "写明日期"})
    page = zhou.page(open_task(zhou))
    assert "写明日期" in page
    assert f'href="{record}/edit"' in page
    assert "等待您修改" in zhou.page("/requests")
    changed = {"kind": "年假", "days": "2", "reason": "回老家,2 月 3 日起"}
    assert zhou.post(record, changed).status_code == 303
    assert "重新提交" in zhou.page(record + "?tab=flow")
    zhou.post(f"{record}/flow", {"action": "resubmit"})
    assert boxes(zhou.page(record + "?tab=flow"))["经理审批"] == "waiting"
    assert "2 月 3 日起" in wang.page(open_task(wang))


def test_the_applicant_withdraws_and_reminds(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    zhou, wang = tab("zhou"), tab("wang")
    assert zhou.post(f"{record}/flow", {"action": "remind"}).headers["location"] == f"{record}?tab=flow"
    assert "催办" in wang.page("/notifications")
    zhou.post(f"{record}/flow", {"action": "withdraw", "comment": "行程取消"})
    assert "已撤回" in zhou.page("/requests")
    assert "都办完了" in wang.page("/tasks")


def test_a_comment_is_seen_by_all_and_comes_back_to_the_to_do(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    wang = tab("wang")
    task = open_task(wang)
    answer = wang.post(f"{record}/flow", {"action": "comment", "comment": "机票订了吗?", "next": task})
    assert answer.headers["location"] == task
    assert "机票订了吗?" in wang.page(task)
    assert "机票订了吗?" in tab("zhou").page(record + "?tab=flow")


def test_others_are_added_and_it_comes_back(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    wang, wei, cheng, zhou = tab("wang"), tab("wei"), tab("cheng"), tab("zhou")
    assert "加签" not in wang.page(open_task(wang))  # his node does not say so
    wang.post(open_task(wang) + "/close", {"outcome": "approve"})
    mine = open_task(wei)
    assert re.findall(r'type="radio" name="outcome" value="(\w+)"', wei.page(mine)) == [
        "add_before",
        "add_after",
    ]
    refused = wei.post(mine + "/close", {"outcome": "add_before", "to": "zhou"})
    assert refused.status_code == 403
    assert "不能审批自己的申请" in refused.text
    wei.post(mine + "/close", {"outcome": "add_before", "comment": "人手够吗？", "to": ["", "cheng"]})
    page = zhou.page(record + "?tab=flow")
    assert "程维嘉 → 魏然" in page  # in the picture, whose turn it is and who comes then
    assert re.search("前加签.{0,3}程维嘉", page)
    page = cheng.page(open_task(cheng))
    assert "魏然 请您先审批" in page
    assert "人手够吗？" in page
    cheng.post(open_task(cheng) + "/close", {"outcome": "approve"})
    assert "加签的人已同意" in wei.page(open_task(wei))
    assert open_task(wei) != mine
    wei.post(open_task(wei) + "/close", {"outcome": "approve"})
    assert "已通过" in zhou.page(record + "?tab=flow")


def test_who_stands_in_decides_for_one_who_is_away(
    tab: Callable[[str], Tab], file: File, office: Runtime
) -> None:
    wang, cheng = tab("wang"), tab("cheng")
    today = office.clock.now().date()
    refused = wang.post("/me/absences", {"first": str(today), "last": str(today), "delegate": "wang"})
    assert refused.status_code == 422
    assert "不能由自己代理" in refused.text
    days = {"first": str(today), "last": str(today + timedelta(days=2)), "delegate": ["", "cheng"]}
    assert wang.post("/me/absences", days).headers["location"] == "/me?done=away#absence"
    record = file()
    assert "由 程维嘉 代理" in wang.page("/me")
    assert "您正在代理 王磊" in cheng.page("/me")
    assert "代 王磊" in cheng.page("/tasks")
    assert "代 王磊 办理" in cheng.page(open_task(cheng))
    cheng.post(open_task(cheng) + "/close", {"outcome": "approve"})
    assert "程维嘉（代 王磊）" in tab("zhou").page(record + "?tab=flow")
    (number,) = re.findall(r'name="absence" value="(\d+)"', wang.page("/me"))
    wang.post("/me/absences/end", {"absence": number})
    assert "由 程维嘉 代理" not in wang.page("/me")


def test_nobody_else_acts_or_looks(tab: Callable[[str], Tab], file: File) -> None:
    record = file()
    cheng, wei = tab("cheng"), tab("wei")
    for stranger in (cheng, wei):
        assert stranger.get(record + "?tab=flow").status_code in (403, 404)
        for action in ("withdraw", "approve", "comment"):
            refused = stranger.post(f"{record}/flow", {"action": action, "comment": "x"})
            assert refused.status_code in (403, 404), action
    zhou = tab("zhou")
    assert zhou.post(f"{record}/flow", {"action": "approve"}).status_code in (403, 404, 409, 422)
    assert boxes(zhou.page(record + "?tab=flow"))["经理审批"] == "waiting"


def test_it_is_not_handed_on_to_the_applicant(tab: Callable[[str], Tab], file: File) -> None:
    file()
    wang = tab("wang")
    task = open_task(wang)
    refused = wang.post(f"{task}/transfer", {"to": "zhou"})
    assert refused.status_code in (403, 409, 422)
    assert 'role="alert"' in refused.text
    assert open_task(wang) == task


def test_my_requests_say_whom_they_wait_for(tab: Callable[[str], Tab], file: File) -> None:
    zhou = tab("zhou")
    page = zhou.page("/requests")
    assert "这里没有申请" in page
    assert f'href="{LEAVE}/new"' in page
    record = file()
    page = zhou.page("/apps/office/requests")
    assert f'href="{record}?tab=flow"' in page
    assert "等待 王磊" in page
    assert record in zhou.page("/requests?state=running")
    assert record not in zhou.page("/requests?state=ended")
    assert record not in tab("wang").page("/requests")


def test_a_notification_leads_there_and_is_read(tab: Callable[[str], Tab], file: File) -> None:
    record = file(days=2)
    wang, zhou = tab("wang"), tab("zhou")
    assert 'aria-label="通知：1 条未读"' in wang.page("/")
    task = open_task(wang)
    (notice,) = re.findall(r'href="(/notifications/\d+)"', wang.page("/notifications/panel"))
    assert wang.get(notice).headers["location"] == task
    assert 'aria-label="通知：0 条未读"' in wang.page("/live")
    wang.post(f"{task}/close", {"outcome": "approve"})
    (notice,) = re.findall(r'href="(/notifications/\d+)"', zhou.page("/notifications?unread=yes"))
    assert zhou.get(notice).headers["location"] == record
    assert wang.get(notice).status_code == 404


def test_all_are_read_at_once(tab: Callable[[str], Tab], file: File) -> None:
    file(), file()
    wang = tab("wang")
    assert wang.page("/notifications").count('class="unread"') == 2
    answer = wang.post("/notifications/read", {"next": "//evil.example"})
    assert answer.headers["location"] == "/notifications"
    assert 'class="unread"' not in wang.page("/notifications")
    assert "没有未读" in wang.page("/notifications?unread=yes")
