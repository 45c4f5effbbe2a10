"""A story replayed: traffic, acts and clocks in the order of their moments, on a clock that is moved along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.access.organisation_file import load_organisation
from engine.access.viewer import SYSTEM
from engine.clock import MovableClock
from engine.config import Config
from engine.records.query import Query
from engine.runtime import Runtime
from engine.sample_data import load_sample_data
from tests.engine.app_tests.shop import PEOPLE, SHOP, write_shop

FRIDAY = date(2026, 11, 20)
ACTS: list[dict[str, Any]] = [
    {"at": {"workday": -2, "time": "10:00:00"}, "create": "order", "key": "big", "as": "gone",
     "values": {"name": "锅炉", "price": 2000, "owner": "gone"}},
    {"at": {"workday": -1, "time": "09:30:00"}, "as": "zhou", "do": "ok",
     "task": {"rule": "big", "about": "order/big"}},
    {"at": {"workday": 0, "time": "08:00:00"}, "as": "zhou", "task": {"rule": "big"}, "do": "ok"},
    {"at": {"workday": 1}, "update": "order/big", "values": {"name": "还没到"}},
]  # fmt: skip


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Runtime, int, list[str]]]:
    folder, lines = write_shop(tmp_path / "shop"), list[str]()
    (folder / "data" / "story.json").write_text(json.dumps({"acts": ACTS}), "utf-8")
    traffic = {
        "at": {"workday": -1, "time": "11:00:00"},
        "send": {"id": "1", "at": "$ms", "from": "wm1", "text": "要货"},
    }
    (folder / "data" / "chat.jsonl").write_text(json.dumps(traffic), "utf-8")
    runtime = Runtime.open(Config(data=tmp_path / "data", synchronous="OFF"), MovableClock())
    runtime.applications.publish(None, {**SHOP, "tests": []}, "system")
    left = {"id": "gone", "name": "孟浩", "department": "shop", "left_days_ago": 1}
    people = {
        **PEOPLE,
        "people": [*PEOPLE["people"], left],
        "roles": {"shop": {"clerk": ["zhou", "wang", "gone"]}},
    }
    runtime.database.write(lambda unit: load_organisation(runtime.people, unit, people, FRIDAY))
    refused = load_sample_data(runtime, [folder / "data"], FRIDAY, lines.append)
    yield runtime, refused, lines
    runtime.close()


def orders(runtime: Runtime) -> dict[str, Any]:
    page = runtime.records.page(SYSTEM, "shop", "order", Query(limit=50))
    return {item.values["name"]: item for item in page.items}


def test_everything_happens_at_its_moment(told: tuple[Runtime, int, list[str]]) -> None:
    runtime, refused, lines = told
    found = orders(runtime)
    assert found["锅炉"].created_at == datetime(2026, 11, 18, 2, tzinfo=UTC)
    assert found["wm1"].created_at == datetime(2026, 11, 19, 3, tzinfo=UTC)
    assert found["旧单"].values["state"] == "late"  # a clock struck on the way
    assert "还没到" not in found
    assert refused == 1
    assert sum("app_test.no_task" in line for line in lines) == 1


def test_to_dos_are_closed_by_whom_the_story_says(told: tuple[Runtime, int, list[str]]) -> None:
    runtime, _, _ = told
    (task,) = runtime.tasks.of(runtime.require_viewer("zhou"), state="done").items
    assert (task.closed_by, task.outcome) == ("周婧", "ok")
    assert task.closed_at == datetime(2026, 11, 19, 1, 30, tzinfo=UTC)


def test_who_left_is_gone_and_the_clock_goes_again(told: tuple[Runtime, int, list[str]]) -> None:
    runtime, _, _ = told
    assert runtime.viewer("gone") is None
    assert runtime.movable_clock.standing is None
