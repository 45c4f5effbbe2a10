"""What happens between the keyboard and the server: input methods, pickers, rows, answers out of order."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from engine.runtime import Runtime
from tests.builder_ui.counter import COUNTER, ORDERS, open_counter
from tests.e2e.browsing import compose
from tests.e2e.conftest import Open

FORMS = "/apps/desk/forms"


def asked(page: Page, part: str) -> list[str]:
    """The addresses with `part` that the page asks for from now on."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if part in request.url else None)
    return seen


def test_nothing_is_sent_while_an_input_method_composes(desk: Open, add: Callable[..., str]) -> None:
    add("customer", name="苏州恒锐")
    add("customer", name="宁波远港")
    tab = desk("zhou")
    tab.page.clock.install()
    page = tab.open(f"{FORMS}/customer")
    sent = asked(page, "q=")
    page.locator("#list-find").focus()
    choose = compose(page, "heng'rui")
    page.keyboard.press("Enter")
    page.clock.run_for(2_000)
    assert sent == []
    choose("恒锐")
    page.clock.run_for(2_000)
    expect(page.locator(".total")).to_have_text("1 条")
    expect(page.locator("#list-find")).to_be_focused()
    assert "%E6%81%92%E9%94%90" in sent[-1]


def test_a_picker_takes_pinyin_and_keys(desk: Open, add: Callable[..., str]) -> None:
    add("customer", name="苏州恒锐")
    page = desk("zhou").open(f"{FORMS}/wish/new")
    box = page.get_by_role("combobox").first
    box.click()
    page.keyboard.type("szhr")
    expect(page.get_by_role("option", name="苏州恒锐")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=customer] .chip")).to_have_text("苏州恒锐")
    page.keyboard.press("Backspace")
    expect(page.locator("[data-field=customer] .chip")).to_have_count(0)


def test_the_server_decides_what_is_visible(desk: Open) -> None:
    page = desk("zhou").open(f"{FORMS}/customer/new")
    why = page.locator("[data-field=why]")
    switch = page.get_by_role("switch")
    switch.check()
    expect(why).to_be_hidden()
    switch.uncheck()
    expect(why).to_be_visible()
    expect(why.locator(".required-mark")).to_be_visible()


def test_late_answers_are_dropped_and_the_focused_field_stays(desk: Open) -> None:
    page = desk("zhou").open(f"{FORMS}/customer/new")
    held: list[Route] = []
    page.route("**/state", lambda route: held.append(route) if not held else route.continue_())
    price = page.locator("[name=price]")
    with page.expect_request("**/state"):
        price.fill("abc")
    with page.expect_response("**/state"):
        price.fill("12")
    with page.expect_response("**/state") as late:
        held[0].continue_()
    late.value.finished()
    expect(page.locator("[data-field=price] .errors")).to_have_text("")
    expect(price).to_have_value("12")
    expect(price).to_be_focused()


def test_what_is_typed_while_an_answer_is_on_its_way_stays(desk: Open, runtime: Runtime) -> None:
    """Also where the server draws the input: a field that may be closed."""
    open_counter(runtime)
    document = copy.deepcopy(COUNTER)
    next(f for f in document["forms"][0]["fields"] if f["id"] == "note")["writable"] = "channel != 'phone'"
    runtime.applications.publish(None, document, "system")
    tab = desk("zhou")
    tab.page.clock.install()
    page, held = tab.open(f"{ORDERS}/new"), list[Route]()
    page.clock.pause_at("2050-01-01")
    page.route("**/state", lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request("**/state"):
        page.locator("[data-field=channel] label", has_text="企业微信").click()
        page.clock.run_for(100)
    page.locator("[name=note]").fill("说到一半")
    page.locator("[name=name]").focus()
    page.evaluate("() => { window.told = new Promise(done => addEventListener('answered', () => done(1))) }")
    held[0].continue_()
    assert page.evaluate("() => window.told") == 1
    expect(page.locator("[name=note]")).to_have_value("说到一半")


def test_rows_are_added_pasted_and_saved(desk: Open) -> None:
    page = desk("zhou").open(f"{FORMS}/customer/new")
    page.fill("[name=name]", "苏州恒锐")
    page.get_by_role("button", name="添加一行").click()
    cell = page.locator("[name='lines.0.what']")
    expect(cell).to_be_focused()
    page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text/plain', '网关\\t3\\n订阅\\t300');
            const paste = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(paste);
        }"""
    )
    expect(page.locator("[name='lines.1.count']")).to_have_value("300")
    page.locator("[name='lines.0.count']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='lines.1.count']")).to_be_focused()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    expect(page.get_by_role("cell", name="订阅")).to_be_visible()


def test_rows_of_a_list_are_chosen_and_tagged(desk: Open, add: Callable[..., str]) -> None:
    for name in ("甲", "乙", "丙"):
        add("customer", name=name)
    page = desk("zhou").open(f"{FORMS}/customer")
    for name in ("甲", "丙"):
        page.get_by_label(f"选择 {name}").check()
    expect(page.locator(".selection")).to_contain_text("已选 2 条")
    page.get_by_role("button", name="加标签").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("重点")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="应用").click()
    expect(page.get_by_role("heading", name="已修改 2 条记录")).to_be_visible()
    page.get_by_role("link", name="返回列表").click()
    expect(page.locator("tr", has_text="重点")).to_have_count(2)


def test_the_filter_panel_writes_the_url_and_back_undoes_it(desk: Open, add: Callable[..., str]) -> None:
    add("customer", name="甲", channel="wecom")
    add("customer", name="乙", channel="phone")
    page = desk("zhou").open(f"{FORMS}/customer")
    page.get_by_text("筛选", exact=True).click()
    page.get_by_label("添加条件").select_option("channel")
    page.locator(".filter-row [name=v]").select_option("wecom")
    page.get_by_role("button", name="应用").click()
    expect(page.locator(".total")).to_have_text("1 条")
    assert "where=channel%3Ais%3Awecom" in page.url
    page.go_back()
    expect(page.locator(".total")).to_have_text("2 条")


def test_hits_are_walked_with_keys_and_buttons(desk: Open, talk: dict[str, str]) -> None:
    page = desk("zhou").open(f"{FORMS}/talk/records/{talk['talk']}?find=底线")
    expect(page.locator(".hits output")).to_have_text("1 / 1")
    page.get_by_role("button", name="下一处").click()
    expect(page.locator(".bubble-row.now mark")).to_have_text("底线")


def test_a_file_goes_up_and_comes_back(desk: Open, tmp_path: Path) -> None:
    sheet = tmp_path / "报价单.txt"
    sheet.write_text("300 个点位", "utf-8")
    page = desk("zhou").open(f"{FORMS}/customer/new")
    page.fill("[name=name]", "苏州恒锐")
    page.locator("input[type=file]").set_input_files(sheet)
    expect(page.locator("input[name=files][value]:not([value=''])")).to_have_count(1)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    with page.expect_download() as download:
        page.get_by_role("link", name="报价单.txt").click()
    assert Path(download.value.path()).read_text("utf-8") == "300 个点位"


def test_a_form_waits_for_what_is_still_on_its_way(desk: Open, add: Callable[..., str]) -> None:
    """A slow network: the picker's script comes after the person has typed, pressed Enter and sent."""
    add("customer", name="甲")
    page = desk("zhou").page
    held: list[Route] = []
    page.route("**/picker_controller.js", lambda route: held.append(route))
    page.goto(f"{FORMS}/customer")
    page.get_by_label("选择 甲").check()
    page.get_by_role("button", name="加标签").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("重点")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="应用").click()
    assert held
    held[0].continue_()
    page.get_by_role("link", name="返回列表").click()
    expect(page.locator("tr", has_text="重点")).to_have_count(1)
