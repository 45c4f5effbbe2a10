"""Deciding in a real browser: keys, eight seconds to take it back, one thumb on a phone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from engine.tasks import NewTask, Outcome
from tests.builder_ui.office import open_office
from tests.e2e.conftest import Open

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CONFIRM = (
    Outcome("confirm", {"zh": "确认", "en": "Confirm"}, "primary"),
    Outcome("no", {"zh": "不是线索", "en": "No lead"}, reason=True),
)
Give = Callable[[str], str]


@pytest.fixture
def office(runtime: Runtime) -> Runtime:
    open_office(runtime)
    return runtime


@pytest.fixture
def give(office: Runtime) -> Give:
    """A to-do of wang's about a lead of that name; its id."""

    def open_task(name: str) -> str:
        (record,) = office.records.create(SYSTEM, "office", "deal", [{"name": name}])
        task = NewTask(
            "office", "deal", int(record), "rule", "follow", ("person:wang",), f"跟进{name}", outcomes=CONFIRM
        )
        return str(office.database.write(lambda unit: office.tasks.open(unit, [task]))[0])

    return open_task


def state(office: Runtime, task: str) -> str:
    return office.tasks.get(office.require_viewer("wang"), task).state


def chosen(page: Page, name: str) -> None:
    expect(page.locator(".task-line[aria-current] .name")).to_have_text(f"跟进{name}")
    expect(page.locator("#chosen h2")).to_have_text(f"跟进{name}")


def test_j_k_and_enter_walk_the_list(desk: Open, give: Give) -> None:
    for name in "甲乙丙":
        give(name)
    page = desk("wang").open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen(page, "丙")
    page.keyboard.press("j")
    chosen(page, "丙")
    page.keyboard.press("k")
    chosen(page, "乙")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen .button.primary").first).to_be_focused()


def test_what_is_decided_goes_and_can_be_taken_back(desk: Open, office: Runtime, give: Give) -> None:
    first, _ = give("甲"), give("乙")
    tab = desk("wang")
    tab.page.clock.install()
    page = tab.open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("1")
    chosen(page, "乙")
    expect(page.locator(".toast")).to_contain_text("确认：跟进甲")
    page.clock.run_for(7_000)
    assert state(office, first) == "open"
    page.get_by_role("button", name="撤销").click()
    chosen(page, "甲")
    page.keyboard.press("1")
    chosen(page, "乙")
    page.keyboard.press("u")
    chosen(page, "甲")
    expect(page.locator(".toast")).to_have_count(0)
    page.clock.run_for(20_000)
    assert state(office, first) == "open"


def test_after_eight_seconds_it_has_left(desk: Open, office: Runtime, give: Give) -> None:
    first, second = give("甲"), give("乙")
    tab = desk("wang")
    tab.page.clock.install()
    page = tab.open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("1")
    chosen(page, "乙")
    with page.expect_response(f"**/tasks/{first}/close"):
        page.clock.run_for(8_000)
    expect(page.get_by_role("link", name="待办：1 条待处理")).to_be_visible()
    assert state(office, first) == "done"
    page.clock.run_for(150)  # the next one's card is asked for a moment after the key
    with page.expect_response(f"**/tasks/{second}/close"):
        page.keyboard.press("1")
        page.clock.run_for(8_000)
    expect(page.get_by_text("都办完了")).to_be_visible()


def test_going_elsewhere_sends_what_waits(desk: Open, office: Runtime, give: Give) -> None:
    first = give("甲")
    page = desk("wang").open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_be_visible()
    page.get_by_role("link", name="工作台").first.click()
    page.wait_for_url(lambda url: url.endswith("/"))
    assert state(office, first) == "done"


def test_closing_the_window_sends_it_too(desk: Open, office: Runtime, give: Give) -> None:
    first = give("甲")
    page = desk("wang").open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_be_visible()
    with page.expect_response(f"**/tasks/{first}/close"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.goto("/tasks?state=done")
    expect(page.locator(".task-line .name")).to_have_text("跟进甲")


def test_a_reason_is_typed_before_it_goes(desk: Open, office: Runtime, give: Give) -> None:
    first = give("甲")
    tab = desk("wang")
    tab.page.clock.install()
    page = tab.open("/tasks")
    chosen(page, "甲")
    page.keyboard.press("2")
    page.clock.run_for(100)
    box = page.get_by_label("原因")
    expect(box).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_have_count(0)
    box.fill("问错了公司")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("不是线索：跟进甲")
    with page.expect_response(f"**/tasks/{first}/close"):
        page.clock.run_for(8_000)
    assert office.tasks.get(office.require_viewer("wang"), first).comment == "问错了公司"


def test_what_somebody_else_decided_meanwhile_says_so_and_nothing_breaks(
    desk: Open, office: Runtime, give: Give
) -> None:
    first = give("甲")
    tab = desk("wang")
    tab.page.clock.install()
    page = tab.open("/tasks")
    chosen(page, "甲")
    viewer = office.require_viewer("wang")
    office.database.write(lambda unit: office.tasks.close(unit, viewer, first, "confirm"))
    page.keyboard.press("1")
    page.clock.run_for(8_000)
    expect(page.locator(".toast")).not_to_contain_text("确认：跟进甲")
    expect(page.locator(".toast")).to_be_visible()


def test_on_a_phone_one_thumb_is_enough(desk: Open, office: Runtime, give: Give) -> None:
    first, _ = give("甲"), give("乙")
    tab = desk("wang", **PHONE)
    tab.page.clock.install()
    page = tab.open("/tasks")
    page.get_by_text("跟进甲").tap()
    page.wait_for_url(f"**/tasks/{first}")
    yes = page.get_by_role("button", name="确认")
    box = yes.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 844 - 80  # at the bottom edge
    assert box["height"] >= 44
    yes.tap()
    expect(page.locator("#task h2")).to_have_text("跟进乙")
    page.get_by_role("button", name="撤销").tap()
    expect(page.locator("#task h2")).to_have_text("跟进甲")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_new_to_dos_are_counted_without_a_reload(desk: Open, give: Give) -> None:
    give("甲")
    tab = desk("wang")
    tab.page.clock.install()
    page = tab.open("/")
    expect(page.get_by_role("link", name="待办：1 条待处理")).to_be_visible()
    give("乙")
    page.clock.run_for(30_000)
    expect(page.get_by_role("link", name="待办：2 条待处理")).to_be_visible()


def test_a_to_do_is_handed_on_by_pinyin(desk: Open, office: Runtime, give: Give) -> None:
    task = give("甲")
    page = desk("wang").open(f"/tasks/{task}")
    page.locator("summary", has_text="转交").click()
    page.get_by_role("combobox").fill("zhouj")
    expect(page.get_by_role("option", name="周婧")).to_be_visible()
    page.keyboard.press("Enter")
    page.locator("form.ask").get_by_role("button", name="转交").click()
    page.wait_for_url("**/tasks")
    expect(page.get_by_text("都办完了")).to_be_visible()
    assert office.tasks.get(office.require_viewer("zhou"), task).mine


# -- a request and its approval ----------------------------------------------------------------------------


def ask_for_leave(office: Runtime, days: int = 5) -> str:
    values = {"kind": "年假", "days": days, "reason": "回老家看望父母"}
    (record,) = office.records.create(office.require_viewer("zhou"), "office", "leave", [values])
    return record


def lit(page: Page) -> dict[str, str]:
    """The nodes of the picture by how they are lit."""
    found = page.locator(".flow-picture .box")
    return {
        box.locator(".name").text_content() or "": (box.get_attribute("class") or "").removeprefix("box ")
        for box in found.all()
    }


def approve(desk: Open, person: str) -> None:
    """What waits for him, by a key."""
    tab = desk(person)
    tab.page.clock.install()
    page = tab.open("/tasks")
    expect(page.locator("#chosen h2")).to_contain_text("请假")
    with page.expect_response("**/close"):
        page.keyboard.press("1")
        page.clock.run_for(8_000)


def ask_first(desk: Open, person: str, whom: str) -> None:
    """Somebody else is to decide before him."""
    tab = desk(person)
    tab.page.clock.install()
    page = tab.open("/tasks")
    page.locator("#chosen .decide-bar summary", has_text="加签").click()
    sheet = page.locator(".menu[open] form")
    expect(sheet.get_by_role("radio", name="前加签")).to_be_checked()
    sheet.get_by_role("combobox").fill("chengwei")
    sheet.get_by_role("option", name=whom).click()
    sheet.get_by_label("附言").fill("请先看人手")
    with page.expect_response("**/close"):
        sheet.get_by_role("button", name="加签").click()
        page.clock.run_for(8_000)


def test_a_request_goes_its_way_and_the_picture_says_where_it_is(desk: Open, office: Runtime) -> None:
    zhou = desk("zhou").open("/apps/office/forms/leave/new")
    zhou.get_by_label("类别").fill("年假")
    expect(zhou.locator(".way")).to_have_text("提交后由 王磊 审批")
    zhou.get_by_label("天数").fill("5")
    expect(zhou.locator(".way")).to_have_text("提交后由 王磊 → 魏然 审批")
    zhou.get_by_role("button", name="提交").click()
    zhou.wait_for_url("**?tab=flow")
    assert lit(zhou)["经理审批"] == "waiting"
    approve(desk, "wang")
    ask_first(desk, "wei", "程维嘉")
    zhou.reload()
    expect(zhou.locator(".flow-picture .box.waiting")).to_contain_text("程维嘉 → 魏然")
    approve(desk, "cheng")
    approve(desk, "wei")
    zhou.reload()
    assert lit(zhou) == {
        "发起": "done", "经理审批": "done", "超过三天": "done", "总监审批": "done", "通过": "done", "驳回": "skipped",
    }  # fmt: skip
    expect(zhou.locator(".history")).to_contain_text("魏然")


def test_boxes_do_not_touch_and_arrows_end_at_them(desk: Open, office: Runtime) -> None:
    record = ask_for_leave(office)
    page = desk("zhou").open(f"/apps/office/forms/leave/records/{record}?tab=flow")
    shapes = [box.bounding_box() for box in page.locator(".flow-picture .box .body").all()]
    assert len(shapes) == 6
    for at, one in enumerate(shapes):
        for other in shapes[at + 1 :]:
            assert one is not None
            assert other is not None
            beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
            assert beside or above


def test_a_reason_given_before_is_a_tap_away(desk: Open, office: Runtime) -> None:
    wang = office.require_viewer("wang")
    for reason in ("请写明日期", "人手不够"):
        ask_for_leave(office)
        (task,) = office.tasks.of(wang).items
        reject = partial(office.tasks.close, viewer=wang, task=task.id, outcome="reject", comment=reason)
        office.database.write(reject)
    record = ask_for_leave(office)
    (task,) = office.tasks.of(wang).items
    tab = desk("wang", **PHONE)
    tab.page.clock.install()
    page = tab.open(f"/tasks/{task.id}")
    page.locator(".decide-bar summary", has_text="驳回").tap()
    sheet = page.locator(".menu[open] form")
    box = sheet.bounding_box()
    assert box is not None
    assert box["width"] == 390  # a sheet from the bottom edge
    assert round(box["y"] + box["height"]) == 844
    sheet.get_by_role("button", name="人手不够").tap()
    expect(sheet.get_by_label("原因")).to_have_value("人手不够")
    sheet.get_by_role("button", name="驳回").tap()
    expect(page.get_by_text("都办完了")).to_be_visible()
    with page.expect_response(f"**/tasks/{task.id}/close"):
        page.clock.run_for(8_000)
    view = office.flows.view(office.require_viewer("zhou"), "office", "leave", record)
    assert view is not None
    assert view.state == "rejected"


def test_figures_over_records_follow_what_is_typed(desk: Open, office: Runtime) -> None:
    mine = [{"name": f"线索{n}", "owner": "wang", "amount": f"{n}00.50"} for n in (1, 2, 3)]
    office.records.create(SYSTEM, "office", "deal", [*mine, {"name": "无价", "owner": "wei"}])
    page = desk("zhou").open("/apps/office/forms/inquiry/new")
    expect(page.locator("[data-field=worth] output")).to_have_text("无法计算")
    page.get_by_role("combobox").fill("wangl")
    page.get_by_role("option", name="王磊").click()
    expect(page.locator("[data-field=found] output")).to_have_text("3")
    expect(page.locator("[data-field=worth] output")).to_have_text("¥300.50")
    page.locator("[data-field=owner] .chip button").click()
    page.get_by_role("combobox").fill("weir")
    page.get_by_role("option", name="魏然").click()
    expect(page.locator("[data-field=found] output")).to_have_text("1")
    expect(page.locator("[data-field=worth] output")).to_have_text("无法计算")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    expect(page.locator(".field", has_text="涉及金额")).to_contain_text("无法计算")


def test_the_bell_opens_beside_the_page_and_leads_to_the_to_do(desk: Open, office: Runtime) -> None:
    ask_for_leave(office)
    page = desk("wang").open("/")
    page.get_by_role("button", name="通知：1 条未读").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", name="通知")).to_be_visible()
    panel.get_by_role("link", name="请假审批").click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator(".decide-bar")).to_be_visible()
    expect(page.get_by_role("button", name="通知：0 条未读")).to_be_visible()


def test_sent_back_changed_and_submitted_again(desk: Open, office: Runtime) -> None:
    record = ask_for_leave(office)
    wang = office.require_viewer("wang")
    (task,) = office.tasks.of(wang).items
    office.database.write(lambda unit: office.tasks.close(unit, wang, task.id, "return", "写明日期"))
    page = desk("zhou").open("/tasks")
    expect(page.locator("#chosen")).to_contain_text("写明日期")
    page.locator("#chosen").get_by_role("link", name="修改").click()
    page.get_by_label("事由").fill("二月三日起回老家")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(f"**/records/{record}?tab=flow")
    page.get_by_role("button", name="重新提交").click()
    expect(page.locator(".flow-picture .waiting .name")).to_have_text("经理审批")
    assert office.tasks.of(wang).total == 1


def test_in_english_and_in_the_dark_it_is_the_same(desk: Open, office: Runtime) -> None:
    ask_for_leave(office)
    office.database.write(lambda unit: office.people.set_preferences(unit, "wang", language="en"))
    page = desk("wang", locale="en-US", color_scheme="dark").open("/tasks")
    expect(page.get_by_role("heading", name="To-dos")).to_be_visible()
    expect(page.locator("#chosen").get_by_role("button", name="Approve")).to_be_visible()
    page.locator("#chosen summary", has_text="Reject").click()
    expect(
        page.locator("#chosen details[open]").get_by_placeholder("The applicant reads this")
    ).to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#task')).backgroundColor")
        == "rgb(23, 29, 26)"
    )
