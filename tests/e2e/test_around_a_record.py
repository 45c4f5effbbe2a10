"""Around a record in a real browser: deleting and ten seconds to take it back, the recycle bin, comments with @."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from engine.runtime import Runtime
from tests.builder_ui.desk import DESK
from tests.e2e.conftest import Open

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LIST = "/apps/desk/forms/customer"
Add = Callable[..., str]


@pytest.fixture
def customers(runtime: Runtime, add: Add) -> list[str]:
    """Three, whom sellers may delete."""
    document = copy.deepcopy(DESK)
    document["roles"][0]["forms"]["customer"]["actions"].append("delete")
    runtime.applications.publish(None, document, "system")
    return [add("customer", name=name) for name in ("恒锐", "远汀", "博衡")]


def test_deleting_asks_nothing_and_is_taken_back(desk: Open, customers: list[str]) -> None:
    page = desk("zhou").page
    page.goto(f"{LIST}/records/{customers[0]}")
    page.get_by_role("button", name="删除").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text("已删除“恒锐”")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.keyboard.press("u")
    expect(toast).to_have_text("已恢复")
    expect(page.locator("h1")).to_have_text("恒锐")  # where it was deleted
    page.goto(LIST)
    page.locator("thead input[type=checkbox]").check()
    page.locator("form.selection").get_by_role("button", name="删除").click()
    expect(toast).to_contain_text("已删除 3 条记录")
    expect(page.locator("tbody tr")).to_have_count(0)
    toast.get_by_role("button", name="撤销").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="回收站").click()
    expect(page.locator(".empty")).to_contain_text("回收站是空的")


def test_a_phone_brings_back_from_the_recycle_bin(desk: Open, runtime: Runtime, customers: list[str]) -> None:
    zhou = runtime.require_viewer("zhou")
    runtime.recycle_bin.delete(zhou, "desk", "customer", customers[:2])
    page = desk("zhou", **PHONE).page
    page.goto(f"{LIST}/recycle-bin")
    rows = page.locator(".bin-rows > li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("还剩 30 天")
    page.get_by_role("button", name="恢复 恒锐").tap()
    expect(rows).to_have_count(1)
    expect(page.locator(".toast")).to_have_text("已恢复“恒锐”")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_somebody_named_in_a_comment_is_told(desk: Open, customers: list[str]) -> None:
    page = desk("zhou").page
    page.goto(f"{LIST}/records/{customers[0]}?tab=history")
    box = page.get_by_role("combobox", name="评论")
    box.press_sequentially("请 @wl")
    expect(page.locator("#mention-options [role=option]")).to_have_text(["王磊华东"])
    box.press("Enter")
    box.press_sequentially("看看报价")
    expect(box).to_have_value("请 @王磊 看看报价")
    box.press("Control+Enter")
    said = page.locator(".remark")
    expect(said).to_contain_text("请 @王磊 看看报价")
    expect(said.locator(".named")).to_have_text("@王磊")
    expect(box).to_have_value("")
    other = desk("wang").page
    other.goto("/notifications")
    expect(other.locator("main")).to_contain_text("周婧在“客户”的评论中提到了你")
    other.goto(f"{LIST}/records/{customers[0]}?tab=history&only=comments")
    expect(other.locator(".history > li")).to_have_count(1)
    expect(other.get_by_role("button", name="删除这条评论")).to_have_count(0)  # not his
    said.hover()
    page.get_by_role("button", name="删除这条评论").click()
    expect(page.locator(".remark")).to_have_count(0)


def test_without_scripts_the_forms_do_the_same(desk: Open, customers: list[str]) -> None:
    page = desk("zhou", java_script_enabled=False).page
    page.goto(f"{LIST}/records/{customers[0]}?tab=history")
    page.get_by_role("combobox", name="评论").fill("先记一笔")
    page.get_by_role("button", name="发表").click()
    expect(page.locator(".remark")).to_contain_text("先记一笔")
    page.get_by_role("button", name="删除这条评论").click()
    expect(page.locator(".remark")).to_have_count(0)
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator("tbody")).not_to_contain_text("恒锐")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("tbody")).to_contain_text("恒锐")
