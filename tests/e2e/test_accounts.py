"""A session that ends while somebody types; the second factor from the own account; all in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from engine.accounts.providers import Provider
from engine.outgoing import Allowed
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD
from tests.e2e.browsing import Tab, serving
from tests.engine.accounts.provider import NEEDS_PROVIDER, SECRET, free_port, provider_running

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


def test_a_second_factor_from_the_account_page_to_the_next_sign_in(runtime: Runtime, desk: Open) -> None:
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


@pytest.fixture
def provider(runtime: Runtime) -> Provider:
    """Entered, not offered yet; the house keeps the world's time and may ask this machine."""
    runtime.movable_clock.set(datetime.now(UTC))
    runtime.outgoing.allowed = Allowed.read(["127.0.0.1"])
    entered = Provider(0, "总部登录", f"http://127.0.0.1:{free_port()}", "muniment", SECRET, enabled=False)
    number = runtime.accounts.single_sign_on.save(runtime.require_viewer("zhou"), entered)
    return replace(entered, id=number)


def there(page: Page, name: str) -> None:
    """On the provider's own pages: who one is, and that Muniment may know."""
    page.fill("[name=login]", name)
    page.fill("[name=password]", "anything")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


@pytest.mark.parametrize("_", [pytest.param(None, marks=NEEDS_PROVIDER)], ids=["real"])
def test_linking_an_identity_and_signing_in_with_it(
    browser: Browser, runtime: Runtime, provider: Provider, _: None
) -> None:
    with serving(runtime) as address:
        back = f"{address}/sign-in/with/{provider.id}/back"
        with provider_running(back, int(provider.issuer.rpartition(":")[2])):
            runtime.accounts.single_sign_on.save(
                runtime.require_viewer("zhou"), replace(provider, enabled=True)
            )
            tab = Tab(browser, address).sign_in("zhou", PASSWORD)
            page = tab.open("/me")
            page.locator("#identities summary").click()
            page.fill("#identities [name=old]", PASSWORD)
            page.click("#identities button")
            page.wait_for_url(f"{provider.issuer}/**")
            there(page, "private")
            page.wait_for_url(f"{address}/me**")
            expect(page.locator("#identities strong")).to_have_text("总部登录")
            runtime.accounts.end_sessions(runtime.require_viewer("zhou"), "zhou")
            page = tab.open("/tasks")
            page.get_by_role("link", name="用总部登录登录").click()
            page.wait_for_url(f"{address}/tasks")
            tab.context.close()  # the provider's own pages complain of fonts they do not find
