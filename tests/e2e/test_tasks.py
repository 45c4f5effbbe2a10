"""Deciding in a real browser: keys, eight seconds to take it back, one thumb on a phone."""

from __future__ import annotations

from collections.abc import Callable

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
    expect(page.locator(".toast")).to_contain_text("确认:跟进甲")
    page.clock.run_for(7_000)
    assert state(office, first) == "open"
    page.get_by_role("button", name="撤销").click()
    chosen(page, "甲")
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
    expect(page.get_by_role("link", name="待办:1 条待处理")).to_be_visible()
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
    expect(page.locator(".toast")).to_contain_text("不是线索:跟进甲")
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
    expect(page.locator(".toast")).not_to_contain_text("确认:跟进甲")
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
    expect(page.get_by_role("link", name="待办:1 条待处理")).to_be_visible()
    give("乙")
    page.clock.run_for(30_000)
    expect(page.get_by_role("link", name="待办:2 条待处理")).to_be_visible()


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
