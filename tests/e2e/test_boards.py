"""Boards in a real browser: drawn, asked, filtered, drilled into and come back to (interactions 22)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from engine.runtime import Runtime
from tests.builder_ui.conftest import furnished_store, store
from tests.builder_ui.desk import PASSWORD
from tests.builder_ui.store import BOARD
from tests.e2e.browsing import serving
from tests.e2e.charts import CHARTS, bars, chart, drawn, middle
from tests.e2e.conftest import Open, tabs

__all__ = ["furnished_store", "store"]


# Widgets something of whose head stands outside of them.
OUTSIDE = """[...document.querySelectorAll('.widget')].filter((widget) => {
  const right = widget.getBoundingClientRect().right;
  return [...widget.querySelectorAll('.widget-head *')].some((part) => part.getBoundingClientRect().right > right);
}).map((widget) => widget.id)"""


@pytest.fixture
def board(browser: Browser, store: Runtime) -> Iterator[Open]:
    """`board("lu")`: a signed-in window on the app of boards."""
    with serving(store) as address:
        yield from tabs(browser, address, PASSWORD)


def total(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".total").inner_text()) or 0)


def test_a_board_opens_and_every_widget_is_drawn(board: Open) -> None:
    page = board("lu").open(BOARD)
    drawn(page)
    for widget in CHARTS:
        assert chart(page, widget).evaluate("(element) => element.querySelectorAll('path, text').length") > 1
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page.locator("#widget-cross tfoot")).to_contain_text("30")
    expect(page.locator("#widget-by_owner")).to_contain_text("一次会话计一次")


def test_frames_come_at_once_and_each_widget_by_itself(board: Open) -> None:
    """The page does not wait for its numbers; a slow one keeps nobody waiting; a failed one says so."""
    page = board("lu").open("/")
    held: list[Route] = []
    page.route("**/widgets/by_day*", lambda route: held.append(route))
    page.route("**/widgets/stages*", lambda route: route.fulfill(status=503, body=""))
    page.goto(BOARD, wait_until="domcontentloaded")
    drawn(page, "by_owner", "hours")
    expect(page.locator("#widget-by_day .skeleton")).to_be_visible()
    expect(page.locator("#widget-stages")).to_contain_text("此组件没有加载成功")
    page.unroute("**/widgets/stages*")
    page.locator("#widget-stages").get_by_role("button", name="重试").click()
    drawn(page, "stages")
    held[0].continue_()
    drawn(page, "by_day")


def test_a_bar_leads_to_its_records_and_back_to_the_same_place(board: Open) -> None:
    page = board("lu").open(BOARD)
    drawn(page)
    page.locator("#filter-channel summary").click()
    page.get_by_role("checkbox", name="企业微信").check()
    expect(page).to_have_url(re.compile("channel=wecom"))
    page.keyboard.press("Escape")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    page.evaluate("scrollTo(0, 640)")
    box = bars(page, "combo")[0]
    page.mouse.move(*middle(box))
    shown = page.locator(".chart-tip").filter(has_text="周婧")
    expect(shown).to_be_visible()
    count = int(shown.locator(".tip-row strong").first.inner_text())
    page.mouse.click(*middle(box))
    page.wait_for_url("**/forms/sale?**")
    page.wait_for_load_state("networkidle")
    conditions = page.locator(".condition")
    expect(conditions.filter(has_text="责任人 等于 周婧")).to_be_visible()
    expect(conditions.filter(has_text="企业微信")).to_be_visible()
    expect(conditions.filter(has_text="2026-11-01 – 2026-11-30")).to_be_visible()
    assert total(page) == count == page.locator("tbody tr").count()
    page.go_back()
    page.wait_for_load_state("networkidle")
    drawn(page, "combo")
    assert "channel=wecom" in page.url
    assert page.evaluate("Math.round(scrollY)") == 640
    expect(page.locator(".condition")).to_contain_text("企业微信")


def test_hovering_tells_value_and_share(board: Open) -> None:
    page = board("lu").open(BOARD)
    box = bars(page, "by_owner")[0]
    page.mouse.move(*middle(box))
    tip = page.locator(".chart-tip").filter(has_text="周婧")
    expect(tip).to_contain_text("沟通次数")
    expect(tip).to_contain_text("15")
    expect(tip).to_contain_text("50.0%")
    expect(tip).to_contain_text("上月同期")


def test_a_word_leads_to_the_search_for_it(board: Open) -> None:
    page = board("lu").open(BOARD)
    drawn(page)  # or what is drawn later moves the word from under the pointer
    cloud = chart(page, "words")
    word = cloud.locator("text").filter(has_text="网关").first
    word.scroll_into_view_if_needed()
    word.click()
    page.wait_for_url("**/search?**")
    expect(page.locator(".hit mark").first).to_have_text("网关")
    assert page.locator(".hit").count() == 2


def test_filters_live_in_the_url_and_travel_with_back_and_forward(board: Open) -> None:
    page = board("lu").open(BOARD)
    number = page.locator("#widget-contacts .value")
    expect(number).to_have_text("30")
    page.locator("#filter-period summary").click()
    page.locator("#filter-period").get_by_role("link", name="近 7 天").click()
    expect(page).to_have_url(re.compile("period=last_7_days"))
    expect(number).not_to_have_text("30")
    last = number.inner_text()
    expect(page.locator(".conditions")).to_contain_text("时间 近 7 天")
    page.locator("#filter-period summary").click()
    page.fill("#filter-period [name=since]", "2026-11-10")
    page.fill("#filter-period [name=until]", "2026-11-12")
    page.locator("#filter-period").get_by_role("button", name="应用").click()
    expect(page).to_have_url(re.compile(r"period=2026-11-10\.\.2026-11-12"))
    expect(number).to_have_text("5")
    page.go_back()
    expect(number).to_have_text(last)
    expect(page.locator("#filter-period summary")).to_contain_text("近 7 天")
    page.go_forward()
    expect(number).to_have_text("5")
    page.reload()
    expect(number).to_have_text("5")
    page.locator(".conditions").get_by_role("link", name="重置").click()
    expect(number).to_have_text("30")


def test_choices_are_found_by_pinyin_and_several_may_be_taken(board: Open) -> None:
    page = board("lu").open(BOARD)
    number = page.locator("#widget-contacts .value")
    page.locator("#filter-owner summary").click()
    find = page.locator("#filter-owner input[type=search]")
    find.fill("ouyang")
    expect(page.locator("#filter-owner label:visible")).to_have_count(1)
    find.press("Enter")
    expect(number).to_have_text("10")
    expect(page.locator("#filter-owner .popup")).to_be_visible()
    find.fill("zj")
    find.press("Enter")
    expect(number).to_have_text("25")
    expect(page).to_have_url(re.compile("owner=(ou%2Czhou|zhou%2Cou)"))
    expect(page.locator(".conditions")).to_contain_text("周婧")


def test_late_answers_are_dropped(board: Open) -> None:
    """Three filters in a row; the first one's numbers come last and must not stand."""
    page = board("lu").open(BOARD)
    number = page.locator("#widget-contacts .value")
    expect(number).to_have_text("30")
    held: list[Route] = []
    page.route("**/widgets/contacts?*last_month*", lambda route: held.append(route))
    page.locator("#filter-period summary").click()
    page.locator("#filter-period").get_by_role("link", name="上月").click()
    expect(page.locator("#widget-contacts")).to_have_attribute("aria-busy", "true")
    page.locator("#filter-period summary").click()
    page.locator("#filter-period").get_by_role("link", name="近 7 天").click()
    expect(page.locator("#widget-contacts")).not_to_have_attribute("aria-busy", "true")
    week = number.inner_text()
    for route in held:
        with suppress(Error):  # the page has taken it back
            route.continue_()
    page.wait_for_load_state("networkidle")
    assert number.inner_text() == week != "30"


def test_a_chart_reads_as_a_table_by_keyboard(board: Open) -> None:
    page = board("lu").open(BOARD)
    drawn(page, "by_owner")
    page.locator("#widget-by_owner").get_by_role("button", name="以表格查看").press("Enter")
    table = page.locator("#widget-by_owner .as-table")
    expect(table).to_be_visible()
    expect(table).to_be_focused()
    expect(page.locator("#widget-by_owner .chart")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator("#widget-by_owner td a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/forms/sale?**")
    expect(page.locator(".condition").filter(has_text="周婧")).to_be_visible()
    page.go_back()
    page.locator("#widget-by_owner").get_by_role("button", name="以表格查看").click()
    page.locator("#widget-by_owner").get_by_role("button", name="以图表查看").click()
    drawn(page, "by_owner")
    assert len(bars(page, "by_owner")) == 3


def test_an_empty_widget_leads_to_its_last_data(board: Open) -> None:
    page = board("lu").open(BOARD)
    page.locator("#widget-old").get_by_role("link", name="查看 2025 年 6 月").click()
    expect(page).to_have_url(re.compile("2025-06"))
    drawn(page, "old")
    expect(page.locator("#widget-by_owner")).to_contain_text("没有数据")


def test_the_definition_is_a_click_away(board: Open) -> None:
    page = board("lu").open(BOARD)
    page.locator("#widget-gold").get_by_label("口径").click()
    expect(page.locator("#widget-gold .definition")).to_contain_text("只含客户的级别是重点")
    page.keyboard.press("Escape")
    expect(page.locator("#widget-gold .definition")).to_be_hidden()


def test_nothing_is_drawn_of_what_may_not_be_read(board: Open) -> None:
    page = board("zhou").open(BOARD)
    drawn(page, "by_owner")
    assert len(bars(page, "by_owner")) == 1
    expect(page.locator("#widget-amounts")).to_contain_text("您无权查看")
    expect(page.locator("#widget-amounts .chart")).to_have_count(0)


def test_a_phone_has_one_column_and_nothing_sticks_out(board: Open) -> None:
    shape = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = board("lu", **shape).open(BOARD)
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for widget in ("by_owner", "hours", "cross", "words"):
        box = page.locator(f"#widget-{widget}").bounding_box()
        assert box
        assert (round(box["x"]), round(box["width"])) == (14, 362)
    for heading in page.locator(".widget h2").all():
        heading.evaluate("(heading) => { heading.textContent = '平均首次响应时长'.repeat(4); }")
    assert page.evaluate(OUTSIDE) == []
    target = page.locator("#widget-by_owner .chart")
    target.scroll_into_view_if_needed()
    place = middle(bars(page, "by_owner")[0])
    page.touchscreen.tap(*place)
    expect(page.locator(".chart-tip").filter(has_text="再点一次")).to_be_visible()
    page.touchscreen.tap(*place)
    page.wait_for_url("**/forms/sale?**")


def test_charts_follow_the_scheme_the_size_and_the_wish_for_rest(board: Open) -> None:
    page = board("lu", reduced_motion="reduce").open(BOARD)
    colour = "getComputedStyle(document.body).getPropertyValue('--chart-1').trim()"
    light = page.evaluate(colour)
    assert bars(page, "by_owner")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) != light
    expect(page.locator(f"#widget-by_owner path[fill='{light}']")).to_have_count(0)
    assert bars(page, "by_owner")
    page.set_viewport_size({"width": 1000, "height": 800})
    room = page.locator("#widget-by_owner .chart").evaluate("(element) => element.clientWidth")
    expect(page.locator("#widget-by_owner svg:not(.icon)").first).to_have_attribute("width", str(room))


def test_on_paper_a_board_is_as_wide_as_the_sheet(board: Open, tmp_path: Path) -> None:
    """Its buttons and menus stay away."""
    page = board("lu").open(BOARD)
    drawn(page)
    page.pdf(path=tmp_path / "board.pdf", format="A4")
    assert (tmp_path / "board.pdf").stat().st_size > 20_000
    page.emulate_media(media="print")
    expect(page.locator("#widget-by_owner .tools")).to_be_hidden()
    expect(page.locator(".side")).to_be_hidden()
