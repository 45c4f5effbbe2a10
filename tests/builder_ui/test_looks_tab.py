"""访问记录 on a customer and a conversation: who opened, found, exported it, under which grant; who sees that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from engine.access.people import Membership
from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock, microseconds
from engine.config import Config
from engine.runtime import Runtime
from tests.builder_ui.desk import DESK, Tab, furnish
from tests.conftest import NOW

DAY = 86_400_000_000
PURPOSE = "核对一单投诉"


@pytest.fixture
def desk(sqlite_data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """Wei audits it and may read; Wang, whose talks are others, has a grant for this customer's."""
    document: dict[str, Any] = deepcopy(DESK)
    document["roles"].append({"id": "watcher", "label": "审计", "manages": ["audit"], "forms": {
        "customer": {"actions": ["read"]}}})  # fmt: skip
    monkeypatch.setattr("tests.builder_ui.desk.DESK", document)
    runtime = Runtime.open(Config(data=sqlite_data), clock)
    furnish(runtime)
    members = [Membership("desk", "watcher", "person", "wei")]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, members))
    yield runtime
    runtime.close()


@pytest.fixture
def seen(desk: Runtime) -> dict[str, str]:
    """A customer and a talk that were looked at, searched for and exported; ids."""
    (customer,) = desk.records.create(SYSTEM, "desk", "customer", [{"name": "白鹭纺织", "owner": "zhou"}])
    (talk,) = desk.records.create(SYSTEM, "desk", "talk", [{"customer": customer, "owner": "zhou"}])
    now = microseconds(NOW)
    desk.database.write(lambda unit: desk.grants.give(
        unit, "wang", "desk", "talk", filter="", newest=int(talk), purpose=PURPOSE, by="cheng",
        expires_at=now + DAY))  # fmt: skip
    zhou, wang = Tab(desk, "zhou"), Tab(desk, "wang")
    zhou.page(f"/apps/desk/forms/customer/records/{customer}")
    zhou.page("/apps/desk/forms/customer?q=白鹭")
    assert zhou.get("/apps/desk/forms/customer/export").status_code == 200
    zhou.page(f"/apps/desk/forms/talk/records/{talk}")
    wang.page(f"/apps/desk/forms/talk/records/{talk}?tab=details")
    return {"customer": customer, "talk": talk}


def lines_of(page: str) -> list[str]:
    """The lines of the tab as they are read."""
    (shown,) = re.findall(r'<ol class="history looks">(.*?)</ol>', page, re.S)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r"<li>(.*?)</li>", shown, re.S)
    ]


def test_a_customer_tells_who_looked_searched_and_exported(desk: Runtime, seen: dict[str, str]) -> None:
    found = lines_of(Tab(desk, "wei").page(f"/apps/desk/forms/customer/records/{seen['customer']}?tab=looks"))
    of_zhou = [line for line in found if "周婧" in line]
    assert any("查看" in line for line in of_zhou), found
    assert any("搜索" in line and "白鹭" in line for line in of_zhou), found
    assert any("导出" in line for line in of_zhou), found
    assert not any("王磊" in line for line in found)


def test_a_conversation_tells_under_which_grant(desk: Runtime, seen: dict[str, str]) -> None:
    found = lines_of(Tab(desk, "wei").page(f"/apps/desk/forms/talk/records/{seen['talk']}?tab=looks"))
    (granted,) = [line for line in found if "王磊" in line]
    assert "查看" in granted
    assert PURPOSE in granted
    assert any("周婧" in line and PURPOSE not in line for line in found)


@pytest.mark.parametrize("form", ["customer", "talk"])
def test_the_tab_is_there_for_those_who_may(desk: Runtime, seen: dict[str, str], form: str) -> None:
    address = f"/apps/desk/forms/{form}/records/{seen[form]}"
    for person, there in (("wei", True), ("zhou", False), ("wang", False)):
        page = Tab(desk, person).page(f"{address}?tab=looks")
        assert ("访问记录" in page, 'class="history looks"' in page) == (there, there), person
