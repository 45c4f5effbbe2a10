"""Filling in a form: what is typed is kept, records that seem to be the same are asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.clock import FrozenClock
from engine.runtime import Runtime
from metamodel.problems import Problem, Rejected
from tests.builder_ui.desk import Tab
from tests.builder_ui.workshop import APP, JOBS, open_workshop


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    open_workshop(runtime)
    return runtime


def keep(tab: Tab, record: str = "", revision: int = 0, **values: str) -> Any:
    headers = {"x-csrf-token": tab.csrf, "accept": "application/json"}
    body = {"record": record, "revision": revision, "values": {name: [text] for name, text in values.items()}}
    return tab.client.post(f"{JOBS}/draft", json=body, headers=headers)


def test_what_is_typed_comes_back(shop: Runtime, zhou: Tab, sign_in: Callable[[str], Tab]) -> None:
    assert keep(zhou, name="半张工单", price="12").json() == {"kept": True}
    html = zhou.page(f"{JOBS}/new")
    assert "new?draft=yes" in html
    assert "半张工单" not in html
    assert 'value="半张工单"' in zhou.page(f"{JOBS}/new?draft=yes")
    assert zhou.post(JOBS, {"name": "整张工单"}).status_code == 303
    assert "draft=yes" not in zhou.page(f"{JOBS}/new")


def test_a_draft_is_his_alone_and_can_be_thrown_away(shop: Runtime, zhou: Tab, clock: FrozenClock) -> None:
    keep(zhou, name="半张")
    wang = Tab(shop, "wang")
    assert keep(wang, name="x").status_code == 403  # he may not fill it in
    assert shop.kept_drafts.find(shop.require_viewer("wang"), APP, "job", None) is None
    zhou.post(f"{JOBS}/draft/drop")
    assert "draft=yes" not in zhou.page(f"{JOBS}/new")
    keep(zhou, name="半张")
    clock.advance(days=31)
    assert shop.kept_drafts.find(shop.require_viewer("zhou"), APP, "job", None) is None


def test_a_draft_of_a_record_says_when_the_record_changed(shop: Runtime, zhou: Tab) -> None:
    (record,) = shop.records.create(SYSTEM, APP, "job", [{"name": "磨床"}])
    keep(zhou, record, 1, name="磨床二号")
    edit = f"{JOBS}/records/{record}/edit"
    before = zhou.page(edit)
    zhou.post(f"{JOBS}/place", {"view": "board", "record": record, "to": "doing"})
    after = zhou.page(edit)
    assert len(after) > len(before)
    assert 'value="磨床二号"' in zhou.page(edit + "?draft=yes")


def test_what_is_kept_is_sealed(shop: Runtime, zhou: Tab) -> None:
    keep(zhou, name="不可读的话")
    with shop.database.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM record_drafts").mappings().all()
    assert "不可读的话".encode() not in row["values_sealed"]
    assert keep(zhou, name="长" * 600_000).json() == {"kept": False}


def test_the_same_twice_is_asked_about(shop: Runtime, zhou: Tab) -> None:
    same = {"name": "磨床", "begins": "2026-11-23"}
    assert zhou.post(JOBS, same).status_code == 303
    asked = zhou.post(JOBS, same)
    assert asked.status_code == 422
    assert 'name="anyway"' in asked.text
    assert zhou.post(JOBS, {**same, "begins": "2026-11-24"}).status_code == 303
    assert zhou.post(JOBS, {**same, "anyway": "yes"}).status_code == 303


def test_it_is_told_while_typing(shop: Runtime, zhou: Tab) -> None:
    (record,) = shop.records.create(SYSTEM, APP, "job", [{"name": "磨床", "begins": "2026-11-23"}])
    headers = {"x-csrf-token": zhou.csrf, "accept": "application/json"}

    def ask(changed: list[str], **values: str) -> Any:
        body = {"values": {name: [text] for name, text in values.items()}, "changed": changed}
        return zhou.client.post(f"{JOBS}/state", json=body, headers=headers).json()["same"]

    (told,) = ask(["begins"], name="磨床", begins="2026-11-23")
    assert told["href"].endswith(f"/records/{record}")
    assert ask(["begins"], name="磨床", begins="2026-11-22") == []
    assert ask(["price"], name="磨床", begins="2026-11-23", price="1") == []


def test_changing_a_record_is_asked_about_only_where_it_matters(shop: Runtime, zhou: Tab) -> None:
    rows = [{"name": "磨床", "begins": "2026-11-23"}, {"name": "铣床", "begins": "2026-11-23"}]
    _first, second = shop.records.create(SYSTEM, APP, "job", rows)
    path = f"{JOBS}/records/{second}"
    assert zhou.post(path, {"name": "铣床", "price": "5", "begins": "2026-11-23"}).status_code == 303
    assert zhou.post(path, {"name": "磨床", "begins": "2026-11-23"}).status_code == 422


def refusals(shop: Runtime, rows: list[dict[str, Any]]) -> Sequence[Problem]:
    try:
        shop.records.create(SYSTEM, APP, "job", [{"name": "x", "lines": rows}])
    except Rejected as refused:
        return refused.problems
    return ()


def lines(tab: Tab, **cells: str) -> Any:
    headers = {"x-csrf-token": tab.csrf, "accept": "application/json"}
    values = {
        "name": ["x"],
        "lines": ["[]"],
        **{f"lines.{k.replace('_', '.')}": [v] for k, v in cells.items()},
    }
    answer = tab.client.post(f"{JOBS}/state", json={"values": values, "changed": ["lines"]}, headers=headers)
    return answer.json()["fields"]["lines"]


def test_every_row_is_decided_by_itself(shop: Runtime, zhou: Tab) -> None:
    found = lines(zhou, **{"0_kind": "part", "0_count": "2", "0_each": "3", "1_kind": "", "2_kind": "hours"})
    assert list(found["rows"]) == ["0", "2"]  # as the page numbers them; a blank one is none
    first, last = found["rows"]["0"], found["rows"]["2"]
    assert first["what"] == {"visible": True, "required": True, "writable": True}
    assert last["what"] == {"visible": False, "required": False, "writable": True}
    assert (first["sum"], last["sum"]) == ({"text": "¥6.00"}, {"text": ""})
    assert ["品名" in problem["text"] for problem in found["problems"]] == [True]


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([{"kind": "part", "what": "轴承", "count": 1}], []),
        (
            [{"kind": "hours", "count": 1}, {"kind": "part", "count": 0}],
            ["/0/lines/1/count", "/0/lines/1/what"],
        ),
    ],
)
def test_the_api_decides_alike(shop: Runtime, rows: list[dict[str, Any]], wrong: list[str]) -> None:
    assert sorted(found.path for found in refusals(shop, rows)) == wrong


def test_a_form_with_rows_that_are_wrong_marks_the_cell(shop: Runtime, zhou: Tab) -> None:
    answer = zhou.post(JOBS, {"name": "x", "lines": "[]", "lines.0.kind": "part", "lines.0.count": "1"})
    assert answer.status_code == 422
    cell = re.search(r'data-cell="what" class="([^"]*)"', answer.text)
    assert cell is not None
    assert "needed" in cell[1]
    assert "invalid" in cell[1]
