"""A furnished runtime on SQLite and tabs of its people; the pages do not know which database it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.desk import Tab, furnish
from tests.builder_ui.store import furnish_store
from tests.conftest import NOW


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A data directory with the app and its people, to be copied."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    furnish(runtime)
    runtime.close()
    return data


@pytest.fixture
def runtime(furnished: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Runtime]:
    shutil.copytree(furnished, tmp_path / "data")
    runtime = Runtime.open(Config(data=tmp_path / "data"), clock)
    yield runtime
    runtime.close()


@pytest.fixture
def sign_in(runtime: Runtime) -> Callable[[str], Tab]:
    return lambda person: Tab(runtime, person)


@pytest.fixture
def zhou(runtime: Runtime) -> Tab:
    return Tab(runtime, "zhou")


@pytest.fixture
def add(runtime: Runtime) -> Callable[..., str]:
    """`add("customer", name=…)` as the system; the new record's id."""

    def create(form: str, **values: Any) -> str:
        return runtime.records.create(SYSTEM, "desk", form, [values])[0]

    return create


@pytest.fixture
def talk(add: Callable[..., str]) -> dict[str, str]:
    """A customer and a talk of zhou's with lines: a question, an offer taken back, an edit, a consent."""
    customer = add("customer", name="苏州恒锐<b>精密</b>", owner="zhou", tags=["重点"])
    held = add("talk", customer=customer, owner="zhou", channel="wecom", last_at="2026-11-20T08:50:00+08:00")

    def line(sender: str, side: str, words: str, minute: int, action: str = "send", about: str = "") -> str:
        more = {"about": about} if about else {}
        return add(
            "line", sender=sender, sender_id=f"{sender}-id", side=side, words=words, action=action, talk=held,
            channel="wecom", at=f"2026-11-20T08:{minute:02d}:00+08:00", **more,
        )  # fmt: skip

    asked = line("李建国", "in", "能不能先给个报价?<script>alert(1)</script>", 40)
    offer = line("周婧", "out", "给您做到 6 折", 41)
    line("周婧", "out", "撤回了一条消息", 43, "recall", offer)
    floor = line("周婧", "out", "8 折是底线", 44)
    line("周婧", "out", "85 折是底线", 45, "edit", floor)
    line("李建国", "system", "客户同意存档", 46, "consent")
    return {"customer": customer, "talk": held, "asked": asked, "offer": offer, "floor": floor}


@pytest.fixture(scope="session")
def furnished_store(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A data directory with the app of boards, to be copied."""
    data = tmp_path_factory.mktemp("store") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    furnish_store(runtime)
    runtime.close()
    return data


@pytest.fixture
def store(furnished_store: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Runtime]:
    """The app of boards."""
    shutil.copytree(furnished_store, tmp_path / "store")
    runtime = Runtime.open(Config(data=tmp_path / "store"), clock)
    yield runtime
    runtime.close()
