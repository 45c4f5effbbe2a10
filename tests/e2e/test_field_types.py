"""Controls that are more than an input, in a real browser: rich text, a checklist, a signature, pieces of a value."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.builder_ui.every_type import APP, document
from tests.e2e.conftest import Open

THING = f"/apps/{APP}/forms/thing"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(30)
PASTED = "<h1>条款</h1><p style='color:red'>一<script>alert(1)</script></p><ul><li>二</li></ul><img src=x>"


@pytest.fixture
def every(runtime: Runtime) -> Runtime:
    runtime.applications.publish(None, document(runtime.registry), "system")
    runtime.database.write(
        lambda unit: runtime.people.save_memberships(unit, [Membership(APP, "clerk", "person", "zhou")])
    )
    return runtime


def saved(page: Page, every: Runtime) -> dict[str, object]:
    """Save, and what was kept."""
    page.locator(".save-bar .primary").first.click()
    page.wait_for_url("**/records/*")
    record = page.url.split("/records/")[1].split("?")[0]
    return dict(every.records.get(SYSTEM, APP, "thing", record).values)


def paste(page: Page, html: str) -> None:
    page.evaluate(
        """html => {
            const data = new DataTransfer(); data.setData("text/html", html); data.setData("text/plain", "x");
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(event);
        }""",
        html,
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_written_drawn_and_ticked_is_kept(desk: Open, every: Runtime, width: int) -> None:
    page = desk("zhou", viewport={"width": width, "height": 860}).open(f"{THING}/new")

    words = page.locator("[data-field=rich_text] [contenteditable]")
    words.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("重点")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    paste(page, PASTED)

    ticks = page.locator("[data-field=checklist]")
    ticks.locator("button", has_text="添加").click()
    page.keyboard.type("营业执照")
    page.keyboard.press("Enter")
    page.keyboard.type("授权书")
    ticks.locator("[type=checkbox]").first.check()

    page.locator("[name='date_range.start']").fill("2026-11-01")
    page.locator("[name='date_range.end']").fill("2026-11-05")
    page.locator("[name='multilingual.en']").fill("Contract")

    pad = page.locator("[data-field=signature] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=5)
    with page.expect_response("**/api/v1/files"):
        page.mouse.up()
    expect(page.locator("[data-field=signature] input[name=signature]")).not_to_have_value("")

    camera = page.locator("[data-field=image] input[capture]")
    expect(camera).to_have_count(1 if width == 390 else 0)  # a phone has a control of its own
    if width == 390:
        with page.expect_response("**/api/v1/files"):
            camera.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PICTURE})
        expect(page.locator("[data-field=image] input[name=image]").last).not_to_have_value("")

    kept = saved(page, every)
    rich = str(kept["rich_text"])
    assert "<b>重点</b>" in rich
    assert "<h2>条款</h2>" in rich
    assert "<li>二</li>" in rich
    assert not any(bad in rich for bad in ("script", "style", "img"))
    assert kept["checklist"] == [{"text": "营业执照", "done": True}, {"text": "授权书", "done": False}]
    assert (kept["date_range"], kept["multilingual"]) == ("2026-11-01/2026-11-05", {"en": "Contract"})
    assert len(kept["signature"]) == 1  # type: ignore[arg-type]
    assert len(kept["image"] or ()) == (1 if width == 390 else 0)  # type: ignore[arg-type]
    page.locator("img.signed").scroll_into_view_if_needed()
    expect(page.locator("img.signed")).to_be_visible()
    expect(page.locator("ul.checklist.shown li.done")).to_contain_text("营业执照")
