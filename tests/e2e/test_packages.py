"""An evidence package from the list to the receiver: asked for, watched, fetched, checked. Beside it what is
held, and the copy of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.access.installation import administrator
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
def house(tmp_path: Path) -> Iterator[Runtime]:
    """The case; qian manages retention, wu looks after the machine."""
    runtime = Runtime.open(Config(data=tmp_path / "data", synchronous="OFF"), FrozenClock(NOW))
    furnish(runtime)
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [administrator("wu")]))
    for person in ("qian", "wu"):
        runtime.accounts.set_password(person, PASSWORD)
    yield runtime
    runtime.close()


@pytest.fixture
def case(browser: Browser, house: Runtime) -> Iterator[Open]:
    with serving(house) as address:
        yield from tabs(browser, address, PASSWORD)


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


def test_what_a_search_finds_is_held_until_it_is_released(case: Open, house: Runtime) -> None:
    page = case("qian").open("/apps/case/search?form=message&q=价格")
    page.click("text=保全所找到的")
    page.wait_for_url("**/admin/retention/holds?*")
    assert page.input_value("[name=search]") == "价格"
    page.click(".hold-form button.primary")
    page.wait_for_selector("[role=alert]")  # it has no name yet; what was typed stands
    assert page.input_value("[name=search]") == "价格"
    page.fill("[name=name]", "劳动仲裁")
    page.click(".hold-form button.primary")
    page.wait_for_selector("section >> text=劳动仲裁")
    assert "由检索“价格”找到" in page.inner_text("main")
    with house.database.read() as connection:
        (hold,) = house.retention.holds.running(connection)
        assert f"{house.retention.held_count(connection, hold)} 条" in page.inner_text("main")
    page.fill("[name=reason]", "已结案")
    page.click("form.release button")
    page.wait_for_selector("details >> text=已解除")


def test_the_copy_of_the_keys_is_confirmed_by_its_code(case: Open, house: Runtime) -> None:
    page = case("wu").open("/admin/keys")
    assert "还没有人确认" in page.inner_text("#copies")
    page.click("#copies summary")
    assert "检查点与证据包；不更换" in page.inner_text("#copies")
    for code, answer in (("AAAA-BBBB", "校验码与当前密钥不符"), (house.key_copies.code, "公证处保险柜")):
        page.fill("[name=code]", code)
        page.fill("[name=place]", "公证处保险柜")
        page.click("#copies button.primary")
        page.wait_for_selector(f"#copies >> text={answer}")
    assert house.key_copies.confirmed_at() is not None
    house.rotate_key()  # other keys: another copy is due
    page = case("wu").open("/admin/keys")
    assert "还没有人确认" in page.inner_text("#copies")
    assert "主密钥 2" in page.inner_text("#copies")
