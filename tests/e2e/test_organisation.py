"""The organisation in a real browser: dragging somebody, the same by keys, taking it back; a leaver; a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.access.people import Membership, Person
from engine.runtime import Runtime
from tests.builder_ui.personnel import BASE, OFFICE
from tests.e2e.conftest import Open
from tests.engine.organisation.workbooks import workbook


@pytest.fixture
def house(runtime: Runtime) -> Runtime:
    """cheng keeps the people; a hundred more than the desk has."""
    runtime.applications.publish(None, OFFICE, "system")

    def save(unit: Any) -> None:
        runtime.people.save_memberships(unit, [Membership("house", "keeper", "person", "cheng")])
        more = [
            Person(f"n{number:03}", f"同事{number:03}", "销售", "sales", superior="wei")
            for number in range(100)
        ]
        runtime.people.save_people(unit, more)

    runtime.database.write(save)
    return runtime


def department(runtime: Runtime, person: str) -> str | None:
    return runtime.people.organisation().people[person].department


def settled(page: Page, done: Callable[[], bool]) -> None:
    """The held decision has left the page and is in the database."""
    for _ in range(100):
        if done():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never happened")


def test_somebody_is_dragged_and_it_is_taken_back(desk: Open, house: Runtime) -> None:
    page = desk("cheng").open(f"{BASE}?q=weiran")
    row, east = page.locator("tr[data-id=wei]"), page.locator("[data-id=east] > .branch")
    row.drag_to(east)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("魏然 → 华东")
    page.keyboard.press("u")
    expect(row).not_to_have_class("leaving")
    assert department(house, "wei") == "sales"
    row.drag_to(east)
    expect(toast).to_contain_text("魏然 → 华东")
    page.get_by_role("link", name="岗位", exact=True).click()  # leaving the page sends it
    page.wait_for_url(f"**{BASE}/posts")
    assert department(house, "wei") == "east"


def test_people_move_by_keys_alone(desk: Open, house: Runtime) -> None:
    page = desk("cheng").open(f"{BASE}?q=tongshi00")
    expect(page.locator("tbody tr")).to_have_count(10)
    page.locator("input[value=n003]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("m")
    expect(page.locator("#drawer [role=combobox]")).to_be_focused()
    page.keyboard.type("huadong")
    expect(page.locator(".option[data-value=east]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .control .chip")).to_have_text("华东")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("#drawer").get_by_role("button", name="移动").press("Enter")
    expect(page.locator(".toast")).to_contain_text("同事003 → 华东")
    page.locator(".tree").get_by_role("link", name="全部人员").click()
    settled(page, lambda: department(house, "n003") == "east")


def test_a_leaver_is_seen_to_hand_over(desk: Open, house: Runtime, add: Callable[..., str]) -> None:
    record = add("customer", name="恒锐", owner="zhou")
    page = desk("cheng").open(f"{BASE}/person/zhou/leave")
    page.locator("#f-taker").fill("wl")
    page.locator(".option[data-value=wang]").click()
    page.get_by_text("默认保留原名的").click()
    page.locator("[name='give.records.desk.customer.owner']").check()
    page.get_by_role("button", name="交接并离职").click()
    expect(page.locator("h1")).to_contain_text("离职")
    expect(page.get_by_text("1 / 1 条记录交给王磊")).to_be_visible(timeout=10_000)
    assert (
        house.records.get(house.require_viewer("wang"), "desk", "customer", record).values["owner"] == "wang"
    )


def test_a_workbook_is_looked_at_before_it_is_taken_over(desk: Open, house: Runtime, tmp_path: Path) -> None:
    lines = [
        ["编号", "姓名", "部门"],
        ["n001", "同事一", "华东"],
        ["x1", "新人", "销售/华西"],
        ["x 2", "错", "华东"],
    ]
    wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
    wrong.write_bytes(workbook({"人员": lines}))
    right.write_bytes(workbook({"人员": lines[:3]}))
    page = desk("cheng").open(f"{BASE}/import")
    for file in (wrong, right):
        page.locator("input[type=file]").set_input_files(file)
        expect(page.locator("input[name=file]").nth(1)).not_to_have_value("")
        page.get_by_role("button", name="预览").click()
        expect(page.get_by_text("只能由字母、数字")).to_have_count(1 if file is wrong else 0)
        if file is wrong:
            expect(page.get_by_role("button", name="就这样导入")).to_be_disabled()
            page.get_by_role("link", name="换一个文件").click()
    page.get_by_role("button", name="就这样导入").click()
    expect(page.get_by_role("status").filter(has_text="已导入 3 行")).to_be_visible()
    assert house.people.organisation().people["x1"].department == "huaxi"
