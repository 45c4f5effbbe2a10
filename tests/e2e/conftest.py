"""One Chromium for each file; a small desk for each test, the whole flagship once."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.conftest import add, furnished, runtime, talk
from tests.builder_ui.desk import PASSWORD
from tests.e2e.browsing import CHROMIUM, FLAGS, Tab, serving

__all__ = ["add", "furnished", "runtime", "talk"]
Open = Callable[..., Tab]


# While it is open an event loop runs in this thread, in the way of other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
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


def _prepared(factory: pytest.TempPathFactory) -> Path:
    """The sample apps with their data, made by whichever of the workers comes first: it takes a minute."""
    from engine.commands.demo import prepare

    shared = factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    made, making = shared / "flagship-prepared", shared / "flagship-in-the-making"
    with (shared / "flagship.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making.mkdir()
            prepare(Config(data=making, synchronous="OFF"), "", lambda _: None, 0)
            making.rename(made)
    return made


@pytest.fixture(scope="session")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The sample apps with their data, served: address and password."""
    from engine.commands.demo import PASSWORD_FILE

    data = tmp_path_factory.mktemp("flagship") / "data"
    shutil.copytree(_prepared(tmp_path_factory), data)
    config = Config(data=data, synchronous="OFF")
    password = Path(data / PASSWORD_FILE).read_text("utf-8").split("\t")[1]
    opened = Runtime.open(config)
    with serving(opened) as address:
        yield address, password
    opened.close()


@pytest.fixture
def archive(browser: Browser, flagship: tuple[str, str]) -> Iterator[Open]:
    """`archive("sales04")`: a signed-in window on the flagship."""
    yield from tabs(browser, *flagship)
