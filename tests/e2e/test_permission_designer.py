"""The permission and the menu designer in a real browser: presets, single fields, who gains and loses, undo across
reloads; a menu made by mouse and by keys; seeing as somebody and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, expect

from engine.runtime import Runtime
from tests.e2e.conftest import Open
from tests.e2e.designing import drag_in_list


def document(runtime: Runtime) -> Mapping[str, Any]:
    return runtime.designing.open(runtime.require_viewer("cheng"), "desk").document


def saved(page: Page) -> None:
    expect(page.locator("[data-design-frame-target=saved][data-state=saved]")).to_contain_text("已保存")


def menu(page: Page, *labels: str) -> None:
    expect(page.locator(".menu-item .strong")).to_have_text(list(labels))


def test_roles_and_forms(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    page.goto("/design/desk/permissions")
    effects = page.locator(".effects-list")
    expect(effects).to_contain_text("没有人得到或失去权限")
    page.select_option("#p-auditor-customer", "read_all")
    expect(effects).to_contain_text("可以看到这个表单")
    expect(effects).to_contain_text("魏然")
    expect(page.locator("#p-seller-wish option[value=own]")).to_be_disabled()

    page.fill("#new-role", "客服主管")
    page.press("#new-role", "Enter")
    expect(page.locator("#role-label")).to_have_value("客服主管")
    page.locator("#form-talk .form-name").click()
    page.check("#a-talk-update")
    page.locator("#form-talk .expression-builder button").first.click()
    expect(page.locator("#form-talk [data-node=test]")).to_be_visible()
    page.check('[name="f-talk-summary"][value="hide"]')
    saved(page)
    expect(page.locator("#form-talk tr.own")).to_contain_text("摘要")
    role = document(runtime)["roles"][-1]
    assert role["id"] == "ke_fu_zhu_guan"
    assert role["forms"]["talk"]["fields"] == {"summary": "hide"}

    page.reload()
    undo = page.get_by_role("button", name="撤销", exact=True)
    expect(undo).to_have_attribute("title", re.compile("客服主管：会话的“摘要”"))
    undo.click()
    expect(page.locator('[name="f-talk-summary"][value="write"]')).to_be_checked()
    expect(page.locator("#form-talk")).to_have_attribute("open", "")
    page.check("#unmask-on")
    page.fill("#unmask-minutes", "15")
    page.press("#unmask-minutes", "Tab")
    page.check("#glass-on")
    page.check("[data-holder=emergency][data-name='role:auditor']")
    with page.expect_response(lambda answer: "manager:me" not in (answer.request.post_data or "manager:me")):
        page.uncheck("[data-holder=emergency][data-name='manager:me']")
    saved(page)
    role = document(runtime)["roles"][-1]
    assert role["unmask"] == {"minutes": 15}
    assert role["emergency"] == {"forms": ["line"], "hours": 4, "alarm": ["role:auditor"]}
    page.click(".role-line:has-text('审计')")
    expect(page.locator(".uses")).to_contain_text("被 1 个角色使用 · 1 人持有")
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator(".role-line", has_text="审计")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("被 1 个角色使用 · 1 人持有")
    page.locator(".toast button").click()
    expect(page.locator("#role-label")).to_have_value("审计")
    page.click(".role-line:has-text('客服主管')")
    expect(page.locator(".uses")).to_contain_text("没有别处用到它")
    page.get_by_role("button", name="删除", exact=True).click()
    expect(page.locator(".role-line", has_text="客服主管")).to_have_count(0)
    page.locator(".toast button").click()
    expect(page.locator("#role-label")).to_have_value("客服主管")


def test_a_menu_by_mouse_and_by_keys(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    page.goto("/design/desk/menu")
    page.get_by_role("button", name="从全部表单和看板开始").click()
    menu(page, "客户", "会话", "消息", "查阅申请")
    drag_in_list(page, page.locator('[data-part="0.0"]'), page.locator('[data-part="0.2"]'), below=True)
    menu(page, "会话", "消息", "客户", "查阅申请")
    drag_in_list(page, page.locator(".menu-tile", has_text="待办"), page.locator('[data-part="0.0"]'))
    menu(page, "待办", "会话", "消息", "客户", "查阅申请")

    page.locator('[data-part="0.4"]').focus()
    page.keyboard.press("Alt+ArrowUp")
    menu(page, "待办", "会话", "消息", "查阅申请", "客户")
    expect(page.locator('[data-part="0.3"]')).to_be_focused()
    page.keyboard.press("Delete")
    menu(page, "待办", "会话", "消息", "客户")
    expect(page.locator('[data-part="0.3"]')).to_be_focused()
    page.keyboard.press("Control+z")
    menu(page, "待办", "会话", "消息", "查阅申请", "客户")

    page.get_by_role("button", name="外部网站链接").press("Enter")
    page.fill("#menu-link", "http://example.cn")
    page.press("#menu-link", "Tab")
    expect(page.locator(".menu-panel .card-problems")).to_contain_text("https://")
    page.fill("#menu-link", "https://example.cn/help")
    page.press("#menu-link", "Tab")
    expect(page.locator(".menu-panel .card-problems")).to_have_count(0)
    page.locator("#menu-icon").click()
    page.get_by_label("搜索图标").fill("pingjia")  # a word it is found by
    expect(page.locator(".icon-list [aria-selected=true]")).to_have_attribute("data-name", "star")
    page.keyboard.press("Enter")
    saved(page)
    link = document(runtime)["menus"][0]["items"][4]
    assert (link["link"], link["icon"]) == ("https://example.cn/help", "star")
    runtime.designing.publish(runtime.require_viewer("cheng"), "desk", runtime.drafts.open("desk").revision)
    seller = desk("zhou").page
    seller.goto("/apps/desk/forms/talk")
    outside = seller.locator(".side a[href='https://example.cn/help']")
    expect(outside).to_have_attribute("rel", "noopener noreferrer")


def test_seeing_as_somebody_and_back(desk: Open) -> None:
    page = desk("cheng").page
    page.goto("/see-as?app=desk")
    page.locator("input[role=combobox]").fill("zj")
    page.locator("[role=option]", has_text="周婧").click()
    page.fill("textarea", "核对客户权限")
    page.get_by_role("button", name="开始查看").click()
    expect(page.locator(".looking")).to_contain_text("您正以周婧的身份查看")
    page.goto("/tasks")
    expect(page.locator("main")).to_contain_text("不在其中")
    page.get_by_role("button", name="回到自己").click()
    expect(page.locator(".looking")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("以某人身份查看")
