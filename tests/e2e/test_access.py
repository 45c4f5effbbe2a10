"""What is masked, asked for and agreed to; the glass broken and heard of; who sees a record."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.e2e.browsing import serving
from tests.e2e.conftest import Open, tabs
from tests.engine.access.masked import CLINIC, MOBILE, SAID, add_note, settle

PASSWORD = "correct horse 2026"
EMERGENCY = {"forms": ["note"], "hours": 4, "alarm": ["manager:me"]}


@pytest.fixture
def clinic(browser: Browser, tmp_path: Path) -> Iterator[tuple[Open, str]]:
    app = copy.deepcopy(CLINIC)
    full, part, _ = app["roles"]
    part.update(unmask={"minutes": 30, "confirm": ["manager:me"]}, watermark=True, emergency=EMERGENCY)
    full["manages"] = ["people"]
    runtime = Runtime.open(Config(data=tmp_path / "data", synchronous="OFF"), FrozenClock(NOW))
    settle(runtime, app)
    note = add_note(runtime, words=SAID, sender="wx")
    for person in ("fu", "bu", "gu"):
        runtime.accounts.set_password(person, PASSWORD)
    with serving(runtime) as address:
        for opener in tabs(browser, address, PASSWORD):
            yield opener, f"/apps/clinic/forms/note/records/{note}"
    runtime.close()


def arrives(page: Page, text: str) -> None:
    """What another page sent while it was left: it is answered to nobody."""
    for _ in range(40):
        page.reload()
        if text in page.locator("#main").inner_text():
            return
    raise AssertionError(f"{text} did not come")


def test_asked_for_and_agreed_to(clinic: tuple[Open, str]) -> None:
    sign_in, record = clinic
    asking = sign_in("bu").open(record)
    expect(asking.locator("#main")).not_to_contain_text(MOBILE)
    expect(asking.locator("svg.watermark text").first).to_contain_text("卜分 bu 20")
    asking.click("summary:has-text('查看完整信息')")
    expect(asking.locator("form.ask")).to_contain_text("须先由顾明确认")
    asking.fill("form.ask textarea", "病人来电核对号码")
    asking.click("form.ask button")
    expect(asking.locator(".notice")).to_contain_text("等待确认")
    agreeing = sign_in("gu").open("/tasks")
    agreeing.click("text=卜分申请查看完整信息")
    expect(agreeing.locator("#main")).to_contain_text("事由：病人来电核对号码")
    agreeing.click("button:has-text('同意') >> nth=0")
    expect(agreeing.locator("#toasts")).to_contain_text("撤销")
    agreeing.goto("/")  # whatever leaves the page sends the decision
    arrives(asking, MOBILE)
    asking.click("button:has-text('恢复脱敏')")
    expect(asking.locator("#main")).not_to_contain_text(MOBILE)


def test_the_glass_is_broken_and_heard_of(clinic: tuple[Open, str]) -> None:
    sign_in, record = clinic
    breaking = sign_in("bu").open("/admin/access")
    breaking.click("summary:has-text('启用紧急查阅')")
    breaking.fill("form.ask textarea", "监管机构现场检查，需当场取证")
    breaking.click("form.ask button")
    expect(breaking.locator(".leaves")).to_contain_text("监管机构现场检查")
    expect(breaking.locator(".glass")).to_contain_text("紧急查阅已启用")
    expect(sign_in("gu").open("/notifications").locator("#main")).to_contain_text("警报：卜分启用了紧急查阅")
    breaking.goto(record)
    expect(breaking.locator("#main")).to_contain_text(MOBILE)
    asking = sign_in("fu").open(record)
    asking.click("text=谁能看到")
    expect(asking.locator(".seers")).to_contain_text("紧急查阅：监管机构现场检查")
    breaking.goto("/admin/access")
    breaking.click("button:has-text('终止')")
    expect(breaking.locator(".glass")).not_to_contain_text("紧急查阅已启用")
    breaking.goto(record)
    expect(breaking.locator("#main")).not_to_contain_text(MOBILE)
