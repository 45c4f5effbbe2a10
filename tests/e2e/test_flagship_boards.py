"""The flagship's five boards on its sample data: every widget has something to show, and leads somewhere.

With MUNIMENT_PICTURES set (`make pictures`) the boards, and a conversation, are photographed for the docs.
"""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.charts import bars, middle
from tests.e2e.conftest import Open
from tests.house.source import ROOT

ARCHIVE = "/apps/conversation_archive/reports"
BOARDS = {
    "sales_behaviour": ("dir01", f"{ARCHIVE}/sales_behaviour?period=last_90_days"),
    "service_quality": ("svcm01", f"{ARCHIVE}/service_quality"),
    "sales_process": ("dir01", f"{ARCHIVE}/sales_process"),
    "archive_compliance": ("audit01", f"{ARCHIVE}/archive_compliance"),
    "sales_funnel": ("dir01", "/apps/crm/reports/sales_funnel"),
}
EMPTY_IS_GOOD = {"media_lost"}
BARS = {  # a widget with bars, and whether they say how many records there are
    "sales_behaviour": ("contacts_by_owner", True),
    "service_quality": ("solving", True),
    "sales_process": ("pace", False),
    "archive_compliance": ("purposes", True),
    "sales_funnel": ("months", False),
}


PICTURED, PICTURES = bool(os.environ.get("MUNIMENT_PICTURES")), ROOT / "docs" / "pictures"


def loaded(page: Page) -> None:
    """Every widget has its answer and every chart is drawn."""
    expect(page.locator(".widget[aria-busy=true]")).to_have_count(0, timeout=30_000)
    for chart in page.locator(".widget .chart").all():
        expect(chart).to_have_attribute("data-drawn", "true", timeout=30_000)


@pytest.mark.parametrize("board", BOARDS)
def test_a_board_has_a_shape(archive: Open, board: str) -> None:
    person, path = BOARDS[board]
    page = archive(person).open(path)
    loaded(page)
    assert page.locator(".widget [role=alert]").count() == 0
    empty = {
        widget.get_attribute("id")
        for widget in page.locator(".widget", has=page.locator(".widget-state")).all()
    }
    assert empty <= {f"widget-{one}" for one in EMPTY_IS_GOOD}
    if PICTURED:
        page.screenshot(path=str(PICTURES / f"board_{board}.png"), full_page=True)


@pytest.mark.skipif(not PICTURED, reason="only a picture")
def test_a_conversation_is_found_by_a_word(archive: Open) -> None:
    page = archive("dir01", viewport={"width": 1280, "height": 760}).open(
        "/apps/conversation_archive/search?q=折扣再低点"
    )
    hit = page.locator("main a[href*='find=']").first.get_attribute("href") or ""
    page.goto(re.sub("find=.*", "find=折扣", hit))
    expect(page.get_by_text("1 / 1")).to_be_visible()
    page.screenshot(path=str(PICTURES / "conversation.png"))


@pytest.mark.parametrize("board", BOARDS)
def test_a_number_and_a_bar_lead_to_their_records_and_back(archive: Open, board: str) -> None:
    person, path = BOARDS[board]
    page = archive(person).open(path)
    loaded(page)
    page.get_by_role("button", name="以表格查看").first.click()
    page.locator(".widget .as-table a[href]").filter(visible=True).first.click()
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator(".condition").first).to_be_visible()  # what was asked stands above them
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(path)))
    loaded(page)
    widget, counts = BARS[board]
    page.locator(f"#widget-{widget}").scroll_into_view_if_needed()
    bar = middle(bars(page, widget)[0])
    page.mouse.move(*bar)
    number = _digits(page.locator(".chart-tip").filter(visible=True).locator(".tip-row strong").first)
    page.mouse.click(*bar)
    page.wait_for_url("**/forms/**")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator(".condition").first).to_be_visible()
    found = _digits(page.locator(".total"))
    assert (found == number if counts else found) > 0
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(path)))
    loaded(page)


def _digits(place: Locator) -> int:
    return int(re.sub(r"\D", "", place.inner_text()))


def test_a_warning_on_the_board_begins_a_coaching(archive: Open) -> None:
    page = archive("dir01").open(BOARDS["sales_process"][1])
    loaded(page)
    page.locator("#widget-new_warnings").get_by_role("button", name="辅导").first.click()
    expect(page).to_have_url(re.compile("/forms/coaching/new"))
    assert page.locator("[name=salesperson]").last.input_value().startswith("sales")
    assert page.locator("[name=conversation]").last.input_value()


def test_the_same_board_of_two_people_differs_by_what_they_may_see(archive: Open) -> None:
    def contacts(person: str) -> int:
        page = archive(person).open(BOARDS["sales_behaviour"][1])
        loaded(page)
        return int(re.sub(r"\D", "", page.locator("#widget-contacts .value").inner_text()))

    everybody, one, totals = contacts("dir01"), contacts("sales04"), 0
    assert everybody > one > totals
    page = archive("sales04").open(BOARDS["sales_behaviour"][1])
    loaded(page)
    page.locator("#widget-contacts_by_owner").get_by_role("button", name="以表格查看").click()
    names = page.locator(
        "#widget-contacts_by_owner tbody tr th, #widget-contacts_by_owner tbody tr td:first-child"
    )
    assert "周婧" in " ".join(names.all_inner_texts())
    refused = archive("sales04").page.goto("/apps/conversation_archive/reports/archive_compliance")
    assert refused is not None
    assert refused.status in (403, 404)


def test_a_board_on_a_phone_is_one_column(archive: Open) -> None:
    phone = archive("dir01", viewport={"width": 390, "height": 844}, has_touch=True)
    page = phone.open(BOARDS["sales_behaviour"][1])
    loaded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
