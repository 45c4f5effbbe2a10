"""A session that ends while somebody types; the second factor from the own account; all in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
from playwright.sync_api import Page, expect

from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD
from tests.e2e.browsing import Tab

Open = Callable[..., Tab]
NEW = "/apps/desk/forms/customer/new"


def end_sessions(runtime: Runtime, person: str) -> None:
    runtime.accounts.end_sessions(runtime.require_viewer(person), person)


def sign_in_again(page: Page, password: str = PASSWORD) -> None:
    page.locator("dialog.again [name=password]").fill(password)
    page.locator("dialog.again button.primary").click()


def test_a_session_that_ends_while_typing_loses_nothing(runtime: Runtime, desk: Open) -> None:
    page = desk("zhou").open(NEW)
    page.fill("[name=name]", "南京云帆精密")
    end_sessions(runtime, "zhou")
    page.click(".save-bar button.primary")
    dialog = page.locator("dialog.again")
    expect(dialog.locator("[name=person]")).to_have_value("zhou")
    sign_in_again(page, "wrong")
    expect(dialog.locator("[role=alert]")).to_contain_text("账号或密码不正确")
    sign_in_again(page)
    page.wait_for_url("**/records/*")
    expect(page.locator("h1")).to_contain_text("南京云帆精密")


def test_putting_it_off_keeps_the_page_and_a_second_window_counts(runtime: Runtime, desk: Open) -> None:
    tab = desk("zhou")
    page = tab.open(NEW)
    page.fill("[name=name]", "无锡晶澄光伏")
    end_sessions(runtime, "zhou")
    page.click(".save-bar button.primary")
    page.locator("dialog.again button.plain").click()
    expect(page.locator("dialog.again")).to_have_count(0)
    expect(page.locator("[name=name]")).to_have_value("无锡晶澄光伏")
    page.click(".save-bar button.primary")
    with tab.context.expect_page() as opened:
        page.locator("dialog.again a").click()
    other = opened.value
    other.fill("[name=person]", "zhou")
    other.fill("[name=password]", PASSWORD)
    other.click("form button.primary")
    other.wait_for_url(lambda url: "/sign-in" not in url)
    other.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_url("**/records/*")
    expect(page.locator("h1")).to_contain_text("无锡晶澄光伏")


def test_a_second_factor_from_the_account_page_to_the_next_sign_in(
    runtime: Runtime, desk: Open
) -> None:
    tab = desk("zhou")
    page = tab.open("/me")
    page.locator("#factor summary").click()
    page.locator("#factor [name=old]").fill(PASSWORD)
    page.locator("#factor button.primary").click()
    page.wait_for_url("**/me/second-factor")
    totp = pyotp.TOTP(page.locator(".secret-text code").text_content() or "")
    page.fill("[name=code]", totp.at(runtime.clock.now()))
    page.click("ol.set-up button.primary")
    codes = (page.locator(".recovery pre").text_content() or "").split()
    assert len(codes) == 10
    page.get_by_role("link", name="我已保存好").click()
    expect(page.locator("#factor .chip")).to_have_text("已启用")

    end_sessions(runtime, "zhou")
    page = tab.open("/me")
    page.fill("[name=person]", "zhou")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.fill("[name=code]", codes[0])
    page.click("form button.primary")
    page.wait_for_url("**/me")

    end_sessions(runtime, "zhou")
    page.locator("#tokens summary").click()
    page.locator("#tokens [name=name]").fill("夜间导入")
    page.locator("#tokens [name=old]").fill(PASSWORD)
    page.locator("#tokens button.primary").click()
    sign_in_again(page)
    page.locator("dialog.again [name=code]").fill(codes[1])
    page.locator("dialog.again button.primary").click()
    expect(page.locator("#tokens .secret-text code")).to_contain_text("mun_")
