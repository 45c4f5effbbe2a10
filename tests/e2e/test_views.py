"""Tabs of a layout, a kanban, a calendar, and rows like a spreadsheet: with the mouse, by keys, taken back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.builder_ui.counter import ORDERS, open_counter
from tests.builder_ui.workshop import APP, JOBS, open_workshop

SHOTS = os.environ.get("MUNIMENT_SHOTS", "")
WORK = [("磨床大修", "new", "2026-11-23", "2026-11-25"), ("铣床换刀", "doing", "2026-11-02", "2026-11-20"),
        ("车床验收", "done", "2026-10-28", "2026-11-04")]  # fmt: skip


@pytest.fixture
def jobs(runtime: Runtime) -> list[str]:
    open_workshop(runtime)
    rows = [
        {"name": n, "state": s, "begins": b, "ends": e, "price": "1200", "result": "好"}
        for n, s, b, e in WORK
    ]
    return runtime.records.create(SYSTEM, APP, "job", rows)


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_card_goes_to_another_column(runtime: Runtime, jobs: list[str], desk: Callable[..., Any]) -> None:
    tab = desk("zhou")
    page = tab.page
    page.goto(f"{JOBS}?view=board")
    shot(page, "kanban")
    card = page.locator(".record-card", has_text="磨床大修")
    card.drag_to(page.locator(".lane[data-value=done]"))
    assert page.locator(".lane[data-value=done] .record-card").count() == 2
    page.keyboard.press("u")  # taken back
    page.locator(".lane[data-value=new] .record-card").wait_for()
    card.locator("a.title").focus()
    page.keyboard.press("Alt+ArrowRight")
    assert page.locator(".lane[data-value=doing] .record-card").count() == 2
    with page.expect_response("**/place"):
        page.locator(".tabs a").first.click()
    page.wait_for_url("**view=table")
    assert runtime.records.get(SYSTEM, APP, "job", jobs[0]).values["state"] == "doing"


def test_a_record_goes_to_another_day_and_a_bar_grows(
    runtime: Runtime, jobs: list[str], desk: Callable[..., Any]
) -> None:
    page = desk("zhou").page
    page.goto(f"{JOBS}?view=month&at=2026-11")
    shot(page, "calendar")
    page.locator(".entry.start a", has_text="磨床大修").drag_to(page.locator(".day[data-date='2026-11-26']"))
    assert page.locator(".day[data-date='2026-11-28'] .entry").count() == 1
    page.get_by_role("link", name="甘特图").first.click()
    page.wait_for_url("**view=bars**")
    page.goto(f"{JOBS}?view=bars&at=2026-11-23")
    assert runtime.records.get(SYSTEM, APP, "job", jobs[0]).values["begins"] == "2026-11-26"
    shot(page, "gantt")
    page.locator(f".handle[data-record='{jobs[0]}']").focus()
    page.keyboard.press("Shift+ArrowRight")
    with page.expect_response("**/place"):
        page.locator(".tabs a").first.click()
    page.wait_for_url("**view=table")
    assert runtime.records.get(SYSTEM, APP, "job", jobs[0]).values["ends"] == "2026-11-29"


def test_a_form_with_tabs_and_rows(runtime: Runtime, jobs: list[str], desk: Callable[..., Any]) -> None:
    tab = desk("zhou")
    page = tab.page
    page.goto(f"{JOBS}/new")
    page.locator("[name=name]").fill("钻床")
    assert page.get_by_role("tab", name="结果").is_hidden()
    page.locator("[data-field=state] label", has_text="完成").click()
    page.get_by_role("tab", name="结果").wait_for()
    page.get_by_role("tab", name="资料").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("[name=result]").fill("好")
    page.get_by_role("button", name="添加一行").click()
    page.locator("[name='lines.0.kind']").select_option("hours")
    page.locator("td[data-cell=what].off").wait_for()
    page.locator("[name='lines.0.count']").fill("2")
    page.locator("[name='lines.0.each']").fill("3")
    page.keyboard.press("Tab")
    page.locator("td[data-cell=sum]", has_text="¥6.00").wait_for()
    shot(page, "form")
    page.locator(".save-bar", has_text="草稿").wait_for()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    shot(page, "record")
    assert tab.complaints == []


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def swiped(page: Any, card: Any, far: int) -> None:
    """A finger on it, moved to the left."""
    at = card.bounding_box()
    x, y = at["x"] + at["width"] - 60, at["y"] + at["height"] / 2
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        moved = [{"x": x - far * step / 8, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_rows_on_a_phone_are_cards_with_a_page_each(runtime: Runtime, desk: Callable[..., Any]) -> None:
    open_counter(runtime)
    tab = desk("zhou", **PHONE)
    page = tab.page
    page.goto("/")
    page.goto(f"{ORDERS}/new?channel=phone&mobile=13800138000&name=x")
    page.get_by_role("button", name="添加一行").click()
    page.locator("tr.row-page").wait_for()
    page.go_back()  # of the phone: from the row to the form
    page.locator("tr.row-page").wait_for(state="detached")
    page.locator(".row-card").click()
    page.locator("tr.row-page [name='lines.0.kind']").select_option("hours")
    page.locator("tr.row-page [name='lines.0.what'] option[value=bolt][hidden]").wait_for(state="attached")
    page.locator("tr.row-page [name='lines.0.what']").select_option("repair")
    shot(page, "phone-row")
    page.locator(".row-bar").get_by_role("button", name="保存并新增").click()
    page.locator("tr.row-page [name='lines.1.what']").select_option("other")
    page.locator("tr.row-page [name='lines.1.each']").fill("12.5")
    page.get_by_role("button", name="上一行").click()
    page.locator("tr.row-page [name='lines.0.count']").fill("2")
    page.get_by_role("button", name="下一行").click()
    page.get_by_text("第 2 行，共 2 行").wait_for()
    page.get_by_role("button", name="完成", exact=True).click()
    cards = page.locator(".row-card")
    assert [card.inner_text().split("\n") for card in cards.all()] == [["维修", "数量 2"], ["其他", "数量 1"]]
    assert page.locator("tr.row-page").count() == 0
    page.locator(".sub-form").evaluate("box => scrollBy(0, box.getBoundingClientRect().top - 620)")
    total, last = page.locator("tfoot").bounding_box(), cards.last.bounding_box()
    assert total["y"] + total["height"] <= 786  # above the bar at the bottom, wherever one reads
    assert total["y"] < last["y"] + last["height"]
    expect(page.locator("tfoot [data-total=count]")).to_have_text("3")
    shot(page, "phone-cards")
    swiped(page, cards.first, 150)
    page.get_by_text("已删除第 1 行").wait_for()
    assert cards.count() == 1
    page.get_by_role("button", name="撤销").click()
    page.locator(".row-card >> nth=1").wait_for()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    record = page.url.rpartition("/")[2]
    rows = runtime.records.get(SYSTEM, "counter", "order", record).values["lines"]
    assert [(row["what"], row["count"], row.get("sum")) for row in rows] == [
        ("repair", 2, None), ("other", 1, "12.50"),
    ]  # fmt: skip
    page.goto(f"{ORDERS}/records/{record}/edit")
    page.locator(".row-card").first.click()
    page.get_by_role("button", name="完成", exact=True).click()
    page.go_back()  # from the form: the row that was closed by hand is no place to go to
    page.wait_for_url(f"**/records/{record}")
    assert tab.complaints == []


BLOCK = "配件\t螺栓\t3\t1,200.50\t否\t周婧\t2026/11/3\n工时\t没有的\t\t\t是\t王磊\t2026年12月1日"


def test_rows_on_a_desk_are_a_spreadsheet(runtime: Runtime, desk: Callable[..., Any]) -> None:
    open_counter(runtime)
    tab = desk("zhou")
    page = tab.page
    page.goto(f"{ORDERS}/new?name=x")
    page.get_by_role("button", name="添加一行").click()
    page.locator("[name='lines.0.kind']").evaluate(
        """(cell, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        BLOCK,
    )
    page.locator("td[data-cell=sum]", has_text="¥3,601.50").wait_for()
    page.locator("tr:nth-child(2) td[data-cell=what].invalid", has_text="没有的").wait_for()
    assert page.locator("[name='lines.0.day']").input_value() == "2026-11-03"
    assert page.locator("tr:nth-child(2) td[data-cell=by] .chip").inner_text().strip() == "王磊"
    page.locator("[name='lines.0.count']").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("0")
    page.keyboard.press("Enter")  # a third row
    page.keyboard.type("5")
    page.locator("tr:nth-child(2) td[data-cell=count].invalid").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.type("4")
    page.locator("tr:nth-child(2) td[data-cell=count]:not(.invalid)").wait_for()
    shot(page, "desk-rows")
    page.locator("tr:nth-child(3) td:last-child button").click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    record = page.url.rpartition("/")[2]
    rows = runtime.records.get(SYSTEM, "counter", "order", record).values["lines"]
    assert [(row.get("what"), row["count"], row["by"]) for row in rows] == [
        ("bolt", 3, "zhou"),
        (None, 4, "wang"),
    ]
    assert tab.complaints == []


def test_a_choice_gets_a_condition_and_a_button_opens_a_form(
    runtime: Runtime, desk: Callable[..., Any]
) -> None:
    open_counter(runtime)
    tab = desk("cheng")
    page = tab.page
    page.goto("/design/counter/forms/order?at=field:goods")
    page.locator(".choice-conditions > .select").select_option(label="甲")
    fresh = page.locator(".choice-condition[data-choice=a]")
    fresh.get_by_role("tab", name="公式").click()
    fresh.locator(".expression-box").click()
    page.keyboard.type("channel == 'wecom'")
    page.locator(".panel h2, .panel header").first.click()
    shot(page, "choice-condition")
    page.locator(".tile[data-kind=block][data-name=button]").click()
    with page.expect_response("**/draft"):
        page.get_by_label("打开另一张表单填写").select_option(label="回访")
    page.get_by_label("指回本记录的字段").wait_for()
    shot(page, "button-opens")
    page.locator(".saved", has_text="已保存").first.wait_for()
    document = runtime.designing.look(runtime.require_viewer("cheng"), "counter").draft.document
    order = document["forms"][0]
    goods = next(field for field in order["fields"] if field["id"] == "goods")
    assert goods["options"]["choices"][0] == {"value": "a", "label": "甲", "if": "channel == 'wecom'"}
    (rule,) = document["rules"]
    assert rule["then"] == [
        {"action": "open_form", "with": {"form": "visit", "link": "order", "values": {"name": "name"}}}
    ]
    assert [block["rule"] for block in order["layout"] if block["kind"] == "button"] == [rule["id"]]
    assert tab.complaints == []


@pytest.mark.skipif(not SHOTS, reason="only looked at")
def test_pictures(runtime: Runtime, jobs: list[str], desk: Callable[..., Any]) -> None:
    shapes: dict[str, dict[str, Any]] = {
        "dark": {"color_scheme": "dark"}, "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
        "english": {"locale": "en-GB"},
    }  # fmt: skip
    for shape, more in shapes.items():
        page = desk("zhou", **more).page
        for name, path in (("board", "?view=board"), ("month", "?view=month&at=2026-11"), ("bars", "?view=bars"),
                           ("cards", "?view=cards"), ("new", "/new"), ("record", f"/records/{jobs[2]}"),
                           ("print", f"/records/{jobs[2]}/print")):  # fmt: skip
            page.goto(JOBS + path)
            shot(page, f"{shape}-{name}")
