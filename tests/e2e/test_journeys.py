"""What the spine promises, walked in a real browser on the flagship's sample data."""

from __future__ import annotations

import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Open

APP = "/apps/conversation_archive"


def total(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


def test_sales04_finds_a_conversation_by_two_characters_and_reads_it(archive: Open) -> None:
    page = archive("sales04").open("/")
    page.keyboard.press("/")
    page.keyboard.type("报价")
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator(".hit mark").first).to_have_text("报价")
    page.locator(".hit").first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".bubble-row.now")).to_be_in_viewport()
    expect(page.locator(".bubble mark").first).to_have_text("报价")
    expect(page.locator(".aside")).to_contain_text("周婧")


def test_sales04_sees_nothing_of_sales02(archive: Open) -> None:
    other = archive("sales02").open(f"{APP}/forms/conversation?view=mine")
    foreign = other.locator("td.main a").first.get_attribute("href") or ""
    theirs = total(other.locator(".total").inner_text())
    assert theirs > 0
    mine = archive("sales04")
    answer = mine.page.goto(foreign)
    assert answer is not None
    assert answer.status == 404
    page = mine.open(f"{APP}/forms/conversation?where=owner:is:sales02")
    assert total(page.locator(".total").inner_text()) == 0


@pytest.mark.parametrize("person", ["it01", "it02"])
def test_who_administers_and_designs_sees_no_content(archive: Open, person: str) -> None:
    tab = archive(person)
    for path in (f"{APP}/forms/message", f"{APP}/forms/conversation", f"{APP}/search?q=报价"):
        answer = tab.page.goto(path)
        assert answer is not None
        assert answer.status == 403 or tab.page.locator(".hit, tbody tr").count() == 0
    assert "HH20" not in tab.open("/").content()


def test_dir01_sees_the_department(archive: Open) -> None:
    page = archive("dir01").open(f"{APP}/forms/conversation?columns=number,owner,last_at")
    everything = total(page.locator(".total").inner_text())
    own = total(archive("sales04").open(f"{APP}/forms/conversation").locator(".total").inner_text())
    assert everything > own > 0
    owners = set(page.locator("tbody .said-as .avatar + span").all_inner_texts())
    assert len(owners) > 2


def test_the_archive_verifies_clean_from_the_page(archive: Open) -> None:
    page = archive("audit01").open("/evidence")
    page.get_by_role("button", name="立即校验").click()
    expect(page.get_by_text("全部记录与存证一致")).to_be_visible(timeout=120_000)
    expect(page.locator(".stat", has_text="异常").locator("b")).to_have_text("0")


def test_a_message_shows_its_proof(archive: Open) -> None:
    page = archive("sales04").open(f"{APP}/forms/conversation?view=mine")
    page.locator("td.main a").first.click()
    page.wait_for_load_state("networkidle")
    bubble = page.locator(".bubble-row").first
    bubble.hover()
    bubble.get_by_role("button", name="此消息的存证").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".hash").first).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_customer_has_one_timeline_and_a_way_to_ask(archive: Open) -> None:
    page = archive("sales04").open("/apps/crm/forms/customer?where=owner:is:sales02")
    page.locator("td.main a").first.click()
    page.get_by_role("link", name="沟通时间线").click()
    page.wait_for_load_state("networkidle")
    ask = page.get_by_role("link", name="申请查阅")
    if ask.count():
        ask.click()
        expect(page.locator("[data-field=scope_customer] .chip")).to_have_count(1)


def test_the_phone_has_cards_a_dock_and_a_drawer(archive: Open) -> None:
    phone = archive("sales04", viewport={"width": 390, "height": 844}, has_touch=True)
    page = phone.open(f"{APP}/forms/conversation")
    expect(page.locator(".dock")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".dock button").click()
    expect(page.get_by_role("navigation", name="客户会话存档")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("td.main a").first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_channel_is_tried_and_its_line_works(archive: Open) -> None:
    tab = archive("it01")
    page = tab.open(f"{APP}/channels/web_chat")
    page.get_by_label("密钥").fill("s3cret")
    page.get_by_role("button", name="设置").click()
    expect(page.locator(".facts")).to_contain_text("已设置")
    page.get_by_role("button", name="立即测试").click()
    expect(page.get_by_text("测试消息已存档。")).to_be_visible()
    line = page.locator("[data-copy-target=text]").inner_text()
    assert "x-signature" in line.lower()
    done = subprocess.run(
        ["bash", "-c", line + " -s -w '%{http_code}'"], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("200"), done
