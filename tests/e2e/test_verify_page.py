"""verify.html, opened from disk without any network: the same verdict as verify.py on every touched package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.engine.packages.conftest import Made, archive, made
from tests.engine.packages.stamped import KEYS, stamped, stamps, touches
from tests.engine.packages.tampering import cases, containers, touched, unpack

__all__ = ["archive", "made"]


class Desk:
    """The page as a stranger has it; `check` gives it a file and waits for the verdict."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self._folder = page, folder

    def check(self, package: bytes) -> set[str]:
        path = self._folder / "package.zip"
        path.write_bytes(package)
        self.page.set_input_files("#zip", [])
        self.page.set_input_files("#zip", str(path))
        return self.verdict()

    def verdict(self) -> set[str]:
        self.page.wait_for_selector("#result[data-codes]")
        return set((self.page.get_attribute("#result", "data-codes") or "").split())

    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.page.get_attribute("#result", "data-counts") or "{}")
        return found

    def stamps(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.page.get_attribute("#result", "data-stamps") or "[]")
        return found


@pytest.fixture
def desk(browser: Browser, made: Made, tmp_path: Path) -> Iterator[Desk]:
    for path, content in unpack(made.package).items():
        target = tmp_path / "case" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    context = browser.new_context(locale="zh-CN", offline=True)
    page, complaints, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "case" / "verify.html").as_uri())
    yield Desk(page, tmp_path)
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []


def test_both_verifiers_agree(desk: Desk, made: Made, tmp_path: Path) -> None:
    assert desk.check(made.package) == set()
    assert "公钥取自包内" in desk.page.inner_text("#result")
    desk.page.fill("#key", made.fingerprint)
    assert desk.check(made.package) == set()
    expected = {"records": 12, "content": 11, "entries": 20, "attachments": 3, "destroyed": 1}
    assert expected.items() <= desk.counts().items()
    assert "由您给出的公钥签署" in desk.page.inner_text("#result")
    wrong = {}
    for case in cases(made.signer):
        found = desk.check(touched(made.package, case, made.signer))
        if found != case.codes:
            wrong[case.name] = (found, set(case.codes))
    for name, package, expected in containers(made.package):
        if (found := desk.check(package)) != expected:
            wrong[name] = (found, set(expected))
    assert wrong == {}
    assert _time_stamps(desk, made, tmp_path) == {}


def _time_stamps(desk: Desk, made: Made, folder: Path) -> dict[str, Any]:
    """What the browser says otherwise of packages with time stamps than the table does."""
    wrong: dict[str, Any] = {}
    for key in KEYS:
        by = stamps(folder, key)
        (folder / "roots.pem").write_text(by.roots)
        desk.check(made.package)
        desk.page.set_input_files("#roots", [])
        expect(desk.page.locator("#rooted")).to_have_text(re.compile("^0"))
        desk.page.set_input_files("#roots", str(folder / "roots.pem"))
        expect(desk.page.locator("#rooted")).to_have_text(re.compile("^1"))
        for case in touches(by):
            found = desk.check(stamped(made.package, by, made.signer, case.touch))
            told = [(one["checked"], one["trusted"]) for one in desk.stamps()]
            if (found, told) != (case.codes, [case.state] if case.state else []):
                wrong[f"{key} {case.name}"] = (found, told)
    return wrong


def test_a_folder_in_english(desk: Desk, tmp_path: Path) -> None:
    desk.page.click("#language")
    desk.page.set_input_files("#folder", str(tmp_path / "case"))
    assert desk.verdict() == set()
    assert "Sound" in desk.page.inner_text("#result")
    desk.page.click("details >> nth=0")
    assert "第 0 条 <b>价格</b>" in desk.page.inner_text("details >> nth=0")
