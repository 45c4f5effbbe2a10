"""What rules show to people: the log for those who may see it, and buttons on a record."""

from __future__ import annotations

import re

import pytest

from engine.access.people import Membership
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab
from tests.builder_ui.office import open_office

LOG = "/apps/office/rule-log"
DEAL = "/apps/office/forms/deal"


@pytest.fixture
def office(runtime: Runtime) -> Runtime:
    open_office(runtime)
    return runtime


@pytest.fixture
def clerk(office: Runtime) -> Tab:
    return Tab(office, "zhou")


@pytest.fixture
def keeper(office: Runtime) -> Tab:
    return Tab(office, "cheng")


def new_deal(tab: Tab, **values: str) -> str:
    answer = tab.post(DEAL, {"name": "恒锐", **values})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rsplit("/", 1)[1].split("?")[0]


def test_every_run_is_told_in_sentences(clerk: Tab, keeper: Tab) -> None:
    new_deal(clerk, words="请给个报价")
    page = keeper.page(LOG)
    assert "重要线索" in page
    assert "看了 1 条记录，命中 1 条。" in page
    assert "给 1 条记录加了标签" in page
    assert "派出 1 条待办" in page
    assert "CONTAINS_ANY(words, &#39;报价&#39;)" in page
    assert "恒锐" not in page  # a keeper of definitions reads no record


def test_it_says_of_each_record_why_and_what(office: Runtime, clerk: Tab, keeper: Tab) -> None:
    """For whoever may read the record: cheng keeps the definitions, and reads leads from here on."""
    deal = new_deal(clerk, words="请给个报价")
    roles = [Membership("office", role, "person", "cheng") for role in ("clerk", "keeper")]
    office.database.write(lambda unit: office.people.save_memberships(unit, roles))
    page = re.sub(r"<[^>]*>", "", keeper.page(f"{LOG}?rule=follow&record={deal}"))
    assert "恒锐 原因： “原话”里有“报价”" in page
    assert "给 1 条记录加了标签（标签 = 重要）；派出 1 条待办" in page


def test_the_log_is_filtered_by_rule_and_outcome(clerk: Tab, keeper: Tab) -> None:
    new_deal(clerk, words="请给个报价")
    assert 'class="run"' in keeper.page(f"{LOG}?rule=follow&outcome=done")
    for nothing in ("rule=star", "outcome=failed", "rule=follow&outcome=failed"):
        page = keeper.page(f"{LOG}?{nothing}")
        assert 'class="run"' not in page
        assert "没有符合的运行" in page


def test_the_log_is_for_who_designs_or_audits(clerk: Tab, keeper: Tab) -> None:
    assert clerk.get(LOG).status_code == 403
    assert LOG not in clerk.page(DEAL)
    assert "还没有规则运行过" in keeper.page(LOG)
    assert f'href="{LOG}"' in keeper.page(LOG)


TRY = "/apps/office/rules/follow/try"


def read(page: str) -> str:
    """Its words, without any blank."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", page))


def test_a_rule_is_tried_and_nothing_is_written(office: Runtime, clerk: Tab) -> None:
    new_deal(clerk, words="请给个报价")
    new_deal(clerk, words="您好", name="海沧")
    before = office.rules.log(office.require_viewer("cheng"), "office")
    page = read(clerk.page(TRY))
    assert "2看过的记录1会命中·50.0%" in page
    assert "真正运行的话：给1条记录加了标签，派出1条待办。" in page
    assert "恒锐原因：“原话”里有“报价”会做：给1条记录加了标签（标签=重要）；派出1条待办" in page
    assert "海沧未命中：“原话”里没有要找的词" in page
    assert office.rules.log(office.require_viewer("cheng"), "office") == before


def test_the_rules_are_listed_for_who_may_try_them_or_sees_the_log(clerk: Tab, keeper: Tab) -> None:
    page, kept = clerk.page("/apps/office/rules"), keeper.page("/apps/office/rules")
    assert f'href="{TRY}"' in page
    assert "CONTAINS_ANY" not in page
    assert LOG not in page
    assert "CONTAINS_ANY" in kept
    assert TRY not in kept  # he reads no record
    assert f"{LOG}?rule=follow" in kept
    assert keeper.get(TRY).status_code == 403
    assert "没有叫这个名称的规则" in clerk.page("/apps/office/rules?q=nichts")
    assert f'href="{TRY}"' in clerk.page("/apps/office/rules?q=zyxs")


def test_a_button_of_a_rule_is_pressed(clerk: Tab) -> None:
    deal = new_deal(clerk)
    address = f"{DEAL}/records/{deal}"
    page = clerk.page(address)
    assert "加星标" in page
    answer = clerk.post(f"{address}/press/star")
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "星标" in re.sub("加星标", "", clerk.page(address))


def test_only_who_reads_the_record_presses(clerk: Tab, keeper: Tab) -> None:
    deal = new_deal(clerk)
    assert keeper.post(f"{DEAL}/records/{deal}/press/star").status_code in (403, 404)
    assert clerk.post(f"{DEAL}/records/{deal}/press/follow").status_code in (403, 404, 422)


def test_a_to_do_of_a_rule_is_closed_and_the_next_rule_hears_it(clerk: Tab, office: Runtime) -> None:
    deal = new_deal(clerk, words="请给个报价")
    wang = Tab(office, "wang")
    page = wang.page("/tasks")
    assert "跟进线索:恒锐" in page
    assert "重要线索" in page
    (task,) = re.findall(r'href="/tasks/(\d+)"', page)
    assert "请给个报价" in wang.page(f"/tasks/{task}")
    wang.post(f"/tasks/{task}/close", {"outcome": "confirm"})
    assert "关键" in clerk.page(f"{DEAL}/records/{deal}")
