"""Layouts on the form and on the record: blocks in their order, and conditions that decide for their fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from metamodel.problems import Rejected
from tests.builder_ui.desk import Tab
from tests.builder_ui.workshop import APP, JOBS, WORKSHOP, open_workshop


@pytest.fixture
def shop(runtime: Runtime) -> Runtime:
    open_workshop(runtime)
    return runtime


@pytest.fixture
def make(shop: Runtime) -> Callable[..., str]:
    return lambda **values: shop.records.create(SYSTEM, APP, "job", [{"name": "磨床", **values}])[0]


def order(html: str, *words: str) -> bool:
    places = [html.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def test_the_sample_is_in_order(shop: Runtime) -> None:
    from metamodel.application import load

    assert load(WORKSHOP, shop.registry)[1] == []


def test_the_form_shows_its_blocks_and_then_the_rest(shop: Runtime, zhou: Tab) -> None:
    html = zhou.page(f"{JOBS}/new")
    assert order(
        html[html.index("<form") :], "基本", "完成之后要写结果。", "其余", 'role="tablist"', "照片", "报价"
    )
    assert re.search(r'data-block="hint" hidden', html)
    assert 'data-block="outcome" hidden' in html
    assert re.search(r'id="in-outcome"[^>]*hidden', html)
    assert re.search(r'id="tab-papers"[^>]*aria-selected="true"', html)
    assert "span-2" in html
    assert 'data-block="finish"' not in html  # nothing to press before there is a record


def test_what_a_hidden_tab_holds_need_not_be_filled_in(shop: Runtime, make: Callable[..., str]) -> None:
    make(state="new")
    with pytest.raises(Rejected) as refused:
        make(state="done")
    assert [(p.code, p.path) for p in refused.value.problems] == [("value.required", "/0/result")]


def test_the_state_says_which_blocks_are_shown(shop: Runtime, zhou: Tab) -> None:
    headers = {"x-csrf-token": zhou.csrf, "accept": "application/json"}

    def ask(state: str) -> Any:
        values = {"name": ["a"], "state": [state]}
        answer = zhou.client.post(
            f"{JOBS}/state", json={"values": values, "changed": ["state"]}, headers=headers
        )
        return answer.json()

    assert ask("done")["blocks"] == {"hint": True, "outcome": True}
    assert ask("new")["blocks"] == {"hint": False, "outcome": False}
    assert ask("done")["fields"]["result"]["required"] is True
    assert ask("new")["fields"]["result"]["visible"] is False


def test_the_record_shows_its_blocks(shop: Runtime, make: Callable[..., str], zhou: Tab) -> None:
    record = make(state="doing")
    shop.records.create(SYSTEM, APP, "remark", [{"job": record, "words": "先看图纸"}])
    answer = zhou.get(f"{JOBS}/records/{record}")
    html = answer.text
    assert order(html[html.index("<form") :], "基本", "其余", "地图", "先看图纸", "完工")
    assert "完成之后要写结果。" not in html
    assert 'id="tab-outcome"' not in html
    assert html.count("/press/finish") == 1
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("; frame-src 'self' https://maps.example.com")
    assert "frame-src" not in zhou.get(JOBS).headers["content-security-policy"]


def test_a_button_of_the_layout_presses_its_rule(
    shop: Runtime, make: Callable[..., str], zhou: Tab, sign_in: Callable[[str], Tab]
) -> None:
    record = make(state="doing")
    assert zhou.post(f"{JOBS}/records/{record}/press/finish").status_code == 303
    html = zhou.page(f"{JOBS}/records/{record}")
    assert "完成之后要写结果。" in html
    assert 'id="tab-outcome"' in html
    assert "/press/finish" in html
    assert "报价" not in sign_in("wei").page(f"{JOBS}/records/{record}")


def test_a_record_is_printed_with_every_tab_open(shop: Runtime, make: Callable[..., str], zhou: Tab) -> None:
    record = make(state="done", result="好")
    shop.records.create(SYSTEM, APP, "remark", [{"job": record, "words": "先看图纸"}])
    assert f"{JOBS}/records/{record}/print" in zhou.page(f"{JOBS}/records/{record}")
    html = zhou.page(f"{JOBS}/records/{record}/print")
    assert order(html[html.index('class="sheet"') :], "磨床", "基本", "结果", "先看图纸", "周婧")
    assert "<iframe" not in html
