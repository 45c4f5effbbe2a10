"""An evidence package from the list to the receiver: asked for, watched, fetched, checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.clock import FrozenClock
from engine.config import Config
from engine.packages.verifiers import verify
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.e2e.browsing import serving
from tests.e2e.conftest import Open, tabs
from tests.engine.packages.case import furnish

PASSWORD = "correct horse 2026"


@pytest.fixture
def case(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    runtime = Runtime.open(Config(data=tmp_path / "data", synchronous="OFF"), FrozenClock(NOW))
    furnish(runtime)
    for person in ("qian", "wu"):
        runtime.accounts.set_password(person, PASSWORD)
    with serving(runtime) as address:
        yield from tabs(browser, address, PASSWORD)
    runtime.close()


def test_from_the_list_to_the_receiver(case: Open, tmp_path: Path) -> None:
    tab = case("qian")
    page = tab.open("/apps/case/forms/customer")
    page.click(".page-head button:has-text('证据包')")
    page.wait_for_selector("#drawer form")
    page.check("#drawer [value=case]")
    page.fill("#drawer textarea", "劳动仲裁 2026-11")
    page.click("#drawer button.primary")
    page.wait_for_url("**/packages")
    page.wait_for_selector("text=已备好")
    with page.expect_download() as waiting:
        page.click(".package a.button.primary")
    target = tmp_path / "case.zip"
    waiting.value.save_as(target)
    fingerprint = page.inner_text(".fingerprint")
    result = verify.verify(str(target), fingerprint)
    assert result["sound"], result["findings"]
    assert result["trusted"]
    assert result["counts"]["content"] == 11


def test_chosen_rows_and_what_is_missing(case: Open) -> None:
    tab = case("qian")
    page = tab.open("/apps/case/forms/message")
    for number in (0, 1):
        page.check(f"tbody [data-selection-target=box] >> nth={number}")
    page.click(".selection >> text=证据包")
    page.wait_for_selector("#drawer >> text=已选 2 条记录")
    page.fill("#drawer textarea", "   ")
    page.click("#drawer button.primary")
    page.wait_for_selector("text=请写明用途")
    page.fill("textarea", "核对")
    page.click(".package-form button.primary")
    page.wait_for_selector("text=2 条")
    reader = case("wu").open("/apps/case/forms/message")
    assert reader.locator("#main >> text=证据包").count() == 0
