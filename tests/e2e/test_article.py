"""The article's case on the flagship as it stands, walked in a real browser with the clock stopped.

A colleague's conversation asked for, approved by manager and legal, read, gone again; a contract named,
its to-do confirmed, the lead at the head of the board; a rival's name, by a customer and by us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.app_tests.houses import Houses, Source
from engine.app_tests.steps import take_step
from engine.applications.packing import read_path
from engine.commands.demo import APPS, SAMPLES
from engine.sample_data import Acting
from metamodel.app_tests import app_test_from_json
from metamodel.parts import Part
from tests.builder_ui.desk import PASSWORD
from tests.e2e.browsing import Tab, serving
from tests.e2e.conftest import Open, tabs

APP = "/apps/conversation_archive"
PEOPLE = ("sales02", "sales04", "mgr01", "legal02", "dir01", "audit01", "svcm01")
CUSTOMER = [
    {"create": "crm.customer", "values": {"name": "苏州恒锐精密机械有限公司", "owner": "sales02"}, "name": "hengrui"},
    {"create": "crm.contact", "name": "sun",
     "values": {"customer": {"$record": "hengrui"}, "name": "孙国梁", "wecom_id": "wm_sun"}},
    {"create": "crm.product", "values": {"name": "巡检云"}, "name": "product"},
    {"create": "crm.opportunity", "name": "deal", "values": {
        "name": "恒锐巡检云", "customer": {"$record": "hengrui"}, "owner": "sales02", "stage": "方案报价",
        "items": [{"product": {"$record": "product"}, "quantity": 1, "unit_price": "128000", "discount": "1"}]}},
]  # fmt: skip


@dataclass
class Company:
    """The two sample apps with their people, and nothing else yet."""

    acting: Acting
    open: Open

    def does(self, *steps: dict[str, Any]) -> None:
        """Steps of an app test; each must succeed."""
        test = app_test_from_json(Part({"id": "here", "steps": list(steps)}))
        for step in test.steps:
            assert take_step(self.acting, step) == []

    def says(self, text: str, who: str = "wm_sun", to: str = "sales02") -> None:
        self.does({"message": {"channel": "wecom", "from": who, "to": [to], "text": text}})

    def at_the_desk(self, person: str) -> Tab:
        """A window whose eight seconds to take back a decision pass when the test says so."""
        tab = self.open(person)
        tab.page.clock.install()
        return tab


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    sources = [Source(app, read_path(SAMPLES / app)[0], SAMPLES / app / "data") for app in APPS]
    found = Houses(sources, tmp_path_factory.mktemp("houses"))
    yield found
    found.close()


@pytest.fixture
def company(houses: Houses, browser: Browser) -> Iterator[Company]:
    test = app_test_from_json(
        Part({"id": "here", "at": "2026-03-02T10:00:00+08:00", "data": "people", "steps": []})
    )
    with houses.open("conversation_archive", test) as acting:
        runtime = acting.runtime
        hashed = runtime.accounts.passwords.hash(PASSWORD)
        runtime.database.write(
            lambda unit: [runtime.accounts.passwords.set_hash(unit, person, hashed) for person in PEOPLE]
        )
        with serving(runtime) as address:
            opened = tabs(browser, address, PASSWORD)
            made = Company(acting, next(opened))  # type: ignore[arg-type]
            made.does(*CUSTOMER)
            yield made
            next(opened, None)


def total(page: Page) -> str:
    return page.locator(".total").first.inner_text()


def decide(company: Company, person: str, answer: str) -> None:
    """The first to-do of this person, by its button, and the eight seconds after."""
    tab = company.at_the_desk(person)
    page = tab.open("/tasks")
    page.locator(".task-line").first.click()
    button = page.locator("#chosen").get_by_role("button", name=answer)
    expect(button).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/close") and answer.ok):
        button.click()
        page.clock.run_for(9_000)


def pick(page: Page, field: str, text: str) -> None:
    box = page.locator(f"[data-field={field}]")
    box.locator("input[type=text], input[type=search], input:not([type=hidden])").first.fill(text)
    box.get_by_role("option").filter(visible=True).first.click()


def test_a_request_over_a_hundred_thousand_goes_through_manager_and_legal(company: Company) -> None:
    company.says("第二年免实施费，这话算数吗")
    page = company.open("sales04").open(f"{APP}/forms/conversation")
    expect(page.locator("td.main a")).to_have_count(0)

    page.goto(f"{APP}/forms/read_request/new")
    page.locator("[data-field=purpose] select").select_option("纠纷取证")
    page.locator("[data-field=reason] textarea").fill("客户要求兑现此前的承诺，需核对原话")
    pick(page, "scope_customer", "恒锐")
    page.locator("[data-field=scope_from] input").first.fill("2026-02-01")
    page.locator("[data-field=scope_to] input").first.fill("2026-03-31")
    page.locator("[data-field=pledge] input[type=checkbox]").check()
    expect(page.locator("[data-field=scope_count]")).to_contain_text("1")
    expect(page.locator("[data-field=involved_amount]")).to_contain_text("128,000.00")
    page.locator("main button.primary").last.click()
    expect(page.get_by_text("审批中").first).to_be_visible()
    request = page.url

    decide(company, "mgr01", "同意")
    page.goto(request)
    expect(page.locator("main")).to_contain_text("叶知秋")
    decide(company, "legal02", "同意")

    page.goto(f"{APP}/forms/conversation?view=all")
    expect(page.locator("td.main a")).to_have_count(1)
    page.locator("td.main a").first.click()
    expect(page.locator(".bubble").first).to_contain_text("第二年免实施费")
    company.says("还有一件后来的事")
    page.reload()
    expect(page.locator(".bubble")).to_have_count(1)

    company.does({"wait": "P4D"})
    late = company.open("sales04").open(f"{APP}/forms/conversation?view=all")
    expect(late.locator("td.main a")).to_have_count(0)
    late.goto(request.split("?")[0])
    expect(late.locator("main")).to_contain_text("已到期")


def test_a_contract_becomes_a_lead_and_leads_the_board(company: Company) -> None:
    company.does(
        {
            "create": "crm.customer",
            "values": {"name": "宁波远港冷链物流有限公司", "owner": "sales04"},
            "name": "yuangang",
        },
        {
            "create": "crm.contact",
            "values": {"customer": {"$record": "yuangang"}, "name": "何", "wecom_id": "wm_he"},
        },
    )
    for number in range(3):
        company.says(f"合同第 {number + 1} 页请看一下")
    company.says("报价发我", "wm_he", "sales04")
    tab = company.at_the_desk("dir01")
    page = tab.open("/tasks")
    expect(page.locator(".task-line")).to_have_count(2)
    line = page.locator(".task-line", has_text="苏州恒锐")
    expect(line).to_contain_text("×3")
    line.click()
    expect(page.locator("#chosen h2")).to_contain_text("苏州恒锐")
    with page.expect_response(lambda answer: answer.url.endswith("/close") and answer.ok):
        page.locator("#chosen").get_by_role("button", name="确认为关键商机").click()
        page.clock.run_for(9_000)
    board = company.open("dir01").open(f"{APP}/reports/sales_behaviour")
    rows = board.locator("#widget-key_leads tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("苏州恒锐")
    expect(rows.first).to_contain_text("关键商机")


@pytest.mark.parametrize(("who", "to", "warns"), [("wm_sun", "sales02", True), ("sales02", "wm_sun", False)])
def test_a_rival_warns_only_when_a_customer_names_it(
    company: Company, who: str, to: str, warns: bool
) -> None:
    company.says("竞品Ａ 便宜三成", who, to)
    page = company.open("dir01").open(f"{APP}/forms/conversation?view=warnings")
    expect(page.locator("td.main a")).to_have_count(1 if warns else 0)
    page.goto("/notifications")
    expect(page.get_by_text("风险预警：苏州恒锐")).to_have_count(1 if warns else 0)
