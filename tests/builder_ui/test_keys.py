"""The pages of keys and operations: whose they are, what they say, and that a copy is confirmed by its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.access.installation import administrator
from engine.access.people import Person
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD, Tab

KEYS = "/admin/keys"


@pytest.fixture
def root(runtime: Runtime) -> Tab:
    """An administrator of the installation: no role in any app."""

    def work(unit: Any) -> None:
        runtime.people.save_people(unit, [Person("root", "秦朗")])
        runtime.people.save_memberships(unit, [administrator("root")])
        runtime.accounts.passwords.set_hash(unit, "root", runtime.accounts.passwords.hash(PASSWORD))

    runtime.database.write(work)
    return Tab(runtime, "root")


def test_nobody_else_comes_in(zhou: Tab) -> None:
    assert {zhou.get(path).status_code for path in (KEYS, f"{KEYS}/bytes?record=1")} == {403}
    assert zhou.post(f"{KEYS}/copies", {"code": "A", "place": "B"}).status_code == 403
    assert KEYS not in zhou.page("/")


def test_a_copy_is_confirmed_by_the_code_that_stands_on_it(runtime: Runtime, root: Tab) -> None:
    code = runtime.key_copies.code
    page = root.page(KEYS)
    assert "没有人确认" in page or "还没有人确认" in page
    assert code not in page  # whoever confirms must have the copy in his hands
    refused = root.post(f"{KEYS}/copies", {"code": "AAAA-AAAA", "place": "保险柜"})
    assert refused.status_code == 422
    assert 'value="保险柜"' in refused.text
    done = root.post(f"{KEYS}/copies", {"code": code.lower(), "place": "保险柜"})
    assert done.status_code == 303
    kept = root.page(KEYS)
    assert "保险柜 · 秦朗" in kept
    assert "还没有人确认" not in kept


def test_the_bytes_of_a_record_without_its_content(
    runtime: Runtime, root: Tab, talk: dict[str, str], add: Callable[..., str]
) -> None:
    page = root.page(f"{KEYS}/bytes?record={talk['asked']}")
    assert "存档台" in page
    assert "能不能先给个报价" not in page
    assert "您无权查看" in page
    assert "record_keys" in page
    customer = root.page(f"{KEYS}/bytes?record={talk['customer']}")
    assert "恒锐" not in customer
    assert root.get(f"{KEYS}/bytes?record=999999").status_code == 404
    assert "哪条记录" in root.page(f"{KEYS}/bytes")
