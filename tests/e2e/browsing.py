"""A real Chromium against a real server in this process: what the journeys stand on."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page

from engine.runtime import Runtime
from tests.serving import app_over

FLAGS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-dev-shm-usage"]
CHROMIUM = (
    os.environ.get("MUNIMENT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
)
EXPECTED = ("the server responded with a status of", "Password forms should have")


@contextmanager
def serving(runtime: Runtime) -> Iterator[str]:
    """The application on a free port of this machine, jobs worked beside it; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(app_over(runtime), port=port, log_level="warning", lifespan="on")
    server, stop = uvicorn.Server(config), threading.Event()
    threads = [
        threading.Thread(target=server.run, daemon=True),
        threading.Thread(target=runtime.work_jobs, args=(stop,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    while not server.started:
        threads[0].join(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        server.should_exit = True
        for thread in threads:
            thread.join(10)


class Tab:
    """One browser window of one person; everything the page complains about is kept."""

    def __init__(self, browser: Browser, address: str, **shape: Any) -> None:
        shape = {"viewport": {"width": 1280, "height": 860}, "locale": "zh-CN", **shape}
        self.context = browser.new_context(base_url=address, **shape)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in EXPECTED):
            self.complaints.append(message.text)

    def sign_in(self, person: str, password: str) -> Tab:
        self.page.goto("/sign-in")
        self.page.fill("[name=person]", person)
        self.page.fill("[name=password]", password)
        self.page.click("form button.primary")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def open(self, path: str) -> Page:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []


def compose(page: Page, text: str) -> Any:
    """An input method shows `text` as not yet chosen; what is returned ends it with other words."""
    keys = page.context.new_cdp_session(page)
    keys.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )
    return lambda chosen: keys.send("Input.insertText", {"text": chosen})
