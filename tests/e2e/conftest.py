"""One Chromium for each file; a small desk for each test, the whole flagship once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.conftest import add, furnished, runtime, talk
from tests.builder_ui.desk import PASSWORD
from tests.e2e.browsing import CHROMIUM, FLAGS, Tab, serving
from tests.flagship import GoingClock, loaded_disk

__all__ = ["add", "furnished", "runtime", "talk"]
Open = Callable[..., Tab]
expect.set_options(timeout=15_000)  # what is waited for comes; on a busy machine later than in 5 s


# While it is open an event loop runs in this thread, in the way of other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.fail("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def tabs(browser: Browser, address: str, password: str) -> Iterator[Open]:
    made: list[Tab] = []

    def open_for(person: str, **shape: object) -> Tab:
        made.append(Tab(browser, address, **shape))
        return made[-1].sign_in(person, password)

    yield open_for
    for tab in made:
        tab.close()


@pytest.fixture
def desk(browser: Browser, runtime: Runtime) -> Iterator[Open]:
    """`desk("zhou")`: a signed-in window on the small app of the page tests."""
    with serving(runtime) as address:
        yield from tabs(browser, address, PASSWORD)


@pytest.fixture(scope="session")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The sample apps with their data, served: address and password."""
    from engine.commands.demo import PASSWORD_FILE

    data = tmp_path_factory.mktemp("flagship") / "data"
    shutil.copytree(loaded_disk(tmp_path_factory) / "data", data)
    password = (data / PASSWORD_FILE).read_text("utf-8").split("\t")[1]
    opened = Runtime.open(Config(data=data, synchronous="OFF"), GoingClock())
    with serving(opened) as address:
        yield address, password
    opened.close()


@pytest.fixture
def archive(browser: Browser, flagship: tuple[str, str]) -> Iterator[Open]:
    """`archive("sales04")`: a signed-in window on the flagship."""
    yield from tabs(browser, *flagship)
